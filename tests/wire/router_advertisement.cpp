#include "wire/router_advertisement.hpp"

#include "support/catch.hpp"
#include "wire/address.hpp"

using namespace ringback;
using namespace ringback::wire;
using test::address;

namespace {

Prefix prefix(const char* text) { return Prefix::parse(text).value(); }

/// RFC 4861 §4.2: hop limit 64, M and O, half an hour.
Writer header(std::uint8_t flags = 0xC0) {
  Writer writer;
  writer.u8(134).u8(0).u16(0).u8(64).u8(flags).u16(1800).u32(0).u32(0);
  return writer;
}

Writer& prefix_option(Writer& writer, const char* text, std::uint8_t length, std::uint8_t flags, std::uint32_t valid, std::uint32_t preferred) {
  return writer.u8(3).u8(4).u8(length).u8(flags).u32(valid).u32(preferred).u32(0).address(address(text));
}

}  // namespace

TEST_CASE("a router advertisement is read with what it offers") {
  auto writer = header();
  prefix_option(writer, "2001:db8:1:2::", 64, 0xC0, 7200, 3600);
  prefix_option(writer, "2001:db8:1:1::", 64, 0x40, 5400, 0);
  writer.u8(5).u8(1).u16(0).u32(1492);
  writer.u8(25).u8(3).u16(0).u32(1800).address(address("2001:db8:1:2::1"));
  writer.u8(24).u8(2).u8(48).u8(0).u32(600).u64(0x20010db800010000);
  writer.u8(38).u8(2).u16(1800).u64(0x0064ff9b00000000).u32(0);
  writer.u8(37).u8(2).text("urn:ietf:x").zeros(4);
  const auto read = parse_router_advertisement(writer.take()).value();
  CHECK(read.managed);
  CHECK(read.other_configuration);
  CHECK(read.router_lifetime_s == 1800);
  CHECK(read.mtu == 1492U);
  REQUIRE(read.prefixes.size() == 2);
  CHECK(read.prefixes[0] == OfferedPrefix{prefix("2001:db8:1:2::/64"), true, true, 7200, 3600});
  CHECK(read.prefixes[1] == OfferedPrefix{prefix("2001:db8:1:1::/64"), false, true, 5400, 0});
  CHECK(read.resolvers == std::vector{address("2001:db8:1:2::1")});
  CHECK(read.routes == std::vector{OfferedRoute{prefix("2001:db8:1::/48"), 600}});
  CHECK(read.nat64 == std::vector{OfferedNat64{prefix("64:ff9b::/96"), 1800}});
  CHECK(read.captive_portal == "urn:ietf:x");
}

TEST_CASE("the length of a PREF64 is in three bits: RFC 8781 §4") {
  const std::pair<unsigned, unsigned> rows[] = {{0, 96}, {1, 64}, {2, 56}, {3, 48}, {4, 40}, {5, 32}};
  for (const auto& [code, length] : rows) {
    auto writer = header();
    writer.u8(38).u8(2).u16(static_cast<std::uint16_t>(8 | code)).u64(0x20010db8aabbccdd).u32(0x11223344);
    const auto read = parse_router_advertisement(writer.take()).value();
    REQUIRE(read.nat64.size() == 1);
    CHECK(read.nat64[0].prefix.length() == length);
    CHECK(read.nat64[0].lifetime_s == 8);
  }
  for (const std::uint16_t code : {std::uint16_t{6}, std::uint16_t{7}}) {
    auto writer = header();
    writer.u8(38).u8(2).u16(code).zeros(12);
    CHECK(parse_router_advertisement(writer.take()).value().nat64.empty());
  }
}

TEST_CASE("what an option may not say is passed over") {
  auto writer = header();
  prefix_option(writer, "2001:db8::", 129, 0xC0, 7200, 3600);
  prefix_option(writer, "2001:db8::", 64, 0xC0, 60, 3600);             // RFC 4862 §5.5.3 c
  writer.u8(24).u8(1).u8(48).u8(0).u32(600);                            // a prefix of 48 bits in none
  writer.u8(25).u8(3).u16(0).u32(0).address(address("2001:db8::53"));   // no longer
  writer.u8(200).u8(1).zeros(6);
  const auto read = parse_router_advertisement(writer.take()).value();
  CHECK(read.prefixes.empty());
  CHECK(read.routes.empty());
  CHECK(read.resolvers.empty());
}

TEST_CASE("a hundred prefixes are sixteen") {
  auto writer = header();
  for (int i = 0; i < 100; ++i) prefix_option(writer, "2001:db8::", 64, 0xC0, 60, 60);
  CHECK(parse_router_advertisement(writer.take()).value().prefixes.size() == 16);
}

TEST_CASE("what is no router advertisement is malformed, and the error says why") {
  struct Row {
    Bytes bytes;
    const char* why;
  };
  const Row rows[] = {
      {{}, "not 0"},
      {header().take(), ""},
      {Writer().u8(133).zeros(15).take(), "type 133"},
      {Writer().u8(134).u8(1).zeros(14).take(), "code 1"},
      {header().u8(3).u8(0).zeros(6).take(), "length 0"},
      {header().u8(3).u8(4).zeros(6).take(), "ends after"},
      {header().u8(3).take(), "length 0"},
  };
  for (const auto& row : rows) {
    INFO(row.why);
    const auto parsed = parse_router_advertisement(row.bytes);
    REQUIRE(parsed.has_value() == std::string_view(row.why).empty());
    if (!parsed) CHECK(parsed.error().what.find(row.why) != std::string::npos);
  }
}

TEST_CASE("a router solicitation is eight bytes: RFC 4861 §4.1") { CHECK(build_router_solicitation() == Writer().u8(133).zeros(7).take()); }
