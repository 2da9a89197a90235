#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"

#include "support/catch.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {
Endpoint endpoint(const char* text) { return Endpoint::parse(text).value(); }
const auto peer = endpoint("192.0.2.1:53");
}  // namespace

TEST_CASE("a scripted datagram arrives at its time, and waiting for it is all that moves the clock") {
  FakeClock clock;
  ScriptedNetwork network(clock);
  network.udp(peer, [](const Sent& sent) {
    return std::vector{answer(sent, to_bytes("late"), 30ms), answer_from(endpoint("192.0.2.66:53"), to_bytes("early"), 10ms), port_unreachable(sent, 20ms)};
  });
  const auto start = clock.now();
  auto socket = network.open_udp({.family = Family::ipv4}).value();
  REQUIRE(socket->send(peer, to_bytes("?"), Ttl{3}));
  CHECK(clock.now() == start);

  auto got = socket->receive({start + 5ms}).value();
  CHECK_FALSE(got);
  CHECK(clock.now() == start + 5ms);
  got = socket->receive({start + 1s}).value();
  CHECK(std::get<io::Datagram>(*got) == io::Datagram{endpoint("192.0.2.66:53"), to_bytes("early")});
  CHECK(clock.now() == start + 10ms);
  got = socket->receive({start + 1s}).value();
  CHECK(std::get<io::IcmpError>(*got).destination == peer);
  got = socket->receive({start + 1s}).value();
  CHECK(std::get<io::Datagram>(*got).payload == to_bytes("late"));
  CHECK_FALSE(socket->receive({start + 1s}).value());
  CHECK(clock.now() == start + 1s);

  REQUIRE(network.sent.size() == 1);
  CHECK(network.sent[0].hop_limit == Ttl{3});
  CHECK(network.sent[0].from == socket->local());
}

TEST_CASE("an unroutable destination is refused by the kernel, an unknown one stays silent") {
  FakeClock clock;
  ScriptedNetwork network(clock);
  network.host.unroutable = {Prefix::parse("203.0.113.0/24").value()};
  auto socket = network.open_udp({.family = Family::ipv4}).value();
  CHECK(socket->send(endpoint("203.0.113.1:1"), {}, std::nullopt).error().code == Errc::no_route);
  CHECK(socket->send(peer, {}, std::nullopt));
  CHECK_FALSE(socket->receive({clock.now() + 1s}).value());
  CHECK(network.connect_tcp(peer, {}, {clock.now() + 1s}).error().code == Errc::timed_out);
  CHECK(network.resolve("nowhere.example", {clock.now() + 1s}).error().code == Errc::failed);
  CHECK(network.resolve("192.0.2.7", {clock.now() + 1s}).value() == std::vector{Address::parse("192.0.2.7").value()});
  CHECK(network.route_to(peer.address, {}).error().code == Errc::no_route);
}

TEST_CASE("a scripted TCP peer answers what it was sent and closes") {
  FakeClock clock;
  ScriptedNetwork network(clock);
  network.tcp(peer, {.on_receive = [](std::string_view got) {
    if (got.empty()) return std::vector{TcpPiece{5ms, to_bytes("hello"), false}};
    return std::vector{TcpPiece{5ms, to_bytes("you said " + std::string(got)), true}};
  }});
  const Deadline deadline{clock.now() + 1s};
  auto stream = network.connect_tcp(peer, {}, deadline).value();
  CHECK(stream->receive(3, deadline).value() == to_bytes("hel"));
  CHECK(stream->receive(99, deadline).value() == to_bytes("lo"));
  REQUIRE(stream->send(to_bytes("x"), deadline));
  CHECK(stream->receive(99, deadline).value() == to_bytes("you said x"));
  CHECK(stream->receive(99, deadline).value().empty());
  CHECK(stream->receive(99, deadline).value().empty());
}

TEST_CASE("a scripted web server streams, and whoever no longer wants the answer gets what there is") {
  FakeClock clock;
  ScriptedNetwork network(clock);
  network.http("http://a/", [](const io::HttpRequest&) {
    auto reply = http_ok("");
    reply.stream = {{10ms, "one"}, {500ms, "two"}};
    return reply;
  });
  network.http("http://a/big", [](const io::HttpRequest&) { return http_ok(std::string(100, 'x')); });
  const auto start = clock.now();
  const Deadline deadline{start + 2s};
  CHECK(network.http({.url = "http://a/x"}, deadline).value().body == "onetwo");
  CHECK(network.http({.url = "http://a/big", .max_bytes = 99}, deadline).error().code == Errc::exhausted);
  CHECK(network.http({.url = "http://b/"}, {clock.now() + 1s}).error().code == Errc::timed_out);

  std::string seen;
  io::HttpRequest request{.url = "http://a/x"};
  request.on_body = [&](std::string_view piece) { return seen += piece, true; };
  request.still_wanted = [&] { return seen.empty(); };
  const auto before = clock.now();
  CHECK(network.http(request, {before + 1s}));
  CHECK(seen == "one");
  CHECK(clock.now() - before < 100ms);
}

TEST_CASE("a capture sees what arrives on its interface while it is open") {
  FakeClock clock;
  ScriptedNetwork network(clock);
  const auto packet = [&](Instant at, const char* interface) {
    io::CapturedPacket result;
    result.at = at;
    result.interface = interface;
    return result;
  };
  const auto start = clock.now();
  network.arrives(packet(start - 1ms, "eth0"));
  network.arrives(packet(start + 20ms, "eth0"));
  network.arrives(packet(start + 10ms, "wlan0"));
  auto eth0 = network.open_capture({.interface = "eth0"}).value();
  auto any = network.open_capture({.interface = "any"}).value();
  CHECK(any->next({start + 1s}).value()->interface == "wlan0");
  CHECK(eth0->next({start + 1s}).value()->at == start + 20ms);
  network.arrives(packet(start + 30ms, "eth0"));
  CHECK(any->next({start + 1s}).value()->at == start + 20ms);
  CHECK(any->next({start + 1s}).value()->at == start + 30ms);
  CHECK_FALSE(any->next({start + 1s}).value());
}

TEST_CASE("time that threads share stands still while one of them works, and then goes to the earliest instant that one waits for") {
  SharedClock clock;
  ScriptedNetwork network(clock);
  const auto start = clock.now();
  Instant slept, heard;
  std::jthread sleeper([&] {
    clock.sleep_until(start + milliseconds(4));
    slept = clock.now();
    network.arrives({.at = slept + milliseconds(2), .bytes = {std::byte{0x45}}});
  });
  std::jthread listener([&] {
    const auto capture = network.open_capture({.interface = "any"}).value();
    const auto packet = capture->next({start + milliseconds(20)});   // waits already when the packet is made
    if (packet && *packet) heard = clock.now();
  });
  CHECK(clock.now() == start);   // this thread is awake
  sleeper.join();
  listener.join();
  CHECK(slept == start + milliseconds(4));
  CHECK(heard == start + milliseconds(6));
}
