#include "wire/stun.hpp"

#include <sys/socket.h>

#include "support/catch.hpp"
#include "vantage/requests.hpp"
#include "vantage/running_server.hpp"
#include "vantage/socket.hpp"

using namespace ringback;
using namespace ringback::test;
namespace stun = wire::stun;

namespace {

const stun::TransactionId transaction{std::byte{9}};

struct Answer {
  stun::Message message;
  Endpoint from;
  std::size_t size = 0;
};

void send(const UniqueFd& socket, const wire::Bytes& bytes, const Endpoint& to) {
  const auto address = vantage::to_socket(to);
  REQUIRE(::sendto(socket.get(), bytes.data(), bytes.size(), 0, address.get(), address.length) == static_cast<ssize_t>(bytes.size()));
}

Answer receive(const UniqueFd& socket) {
  await_readable(socket.get());
  std::array<std::byte, 1500> bytes;
  vantage::SocketAddress from;
  const auto size = ::recvfrom(socket.get(), bytes.data(), bytes.size(), 0, from.get(), &from.length);
  REQUIRE(size > 0);
  return {stun::parse(std::span(bytes).first(static_cast<std::size_t>(size))).value(), vantage::to_endpoint(from),
          static_cast<std::size_t>(size)};
}

Answer ask(const UniqueFd& socket, const Endpoint& server, std::size_t size = 120, std::optional<stun::ChangeRequest> change = {}) {
  send(socket, stun::build_binding_request(transaction, size, change), server);
  return receive(socket);
}

}  // namespace

TEST_CASE("STUN tells the mapped address, from the address that was asked") {
  RunningServer server;
  for (const auto* at : {"127.0.0.1", "127.0.0.2", "::1"}) {
    INFO(at);
    const Endpoint asked{Address::parse(at).value(), 3478};
    const Endpoint local{Address::parse(asked.address.is_v4() ? "127.0.0.9" : "::1").value(), 6000};
    const auto answer = ask(bound(SOCK_DGRAM, local), asked);
    CHECK(answer.from == asked);
    CHECK(answer.message.xor_mapped_address == local);
    CHECK(answer.message.transaction == transaction);
  }
}

TEST_CASE("listening everywhere, STUN still answers from the address that was asked") {
  enter_own_network();
  RunningServer server{vantage::Options{}};
  for (const auto family : {Family::ipv4, Family::ipv6})
    for (unsigned i = 1; i <= 3; ++i) {
      const Endpoint asked{global(family, i), 3478};
      CHECK(ask(bound(SOCK_DGRAM, {global(family, 1), 6000}), asked).from == asked);
    }
}

TEST_CASE("with two addresses RFC 5780 is answered from both addresses and both ports") {
  RunningServer server;
  const auto socket = bound(SOCK_DGRAM, {Address::parse("127.0.0.9").value(), 6000});
  const auto primary = Endpoint::parse("127.0.0.1:3478").value();
  const auto first = ask(socket, primary);
  CHECK(first.message.other_address == Endpoint::parse("127.0.0.2:3479").value());
  CHECK(first.message.response_origin == primary);
  CHECK(ask(socket, primary, 120, stun::ChangeRequest{true, true}).from == Endpoint::parse("127.0.0.2:3479").value());
  CHECK(ask(socket, primary, 120, stun::ChangeRequest{false, true}).from == Endpoint::parse("127.0.0.1:3479").value());
  CHECK(ask(socket, primary, 120, stun::ChangeRequest{true, false}).from == Endpoint::parse("127.0.0.2:3478").value());
  CHECK(ask(socket, *first.message.other_address).message.other_address == primary);
}

TEST_CASE("with one address of a family no other address is told, and none is promised") {
  RunningServer server;
  const auto socket = bound(SOCK_DGRAM, {Address::parse("::1").value(), 6000});
  const auto at = Endpoint::parse("[::1]:3478").value();
  CHECK_FALSE(ask(socket, at).message.other_address);
  CHECK(ask(socket, at, 120, stun::ChangeRequest{true, true}).message.error->code == 420);
}

TEST_CASE("a request that is shorter than the answer is dropped, unless --stun-open") {
  const auto at = Endpoint::parse("127.0.0.1:3478").value();
  {
    RunningServer server;
    const auto socket = bound(SOCK_DGRAM, {Address::parse("127.0.0.9").value(), 6000});
    send(socket, stun::build_binding_request(transaction), at);
    send(socket, wire::Bytes(1500), at);
    // The answers come in the order of the requests, so the first one to come is that of the long request.
    const stun::TransactionId second{std::byte{77}};
    send(socket, stun::build_binding_request(second, 120), at);
    CHECK(receive(socket).message.transaction == second);
    CHECK_FALSE(readable_now(socket.get()));
  }
  auto options = lab_options();
  options.stun_open = true;
  RunningServer server(options);
  CHECK(ask(bound(SOCK_DGRAM, {Address::parse("127.0.0.9").value(), 6000}), at, 0).message.xor_mapped_address);
}

TEST_CASE("who asks from an address that is not on the internet gets no answer, unless --allow-special") {
  auto options = lab_options();
  options.allow_special = false;
  const RunningServer server(options);
  const auto at = Endpoint::parse("127.0.0.1:3478").value();
  const auto special = bound(SOCK_DGRAM, {Address::parse("127.0.0.9").value(), 6000});
  send(special, stun::build_binding_request(transaction, 120), at);
  command("ip address add 93.184.20.30/32 dev lo");
  // The answers come in the order of the requests.
  CHECK(ask(bound(SOCK_DGRAM, {Address::parse("93.184.20.30").value(), 6000}), at).message.xor_mapped_address);
  CHECK_FALSE(readable_now(special.get()));
  command("ip address del 93.184.20.30/32 dev lo");   // the other tests share this network
}

TEST_CASE("an answer is filled up to the request's size where PADDING asks for it, and never beyond") {
  RunningServer server;
  for (const auto* at : {"127.0.0.1", "::1"}) {
    const Endpoint asked{Address::parse(at).value(), 3478};
    const auto socket = bound(SOCK_DGRAM, {Address::parse(asked.address.is_v4() ? "127.0.0.9" : "::1").value(), 6000});
    for (const std::size_t size : {120U, 576U, 1200U, 1472U}) {
      send(socket, stun::build_padded_request(transaction, size), asked);
      const auto answer = receive(socket);
      CHECK(answer.size == size);
      CHECK(answer.message.xor_mapped_address);
      CHECK(answer.message.transaction == transaction);
    }
    send(socket, stun::build_padded_request(transaction, 24), asked);   // too small for any answer
    CHECK(ask(socket, asked).size <= 120);
  }
}

TEST_CASE("where the way is known to be too small for the filling, the answer goes without, and whole") {
  RunningServer server;
  command("ip link set lo mtu 1300");
  for (const auto* at : {"127.0.0.1", "::1"}) {
    const Endpoint asked{Address::parse(at).value(), 3478};
    const auto socket = bound(SOCK_DGRAM, {Address::parse(asked.address.is_v4() ? "127.0.0.9" : "::1").value(), 6000});
    send(socket, stun::build_padded_request(transaction, 1400), asked);   // arrives in fragments
    const auto answer = receive(socket);
    CHECK(answer.size < 150);
    CHECK(answer.message.xor_mapped_address);
  }
  command("ip link set lo mtu 65536");
}

TEST_CASE("STUN is limited for each caller") {
  auto limits = vantage::Limits{};
  limits.stun_rates.of_caller = {2, seconds{1}};
  RunningServer server(lab_options(), limits);
  const auto at = Endpoint::parse("127.0.0.1:3478").value();
  const auto socket = bound(SOCK_DGRAM, {Address::parse("127.0.0.9").value(), 6000});
  ask(socket, at);
  ask(socket, at);
  send(socket, stun::build_binding_request(transaction, 120), at);
  ask(bound(SOCK_DGRAM, {Address::parse("127.0.0.8").value(), 6000}), at);  // another caller, answered after the third request was seen
  CHECK_FALSE(readable_now(socket.get()));
  server.clock().advance(seconds{1});
  ask(socket, at);
}

TEST_CASE("STUN has a budget for all callers together, which --stun-budget sets") {
  auto options = lab_options();
  options.stun_budget = 2;
  RunningServer server(options);
  const auto at = Endpoint::parse("127.0.0.1:3478").value();
  std::vector<UniqueFd> callers;
  for (const auto* from : {"127.0.1.1", "127.0.2.1", "127.0.3.1"})
    callers.push_back(bound(SOCK_DGRAM, {Address::parse(from).value(), 6000}));
  ask(callers[0], at);
  ask(callers[1], at);
  const auto refused = stun::build_binding_request({std::byte{77}}, 120);
  send(callers[2], refused, at);
  CHECK(get(server.http(), "/v1/address").status == 200);  // which has a budget of its own
  server.clock().advance(seconds{1});
  CHECK(ask(callers[2], at).message.transaction == transaction);  // the one before it was dropped
}

TEST_CASE("a batch is answered whole, in its order, and what cannot be sent holds nothing up") {
  auto limits = vantage::Limits{};
  limits.stun_rates = {plenty, plenty, plenty};
  RunningServer server(lab_options(), limits);
  const Filter unreachable("udp sport 3478 ip daddr 127.0.7.7 reject", "output");  // sending there fails with EPERM
  const auto at = Endpoint::parse("127.0.0.1:3478").value();
  const auto good = bound(SOCK_DGRAM, {Address::parse("127.0.0.9").value(), 6000});
  const auto bad = bound(SOCK_DGRAM, {Address::parse("127.0.7.7").value(), 6000});
  for (std::uint8_t i = 0; i < 100; ++i) {
    send(bad, stun::build_binding_request({std::byte{i}}, 120), at);
    send(good, stun::build_binding_request({std::byte{i}}, 120), at);
  }
  for (std::uint8_t i = 0; i < 100; ++i) CHECK(receive(good).message.transaction == stun::TransactionId{std::byte{i}});
  CHECK_FALSE(readable_now(bad.get()));
}

TEST_CASE("what is no STUN counts against the limit too, and above it nothing is read") {
  auto limits = vantage::Limits{};
  limits.stun_rates.of_caller = {2, seconds{1}};
  auto options = lab_options();
  options.metrics = Endpoint{Address::parse("127.0.0.1").value(), 9370};
  RunningServer server(options, limits);
  const auto at = Endpoint::parse("127.0.0.1:3478").value();
  const auto socket = bound(SOCK_DGRAM, {Address::parse("127.0.0.9").value(), 6000});
  for (unsigned i = 0; i < 3; ++i) send(socket, wire::Bytes(100), at);
  send(socket, stun::build_binding_request(transaction, 120), at);
  ask(bound(SOCK_DGRAM, {Address::parse("127.0.0.8").value(), 6000}), at);  // another caller, answered after the others were seen
  CHECK_FALSE(readable_now(socket.get()));
  const auto counted = get(*options.metrics, "/metrics").body;
  CHECK(counted.find("{outcome=\"malformed\"} 2\n") != std::string::npos);
  CHECK(counted.find("{outcome=\"limited\"} 2\n") != std::string::npos);
}

TEST_CASE("--stun-port 0 opens no STUN socket") {
  auto options = lab_options();
  options.stun_port = std::nullopt;
  RunningServer server(options);
  CHECK(server.stun().empty());
  CHECK(bound(SOCK_DGRAM, Endpoint::parse("127.0.0.1:3478").value()));
}
