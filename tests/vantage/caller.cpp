#include "vantage/caller.hpp"

#include "net/embedded_address.hpp"

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::vantage;

namespace {

Address address(std::string_view text) { return Address::parse(text).value(); }

}  // namespace

TEST_CASE("one caller is an IPv4 address or an IPv6 /56, one network an IPv4 /24 or an IPv6 /48") {
  struct Row {
    const char* a;
    const char* b;
    bool same_household;
    bool same_network;
  };
  const Row rows[] = {
      {"192.0.2.1", "192.0.2.1", true, true},
      {"192.0.2.1", "192.0.2.2", false, true},
      {"192.0.2.1", "192.0.3.1", false, false},
      {"192.0.2.1", "::ffff:192.0.2.1", true, true},
      {"2001:db8:0:1200::1", "2001:db8:0:12ff:ffff::2", true, true},
      {"2001:db8:0:1200::1", "2001:db8:0:1300::1", false, true},
      {"2001:db8:0:1200::1", "2001:db8:1:1200::1", false, false},
      {"0.0.0.0", "::", false, false},
      {"0.32.1.13", "0:0:20:10d::", false, false},
      // One IPv4 address has a whole /48 of 6to4 to itself.
      {"2002:808:808::1", "2002:808:808:1234::1", true, true},
      {"2002:808:808::1", "8.8.8.8", true, true},
      {"2002:808:808::1", "2002:808:809::1", false, true},
      {"64:ff9b::8.8.8.8", "8.8.8.8", true, true},
      {"2001:0:4136:e378:8000:63bf:3fff:fdd2", "192.0.2.45", true, true},  // RFC 4380 §4
  };
  for (const auto& row : rows) {
    INFO(row.a << " and " << row.b);
    const auto a = caller_from(address(row.a)), b = caller_from(address(row.b));
    CHECK((a.household == b.household) == row.same_household);
    CHECK((a.network == b.network) == row.same_network);
  }
}

TEST_CASE("a caller is on the internet where its address is global, and the IPv4 address inside it too") {
  struct Row {
    const char* address;
    bool there;
  };
  const Row rows[] = {
      {"8.8.8.8", true},           {"10.0.0.1", false},           {"100.64.0.1", false},   {"127.0.0.1", false},
      {"169.254.1.1", false},      {"192.0.0.4", false},          {"192.0.2.1", false},    {"198.18.0.1", false},
      {"224.0.0.1", false},        {"255.255.255.255", false},    {"0.0.0.0", false},      {"2a09:1::1", true},
      {"::1", false},              {"::", false},                 {"fe80::1", false},      {"fc00::1", false},
      {"2001:db8::1", false},      {"ff02::1", false},            {"::ffff:8.8.8.8", true}, {"::ffff:127.0.0.1", false},
      {"::ffff:10.0.0.1", false},  {"::ffff:169.254.1.1", false}, {"64:ff9b::8.8.8.8", true}, {"64:ff9b::192.168.1.1", false},
      {"2002:808:808::1", true},   {"2002:c0a8:101::1", false},   {"2002:7f00:1::1", false},
      {"2001:0:4136:e378:8000:63bf:f7f7:f7f7", true}, {"2001:0:4136:e378:8000:63bf:3f57:fefe", false},
  };
  for (const auto& row : rows) {
    INFO(row.address);
    CHECK(is_on_the_internet(address(row.address)) == row.there);
  }
}
