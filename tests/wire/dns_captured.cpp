/// What NSD and Unbound really answer, read by the codec.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "support/catch.hpp"
#include "wire/dns_answer.hpp"
#include "wire/dns_nat64.hpp"

using namespace ringback;
using namespace ringback::wire::dns;

namespace {

Message captured(const std::string& name) {
  std::ifstream file(RINGBACK_FIXTURES "/wire/dns/" + name + ".bin", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  INFO(name);
  REQUIRE_FALSE(text.empty());
  return decode(std::as_bytes(std::span(text))).value();
}

std::vector<std::string> texts(const std::vector<Address>& addresses) {
  std::vector<std::string> result;
  for (const auto& address : addresses) result.push_back(address.to_string());
  return result;
}

}  // namespace

TEST_CASE("real servers' answers mean what the servers were set up to say") {
  using Texts = std::vector<std::string>;
  struct Row {
    const char* file;
    const char* rcode;
    bool authoritative;
    Type type;
    const char* name;
    Texts addresses, chain, servers;
  };
  const Row rows[] = {
      {"nsd-a", "NOERROR", true, Type::a, "home.example.org.", {"192.0.2.1"}, {}, {}},
      {"nsd-aaaa", "NOERROR", true, Type::aaaa, "home.example.org.", {"2001:db8::1"}, {}, {}},
      {"nsd-without-edns", "NOERROR", true, Type::a, "home.example.org.", {"192.0.2.1"}, {}, {}},
      {"nsd-cname", "NOERROR", true, Type::aaaa, "www.example.org.", {"2001:db8::1"}, {"home.example.org."}, {}},
      {"nsd-cname-elsewhere", "NOERROR", true, Type::a, "far.example.org.", {}, {"elsewhere.example.net."}, {}},
      {"nsd-wildcard", "NOERROR", true, Type::a, "any.example.org.", {"192.0.2.9"}, {}, {}},
      {"nsd-ns", "NOERROR", true, Type::ns, "example.org.", {}, {}, {"ns1.example.org.", "ns2.example.net."}},
      {"nsd-nodata", "NOERROR", true, Type::cname, "ns1.example.org.", {}, {}, {}},
      {"nsd-nxdomain", "NXDOMAIN", true, Type::a, "x.ns1.example.org.", {}, {}, {}},
      {"nsd-refused", "REFUSED", false, Type::a, "example.com.", {}, {}, {}},
      {"nsd-referral", "NOERROR", false, Type::a, "host.sub.example.org.", {}, {}, {}},
      {"unbound-a", "NOERROR", false, Type::a, "any.example.org.", {"192.0.2.9"}, {}, {}},
      {"unbound-cname", "NOERROR", false, Type::aaaa, "www.example.org.", {"2001:db8::1"}, {"home.example.org."}, {}},
      {"unbound-private-address-removed", "NOERROR", false, Type::a, "home.example.org.", {}, {}, {}},
      {"unbound-nxdomain", "NXDOMAIN", true, Type::a, "a.nx.example.net.", {}, {}, {}},
      {"unbound-refused", "REFUSED", true, Type::a, "blocked.example.net.", {}, {}, {}},
      {"unbound-bogus", "SERVFAIL", false, Type::a, "broken.example.org.", {}, {}, {}},
      {"unbound-bogus-unchecked", "NOERROR", false, Type::a, "broken.example.org.", {"192.0.2.9"}, {}, {}},
  };
  for (const auto& row : rows) {
    INFO(row.file);
    const auto m = captured(row.file);
    CHECK(rcode_name(m.rcode) == row.rcode);
    CHECK(m.authoritative == row.authoritative);
    CHECK_FALSE(mismatch({.id = 0x1234, .question = {row.name, row.type}}, m));
    const auto resolution = follow(m, {row.name, row.type});
    CHECK(texts(resolution.addresses) == row.addresses);
    CHECK(resolution.chain == row.chain);
    auto servers = resolution.servers;
    std::ranges::sort(servers);
    CHECK(servers == row.servers);
  }
}

TEST_CASE("Unbound says why a bogus answer failed (RFC 8914)") {
  CHECK(captured("unbound-bogus").extended_error == 9);  // DNSKEY missing
  CHECK_FALSE(captured("nsd-a").extended_error);
}

TEST_CASE("NSD's referral leads to the zone below") {
  const auto found = referral(captured("nsd-referral"), "host.sub.example.org.", "example.org.");
  REQUIRE(found);
  CHECK(*found == Referral{"sub.example.org.", {"ns.sub.example.org."}});
}

TEST_CASE("a truncated answer has to be asked for again, and over TCP it is whole") {
  CHECK(captured("nsd-truncated").truncated);
  const auto whole = captured("nsd-many-over-tcp");
  CHECK_FALSE(whole.truncated);
  CHECK(follow(whole, {"many.example.org.", Type::a}).addresses.size() == 200);
}

TEST_CASE("Unbound's DNS64 shows the NAT64's prefix") {
  const auto aaaa = follow(captured("unbound-ipv4only"), {nat64_discovery_name, Type::aaaa}).addresses;
  CHECK(nat64_prefixes(aaaa) == std::vector{Prefix::parse("64:ff9b::/96").value()});
}

TEST_CASE("the hostile messages that the fuzz target starts from are refused, or say nothing of the name") {
  const auto read = [](const std::string& name) {
    std::ifstream file(RINGBACK_FIXTURES "/wire/dns/hostile-" + name + ".bin", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    REQUIRE_FALSE(text.empty());
    return decode(std::as_bytes(std::span(text)));
  };
  const std::pair<const char*, Errc> refused[] = {{"loop", Errc::malformed},           {"loop-of-two", Errc::malformed}, {"more-counted", Errc::malformed},
                                                  {"long-data", Errc::malformed},      {"counts", Errc::exhausted},      {"thousand-records", Errc::exhausted}};
  for (const auto& [name, code] : refused) {
    INFO(name);
    const auto message = read(name);
    REQUIRE_FALSE(message);
    CHECK(message.error().code == code);
  }
  const auto other = read("wrong-owner");
  REQUIRE(other);
  CHECK(other->answer.size() == 1);
  CHECK(follow(*other, {"www.example.org.", Type::a}).addresses.empty());
}
