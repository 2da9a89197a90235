#include "probes/path/household.hpp"

#include <map>

using namespace ringback;
using namespace ringback::path;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;

TEST_CASE("each hop is asked once, and the trace ends at the destination") {
  Household home;
  home.network.udp_anywhere(Way{{"192.168.1.1", "100.64.0.1", "198.41.9.1"}});
  const auto path = home.trace("8.8.8.8");
  CHECK(path.destination == address("8.8.8.8"));
  CHECK(path.source == address("192.168.1.2"));
  CHECK(texts(path.hops) ==
        Texts{"time-exceeded 192.168.1.1", "time-exceeded 100.64.0.1", "time-exceeded 198.41.9.1", "port-unreachable 8.8.8.8"});
  CHECK(path.reached_at == 4);
  CHECK(path.hops[1].round_trip == 20ms);
  CHECK(path.hops[1].ttl == 2);
  CHECK_FALSE(path.trouble);
  CHECK(home.network.sent.size() == 6);  // two beyond the destination were under way when it answered
  CHECK(home.elapsed() < 100ms);
  CHECK(home.network.opened.size() == 1);
  CHECK_FALSE(home.network.opened[0].interface);
  CHECK(home.network.opened[0].dont_fragment);
}

TEST_CASE("a silent hop is asked three times at most, and a second later it is called silent") {
  Household home;
  home.network.udp_anywhere(Way{{"192.168.1.1", silent, "198.41.9.1", "198.41.9.2"}, false});
  const auto path = home.trace("8.8.8.8", 5);
  CHECK(texts(path.hops) == Texts{"time-exceeded 192.168.1.1", "silent", "time-exceeded 198.41.9.1", "time-exceeded 198.41.9.2", "silent"});
  CHECK_FALSE(path.reached_at);
  CHECK(path.hops[0].sent == 1);
  CHECK(path.hops[1].sent == 3);
  CHECK_FALSE(path.hops[1].from);
  CHECK(home.elapsed() >= 500ms);
  CHECK(home.elapsed() <= 1000ms);
}

TEST_CASE("a lost answer comes at the second attempt, and its time counts from that") {
  Household home;
  std::map<unsigned, int> seen;
  home.network.udp_anywhere([&](const Sent& sent) {
    if (sent.hop_limit == 1 && seen[1]++ == 0) return std::vector<test::Arrival>{};
    return Way{{"192.168.1.1", "198.41.9.1"}}(sent);
  });
  const auto path = home.trace("8.8.8.8", 2);
  CHECK(texts(path.hops) == Texts{"time-exceeded 192.168.1.1", "time-exceeded 198.41.9.1"});
  CHECK(path.hops[0].sent == 2);
  CHECK(path.hops[0].round_trip == 10ms);
  CHECK(home.elapsed() < 250ms);
}

TEST_CASE("whoever says that the way goes no further ends the trace without being the destination") {
  Household home;
  home.network.udp_anywhere([](const Sent& sent) {
    if (sent.hop_limit >= 2) return std::vector{icmp_error(sent, address("100.64.0.1"), 3, 13)};
    return std::vector{icmp_error(sent, address("192.168.1.1"), 11, 0)};
  });
  const auto path = home.trace("8.8.8.8");
  CHECK(texts(path.hops) == Texts{"time-exceeded 192.168.1.1", "unreachable 100.64.0.1"});
  CHECK_FALSE(path.reached_at);
}

TEST_CASE("the types of ICMPv6 are told apart") {
  struct Row {
    std::uint8_t type, code;
    const char* reply;
  };
  const Row rows[] = {{3, 0, "time-exceeded"}, {1, 4, "port-unreachable"}, {1, 0, "unreachable"}, {1, 1, "unreachable"}, {2, 0, "packet-too-big"}};
  for (const auto& row : rows) {
    INFO(row.reply);
    Household home;
    home.leg.family = Family::ipv6;
    home.network.udp_anywhere([&](const Sent& sent) { return std::vector{icmp_error(sent, address("2a00::99"), row.type, row.code)}; });
    const auto path = home.trace("2a00::1", 1);
    CHECK(texts(path.hops) == Texts{std::string(row.reply) + " 2a00::99"});
  }
}

TEST_CASE("errors about datagrams that were never sent are not believed") {
  Household home;
  home.network.udp_anywhere([](const Sent& sent) {
    std::vector<test::Arrival> lies;
    for (const auto& [to, port] : {std::pair{"8.8.8.8", 1}, {"8.8.8.8", 33434 + 5}, {"8.8.8.8", 33434 + 300}, {"8.8.4.4", 33434}}) {
      auto lie = icmp_error(sent, address("6.6.6.6"), 11, 0, 1ms);
      std::get<io::IcmpError>(lie.what).destination = {address(to), static_cast<Port>(port)};
      lies.push_back(lie);
    }
    lies.push_back({1ms, io::Datagram{{address("6.6.6.6"), sent.to.port}, {}}});
    lies.push_back(icmp_error(sent, address("6.6.6.6"), 5, 0, 1ms));  // redirect
    return lies;
  });
  CHECK(texts(home.trace("8.8.8.8", 1).hops) == Texts{"silent"});
}

TEST_CASE("what this host's own kernel says is a trouble, not a hop") {
  Household home;
  home.network.udp_anywhere([](const Sent& sent) {
    auto error = icmp_error(sent, address("192.168.1.2"), 3, 1);
    std::get<io::IcmpError>(error.what).local = true;
    return std::vector{error};
  });
  const auto path = home.trace("8.8.8.8", 2);
  CHECK(texts(path.hops) == Texts{"silent", "silent"});
  CHECK_THAT(path.trouble.value(), Contains("this host's kernel"));
}

TEST_CASE("without a route to a destination the next one is taken, and without any that is said") {
  Household home;
  home.network.host.unroutable = {Prefix::parse("8.0.0.0/8").value()};
  home.network.udp_anywhere(Way{{"192.168.1.1"}});
  const auto path = path::trace(home.leg, {address("2a00::1"), address("8.8.8.8"), address("9.9.9.9")}, 8, home.world(), home.deadline());
  CHECK(path.destination == address("9.9.9.9"));
  CHECK(path.reached_at == 2);

  const auto none = home.trace("8.8.8.8");
  CHECK(none.hops.empty());
  CHECK_THAT(none.trouble.value(), Contains("Network is unreachable"));
  CHECK_THAT(path::trace(home.leg, {}, 8, home.world(), home.deadline()).trouble.value(), Contains("no destination"));
}

TEST_CASE("a leg whose default route leaves elsewhere is bound to its interface") {
  Household home;
  home.leg.bind = true;
  home.network.udp_anywhere(Way{{"192.168.1.1"}});
  home.trace("8.8.8.8");
  CHECK(home.network.opened.at(0).interface == "eth0");
}

TEST_CASE("the trace keeps its deadline") {
  Household home;
  const auto path = path::trace(home.leg, {address("8.8.8.8")}, 8, home.world(), home.deadline(400ms));
  CHECK(home.elapsed() <= 400ms);
  CHECK(path.hops.size() == 8);
}

TEST_CASE("a destination that is near is not asked by every TTL that reaches it") {
  Household home;
  home.network.udp_anywhere(Way{{"192.168.1.1"}});
  CHECK(home.trace("8.8.8.8", 30).reached_at == 2);
  CHECK(home.network.sent.size() <= 5);
}

TEST_CASE("more hops than anybody has are not asked for") {
  Household home;
  home.network.udp_anywhere(Way{std::vector<const char*>(255, "198.41.9.1")});
  CHECK(home.trace("8.8.8.8", 255).hops.size() == 30);
}

TEST_CASE("destinations keep the plan's order and the families that can be traced over") {
  Household home;
  home.network.name("a.example", {std::vector{address("2a00::a"), address("8.8.8.1")}});
  home.network.name("b.example", {std::vector{address("8.8.8.2"), address("8.8.8.1")}});
  PathPlan plan{.destinations = {{"gone.example", 0}, {"a.example", 0}, {"9.9.9.9", 0}, {"b.example", 0}}, .legs = {home.leg}};
  CHECK(pick_destinations(plan, home.world(), home.deadline()) == std::vector{endpoint("8.8.8.1"), endpoint("9.9.9.9"), endpoint("8.8.8.2")});
  plan.legs = {};
  CHECK(pick_destinations(plan, home.world(), home.deadline()).empty());
}

TEST_CASE("a name that nobody resolves takes two seconds at most") {
  Household home;
  home.network.name("slow.example", {std::vector{address("8.8.8.1")}, 1h});
  CHECK(pick_destinations({.destinations = {{"slow.example", 0}}, .legs = {home.leg}}, home.world(), home.deadline()).empty());
  CHECK(home.elapsed() <= 2s);
}
