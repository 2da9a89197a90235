#include "wire/stun.hpp"

#include "support/catch.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::wire;
using stun::Class;

namespace {

stun::TransactionId rfc5769_transaction() {
  stun::TransactionId id{};
  const unsigned char bytes[] = {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};
  for (std::size_t i = 0; i < id.size(); ++i) id[i] = std::byte(bytes[i]);
  return id;
}

Endpoint endpoint(const char* text) { return Endpoint::parse(text).value(); }

/// A header for `type` and the rest, with the right length.
Bytes message(std::uint16_t type, const std::string& attributes) {
  Writer writer;
  writer.u16(type).u16(static_cast<std::uint16_t>(attributes.size())).u32(0x2112A442).bytes(rfc5769_transaction()).text(attributes);
  return writer.take();
}

std::string raw(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text.push_back(static_cast<char>(byte));
  return text;
}

}  // namespace

TEST_CASE("the test vectors of RFC 5769 are read as the RFC says") {
  const auto request = stun::parse(test::fixture_bytes("wire/stun/rfc5769-request.bin")).value();
  CHECK(request.type == Class::request);
  CHECK(request.method == stun::binding_method);
  CHECK(request.transaction == rfc5769_transaction());
  CHECK(request.software == "STUN test client");
  CHECK(request.not_understood.empty());

  const auto v4 = stun::parse(test::fixture_bytes("wire/stun/rfc5769-response-ipv4.bin")).value();
  CHECK(v4.type == Class::success);
  CHECK(v4.transaction == rfc5769_transaction());
  CHECK(v4.software == "test vector");
  CHECK(v4.xor_mapped_address == endpoint("192.0.2.1:32853"));
  CHECK_FALSE(v4.mapped_address);

  const auto v6 = stun::parse(test::fixture_bytes("wire/stun/rfc5769-response-ipv6.bin")).value();
  CHECK(v6.xor_mapped_address == endpoint("[2001:db8:1234:5678:11:2233:4455:6677]:32853"));

  CHECK(stun::parse(test::fixture_bytes("wire/stun/rfc5769-request-long-term.bin")).value().not_understood.empty());
}

TEST_CASE("what coturn answered is read") {
  const auto answer = stun::parse(test::fixture_bytes("wire/stun/coturn-response.bin")).value();
  CHECK(answer.type == Class::success);
  CHECK(answer.xor_mapped_address == endpoint("85.214.10.20:32534"));
  CHECK(answer.mapped_address == answer.xor_mapped_address);
  CHECK(answer.response_origin == endpoint("85.214.10.30:3478"));
  CHECK(answer.other_address == endpoint("85.214.10.31:3479"));
  CHECK(answer.software == "Coturn-4.6.1 'Gorst'");

  const auto refusal = stun::parse(test::fixture_bytes("wire/stun/coturn-unknown-attribute.bin")).value();
  CHECK(refusal.type == Class::error);
  CHECK(refusal.error.value().code == 420);
  CHECK(refusal.unknown_attributes == std::vector<std::uint16_t>{0x7ffe});
}

TEST_CASE("what is built reads back as the same message") {
  const stun::Message messages[] = {
      {.type = Class::request, .transaction = rfc5769_transaction()},
      {.type = Class::indication, .method = 0xFFF, .transaction = rfc5769_transaction()},
      {.type = Class::request, .method = 0x0A5, .transaction = rfc5769_transaction(), .change_request = stun::ChangeRequest{true, false}},
      {.type = Class::success,
       .transaction = rfc5769_transaction(),
       .mapped_address = endpoint("203.0.113.7:1"),
       .xor_mapped_address = endpoint("203.0.113.7:65535"),
       .response_origin = endpoint("[2001:db8::1]:3478"),
       .other_address = endpoint("[2001:db8::2]:3479"),
       .software = "x"},
      {.type = Class::error,
       .transaction = rfc5769_transaction(),
       .error = stun::ErrorCode{420, "Unknown Attribute"},
       .unknown_attributes = {0x7ffe, 0x0002, 0x0004}},
  };
  for (const auto& each : messages) {
    const auto bytes = stun::build(each);
    CHECK(bytes.size() % 4 == 0);
    CHECK(stun::parse(bytes).value() == each);
  }
}

TEST_CASE("a request that is filled up is as long as asked for and carries nothing a server must understand") {
  for (const std::size_t size : {0U, 1U, 20U, 21U, 24U, 25U, 68U, 100U, 116U, 117U, 784U, 785U, 788U, 789U, 1152U, 1472U}) {
    for (const auto change : {std::optional<stun::ChangeRequest>{}, std::optional(stun::ChangeRequest{true, true})}) {
      INFO(size);
      const auto bytes = stun::build_binding_request(rfc5769_transaction(), size, change);
      CHECK(bytes.size() >= size);
      CHECK(bytes.size() <= std::max<std::size_t>(size + 3, change ? 28 : 20));
      const auto message = stun::parse(bytes).value();
      CHECK(message.type == Class::request);
      CHECK(message.not_understood.empty());
      CHECK(message.change_request == change);
    }
  }
  CHECK(stun::build_binding_request(rfc5769_transaction()).size() == stun::header_size);
}

TEST_CASE("an answer with every address is exactly as long as full_answer_size says") {
  for (const auto* text : {"192.0.2.1:5", "[2001:db8::1]:5"}) {
    const auto address = endpoint(text);
    const auto bytes = stun::build_binding_success(rfc5769_transaction(), address, stun::ServerAddresses{address, address});
    CHECK(bytes.size() == stun::full_answer_size(address.address.family()));
    CHECK(stun::parse(bytes).value().xor_mapped_address == address);
    CHECK(stun::parse(bytes).value().mapped_address == address);
    CHECK(stun::build_binding_success(rfc5769_transaction(), address).size() < bytes.size());
  }
}

TEST_CASE("an error answer names the attributes it is about") {
  const auto answer = stun::parse(stun::build_binding_error(rfc5769_transaction(), 420, "Unknown Attribute", {0x0026})).value();
  CHECK(answer.type == Class::error);
  CHECK(answer.error == stun::ErrorCode{420, "Unknown Attribute"});
  CHECK(answer.unknown_attributes == std::vector<std::uint16_t>{0x0026});
}

TEST_CASE("what is not STUN is malformed, and the error says why") {
  struct Row {
    const char* what;
    Bytes bytes;
    const char* why;
  };
  auto wrong_cookie = message(0x0101, "");
  wrong_cookie[4] = std::byte{0x22};
  auto odd_length = message(0x0101, "abcde");
  auto too_long = message(0x0101, "");
  too_long[3] = std::byte{4};
  const Row rows[] = {
      {"nothing", {}, "0 bytes are too few"},
      {"19 bytes", Bytes(19), "19 bytes are too few"},
      {"top bits set", message(0x8101, ""), "0x8101 is not STUN"},
      {"another cookie", wrong_cookie, "magic cookie is 0x2212a442"},
      {"length not a multiple of four", odd_length, "message length 5"},
      {"length beyond the datagram", too_long, "message length 4 with 0 bytes"},
      {"attribute beyond the end", message(0x0101, raw({0, 1, 0, 9, 0, 1, 0, 0})), "attribute 0x0001 with length 9 runs over the end"},
      {"address family 3", message(0x0101, raw({0, 0x20, 0, 8, 0, 3, 0, 0, 1, 2, 3, 4})), "XOR-MAPPED-ADDRESS has address family 3"},
      {"IPv6 in 8 bytes", message(0x0101, raw({0, 0x20, 0, 8, 0, 2, 0, 0, 1, 2, 3, 4})), "XOR-MAPPED-ADDRESS has 8 bytes"},
      {"IPv4 in 12 bytes", message(0x0101, raw({0, 1, 0, 12, 0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8})), "MAPPED-ADDRESS has 12 bytes"},
      {"empty address", message(0x0101, raw({0, 1, 0, 0})), "MAPPED-ADDRESS has address family 0"},
      {"error 200", message(0x0111, raw({0, 9, 0, 4, 0, 0, 2, 0})), "ERROR-CODE is no code"},
      {"error without code", message(0x0111, raw({0, 9, 0, 2, 0, 0, 0, 0})), "ERROR-CODE is no code"},
      {"CHANGE-REQUEST of 8 bytes", message(0x0001, raw({0, 3, 0, 8, 0, 0, 0, 0, 0, 0, 0, 6})), "CHANGE-REQUEST has 8 bytes"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto parsed = stun::parse(row.bytes);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::malformed);
    CHECK(parsed.error().what.find(row.why) != std::string::npos);
  }
}

TEST_CASE("the first of two equal attributes counts, and what follows the integrity does not") {
  const auto one = raw({0, 1, 0, 8, 0, 1, 0, 80, 1, 2, 3, 4});
  const auto two = raw({0, 1, 0, 8, 0, 1, 0, 81, 5, 6, 7, 8});
  const auto integrity = raw({0, 8, 0, 4, 0, 0, 0, 0});
  CHECK(stun::parse(message(0x0101, one + two)).value().mapped_address == endpoint("1.2.3.4:80"));
  CHECK_FALSE(stun::parse(message(0x0101, integrity + one)).value().mapped_address);
}

TEST_CASE("attributes that must be understood and are not are listed, and never more than sixteen") {
  std::string many;
  for (int i = 0; i < 40; ++i) many += raw({0x7f, i, 0, 0});
  const auto parsed = stun::parse(message(0x0001, many)).value();
  REQUIRE(parsed.not_understood.size() == 16);
  CHECK(parsed.not_understood.front() == 0x7f00);
  CHECK(stun::parse(message(0x0001, raw({0x80, 1, 0, 0, 0, 0x26, 0, 4, 0, 0, 0, 0}))).value().not_understood.empty());
}
