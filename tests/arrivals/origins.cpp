/// Where attempts come from: outside, at home, or nobody can say.
#include "support/catch.hpp"

#include "arrivals/packets.hpp"
#include "arrivals/verdict.hpp"

using namespace ringback;
using namespace ringback::arrivals;
using namespace ringback::test;

TEST_CASE("where an attempt comes from, told by addresses and hop limits alone") {
  struct Row {
    const char* what;
    const char* from;
    const char* to;
    Ttl hop_limit;
    Origin origin;
  };
  const Row rows[] = {
      {"a stranger to a private address", "203.0.112.7:40000", "192.168.1.5:443", 52, Origin::outside},
      {"two private addresses", "192.168.1.9:40000", "192.168.1.5:443", 64, Origin::lan},
      {"the home to the internet", "192.168.1.5:40000", "203.0.112.7:443", 64, Origin::outgoing},
      {"a stranger to a public address", "[2a01:4f8::1]:40000", "[2003:db:1::5]:443", 52, Origin::outside},
      {"the same /64", "[2003:db:1::9]:40000", "[2003:db:1::5]:443", 63, Origin::lan},
      {"fresh from its sender, so from here", "[2003:db:1::5]:40000", "[2a01:4f8::1]:443", 64, Origin::outgoing},
      {"hairpin on the router itself", "203.0.112.7:40000", "203.0.112.7:443", 63, Origin::self},
      {"turned around by the home router, which gives it its own public address", "203.0.112.7:40000", "192.168.1.5:443", 63, Origin::near},
      {"the same of a system that begins at 128", "203.0.112.7:40000", "192.168.1.5:443", 127, Origin::near},
      {"the same of a machine between two routers", "203.0.112.7:40000", "192.168.1.5:443", 62, Origin::near},
      {"as far away as a neighbour of the same provider", "203.0.112.7:40000", "192.168.1.5:443", 61, Origin::outside},
      {"one router away, between public addresses", "[2a01:4f8::1]:40000", "[2003:db:1::5]:443", 63, Origin::near},
      {"two routers away, between public addresses", "[2a01:4f8::1]:40000", "[2003:db:1::5]:443", 62, Origin::outside},
      {"another /64 of the same /48", "[2003:db:1:7::9]:40000", "[2003:db:1::5]:443", 60, Origin::near},
      {"the next /48", "[2003:db:2::9]:40000", "[2003:db:1::5]:443", 60, Origin::outside},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    wire::Packet packet{.source = endpoint(row.from).address, .destination = endpoint(row.to).address, .hop_limit = row.hop_limit};
    CHECK(origin_of({}, {.packet = packet}) == row.origin);
  }
}

TEST_CASE("what this host knows of its home decides there") {
  const auto on = [](const char* text, unsigned length) { return InterfaceAddress{.address = address(text), .prefix_length = length}; };
  Interface eth0{.name = "eth0", .addresses = {on("192.168.1.5", 24), on("2003:db:1::5", 128)}};
  const auto home = home_of({eth0}, {Route{.destination = Prefix(address("0.0.0.0"), 0), .gateway = address("192.168.1.1")},
                                     Route{.destination = Prefix(address("128.0.0.0"), 1)}, Route{.destination = Prefix(address("2000::"), 3)}});
  const auto origin = [&](const char* from) {
    wire::Packet packet{.source = address(from), .destination = address("192.168.1.5"), .hop_limit = 60};
    return origin_of(home, {.outgoing = false, .packet = packet});
  };
  CHECK(origin("203.0.112.7") == Origin::outside);
  CHECK(origin("2a00:1:2::7") == Origin::outside);   // though a tunnel takes half of the internet
  CHECK(origin("192.168.1.9") == Origin::lan);
  CHECK(origin("192.168.1.1") == Origin::router);
  CHECK(origin("192.168.1.5") == Origin::self);
  CHECK(origin("10.3.2.1") == Origin::unroutable);
  CHECK(origin("2003:db:1::77") == Origin::lan);
  CHECK(origin("2003:db:1:1::77") == Origin::near);   // the guests' network, or a neighbour: nobody told how much of it is the home's
  CHECK(origin("fe80::1") == Origin::lan);
}

namespace {

/// What the router at 192.168.1.1 calls its own, over NAT-PMP.
router::Evidence router_that_calls_itself(const char* wan) {
  router::Gateway gateway{.address = address("192.168.1.1")};
  gateway.nat_pmp.external_address = address(wan);
  return {.gateways = {gateway}};
}
const Interface card{.name = "eth0", .addresses = {{.address = address("192.168.1.5"), .prefix_length = 24},
                                                   {.address = address("2003:db:1::5"), .prefix_length = 64}}};
const Route by_router{.destination = Prefix(address("0.0.0.0"), 0), .gateway = address("192.168.1.1")};

Origin came_from(const Home& home, const char* from, Ttl hop_limit, const char* to = "192.168.1.5") {
  const wire::Packet packet{.source = address(from), .destination = address(to), .hop_limit = hop_limit};
  return origin_of(home, {.outgoing = false, .packet = packet});
}

}  // namespace

TEST_CASE("a router that gives a hairpin its own public address is known by what it calls that, else by the way that it took") {
  struct Row {
    const char* what;
    const char* wan;   ///< what the router tells; null: nothing
    const char* from;
    Ttl hop_limit;
    Origin origin;
  };
  const Row rows[] = {
      {"its own address, as it told", "203.0.112.7", "203.0.112.7", 63, Origin::router},
      {"from however far away", "203.0.112.7", "203.0.112.7", 50, Origin::router},
      {"it did not tell, and one router was passed", nullptr, "203.0.112.7", 63, Origin::near},
      {"or two, as behind the outer one of two routers", nullptr, "203.0.112.7", 62, Origin::near},
      {"three are enough where it is not known that there are two", nullptr, "203.0.112.7", 61, Origin::outside},
      {"it told a public address: there is no second translator", "203.0.112.7", "203.0.111.9", 62, Origin::outside},
      {"another of its addresses", "203.0.112.7", "203.0.111.9", 63, Origin::near},
      {"it told a private address: there is one, and it may turn around", "192.168.178.2", "203.0.112.7", 61, Origin::near},
      {"its private address itself", "192.168.178.2", "192.168.178.2", 63, Origin::router},
      {"four routers are enough then", "192.168.178.2", "203.0.112.7", 60, Origin::outside},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto told = row.wan != nullptr ? std::optional(router_that_calls_itself(row.wan)) : std::nullopt;
    CHECK(came_from(home_of({card}, {by_router}, told ? &*told : nullptr), row.from, row.hop_limit) == row.origin);
  }
}

TEST_CASE("the home's other networks are at home where a router tells the whole prefix, and may be where none does") {
  const char* const guest = "2003:db:1:42::9";
  const auto from_guest = [&](const Home& home) { return came_from(home, guest, 60, "2003:db:1::5"); };
  CHECK(from_guest(home_of({card}, {by_router})) == Origin::near);
  SECTION("advertised, as RFC 7084 wants it") {
    Route whole{.destination = Prefix(address("2003:db:1::"), 56), .gateway = address("fe80::1")};
    CHECK(from_guest(home_of({card}, {by_router, whole})) == Origin::lan);
    whole.destination = Prefix(address("2003:db:2::"), 56);   // a prefix that this host is not in: a VPN's, say
    CHECK(from_guest(home_of({card}, {by_router, whole})) == Origin::near);
    CHECK(came_from(home_of({card}, {by_router, whole}), "2003:db:2::9", 60, "2003:db:1::5") == Origin::outside);
    whole.destination = Prefix(address("2003::"), 16);   // no household's
    CHECK(came_from(home_of({card}, {by_router, whole}), "2003:99::9", 60, "2003:db:1::5") == Origin::outside);
  }
  SECTION("told by a FRITZ!Box") {
    auto router = router_that_calls_itself("203.0.112.7");
    router.gateways[0].igds = {{.responder = address("192.168.1.1"), .avm = router::AvmIpv6{.prefix = "2003:db:1::", .prefix_length = 56}}};
    CHECK(from_guest(home_of({card}, {by_router}, &router)) == Origin::lan);
    router.gateways[0].igds[0].avm->prefix_length = 1;   // would make half of the internet a part of the home
    CHECK(from_guest(home_of({card}, {by_router}, &router)) == Origin::near);
    CHECK(came_from(home_of({card}, {by_router}, &router), "2a01:4f8::1", 60, "2003:db:1::5") == Origin::outside);
    router.gateways[0].igds[0].avm->prefix = "none";
    CHECK(from_guest(home_of({card}, {by_router}, &router)) == Origin::near);
  }
}

TEST_CASE("who could be from this house is counted apart, proves nothing, and has a note") {
  Capture c({.service = Service::parse("443/tcp").value()}, home_of({card}, {by_router}));
  c.outgoing = false;
  c.far = 63;
  c.tcp(0s, visitor, server, syn, 100);
  c.outgoing = true;
  c.tcp(1ms, server, visitor, syn_ack, 500, 101);
  c.outgoing = false;
  c.tcp(40ms, visitor, server, ack, 101, 501);
  CHECK(c.tracker.counts().near == 1);
  CHECK(c.tracker.counts().outside == 0);
  const auto found = verdict_of(c.tracker.attempts(), c.tracker.counts(), Service::parse("443/tcp").value(), true, false);
  CHECK(found.outcomes.at(0).verdict.reachable == Reachable::unknown);
  CHECK(exit_status(found.outcomes) == 3);
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes.front().find("could be from this house") != std::string::npos);
}

TEST_CASE("between two public addresses the answer's hop limit tells who is at home") {
  Capture c;
  c.near = 50, c.far = 63;   // captured on a router: the opening comes from its own network, the answer from far away
  const auto inside = endpoint("[2003:db:1::5]:40000"), far_away = endpoint("[2a01:4f8::1]:443");
  c.tcp(0s, inside, far_away, syn, 1).tcp(10ms, far_away, inside, syn_ack, 5, 2).tcp(11ms, inside, far_away, ack, 2, 6);
  CHECK(c.tracker.counts().outside == 0);
  CHECK(c.tracker.counts().near == 0);   // it is no arrival at all
  c.near = 50, c.far = 61;   // two routers of the home, and then the capture
  c.tcp(1s, endpoint("[2003:db:1::5]:40001"), far_away, syn, 1).tcp(1010ms, far_away, endpoint("[2003:db:1::5]:40001"), syn_ack, 5, 2);
  CHECK(c.tracker.counts().outside == 0);
}
