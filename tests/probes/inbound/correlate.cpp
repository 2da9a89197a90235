#include "support/catch.hpp"

#include "probes/inbound/correlate.hpp"

using namespace ringback;
using namespace ringback::inbound;

namespace {

const Address vantage_address = Address::parse("198.51.100.7").value();
const Address home_router = Address::parse("192.168.1.1").value();
const Address this_host = Address::parse("192.168.1.20").value();
const std::string nonce = "00112233445566778899aabbccddeeff";
const Instant announced_at{std::chrono::hours(1)};

Knock tcp_knock() {
  return {.id = "k0", .protocol = Protocol::tcp, .service = Service{Protocol::tcp, 8443, 443}, .port = 8443, .family = Family::ipv4};
}

Announced announced() { return {{.id = "k0", .target = this_host, .source = {vantage_address, 40000}, .ports = {40000, 40001}, .nonce = nonce}, announced_at}; }

Sighting packet(bool outgoing, Endpoint from, Endpoint to, wire::Transport transport, std::string payload = "") {
  transport.source = from.port;
  transport.destination = to.port;
  Sighting s{announced_at + milliseconds(3), outgoing, "eth0", {}, std::move(payload)};
  s.packet.source = from.address;
  s.packet.destination = to.address;
  s.packet.hop_limit = 60;
  s.packet.transport = transport;
  return s;
}

wire::Transport tcp(wire::TcpFlags flags) { return {.protocol = wire::ip_tcp, .flags = flags}; }

}  // namespace

TEST_CASE("a SYN from the announced source is an arrival, whatever port the home_router translated it to") {
  auto knock = tcp_knock();
  correlate(knock, announced(), packet(false, {vantage_address, 40001}, {this_host, 443}, tcp({.syn = true})));
  REQUIRE(knock.arrivals.size() == 1);
  CHECK(knock.arrivals[0].to.port == 443);
  CHECK(knock.arrivals[0].after_announce == std::chrono::milliseconds(3));
  CHECK_FALSE(knock.arrivals[0].source_rewritten);
}

TEST_CASE("packets of somebody else are no arrivals") {
  auto knock = tcp_knock();
  const auto stranger = Address::parse("203.0.113.9").value();
  correlate(knock, announced(), packet(false, {vantage_address, 50000}, {this_host, 443}, tcp({.syn = true})));           // another port
  correlate(knock, announced(), packet(false, {stranger, 40000}, {this_host, 22}, tcp({.syn = true})));           // another service
  correlate(knock, announced(), packet(true, {vantage_address, 40000}, {this_host, 443}, tcp({.syn = true})));            // leaving
  correlate(knock, announced(), packet(false, {vantage_address, 40000}, {this_host, 443}, tcp({.ack = true})));           // not an opening
  correlate(knock, announced(), packet(false, {vantage_address, 40000}, {this_host, 443}, {.protocol = wire::ip_udp}));   // another protocol
  CHECK(knock.arrivals.empty());
}

TEST_CASE("a home_router that translates the source as well is seen through") {
  auto knock = tcp_knock();
  correlate(knock, announced(), packet(false, {home_router, 40000}, {this_host, 443}, tcp({.syn = true})));
  REQUIRE(knock.arrivals.size() == 1);
  CHECK(knock.arrivals[0].source_rewritten);
  correlate(knock, announced(), packet(true, {this_host, 443}, {home_router, 40000}, tcp({.syn = true, .ack = true})));
  CHECK(knock.departures.size() == 1);
}

TEST_CASE("what leaves in answer is told apart") {
  struct Row {
    wire::TcpFlags flags;
    DepartureKind kind;
  };
  for (const auto& row : {Row{{.syn = true, .ack = true}, DepartureKind::syn_ack}, Row{{.ack = true, .rst = true}, DepartureKind::reset}}) {
    auto knock = tcp_knock();
    correlate(knock, announced(), packet(true, {this_host, 443}, {vantage_address, 40000}, tcp(row.flags)));
    REQUIRE(knock.departures.size() == 1);
    CHECK(knock.departures[0].kind == row.kind);
  }
}

TEST_CASE("an ICMP error that quotes the knock is an answer of this this_host") {
  auto knock = tcp_knock();
  auto error = packet(true, {this_host, 0}, {vantage_address, 0}, {.protocol = wire::ip_icmp, .icmp_type = 3, .icmp_code = 13});
  error.packet.quoted = wire::Quoted{vantage_address, this_host, {.protocol = wire::ip_tcp, .source = 40000, .destination = 443}};
  correlate(knock, announced(), error);
  REQUIRE(knock.departures.size() == 1);
  CHECK(knock.departures[0].icmp_code == 13U);
}

TEST_CASE("datagrams and echoes are known by their nonce") {
  Knock udp{.id = "k0", .protocol = Protocol::udp, .service = Service{Protocol::udp, 51820, 51820}, .port = 51820, .family = Family::ipv4};
  correlate(udp, announced(), packet(false, {vantage_address, 40000}, {this_host, 51820}, {.protocol = wire::ip_udp}, "ringback-knock " + nonce + "\n"));
  correlate(udp, announced(), packet(false, {vantage_address, 40000}, {this_host, 51820}, {.protocol = wire::ip_udp}, "something else"));
  CHECK(udp.arrivals.size() == 1);

  Knock echo{.id = "k0", .protocol = Protocol::icmp, .family = Family::ipv4};
  correlate(echo, announced(), packet(false, {vantage_address, 0}, {this_host, 0}, {.protocol = wire::ip_icmp, .icmp_type = 8}, nonce));
  correlate(echo, announced(), packet(true, {this_host, 0}, {vantage_address, 0}, {.protocol = wire::ip_icmp, .icmp_type = 0}, nonce));
  CHECK(echo.arrivals.size() == 1);
  REQUIRE(echo.departures.size() == 1);
  CHECK(echo.departures[0].kind == DepartureKind::echo_reply);
}

TEST_CASE("the filter lets openings of every port through, and IPv6 extension headers") {
  CHECK(filter_expression({.services = {Service{Protocol::tcp, 8443, 443}, Service{Protocol::udp, 51820, 51821}}}) ==
        "(ip6[6] == 17 and ip6[48:4] == 0x72696e67) or (ip6[6] == 6 and ip6[53] & 6 != 0) or icmp or icmp6 or tcp[13] & 6 != 0 or "
        "udp src port 51820 or udp src port 51821 or udp[8:4] == 0x72696e67 or "
        "(ip6 and (ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 44 or ip6[6] == 60))");
}

TEST_CASE("traffic that is no knock does not fill the table") {
  const Endpoint service{this_host, 443};
  CHECK(worth_keeping(packet(false, {vantage_address, 40000}, service, tcp({.syn = true})), {}));
  CHECK(worth_keeping(packet(true, service, {vantage_address, 40000}, tcp({.ack = true, .rst = true})), {}));
  CHECK_FALSE(worth_keeping(packet(false, {vantage_address, 40000}, service, tcp({.ack = true})), {}));
  const wire::Transport udp{.protocol = wire::ip_udp};
  CHECK(worth_keeping(packet(false, {vantage_address, 40000}, {this_host, 51820}, udp, "ringback-knock " + nonce), {}));
  CHECK_FALSE(worth_keeping(packet(false, {vantage_address, 40000}, {this_host, 51820}, udp, "film"), {}));
  CHECK(worth_keeping(packet(true, {this_host, 51820}, {vantage_address, 40000}, udp, "answer"), {vantage_address}));
  CHECK_FALSE(worth_keeping(packet(true, {this_host, 51820}, {home_router, 40000}, udp, "film"), {vantage_address}));
}
