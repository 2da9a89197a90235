#include "vantage/stun_answer.hpp"

#include <algorithm>
#include <random>

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::vantage;
namespace stun = wire::stun;

namespace {

Endpoint endpoint(std::string_view text) { return Endpoint::parse(text).value(); }

const stun::TransactionId transaction{std::byte{1}, std::byte{2}, std::byte{3}};
const StunArrival alone{endpoint("192.0.2.9:4000"), endpoint("198.51.100.1:3478"), {}};
const StunArrival one_of_two{endpoint("192.0.2.9:4000"), endpoint("198.51.100.1:3478"), endpoint("198.51.100.2:3479")};

stun::Message read(const StunAnswer& answer) { return stun::parse(answer.bytes).value(); }

}  // namespace

TEST_CASE("a request that is as long as its answer gets the mapped address, from where it was sent to") {
  const auto answer = stun_answer(stun::build_binding_request(transaction, 32), alone, false);
  CHECK(answer.outcome == StunOutcome::answered);
  CHECK(answer.from == alone.at);
  CHECK(read(answer).transaction == transaction);
  CHECK(read(answer).xor_mapped_address == alone.from);
  CHECK_FALSE(read(answer).other_address);
}

TEST_CASE("no answer is longer than its request, unless that is wanted") {
  for (const auto& arrival : {alone, one_of_two, StunArrival{endpoint("[2001:db8::9]:4000"), endpoint("[2001:db8::1]:3478"), {}}})
    for (std::size_t size = 20; size <= 120; size += 4) {
      const auto request = stun::build_binding_request(transaction, size);
      const auto answer = stun_answer(request, arrival, false);
      INFO(request.size());
      CHECK(answer.bytes.size() <= request.size());
      CHECK((answer.outcome == StunOutcome::too_short) == answer.bytes.empty());
      CHECK(stun_answer(request, arrival, true).outcome == StunOutcome::answered);
    }
}

TEST_CASE("an error is no longer than its request either, however many attributes it is about") {
  for (const auto& arrival : {alone, one_of_two})
    for (unsigned count = 1; count <= 40; ++count) {
      INFO(count);
      wire::Writer writer;
      writer.u16(0x0001).u16(static_cast<std::uint16_t>(4 * count)).u32(0x2112A442).bytes(transaction);
      for (unsigned i = 0; i < count; ++i) writer.u16(static_cast<std::uint16_t>(0x7000 + i)).u16(0);  // comprehension-required, unknown
      const auto request = writer.take();
      const auto answer = stun_answer(request, arrival, false);
      CHECK(answer.outcome == (answer.bytes.empty() ? StunOutcome::too_short : StunOutcome::error));
      CHECK(answer.bytes.size() <= request.size());
    }
}

TEST_CASE("the other address is told where it is served and the request leaves room for it") {
  const auto roomy = stun::build_binding_request(transaction, stun::full_answer_size(Family::ipv4));
  CHECK(read(stun_answer(roomy, one_of_two, false)).other_address == one_of_two.other);
  CHECK(read(stun_answer(roomy, one_of_two, false)).response_origin == one_of_two.at);
  CHECK_FALSE(read(stun_answer(roomy, alone, false)).other_address);
  const auto small = stun_answer(stun::build_binding_request(transaction, 32), one_of_two, false);
  CHECK(read(small).xor_mapped_address == one_of_two.from);
  CHECK_FALSE(read(small).other_address);
}

TEST_CASE("CHANGE-REQUEST is answered from where it asks for") {
  struct Row {
    stun::ChangeRequest change;
    const char* from;
  };
  const Row rows[] = {
      {{false, false}, "198.51.100.1:3478"},
      {{false, true}, "198.51.100.1:3479"},
      {{true, false}, "198.51.100.2:3478"},
      {{true, true}, "198.51.100.2:3479"},
  };
  for (const auto& row : rows) {
    INFO(row.from);
    const auto answer = stun_answer(stun::build_binding_request(transaction, 100, row.change), one_of_two, false);
    CHECK(answer.from == endpoint(row.from));
    CHECK(read(answer).response_origin == endpoint(row.from));
  }
}

TEST_CASE("CHANGE-REQUEST without a second address is an unknown attribute") {
  const auto answer = stun_answer(stun::build_binding_request(transaction, 100, stun::ChangeRequest{true, true}), alone, false);
  CHECK(answer.outcome == StunOutcome::error);
  CHECK(read(answer).type == stun::Class::error);
  CHECK(read(answer).error->code == 420);
  CHECK(read(answer).unknown_attributes == std::vector<std::uint16_t>{3});
}

TEST_CASE("what is no Binding request gets no answer") {
  auto response = stun::build_binding_success(transaction, alone.from);
  auto not_binding =
      stun::build({.type = stun::Class::request, .method = 3, .transaction = transaction, .software = std::string(100, ' ')});
  auto indication = stun::build({.type = stun::Class::indication, .transaction = transaction, .software = std::string(100, ' ')});
  auto cut = stun::build_binding_request(transaction, 60);
  cut.pop_back();
  for (const auto& bytes : {response, not_binding, indication, cut, wire::Bytes{}, wire::Bytes(100)}) {
    const auto answer = stun_answer(bytes, one_of_two, true);
    CHECK(answer.outcome == StunOutcome::malformed);
    CHECK(answer.bytes.empty());
  }
}

TEST_CASE("whatever a request is made of, it is answered with the bytes that the codec of both sides would make of it") {
  std::mt19937 random(8489);
  const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  const StunArrival over_ipv6{endpoint("[2001:db8::9]:4000"), endpoint("[2001:db8::1]:3478"), endpoint("[2001:db8::2]:3479")};
  const StunArrival arrivals[] = {alone, one_of_two, over_ipv6};
  constexpr std::uint16_t types[] = {0x0001, 0x0003, 0x0003, 0x0006, 0x0008, 0x0009, 0x0020, 0x0026,
                                     0x0027, 0x7001, 0x8022, 0x802b, 0xFF00};
  unsigned answered = 0, refused = 0;
  for (unsigned round = 0; round < 20000; ++round) {
    INFO(round);
    wire::Writer writer;
    writer.u16(pick(20) == 0 ? static_cast<std::uint16_t>(random()) : 1).u16(0).u32(0x2112A442).bytes(transaction);
    for (unsigned i = pick(20); i > 0; --i) {
      const unsigned size = pick(3) != 0 ? 4 : pick(40);
      writer.u16(types[pick(std::size(types))]).u16(static_cast<std::uint16_t>(size));
      for (unsigned k = 0; k < (size + 3) / 4 * 4; ++k) writer.u8(pick(4) == 0 ? static_cast<std::uint8_t>(random()) : 0);
    }
    writer.patch_u16(2, static_cast<std::uint16_t>(writer.size() - 20));
    auto request = writer.take();
    if (pick(4) == 0) request[pick(static_cast<unsigned>(request.size()))] = static_cast<std::byte>(random());
    const auto& arrival = arrivals[pick(3)];
    const auto answer = stun_answer(request, arrival, false);
    CHECK(answer.bytes.size() <= request.size());
    const auto read = stun::parse(request);
    if (!read || read->type != stun::Class::request || read->method != stun::binding_method) {
      // The codec also refuses what addresses and error codes in a request are like, which mean nothing to a server.
      if (!read) ++refused;
      else CHECK(answer.bytes.empty());
      continue;
    }
    auto unknown = read->not_understood;
    if (read->change_request && !arrival.other && unknown.size() < 16) unknown.push_back(3);
    const auto full = !unknown.empty()
                          ? stun::build_binding_error(read->transaction, 420, "", unknown)
                          : stun::build_binding_success(read->transaction, arrival.from, stun::ServerAddresses{answer.from, arrival.other});
    const auto small = stun::build_binding_success(read->transaction, arrival.from);
    auto wanted = unknown.empty() && (!arrival.other || full.size() > request.size()) ? small : full;
    if (wanted.size() > request.size()) wanted.clear();
    else ++answered;
    CHECK(std::ranges::equal(wire::ByteView(answer.bytes), wanted));
  }
  CHECK(answered > 2000);
  CHECK(refused > 1000);
}
