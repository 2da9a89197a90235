#include "support/catch.hpp"

#include "plan/make_plan.hpp"

using namespace ringback;

namespace {

InterfaceAddress address(const char* text, unsigned length, auto change) {
  InterfaceAddress value{.address = Address::parse(text).value(), .prefix_length = length};
  change(value);
  return value;
}
InterfaceAddress address(const char* text, unsigned length) {
  return address(text, length, [](auto&) {});
}

HostFacts dual_stack_host() {
  host::Evidence host;
  host.interfaces = {{.index = 2,
                      .name = "eth0",
                      .mac = MacAddress{{2, 0, 0, 0, 0, 1}},
                      .up = true,
                      .addresses = {address("192.168.1.20", 24), address("2a00:1:2:3::dead", 64, [](auto& a) { a.temporary = true; }),
                                    address("2a00:1:2:3:beef:1234:5678:9abc", 64), address("fd00::1", 64), address("fe80::1", 64)}}};
  host.ipv4 = host::Uplink{.interface = "eth0", .gateway = Address::parse("192.168.1.1").value(), .default_interface = "eth0"};
  host.ipv6 = host::Uplink{.interface = "eth0", .gateway = Address::parse("fe80::ff").value(), .default_interface = "eth0"};
  host.lookups = {{.destination = Address::parse("9.9.9.9").value(), .source = Address::parse("192.168.1.20").value(), .interface = "eth0"},
                  {.destination = Address::parse("2620:fe::fe").value(), .source = Address::parse("2a00:1:2:3::dead").value(), .interface = "eth0"}};
  return {host, listeners::Evidence{{{.protocol = Protocol::tcp, .local = Endpoint::parse("0.0.0.0:443").value()},
                                     {.protocol = Protocol::tcp, .local = Endpoint::parse("127.0.0.1:5432").value()}}}};
}

Options options(auto change) {
  Options value;
  value.vantages = {"http://knock.example:8370"};
  change(value);
  return value;
}

std::string reason(const Plan& plan, const std::string& probe) {
  for (const auto& skipped : plan.skipped)
    if (skipped.probe == probe) return skipped.reason;
  return "";
}

}  // namespace

TEST_CASE("a dual-stack host is asked over both families, and knocked on at the address that stays") {
  const auto plan = make_plan(options([](auto&) {}), dual_stack_host());
  REQUIRE(plan.inbound);
  REQUIRE(plan.inbound->legs.size() == 2);
  CHECK(plan.inbound->legs[1].source == Address::parse("2a00:1:2:3::dead").value());
  CHECK(plan.inbound->legs[1].stable_sources == std::vector{Address::parse("2a00:1:2:3:beef:1234:5678:9abc").value()});
  CHECK(plan.skipped.empty());
}

TEST_CASE("the link to the router is asked what it offers, a tunnel is not") {
  auto facts = dual_stack_host();
  const auto link = make_plan(options([](auto&) {}), facts).link;
  CHECK(link == LinkPlan{"eth0", Address::parse("192.168.1.20").value(), MacAddress{{2, 0, 0, 0, 0, 1}}, true});
  CHECK_FALSE(make_plan(options([](auto& o) { o.ipv6 = false; }), facts).link->ipv6);
  CHECK_FALSE(make_plan(options([](auto& o) { o.ipv4 = false; }), facts).link->ipv4);
  facts.host->interfaces[0].tunnel = true;
  CHECK_FALSE(make_plan(options([](auto&) {}), facts).link);
}

TEST_CASE("a port is opened on the router for a moment where the user allows it, and never one that something listens on") {
  const auto facts = dual_stack_host();
  CHECK_FALSE(make_plan(options([](auto&) {}), facts).router->open_for_a_moment);
  const auto plan = make_plan(options([](auto& o) { o.allow_mapping = true, o.vantages = {"https://vantage.example.net"}; }), facts);
  const auto port = plan.router->open_for_a_moment;
  REQUIRE(port);
  // A knock on it would get in for that moment, and accuse an open router.
  REQUIRE_FALSE(plan.inbound->exposure.empty());
  CHECK(std::ranges::none_of(plan.inbound->exposure, [&](const Service& knocked_on) { return knocked_on.outside == port->port; }));
  CHECK(port->port >= 1024);
  CHECK(port->port != 5432);
  CHECK(port->ipv6 == Address::parse("2a00:1:2:3:beef:1234:5678:9abc").value());
}

TEST_CASE("without named services the listening ones are meant") {
  const auto facts = dual_stack_host();
  CHECK(make_plan(options([](auto&) {}), facts).request.services == std::vector{Service::parse("443/tcp").value()});
  CHECK(make_plan(options([](auto& o) { o.services = {Service::parse("22/tcp").value()}; }), facts).request.services ==
        std::vector{Service::parse("22/tcp").value()});
}

TEST_CASE("one family alone is asked for with -4 and -6") {
  const auto plan = make_plan(options([](auto& o) { o.ipv6 = false; }), dual_stack_host());
  REQUIRE(plan.stun->legs.size() == 1);
  CHECK(plan.stun->legs[0].family == Family::ipv4);
  CHECK(plan.request.families == std::vector{Family::ipv4});
}

TEST_CASE("what does not run says why") {
  CHECK(reason(make_plan(options([](auto& o) { o.skip = {"stun"}; }), dual_stack_host()), "stun") == "left out by --skip");
  CHECK(reason(make_plan(options([](auto& o) { o.only = {"dns"}; }), dual_stack_host()), "inbound") == "not among --only");
  CHECK(reason(make_plan(options([](auto& o) { o.vantages.clear(), o.third_party = false; }), dual_stack_host()), "inbound") == "no vantage point was named (--vantage)");
  CHECK(reason(make_plan(options([](auto&) {}), {}), "stun") == "this host has no route to a router");
}

TEST_CASE("what listens and was not asked for is knocked on too, with a port that nobody opened, and this host's own rules for each") {
  auto facts = dual_stack_host();
  facts.listeners->listeners.push_back({.protocol = Protocol::tcp, .local = Endpoint::parse("0.0.0.0:445").value()});
  facts.listeners->listeners.push_back({.protocol = Protocol::tcp, .local = Endpoint::parse("0.0.0.0:22").value()});
  facts.listeners->listeners.push_back({.protocol = Protocol::tcp, .local = Endpoint::parse("0.0.0.0:61713").value()});
  const auto named = [](auto& o) { o.services = {Service::parse("443/tcp").value()}; };
  const auto plan = make_plan(options(named), facts);
  const std::vector<Service> expected{Service::parse("61714/tcp").value(), Service::parse("445/tcp").value(), Service::parse("22/tcp").value(),
                                      Service::parse("61713/tcp").value()};
  CHECK(plan.inbound->exposure == expected);
  CHECK(plan.filter->services.size() == 5);
  CHECK(make_plan(options([&](auto& o) { named(o), o.exposure = false; }), facts).inbound->exposure.empty());
  facts.listeners.reset();   // nobody knows what is open: nothing proves anything
  CHECK(make_plan(options(named), facts).inbound->exposure.empty());
}

TEST_CASE("without a vantage point of the user's a public port checker is asked, unless third parties are not to be") {
  const auto plan = make_plan(options([](auto& o) { o.vantages.clear(); }), dual_stack_host());
  REQUIRE(plan.inbound);
  for (const auto& url : plan.inbound->vantages) CHECK(is_port_checker(url));
  CHECK(plan.request.vantages.empty());
  const auto own = make_plan(options([](auto& o) { o.vantages = {"echoip+http://checker.example"}; }), dual_stack_host());
  for (const auto& target : own.web->targets) CHECK(target.kind == web::Kind::connectivity);   // it does not speak the vantage protocol
}

TEST_CASE("no third party is contacted where that is forbidden") {
  const auto plan = make_plan(options([](auto& o) { o.third_party = false; }), dual_stack_host());
  CHECK(plan.stun->servers == std::vector<HostPort>{{"knock.example", 3478}});
  CHECK(plan.path->destinations.front().host == "knock.example");
  for (const auto& destination : plan.path->destinations) CHECK(destination.host == "knock.example");
  CHECK(plan.dns->public_resolvers.empty());
  CHECK_FALSE(plan.dns->ask_zone_servers);
  CHECK_FALSE(plan.path->third_party);
  CHECK(plan.web->targets.size() == 1);
  const auto alone = make_plan(options([](auto& o) { o.third_party = false; o.vantages.clear(); }), dual_stack_host());
  CHECK(reason(alone, "web") == "no vantage point named and third parties not allowed");
}

TEST_CASE("a default route through a tunnel binds the measurement to the interface that faces the router") {
  auto facts = dual_stack_host();
  facts.host->ipv4->default_interface = "wg0";
  facts.host->ipv4->through_tunnel = true;
  const auto plan = make_plan(options([](auto&) {}), facts);
  REQUIRE(plan.stun->legs.size() == 3);
  CHECK(plan.stun->legs[0].bind);
  CHECK_FALSE(plan.stun->legs[1].bind);
  CHECK(plan.stun->legs[2].interface == "wg0");   // how the tunnel is seen, beside how the household is
  CHECK_FALSE(plan.stun->legs[2].bind);
  CHECK(plan.path->legs.size() == 2);
}
