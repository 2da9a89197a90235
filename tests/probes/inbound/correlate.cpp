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

/// What the card shows of a knock that nothing is known of yet but its announcement.
void sees(Knock& knock, const Sighting& sighting) {
  auto said = announced();
  correlate(knock, said, sighting);
}

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
  sees(knock, packet(false, {vantage_address, 40001}, {this_host, 443}, tcp({.syn = true})));
  REQUIRE(knock.arrivals.size() == 1);
  CHECK(knock.arrivals[0].to.port == 443);
  CHECK(knock.arrivals[0].after_announce == std::chrono::milliseconds(3));
  CHECK_FALSE(knock.arrivals[0].source_rewritten);
}

TEST_CASE("packets of somebody else are no arrivals") {
  auto knock = tcp_knock();
  const auto stranger = Address::parse("203.0.113.9").value();
  sees(knock, packet(false, {vantage_address, 50000}, {this_host, 443}, tcp({.syn = true})));           // another port
  sees(knock, packet(false, {stranger, 40000}, {this_host, 22}, tcp({.syn = true})));           // another service
  sees(knock, packet(true, {vantage_address, 40000}, {this_host, 443}, tcp({.syn = true})));            // leaving
  sees(knock, packet(false, {vantage_address, 40000}, {this_host, 443}, tcp({.ack = true})));           // not an opening
  sees(knock, packet(false, {vantage_address, 40000}, {this_host, 443}, {.protocol = wire::ip_udp}));   // another protocol
  CHECK(knock.arrivals.empty());
}

namespace {

/// Openings that somebody sends to the service, and what the service answers, while a knock is awaited.
struct Watched {
  Knock knock = tcp_knock();
  Announced said = announced();
  Port service_port = 443;

  void comes(const Address& from, Port port) { correlate(knock, said, packet(false, {from, port}, {this_host, service_port}, tcp({.syn = true}))); }
  void answers(const Address& to, Port port, wire::TcpFlags flags) {
    correlate(knock, said, packet(true, {this_host, service_port}, {to, port}, tcp(flags)));
  }
  void ends(Result result, milliseconds after = milliseconds(20)) {
    knock.result = result;
    knock.result_time = after;
  }
  /// What is believed in the end.
  const Knock& judged() {
    prove(knock, said);
    return knock;
  }
};

constexpr wire::TcpFlags syn_ack{.syn = true, .ack = true}, reset{.ack = true, .rst = true};

}  // namespace

TEST_CASE("a home_router that translates the source as well is seen through") {
  Watched w;
  w.comes(home_router, 40000);
  w.answers(home_router, 40000, syn_ack);
  SECTION("by the vantage point's word on the answer") {
    CHECK(w.judged().arrivals.empty());
    w.ends(Result::connected);
  }
  SECTION("by its second attempt, though the answer was lost") {
    w.comes(home_router, 40001);
    w.ends(Result::timeout);
  }
  const auto& knock = w.judged();
  REQUIRE_FALSE(knock.arrivals.empty());
  for (const auto& one : knock.arrivals) CHECK(one.source_rewritten);
  CHECK(knock.departures.size() == 1);
  // What comes after that is known at once, and its answer.
  w.comes(home_router, 40001);
  w.answers(home_router, 40001, syn_ack);
  CHECK(w.knock.departures.size() == 2);
  w.comes(Address::parse("192.168.1.9").value(), 40001);
  CHECK(std::ranges::none_of(w.judged().arrivals, [](const Arrival& one) { return one.from.address != home_router; }));
}

TEST_CASE("somebody who happens to have an announced port is no knock") {
  const auto neighbour = Address::parse("192.168.1.9").value(), stranger = Address::parse("203.0.112.9").value();
  SECTION("at home: it was answered, and the vantage point got nothing") {
    for (const auto& who : {home_router, neighbour}) {
      Watched w;
      w.comes(who, 40001);
      w.answers(who, 40001, syn_ack);
      w.ends(Result::timeout);
      CHECK(w.judged().arrivals.empty());
      CHECK(w.knock.departures.empty());
    }
  }
  SECTION("at home: the same opening again, as its sender repeats it") {
    Watched w;
    w.comes(home_router, 40000);
    w.comes(home_router, 40000);
    w.ends(Result::timeout);
    CHECK(w.judged().arrivals.empty());
  }
  SECTION("two of them, each with one port") {
    Watched w;
    w.comes(home_router, 40000);
    w.comes(neighbour, 40001);
    w.ends(Result::timeout);
    CHECK(w.judged().arrivals.empty());
  }
  SECTION("at home: the vantage point got another answer than was sent here") {
    Watched w;
    w.comes(home_router, 40000);
    w.answers(home_router, 40000, reset);
    w.ends(Result::connected);
    CHECK(w.judged().arrivals.empty());
    w.knock.result = Result::refused;
    CHECK(w.judged().arrivals.size() == 1);
  }
  SECTION("at home: it came when the vantage point had its answer already") {
    Watched w;
    w.comes(home_router, 40000);   // 3 ms after the announcement
    w.answers(home_router, 40000, syn_ack);
    w.ends(Result::connected, milliseconds(1));
    CHECK(w.judged().arrivals.empty());
  }
  SECTION("on the internet: no router puts another public address there, with however many ports") {
    Watched w;
    for (const Port port : {Port{40000}, Port{40001}}) {
      w.comes(stranger, port);
      w.answers(stranger, port, syn_ack);
    }
    w.ends(Result::connected);
    CHECK(w.judged().arrivals.empty());
    CHECK(w.knock.departures.empty());
  }
  SECTION("over IPv6: nothing translates") {
    Knock knock{.id = "k0", .protocol = Protocol::tcp, .service = Service{Protocol::tcp, 443, 443}, .port = 443, .family = Family::ipv6};
    const auto here = Address::parse("2003:db:1::5").value();
    Announced said{{.id = "k0", .target = here, .source = {Address::parse("2a01:4f8::7").value(), 40000}, .ports = {40000, 40001}, .nonce = nonce}, announced_at};
    for (const auto* who : {"fe80::1", "fd00::1", "2003:db:1::9"})
      for (const Port port : {Port{40000}, Port{40001}}) {
        const Endpoint from{Address::parse(who).value(), port};
        correlate(knock, said, packet(false, from, {here, 443}, tcp({.syn = true})));
        correlate(knock, said, packet(true, {here, 443}, from, tcp(syn_ack)));
      }
    knock.result = Result::connected;
    prove(knock, said);
    CHECK(knock.arrivals.empty());
    correlate(knock, said, packet(false, said.line.source, {here, 443}, tcp({.syn = true})));
    CHECK(knock.arrivals.size() == 1);
  }
}

TEST_CASE("what is not proven yet is bounded") {
  Watched w;
  for (unsigned i = 0; i < 1000; ++i) {
    const auto somebody = Address::v4(0xc0a80200U + i);
    w.comes(somebody, 40000);
    w.answers(somebody, 40000, syn_ack);
    prove(w.knock, w.said);
  }
  CHECK(w.said.unproven.arrivals.size() == 16);
  CHECK(w.said.unproven.answers.size() == 16);
}

TEST_CASE("of a port checker's knock nobody at home is taken for it") {
  const auto mine = Address::parse("203.0.112.7").value();
  struct Row {
    const char* from;
    const char* to;
    bool counts;
  };
  for (const auto& row : {Row{"203.0.111.9", "192.168.1.20", true}, Row{"203.0.112.7", "192.168.1.20", false}, Row{"192.168.1.1", "192.168.1.20", false},
                          Row{"2a01:4f8::7", "2003:db:1::5", true}, Row{"2003:db:1::9", "2003:db:1::5", false},
                          Row{"2003:db:1:42::9", "2003:db:1::5", false}}) {
    INFO(row.from);
    const auto from = Address::parse(row.from).value();
    Knock knock{.id = "k0", .protocol = Protocol::tcp, .service = Service{Protocol::tcp, 443, 443}, .port = 443, .family = from.family(), .target = mine};
    correlate_unannounced(knock, announced_at, packet(false, {from, 50000}, {Address::parse(row.to).value(), 443}, tcp({.syn = true})));
    CHECK(knock.arrivals.size() == (row.counts ? 1 : 0));
  }
}

TEST_CASE("what leaves in answer is told apart") {
  struct Row {
    wire::TcpFlags flags;
    DepartureKind kind;
  };
  for (const auto& row : {Row{{.syn = true, .ack = true}, DepartureKind::syn_ack}, Row{{.ack = true, .rst = true}, DepartureKind::reset}}) {
    auto knock = tcp_knock();
    sees(knock, packet(true, {this_host, 443}, {vantage_address, 40000}, tcp(row.flags)));
    REQUIRE(knock.departures.size() == 1);
    CHECK(knock.departures[0].kind == row.kind);
  }
}

TEST_CASE("an ICMP error that quotes the knock is an answer of this this_host") {
  auto knock = tcp_knock();
  auto error = packet(true, {this_host, 0}, {vantage_address, 0}, {.protocol = wire::ip_icmp, .icmp_type = 3, .icmp_code = 13});
  error.packet.quoted = wire::Quoted{vantage_address, this_host, {.protocol = wire::ip_tcp, .source = 40000, .destination = 443}};
  sees(knock, error);
  REQUIRE(knock.departures.size() == 1);
  CHECK(knock.departures[0].icmp_code == 13U);
}

TEST_CASE("datagrams and echoes are known by their nonce") {
  Knock udp{.id = "k0", .protocol = Protocol::udp, .service = Service{Protocol::udp, 51820, 51820}, .port = 51820, .family = Family::ipv4};
  sees(udp, packet(false, {vantage_address, 40000}, {this_host, 51820}, {.protocol = wire::ip_udp}, "ringback-knock " + nonce + "\n"));
  sees(udp, packet(false, {vantage_address, 40000}, {this_host, 51820}, {.protocol = wire::ip_udp}, "something else"));
  CHECK(udp.arrivals.size() == 1);

  Knock echo{.id = "k0", .protocol = Protocol::icmp, .family = Family::ipv4};
  sees(echo, packet(false, {vantage_address, 0}, {this_host, 0}, {.protocol = wire::ip_icmp, .icmp_type = 8}, nonce));
  sees(echo, packet(true, {this_host, 0}, {vantage_address, 0}, {.protocol = wire::ip_icmp, .icmp_type = 0}, nonce));
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
