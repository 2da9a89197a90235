#include "wire/nat_pmp.hpp"

#include "support/catch.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::wire;

TEST_CASE("the public address request is the two zero bytes of RFC 6886 §3.2") {
  CHECK(nat_pmp::build_address_request() == Bytes(2));
}

TEST_CASE("what miniupnpd answered is read") {
  const auto address = nat_pmp::parse_response(test::fixture_bytes("wire/nat_pmp/miniupnpd-address.bin")).value();
  CHECK(address.opcode == 0);
  CHECK(address.result_code == nat_pmp::success);
  CHECK(address.epoch_s > 0);
  CHECK(address.public_address == Address::parse("85.214.10.20").value());

  const auto down = nat_pmp::parse_response(test::fixture_bytes("wire/nat_pmp/miniupnpd-address-network-failure.bin")).value();
  CHECK(down.result_code == 3);
  CHECK_FALSE(down.public_address);

  const auto opcode = nat_pmp::parse_response(test::fixture_bytes("wire/nat_pmp/miniupnpd-unsupported-opcode.bin")).value();
  CHECK(opcode.opcode == 9);
  CHECK(opcode.result_code == 5);
  CHECK_FALSE(opcode.public_address);
}

TEST_CASE("an address of 0.0.0.0 is kept as it came") {
  const auto bytes = Writer().u8(0).u8(128).u16(0).u32(7).u32(0).take();
  CHECK(nat_pmp::parse_response(bytes).value() == nat_pmp::Response{0, 0, 7, Address{}});
}

TEST_CASE("what is no NAT-PMP answer is malformed, and the error says why") {
  struct Row {
    Bytes bytes;
    const char* why;
  };
  const Row rows[] = {
      {{}, "0 bytes are too few"},
      {Bytes(7), "7 bytes are too few"},
      {Writer().u8(2).u8(128).u16(1).u32(0).take(), "version 2 is not NAT-PMP"},
      {Writer().u8(0).u8(0).u16(0).u32(0).u32(1).take(), "opcode 0 is a request"},
      {Writer().u8(0).u8(128).u16(0).u32(0).take(), "8 bytes instead of 12"},
      {Writer().u8(0).u8(128).u16(0).u32(0).u32(1).u8(0).take(), "13 bytes instead of 12"},
  };
  for (const auto& row : rows) {
    INFO(row.why);
    const auto parsed = nat_pmp::parse_response(row.bytes);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::malformed);
    CHECK(parsed.error().what.find(row.why) != std::string::npos);
  }
}
