/// What hashed denials cover, by hashes that ldns makes: on whichever side of the others they sort.
#include "wire/dnssec_denial.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::wire::dns::sec;

namespace {

std::string hash_of(const std::string& name) {
  const NameOwner hashed(ldns_nsec3_hash_name(name_from(name).get(), LDNS_SHA1, 0, 0, nullptr));
  const auto text = text_of(hashed.get());
  return text.substr(0, text.find('.'));
}

RecordOwner denial(const std::string& from, const std::string& to) {
  ldns_rr* raw = nullptr;
  const auto text = fmt::format("{}.example. 300 IN NSEC3 1 0 0 - {} A", from, to);
  REQUIRE(ldns_rr_new_frm_str(&raw, text.c_str(), 300, nullptr, nullptr) == LDNS_STATUS_OK);
  return RecordOwner(raw);
}

}  // namespace

TEST_CASE("a hashed denial covers what lies between its hashes, in the order of base32hex, and nothing else") {
  const auto zone = name_from("example.");
  std::vector<std::string> hashes;
  for (int i = 0; i < 24; ++i) hashes.push_back(hash_of(fmt::format("name{}.example.", i)));
  int covered = 0, free = 0;
  for (std::size_t from = 0; from < hashes.size(); ++from)
    for (std::size_t to = 0; to < hashes.size(); ++to) {
      if (from == to) continue;
      const auto record = denial(hashes[from], hashes[to]);
      for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (i == from || i == to) continue;
        const auto& [a, h, b] = std::tie(hashes[from], hashes[i], hashes[to]);
        const bool lies_between = a < b ? a < h && h < b : h > a || h < b;
        ++(lies_between ? covered : free);
        INFO(h << " between " << a << " and " << b);
        Work work;
        Denial all(zone.get(), {}, {record.get()}, work);
        CHECK((all.only_wildcard(name_from(fmt::format("name{}.example.", i)).get(), 1) == Proof::proven) == lies_between);
      }
    }
  CHECK(covered > 1000);
  CHECK(free > 1000);
}
