#include "probes/router/house.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;
using router::Reply;

TEST_CASE("a router that speaks everything is read completely, and quickly") {
  House house;
  house.give_miniupnpd();
  const auto seen = house.ask();
  CHECK(seen.address == gateway);
  CHECK(seen.distance == 1);
  CHECK(seen.nat_pmp.reply == Reply::answered);
  CHECK(seen.nat_pmp.version == 0);
  CHECK(seen.nat_pmp.result_code == 0);
  CHECK(seen.nat_pmp.external_address == address("85.214.10.20"));
  CHECK(seen.nat_pmp.round_trip == 2ms);
  CHECK(seen.pcp.reply == Reply::answered);
  CHECK(seen.pcp.version == 2);
  CHECK_FALSE(seen.pcp.external_address);
  CHECK(seen.pcp.epoch_s > 0);
  CHECK(seen.rejected.empty());

  REQUIRE(seen.igds.size() == 1);
  const auto& igd = seen.igds[0];
  CHECK(igd.responder == gateway);
  CHECK(igd.location == "http://192.168.178.1:5000/rootDesc.xml");
  CHECK(igd.friendly_name == "Lab router");
  CHECK(igd.troubles.empty());
  REQUIRE(igd.connections.size() == 1);
  CHECK(igd.connections[0].service_type == "urn:schemas-upnp-org:service:WANIPConnection:2");
  CHECK(igd.connections[0].control_url == "http://192.168.178.1:5000/ctl/IPConn");
  CHECK(igd.connections[0].external_text == "85.214.10.20");
  CHECK(igd.connections[0].external_address == address("85.214.10.20"));
  CHECK(igd.connections[0].status == "Connected");
  CHECK_FALSE(igd.connections[0].upnp_error);
  CHECK(igd.ipv6_firewall == router::Ipv6Firewall{true, true});
  REQUIRE(igd.mappings.size() == 3);
  CHECK(igd.mappings[1] == router::Mapping{Protocol::udp, 6882, address("192.168.178.50"), 8080, true, 604799, ""});
  CHECK(house.elapsed() < 200ms);
  for (const auto& request : house.network.requests) {
    CHECK(request.connect_to == Endpoint{gateway, 5000});
    CHECK(request.local == address("192.168.178.50"));
  }
}

TEST_CASE("of a dark router the silence is concluded within 0.9 seconds") {
  House house;
  const auto seen = house.ask();
  CHECK(seen.nat_pmp.reply == Reply::silent);
  CHECK(seen.pcp.reply == Reply::silent);
  CHECK(seen.igds.empty());
  CHECK(house.elapsed() <= 900ms);
  CHECK(std::ranges::count(house.network.sent, port_mapping, &Sent::to) == 6);
  CHECK(std::ranges::count(house.network.sent, search, &Sent::to) == 10);
  CHECK(std::ranges::count(house.network.sent, multicast, &Sent::to) == 10);
}

TEST_CASE("the deadline ends it earlier, and what was not asked is not called silence without a word") {
  House house;
  const auto seen = house.ask(1, 50ms);
  CHECK(house.elapsed() == 50ms);
  CHECK(seen.nat_pmp.rejected.empty());
  CHECK(seen.pcp.rejected == std::vector<std::string>{"not asked: the deadline came first"});
}

TEST_CASE("sockets are bound to where the router is") {
  House house;
  house.leg.bind = true;
  house.ask();
  REQUIRE(house.network.opened.size() == 3);
  for (const auto& options : house.network.opened) {
    CHECK(options.interface == "eth0");
    CHECK(options.local == Endpoint{address("192.168.178.50"), 0});
  }
  House unknown;
  unknown.leg.source.reset();
  unknown.give_miniupnpd();
  unknown.ask();
  const auto pcp = std::ranges::find_if(unknown.network.sent, [](const Sent& sent) { return sent.payload.size() == 24; });
  REQUIRE(pcp != unknown.network.sent.end());
  CHECK(wire::as_text(pcp->payload).ends_with("\xc0\xa8\xb2\x32"));  // the source that the kernel would take
}

TEST_CASE("sockets that cannot be opened and a kernel without a route are named") {
  House house;
  house.network.refuse_udp = [](const io::UdpOptions&) { return Error{Errc::failed, "open udp: no"}; };
  auto seen = house.ask();
  CHECK(seen.nat_pmp.rejected == std::vector<std::string>{"open udp: no"});
  CHECK(seen.pcp.rejected == std::vector<std::string>{"open udp: no"});
  CHECK(seen.rejected == std::vector<std::string>{"open udp: no"});
  CHECK(house.elapsed() < 200ms);

  House cut;
  cut.network.host.unroutable = {Prefix::parse("0.0.0.0/0").value()};
  seen = cut.ask();
  CHECK(seen.nat_pmp.reply == Reply::silent);
  CHECK(seen.nat_pmp.rejected.size() == 3);
  CHECK(cut.elapsed() <= 900ms);
}

TEST_CASE("the probe asks the gateway of the IPv4 leg, and without one it could not work") {
  House house;
  house.give_miniupnpd();
  const io::World world{house.network, house.clock, house.random};
  RouterPlan plan{{{.family = Family::ipv6, .interface = "eth0", .gateway = address("fe80::1")}, house.leg}};
  const auto seen = router::observe(plan, world, {house.start + 10s}).value();
  REQUIRE(seen.gateways.size() == 1);
  CHECK(seen.gateways[0].address == gateway);
  plan.legs.pop_back();
  CHECK(router::observe(plan, world, {house.start + 20s}).error().code == Errc::no_route);
}

TEST_CASE("a flood holds nothing up and fills nothing") {
  House house;
  const auto flood = [](const Sent& sent) {
    std::vector<Arrival> arrivals;
    for (int i = 0; i < 20000; ++i) arrivals.push_back(answer(sent, io::Bytes(1), i * 1ms));
    for (int i = 0; i < 20000; ++i) arrivals.push_back(answer(sent, io::Bytes(1), 1ms));
    return arrivals;
  };
  house.network.udp(port_mapping, flood);
  house.network.udp(search, flood);
  const auto seen = house.ask();
  CHECK(seen.nat_pmp.reply == Reply::malformed);
  CHECK(seen.nat_pmp.rejected.size() == 8);
  CHECK(seen.rejected.size() == 1);
  CHECK(house.elapsed() <= 100ms);
}
