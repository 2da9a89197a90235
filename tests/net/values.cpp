#include "support/catch.hpp"

#include "net/interface_identifier.hpp"
#include "net/moment.hpp"
#include "net/service.hpp"
#include "net/special_purpose.hpp"

using namespace ringback;

TEST_CASE("addresses are read as people and RFC 5952 write them, and nothing else is") {
  CHECK(Address::parse("192.0.2.1").value().to_string() == "192.0.2.1");
  CHECK(Address::parse("2001:DB8:0:0:0:0:0:1").value().to_string() == "2001:db8::1");
  for (const auto* text : {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "fe80::1%eth0", "[::1]", "::1::", "example.org"})
    CHECK_FALSE(Address::parse(text));
  CHECK_FALSE(Address::parse(std::string_view("1.2.3.4\0", 8)));
}

TEST_CASE("the special-purpose registries decide what the internet can route") {
  struct Row {
    const char* address;
    AddressClass kind;
    bool global;
  };
  const Row rows[] = {
      {"8.8.8.8", AddressClass::global, true},
      {"10.1.2.3", AddressClass::private_use, false},
      {"172.15.255.255", AddressClass::global, true},
      {"172.16.0.0", AddressClass::private_use, false},
      {"172.32.0.0", AddressClass::global, true},
      {"100.63.255.255", AddressClass::global, true},
      {"100.64.0.1", AddressClass::shared, false},
      {"100.127.255.255", AddressClass::shared, false},
      {"100.128.0.0", AddressClass::global, true},
      {"192.0.0.1", AddressClass::ds_lite, false},
      {"192.0.0.8", AddressClass::reserved, false},
      {"192.0.0.9", AddressClass::global, true},
      {"192.0.0.170", AddressClass::reserved, false},
      {"192.0.2.1", AddressClass::documentation, false},
      {"169.254.1.1", AddressClass::link_local, false},
      {"0.0.0.0", AddressClass::unspecified, false},
      {"255.255.255.255", AddressClass::reserved, false},
      {"2a00:1450::1", AddressClass::global, true},
      {"fd00::1", AddressClass::unique_local, false},
      {"fe80::1", AddressClass::link_local, false},
      {"2001:db8::1", AddressClass::documentation, false},
      {"3fff:fff::1", AddressClass::documentation, false},
      {"2001::1", AddressClass::teredo, true},
      {"2001:1::1", AddressClass::global, true},
      {"2001:1::4", AddressClass::reserved, false},
      {"2002:102:304::1", AddressClass::six_to_four, true},
      {"64:ff9b::102:304", AddressClass::nat64_well_known, true},
      {"64:ff9b:1::1", AddressClass::reserved, false},
      {"4000::1", AddressClass::reserved, false},
      {"ff02::1", AddressClass::multicast, false},
      {"::ffff:1.2.3.4", AddressClass::reserved, false},
  };
  for (const auto& row : rows) {
    INFO(row.address);
    const auto address = Address::parse(row.address).value();
    CHECK(classify(address) == row.kind);
    CHECK(is_global(address) == row.global);
  }
}

TEST_CASE("services are written outside port first") {
  CHECK(Service::parse("443/tcp").value() == Service{Protocol::tcp, 443, 443});
  CHECK(Service::parse("8443:443/tcp").value() == Service{Protocol::tcp, 8443, 443});
  CHECK(Service::parse("8443:443/tcp").value().knock_port(Family::ipv6) == 443);
  CHECK(Service::parse("51820/udp").value().to_string() == "51820/udp");
  for (const auto* text : {"", "443", "443/sctp", "0/tcp", "65536/tcp", "-1/tcp", "443/tcp ", "https/tcp", "1:2:3/tcp", "443/icmp", ":443/tcp"})
    CHECK_FALSE(Service::parse(text));
}

TEST_CASE("what people write in place of a service is understood, and asked back") {
  struct Row {
    const char* written;
    const char* meant;
  };
  for (const auto& row : {Row{"443", "443/tcp"}, Row{"8443:443", "8443:443/tcp"}, Row{"51820", "51820/udp"}, Row{"tcp/443", "443/tcp"},
                          Row{"443/TCP", "443/tcp"}, Row{"UDP 53", "53/udp"}, Row{"443-tcp", "443/tcp"}, Row{"https", "443/tcp"}, Row{"WireGuard", "51820/udp"}}) {
    const auto service = Service::parse(row.written);
    REQUIRE_FALSE(service);
    CHECK(service.error().what == "\"" + std::string(row.written) + "\" is not a service; did you mean " + row.meant + "?");
  }
  for (const auto* text : {"", "0", "65536", "443/icmp", "/", "443/", "tcp", "a:b", ":", "443:"}) {
    INFO(text);
    CHECK(Service::parse(text).error().what.find("did you mean") == std::string::npos);
  }
}

TEST_CASE("host and port are read as people write them") {
  CHECK(HostPort::parse("stun.example.org", 3478).value() == HostPort{"stun.example.org", 3478});
  CHECK(HostPort::parse("stun.example.org:99", 3478).value() == HostPort{"stun.example.org", 99});
  CHECK(HostPort::parse("[2001:db8::1]:99", 3478).value() == HostPort{"2001:db8::1", 99});
  CHECK(HostPort::parse("2001:db8::1", 3478).value() == HostPort{"2001:db8::1", 3478});
  for (const auto* text : {"", ":99", "host:", "host:x", "host:70000", "[::1", "[host]:1", "a:b:c"}) CHECK_FALSE(HostPort::parse(text, 1));
}

TEST_CASE("prefixes clear their host bits and contain what they should") {
  const auto prefix = Prefix::parse("2001:db8:1:2::5/62").value();
  CHECK(prefix.to_string() == "2001:db8:1::/62");
  CHECK(prefix.contains(Address::parse("2001:db8:1:3::1").value()));
  CHECK_FALSE(prefix.contains(Address::parse("2001:db8:1:4::1").value()));
  CHECK(Prefix::parse("0.0.0.0/0").value().contains(Address::parse("8.8.8.8").value()));
  for (const auto* text : {"1.2.3.4", "1.2.3.4/33", "::/129", "::/-1", "/8"}) CHECK_FALSE(Prefix::parse(text));
}

TEST_CASE("interface identifiers are told apart by flags, hardware address and bits") {
  const auto mac = MacAddress::parse("52:54:00:12:34:56").value();
  const auto kind = [&](const char* address, auto change) {
    InterfaceAddress value{.address = Address::parse(address).value(), .prefix_length = 64};
    change(value);
    return identifier_kind(value, mac);
  };
  const auto plain = [](InterfaceAddress&) {};
  CHECK(kind("2a00::5054:ff:fe12:3456", plain) == IdentifierKind::eui64);
  CHECK(kind("2a00::5054:ff:fe12:3457", plain) == IdentifierKind::stable_opaque);
  CHECK(kind("2a00::5054:ff:fe12:3456", [](auto& a) { a.temporary = true; }) == IdentifierKind::temporary);
  CHECK(kind("2a00::42", plain) == IdentifierKind::token);
  CHECK(kind("2a00::42", [](auto& a) { a.permanent = true; }) == IdentifierKind::fixed);
  CHECK(kind("2a00::1234:5678:9abc:def0", [](auto& a) { a.prefix_length = 128; }) == IdentifierKind::dhcpv6);
}

TEST_CASE("a calendar time is written as RFC 3339 has it, and read back") {
  for (const auto* text : {"1970-01-01T00:00:00Z", "2026-01-31T12:34:56Z", "2024-02-29T23:59:59Z", "9999-12-31T23:59:59Z"})
    CHECK(Moment::parse(text).value().to_string() == text);
  for (const auto* text : {"", "2026-01-31", "2026-01-31T12:34:56", "2026-01-31 12:34:56Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
                           "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "1969-12-31T23:59:59Z", "2026-01-31T12:34:56+Z", "+026-01-31T12:34:56Z"})
    CHECK_FALSE(Moment::parse(text));
}
