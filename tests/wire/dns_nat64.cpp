#include "wire/dns_nat64.hpp"

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::wire::dns;

namespace {

std::vector<std::string> prefixes(std::initializer_list<const char*> records) {
  std::vector<Address> addresses;
  for (const auto* record : records) addresses.push_back(Address::parse(record).value());
  std::vector<std::string> result;
  for (const auto& prefix : nat64_prefixes(addresses)) result.push_back(prefix.to_string());
  return result;
}

}  // namespace

TEST_CASE("the NAT64's prefix is found at each length of RFC 6052") {
  struct Row {
    std::initializer_list<const char*> records;
    std::vector<std::string> prefixes;
  };
  const Row rows[] = {
      {{"64:ff9b::c000:aa", "64:ff9b::c000:ab"}, {"64:ff9b::/96"}},
      {{"2001:db8:c000:aa::"}, {"2001:db8::/32"}},
      {{"2001:db8:1c0:0:aa::"}, {"2001:db8:100::/40"}},
      {{"2001:db8:122:c000:0:aa00::"}, {"2001:db8:122::/48"}},
      {{"2001:db8:122:3c0:0:aa::"}, {"2001:db8:122:300::/56"}},
      {{"2001:db8:122:344:c0:0:aa00::"}, {"2001:db8:122:344::/64"}},
      {{"2001:db8:122:344::c000:ab"}, {"2001:db8:122:344::/96"}},
      {{"64:ff9b::c000:aa", "2001:db8:c000:ab::"}, {"64:ff9b::/96", "2001:db8::/32"}},
      {{}, {}},
      {{"2001:db8::1"}, {}},
      {{"64:ff9b::c000:ac"}, {}},
      {{"192.0.0.170"}, {}},                       // no AAAA record at all
      {{"2001:db8:122:344:100:0:c000:aa"}, {}},    // bits 64 to 71 are not zero
  };
  for (const auto& row : rows) {
    INFO((row.records.size() ? *row.records.begin() : "none"));
    CHECK(prefixes(row.records) == row.prefixes);
  }
}

TEST_CASE("an address that holds 192.0.0.170 twice is settled by the record with 192.0.0.171") {
  CHECK(prefixes({"2001:db8:c000:aa::c000:aa", "2001:db8:c000:aa::c000:ab"}) == std::vector<std::string>{"2001:db8:c000:aa::/96"});
  CHECK(prefixes({"2001:db8:c000:aa::c000:aa"}).empty());  // alone it decides nothing
}

TEST_CASE("an address goes into the prefix where it was found") {
  for (const auto* text : {"2001:db8::/32", "2001:db8:100::/40", "2001:db8:122::/48", "2001:db8:122:300::/56", "2001:db8:122:344::/64",
                           "2001:db8:122:344::/96", "64:ff9b::/96"}) {
    INFO(text);
    const auto prefix = Prefix::parse(text).value();
    const Address made[] = {nat64_address(prefix, Address::v4(0xc00000aa)), nat64_address(prefix, Address::v4(0xc00000ab))};
    CHECK(nat64_prefixes(made) == std::vector{prefix});
  }
  CHECK(nat64_address(Prefix::parse("2001:db8:122:300::/56").value(), Address::parse("192.0.2.33").value()).to_string() ==
        "2001:db8:122:3c0:0:221::");  // RFC 6052 §2.4
}
