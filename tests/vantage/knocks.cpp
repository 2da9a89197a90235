#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "support/catch.hpp"
#include "vantage/running_server.hpp"
#include "wire/packet.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

const Address here = Address::parse("127.0.0.1").value();
const Address here6 = Address::parse("::1").value();

wire::Packet read(const std::string& packet) { return wire::parse_packet(std::as_bytes(std::span(packet))).value(); }

bool is_syn_to(const std::string& packet, Port port) {
  const auto t = read(packet).transport;
  return t.protocol == wire::ip_tcp && t.flags.syn && !t.flags.ack && t.destination == port;
}

std::string one_knock(std::string_view protocol, Port port, unsigned timeout_ms = 3000) {
  return fmt::format(R"({{"timeout_ms":{},"knocks":[{{"id":"k","protocol":"{}","port":{}}}]}})", timeout_ms, protocol, port);
}

constexpr const char* one_echo = R"({"timeout_ms":300,"knocks":[{"id":"k","protocol":"icmp"}]})";

}  // namespace

TEST_CASE("a TCP knock on a listening port is connected, and closed politely without a byte") {
  RunningServer server;
  const auto listener = bound(SOCK_STREAM, {here, 4443});
  CHECK(knock(server.http(), one_knock("tcp", 4443))["k"]["result"] == "connected");
  await_readable(listener.get());
  const UniqueFd accepted(::accept(listener.get(), nullptr, nullptr));
  await_readable(accepted.get());
  char byte = 0;
  CHECK(::recv(accepted.get(), &byte, 1, 0) == 0);
}

TEST_CASE("a TCP knock on a closed port is refused") {
  RunningServer server;
  for (const auto& at : {server.http(), server.http6()}) CHECK(knock(at, one_knock("tcp", 4444))["k"]["result"] == "refused");
}

TEST_CASE("a UDP knock that is answered has a reply, carries its nonce, and comes from the announced port") {
  RunningServer server;
  const auto socket = bound(SOCK_DGRAM, {here, 5555});
  Connection connection(server.http());
  connection.send(post_text("/v1/knock", one_knock("udp", 5555)));
  await_readable(socket.get());
  std::array<char, 200> bytes{};
  sockaddr_storage from{};
  socklen_t length = sizeof from;
  const auto size = ::recvfrom(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
  REQUIRE(size > 0);
  REQUIRE(::sendto(socket.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&from), length) == 1);
  const auto lines = connection.reply().lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[1]["result"] == "replied");
  CHECK(std::string(bytes.data(), static_cast<std::size_t>(size)) == "ringback-knock " + lines[0]["nonce"].get<std::string>() + "\n");
  CHECK(lines[0]["ports"] == nlohmann::json::array({lines[0]["source"]["port"]}));
}

TEST_CASE("a datagram from elsewhere is no reply") {
  RunningServer server;
  const auto socket = bound(SOCK_DGRAM, {here, 5555});
  const auto elsewhere = bound(SOCK_DGRAM, {here, 5557});
  Connection connection(server.http());
  connection.send(post_text("/v1/knock", one_knock("udp", 5555, 200)));
  await_readable(socket.get());
  char byte = 0;
  sockaddr_storage from{};
  socklen_t length = sizeof from;
  ::recvfrom(socket.get(), &byte, 1, 0, reinterpret_cast<sockaddr*>(&from), &length);
  REQUIRE(::sendto(elsewhere.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&from), length) == 1);
  CHECK(connection.reply().lines()[1]["result"] == "timeout");
}

TEST_CASE("a UDP knock on a closed port is refused") {
  RunningServer server;
  for (const auto& at : {server.http(), server.http6()}) CHECK(knock(at, one_knock("udp", 5556))["k"]["result"] == "refused");
}

TEST_CASE("an echo request is replied to, from a raw socket and from a ping socket") {
  for (const auto* range : {"1 0", "0 2147483647"}) {
    INFO("ping_group_range " << range);
    const Sysctl who_may("ipv4/ping_group_range", range);
    RunningServer server;
    for (const auto& at : {server.http(), server.http6()}) {
      Tap tap;
      const auto lines = post(at, "/v1/knock", one_echo).lines();
      REQUIRE(lines.size() == 2);
      CHECK(lines[1]["result"] == "replied");
      const auto packets = tap.packets();
      const auto echo = std::ranges::find_if(
          packets, [](const auto& p) { return read(p).transport.icmp_type == 8 || read(p).transport.icmp_type == 128; });
      REQUIRE(echo != packets.end());
      CHECK(read(*echo).transport.icmp_identifier == lines[0]["source"]["port"]);
      CHECK(echo->find(lines[0]["nonce"].get<std::string>()) != std::string::npos);
    }
  }
}

TEST_CASE("silence is a timeout, after the time that was asked for, and each attempt came from its announced port") {
  RunningServer server;
  const Filter filter("tcp dport 4445 drop; udp dport 5558 drop; icmp type echo-request drop; icmpv6 type echo-request drop");
  for (const auto& at : {server.http(), server.http6()}) {
    Tap tap;
    const auto lines = post(at, "/v1/knock", R"({"timeout_ms":300,"knocks":[{"id":"t","protocol":"tcp","port":4445},)"
                                             R"({"id":"u","protocol":"udp","port":5558},{"id":"i","protocol":"icmp"}]})").lines();
    REQUIRE(lines.size() == 6);
    for (std::size_t i = 3; i < 6; ++i) {
      CHECK(lines[i]["result"] == "timeout");
      CHECK(lines[i]["elapsed_ms"] >= 300);
    }
    std::vector<unsigned> tcp_ports, udp_ports;
    for (const auto& packet : tap.packets()) {
      const auto t = read(packet).transport;
      if (is_syn_to(packet, 4445)) tcp_ports.push_back(t.source);
      if (t.protocol == wire::ip_udp && t.destination == 5558) udp_ports.push_back(t.source);
    }
    const auto announced = lines[0]["ports"].get<std::vector<unsigned>>();
    REQUIRE(announced.size() == 5);
    CHECK(lines[0]["source"]["port"] == announced[0]);
    CHECK(tcp_ports == std::vector{announced[0], announced[1]});  // at 0 and 150 ms; the next would come at 350
    const unsigned udp_port = lines[1]["source"]["port"];
    CHECK(udp_ports == std::vector{udp_port, udp_port});          // at 0 and 150 ms
  }
}

TEST_CASE("an ICMP error is told with its type and code") {
  struct Row {
    const char* rule;
    bool ipv6;
    const char* body;
    int type;
    int code;
  };
  const auto tcp = one_knock("tcp", 4446), udp = one_knock("udp", 5559);
  const Row rows[] = {
      {"tcp dport 4446 reject with icmp type admin-prohibited", false, tcp.c_str(), 3, 13},
      {"tcp dport 4446 reject with icmp type port-unreachable", false, tcp.c_str(), 3, 3},
      {"tcp dport 4446 reject with icmp type host-unreachable", false, tcp.c_str(), 3, 1},
      {"udp dport 5559 reject with icmp type admin-prohibited", false, udp.c_str(), 3, 13},
      {"icmp type echo-request reject with icmp type host-unreachable", false, one_echo, 3, 1},
      {"tcp dport 4446 reject with icmpv6 type admin-prohibited", true, tcp.c_str(), 1, 1},
      {"tcp dport 4446 reject with icmpv6 type port-unreachable", true, tcp.c_str(), 1, 4},
      {"udp dport 5559 reject with icmpv6 type no-route", true, udp.c_str(), 1, 0},
      {"icmpv6 type echo-request reject with icmpv6 type admin-prohibited", true, one_echo, 1, 1},
  };
  RunningServer server;
  for (const auto& row : rows) {
    INFO(row.rule);
    const Filter filter(row.rule);
    const auto result = knock(row.ipv6 ? server.http6() : server.http(), row.body)["k"];
    INFO(result.dump());
    CHECK(result["result"] == "unreachable");
    CHECK(result["icmp"] == nlohmann::json({{"type", row.type}, {"code", row.code}}));
  }
}

TEST_CASE("a reset by a filter is a refusal, like that of a closed port") {
  RunningServer server;
  const Filter filter("tcp dport 4447 reject with tcp reset");
  const auto listener = bound(SOCK_STREAM, {here, 4447});
  CHECK(knock(server.http(), one_knock("tcp", 4447))["k"]["result"] == "refused");
}

TEST_CASE("nothing is sent before the announcement of every knock is on its way") {
  RunningServer server;
  const auto listener = bound(SOCK_STREAM, {here, 4443});
  Tap tap;
  const auto lines =
      post(server.http(), "/v1/knock", R"({"knocks":[{"id":"a","protocol":"tcp","port":4443},{"id":"b","protocol":"udp","port":5556}]})")
          .lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["type"] == "announce");
  CHECK(lines[1]["type"] == "announce");
  const auto packets = tap.packets();
  const auto announced =
      std::ranges::find_if(packets, [](const auto& p) { return p.find(R"("type":"announce","id":"a")") != std::string::npos; });
  const auto knocked =
      std::ranges::find_if(packets, [](const auto& p) { return is_syn_to(p, 4443) || read(p).transport.destination == 5556; });
  REQUIRE(announced != packets.end());
  REQUIRE(knocked != packets.end());
  CHECK(announced < knocked);
  CHECK(announced->find(R"("type":"announce","id":"b")") != std::string::npos);
}

TEST_CASE("the target is the address that the request came from, whatever the request says") {
  RunningServer server;
  const auto caller = Address::parse("127.0.0.7").value();
  const auto reply = [&] {
    return post(
        server.http(), "/v1/knock?target=127.0.0.8&address=127.0.0.8",
        R"({"target":"127.0.0.8","address":"127.0.0.8","host":"127.0.0.8","knocks":[{"id":"a","protocol":"tcp","port":4448,"target":"127.0.0.8",)"
        R"("address":"127.0.0.8","host":"127.0.0.8","source":{"address":"127.0.0.8","port":1}},{"id":"u","protocol":"udp","port":5560,"target":"127.0.0.8"}]})",
        "X-Forwarded-For: 127.0.0.8\r\nForwarded: for=127.0.0.8\r\nX-Real-IP: 127.0.0.8\r\nTrue-Client-IP: 127.0.0.8\r\nVia: 127.0.0.8\r\n",
        caller);
  };
  Tap tap;
  const auto lines = reply().lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["target"] == "127.0.0.7");
  CHECK(lines[1]["target"] == "127.0.0.7");
  unsigned knocks = 0;
  for (const auto& packet : tap.packets()) {
    const auto p = read(packet);
    CHECK(p.destination.to_string() != "127.0.0.8");
    CHECK(p.source.to_string() != "127.0.0.8");
    if (p.transport.destination != 4448 && p.transport.destination != 5560) continue;
    CHECK(p.destination == caller);
    ++knocks;
  }
  CHECK(knocks == 2);
  CHECK(get(server.http(), "/v1/address?address=127.0.0.8", caller).json()["address"] == "127.0.0.7");
}

TEST_CASE("knocks come from another listening address, from --knock-from, or from the only address there is") {
  const auto source_of = [](const RunningServer& server, const Endpoint& at, std::optional<Address> from = {}) {
    (void)server;
    return post(at, "/v1/knock", one_knock("tcp", 4444), "", from).lines().at(0)["source"]["address"].get<std::string>();
  };
  {
    RunningServer server;
    CHECK(source_of(server, {here, 8370}) == "127.0.0.2");
    CHECK(source_of(server, {Address::parse("127.0.0.2").value(), 8370}) == "127.0.0.1");
    CHECK(source_of(server, server.http6()) == "::1");
  }
  auto options = lab_options();
  options.knock_from = {Address::parse("127.0.0.3").value()};
  {
    RunningServer server(options);
    CHECK(source_of(server, {here, 8370}) == "127.0.0.3");
    CHECK(source_of(server, server.http6()) == "::1");
  }
  enter_own_network();
  RunningServer everywhere{vantage::Options{}};
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto source = source_of(everywhere, {global(family, 1), 8370}, global(family, 2));
    CHECK(source != global(family, 1).to_string());
    CHECK(Address::parse(source).value().family() == family);
  }
}

TEST_CASE("where no socket for echo requests may be opened, the knock is unavailable and the others go on") {
  const Sysctl nobody_may("ipv4/ping_group_range", "1 0");
  RunningServer server(lab_options(), {}, false);
  const auto both =
      post(server.http(), "/v1/knock", R"({"knocks":[{"id":"i","protocol":"icmp"},{"id":"t","protocol":"tcp","port":4444}]})").lines();
  REQUIRE(both.size() == 3);
  CHECK(both[0]["type"] == "announce");
  CHECK(both[0]["id"] == "t");
  CHECK(both[1]["id"] == "i");
  CHECK(both[1]["result"] == "unavailable");
  CHECK(both[1]["reason"].get<std::string>().find("ping_group_range") != std::string::npos);
  CHECK(both[2]["result"] == "refused");
  const auto alone = post(server.http(), "/v1/knock", one_echo);
  CHECK(alone.status == 503);
  CHECK(alone.json()["type"] == "urn:ringback:vantage:unable");
}

TEST_CASE("what the vantage point's own host does not let out is unavailable, not unreachable") {
  RunningServer server;
  const Filter filter("tcp dport 4449 drop; udp dport 5561 drop", "output");
  const auto result = knock(server.http(), one_knock("udp", 5561, 300))["k"];
  CHECK(result["result"] == "unavailable");
  CHECK(result["reason"].get<std::string>().find("not permitted") != std::string::npos);
}

TEST_CASE("knocks go on side by side, and each result comes as soon as it is known") {
  RunningServer server;
  const Filter filter("tcp dport 4445 drop");
  Connection connection(server.http());
  connection.send(
      post_text("/v1/knock",
                R"({"timeout_ms":400,"knocks":[{"id":"slow","protocol":"tcp","port":4445},{"id":"fast","protocol":"tcp","port":4444}]})"));
  connection.await(R"("id":"fast","result":"refused")");
  const auto lines = connection.reply().lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[2]["id"] == "fast");
  CHECK(lines[3]["id"] == "slow");
}

TEST_CASE("sixteen knocks at once are announced and answered") {
  RunningServer server;
  std::string knocks;
  for (unsigned i = 0; i < 16; ++i) knocks += fmt::format(R"({}{{"id":"{}","protocol":"tcp","port":{}}})", i == 0 ? "" : ",", i, 4500 + i);
  const auto results = knock(server.http(), "{\"knocks\":[" + knocks + "]}");
  CHECK(results.size() == 16);
  CHECK(std::ranges::all_of(results, [](const auto& r) { return r.second["result"] == "refused"; }));
}
