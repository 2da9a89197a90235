#include "wire/pcp.hpp"

#include "support/catch.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::wire;

TEST_CASE("an ANNOUNCE is the 24-byte common header of RFC 6887 §7.1 and nothing else") {
  const auto v4 = pcp::build_announce_request(Address::parse("192.168.1.2").value());
  CHECK(v4 == Writer().u8(2).u8(0).u16(0).u32(0).zeros(10).u16(0xFFFF).u32(0xC0A80102).take());
  const auto client = Address::parse("2001:db8::2").value();
  CHECK(pcp::build_announce_request(client) == Writer().u8(2).u8(0).u16(0).u32(0).address(client).take());
}

TEST_CASE("what miniupnpd answered to PCP is read") {
  const auto announce = pcp::parse_response(test::fixture_bytes("wire/pcp/miniupnpd-announce.bin")).value();
  CHECK(announce.version == pcp::version);
  CHECK(announce.opcode == pcp::announce);
  CHECK(announce.result_code == pcp::success);
  CHECK(announce.epoch_s > 0);

  const auto version = pcp::parse_response(test::fixture_bytes("wire/pcp/miniupnpd-unsupported-version.bin")).value();
  CHECK(version.version == 2);
  CHECK(version.result_code == pcp::unsupported_version);

  const auto map = pcp::parse_response(test::fixture_bytes("wire/pcp/miniupnpd-map.bin")).value();
  CHECK(map.opcode == pcp::map);
  REQUIRE(map.mapping);
  CHECK(map.mapping->external.address.is_v4());
}

TEST_CASE("a MAP request is the header and 36 bytes: RFC 6887 §11.1") {
  pcp::Mapping mapping{.protocol = Protocol::udp, .internal_port = 5000, .external = {Address::any(Family::ipv4), 6000}};
  mapping.nonce.fill(std::byte{7});
  const auto request = pcp::build_map_request(Address::parse("192.168.1.2").value(), mapping, 60);
  Writer expected;
  expected.u8(2).u8(1).u16(0).u32(60).zeros(10).u16(0xFFFF).u32(0xC0A80102).bytes(mapping.nonce).u8(17).zeros(3).u16(5000).u16(6000);
  CHECK(request == expected.zeros(10).u16(0xFFFF).u32(0).take());
}

TEST_CASE("a MAP answer tells the external address") {
  Writer writer;
  writer.u8(2).u8(0x81).u8(0).u8(0).u32(60).u32(1000).zeros(12).zeros(12).u8(6).zeros(3).u16(5000).u16(6000).zeros(10).u16(0xFFFF).u32(0x01020304);
  const auto read = pcp::parse_response(writer.take()).value();
  REQUIRE(read.mapping);
  CHECK(read.mapping->external == Endpoint{Address::parse("1.2.3.4").value(), 6000});
  CHECK(read.mapping->internal_port == 5000);
  CHECK(read.mapping->protocol == Protocol::tcp);
  Writer other;   // protocol 47 was not asked for
  other.u8(2).u8(0x81).u8(0).u8(0).u32(60).u32(1000).zeros(12).zeros(12).u8(47).zeros(23);
  CHECK_FALSE(pcp::parse_response(other.take()).value().mapping);
}

TEST_CASE("what is no PCP answer is malformed, and the error says why") {
  struct Row {
    Bytes bytes;
    const char* why;
  };
  const Row rows[] = {
      {{}, "not 0"},
      {Bytes(20), "not 20"},
      {Bytes(1104), "not 1104"},
      {Writer().u8(2).u8(128).zeros(23).take(), "not 25"},
      {Writer().u8(2).u8(0).zeros(22).take(), "opcode 0 is a request"},
      {Writer().u8(0).u8(128).zeros(22).take(), "version 0 is not PCP"},
  };
  for (const auto& row : rows) {
    INFO(row.why);
    const auto parsed = pcp::parse_response(row.bytes);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::malformed);
    CHECK(parsed.error().what.find(row.why) != std::string::npos);
  }
}
