#include "support/catch.hpp"
#include "wire/address.hpp"
#include "wire/dhcpv4.hpp"
#include "wire/dhcpv6.hpp"

using namespace ringback;
using namespace ringback::wire;
using test::address;

namespace {

/// A server's DHCPv4 message up to its options.
Writer reply(std::uint8_t operation = 2, std::uint32_t cookie = 0x63825363) {
  Writer writer;
  writer.u8(operation).u8(1).u8(6).u8(0).u32(0xCAFE0001).zeros(228).u32(cookie);
  return writer;
}

}  // namespace

TEST_CASE("a DHCPINFORM carries the client's address and asks for option 108, which nobody sends unasked") {
  const auto message = dhcpv4::build_inform(0xCAFE0001, address("192.168.1.2"), MacAddress{{2, 0, 0, 0, 0, 9}});
  CHECK(message.size() == 300);
  Reader reader(message);
  CHECK(reader.u32() == 0x01010600);
  CHECK(reader.u32() == 0xCAFE0001);
  reader.skip(4);
  CHECK(reader.address(Family::ipv4) == address("192.168.1.2"));
  reader.skip(12);
  CHECK(reader.u16() == 0x0200);
  CHECK(reader.u32() == 9);
  reader.skip(202);
  CHECK(reader.u32() == 0x63825363);
  CHECK(reader.u8() == 53);
  CHECK(reader.u16() == 0x0108);
  CHECK(reader.u8() == 55);
  const auto asked = reader.bytes(reader.u8());
  CHECK(std::ranges::find(asked, std::byte{108}) != asked.end());
}

TEST_CASE("a DHCPACK is read with what it grants") {
  auto writer = reply();
  writer.u8(53).u8(1).u8(5).u8(54).u8(4).u32(0xC0A80101).u8(0).u8(108).u8(4).u32(1800);
  writer.u8(3).u8(4).u32(0xC0A80101).u8(6).u8(8).u32(0xC0A80101).u32(0x01010101);
  writer.u8(158).u8(10).u8(4).u32(0xC0A80101).u8(4).u32(0xC0A80102);
  writer.u8(255).u8(99);
  const auto read = dhcpv4::parse_acknowledgement(writer.take()).value();
  CHECK(read.transaction == 0xCAFE0001);
  CHECK(read.server == address("192.168.1.1"));
  CHECK(read.ipv6_only_wait_s == 1800U);
  CHECK(read.routers == std::vector{address("192.168.1.1")});
  CHECK(read.resolvers == std::vector{address("192.168.1.1"), address("1.1.1.1")});
  CHECK(read.pcp_servers == std::vector{address("192.168.1.1"), address("192.168.1.2")});
}

TEST_CASE("what is no DHCPACK is malformed, and the error says why") {
  struct Row {
    Bytes bytes;
    const char* why;
  };
  const Row rows[] = {
      {{}, "0 bytes"},
      {Bytes(239), "239 bytes"},
      {reply(1).take(), "no answer"},
      {reply(2, 1).take(), "magic cookie"},
      {reply().take(), "no DHCPACK"},
      {reply().u8(53).u8(1).u8(6).u8(255).take(), "no DHCPACK"},
      {reply().u8(53).u8(1).u8(5).u8(54).u8(4).u8(1).take(), "option 54"},
  };
  for (const auto& row : rows) {
    INFO(row.why);
    const auto parsed = dhcpv4::parse_acknowledgement(row.bytes);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().what.find(row.why) != std::string::npos);
  }
}

TEST_CASE("a list of PCP servers that lies about its length ends there") {
  auto writer = reply();
  writer.u8(53).u8(1).u8(5).u8(158).u8(7).u8(4).u32(0xC0A80101).u8(200).u8(1).u8(255);
  CHECK(dhcpv4::parse_acknowledgement(writer.take()).value().pcp_servers == std::vector{address("192.168.1.1")});
}

TEST_CASE("an Information-request asks for the name of the AFTR, and says nothing of who asks") {
  const auto message = dhcpv6::build_information_request(0xFF123456);
  Reader reader(message);
  CHECK(reader.u32() == 0x0B123456);
  CHECK(reader.u16() == 8);
  reader.skip(4);
  CHECK(reader.u16() == 6);
  CHECK(reader.u16() == 12);
  CHECK(reader.u16() == 23);
  CHECK(reader.u16() == 64);
  CHECK(reader.left() == 8);
}

TEST_CASE("a Reply is read with what the line is") {
  Writer writer;
  writer.u32(0x07123456).u16(64).u16(18).u8(4).text("aftr").u8(7).text("example").u8(3).text("net").u8(0);
  writer.u16(23).u16(16).address(address("2001:db8::53")).u16(94).u16(0).u16(96).u16(0).u16(86).u16(16).address(address("2001:db8::1"));
  const auto read = dhcpv6::parse_reply(writer.take()).value();
  CHECK(read.transaction == 0x123456);
  CHECK(read.aftr_name == "aftr.example.net.");
  CHECK(read.map_e);
  CHECK_FALSE(read.map_t);
  CHECK(read.lw4o6);
  CHECK(read.resolvers == std::vector{address("2001:db8::53")});
  CHECK(read.pcp_servers == std::vector{address("2001:db8::1")});
}

TEST_CASE("a name that is none is no name: RFC 8415 §10") {
  const Bytes rows[] = {
      {},
      Writer().u8(0).take(),
      Writer().u8(4).text("aft").take(),
      Writer().u8(4).text("aftr").take(),
      Writer().u8(0xC0).u8(0).take(),
      Writer().u8(4).text("aftr").u8(0).u8(1).take(),
  };
  for (const auto& row : rows) {
    Writer writer;
    writer.u32(0x07000001).u16(64).u16(static_cast<std::uint16_t>(row.size())).bytes(row);
    CHECK_FALSE(dhcpv6::parse_reply(writer.take()).value().aftr_name);
  }
}

TEST_CASE("what is no Reply is malformed") {
  CHECK_FALSE(dhcpv6::parse_reply({}));
  CHECK_FALSE(dhcpv6::parse_reply(Writer().u32(0x02000001).take()));
  CHECK_FALSE(dhcpv6::parse_reply(Writer().u32(0x07000001).u16(64).u16(4).u8(1).take()));
  CHECK_FALSE(dhcpv6::parse_reply(Writer().u32(0x07000001).u16(64).take()));
}
