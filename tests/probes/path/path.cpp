#include "probes/path/path.hpp"

#include <map>

#include "support/catch.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::path;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Address address(const char* text) { return Address::parse(text).value(); }

constexpr const char* silent = nullptr;

/// Routers in a row, each 10 ms behind the one before, and what is at the end of it.
struct Way {
  std::vector<const char*> routers;
  bool destination_answers = true;

  std::vector<test::Arrival> operator()(const Sent& sent) const {
    const std::size_t ttl = sent.hop_limit.value_or(64);
    const bool v4 = sent.to.address.is_v4();
    if (ttl <= routers.size()) {
      const auto* router = routers[ttl - 1];
      if (!router) return {};
      return {icmp_error(sent, address(router), v4 ? 11 : 3, 0, 10ms * static_cast<int>(ttl))};
    }
    if (!destination_answers) return {};
    return {port_unreachable(sent, 10ms * static_cast<int>(routers.size() + 1))};
  }
};

struct Household {
  FakeClock clock;
  ScriptedRandom random;
  ScriptedNetwork network{clock};
  Leg leg{.family = Family::ipv4, .interface = "eth0", .source = address("192.168.1.2")};
  Instant began = clock.now();

  Household() {
    network.host.default_ipv4 = RouteLookup{.source = address("192.168.1.2"), .gateway = address("192.168.1.1"), .interface = "eth0", .mtu = {}};
    network.host.default_ipv6 = RouteLookup{.source = address("2a00:1::2"), .gateway = address("fe80::1"), .interface = "eth0", .mtu = {}};
  }
  io::World world() { return {network, clock, random}; }
  Deadline deadline(milliseconds limit = 10s) { return {clock.now() + limit}; }
  FamilyPath trace(const char* destination, Ttl farthest = 8) {
    began = clock.now();
    return path::trace(leg, {address(destination)}, farthest, world(), deadline());
  }
  std::vector<Trace> owners(std::vector<Address> targets) {
    began = clock.now();
    return find_owners(leg, targets, world(), deadline());
  }
  [[nodiscard]] milliseconds elapsed() const { return std::chrono::duration_cast<milliseconds>(clock.now() - began); }
};

std::vector<std::string> texts(const std::vector<Hop>& hops) {
  std::vector<std::string> result;
  for (const auto& hop : hops) result.push_back(std::string(to_string(hop.reply)) + (hop.from ? " " + hop.from->to_string() : ""));
  return result;
}
using Texts = std::vector<std::string>;

}  // namespace

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

TEST_CASE("the path MTU is learned from who says too big, and never from silence") {
  struct Row {
    const char* what;
    Family family;
    unsigned narrowest;      ///< what the way lets through
    bool says_so;
    bool destination_answers;
    unsigned told;           ///< by the router; 0: as it is
    std::optional<unsigned> mtu;
  };
  const Row rows[] = {
      {"PPPoE", Family::ipv4, 1492, true, false, 0, 1492},
      {"DS-Lite", Family::ipv4, 1460, true, true, 0, 1460},
      {"a tunnel", Family::ipv6, 1280, true, false, 0, 1280},
      {"nothing narrower, and proven so", Family::ipv4, 1500, true, true, 0, 1500},
      {"nothing narrower, and nobody answers", Family::ipv4, 1500, true, false, 0, {}},
      {"a black hole", Family::ipv6, 1400, false, true, 0, {}},
      {"a lie: larger than what was sent", Family::ipv4, 1400, true, false, 9000, {}},
      {"a lie: smaller than IPv6 allows", Family::ipv6, 1400, true, false, 600, {}},
      {"an old router that does not say how much", Family::ipv4, 1400, true, false, 1, {}},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Household home;
    home.leg.family = row.family;
    home.network.host.interfaces = std::vector{Interface{.name = "lo", .mtu = 65536}, Interface{.name = "eth0", .mtu = 1500}};
    home.network.udp_anywhere([&](const Sent& sent) {
      const bool v4 = sent.to.address.is_v4();
      const auto size = sent.payload.size() + (v4 ? 28 : 48);
      if (size <= row.narrowest) return Way{{"192.168.1.1", "198.41.9.1"}, row.destination_answers}(sent);
      if (!row.says_so) return std::vector<test::Arrival>{};
      auto error = icmp_error(sent, address("192.168.1.1"), v4 ? 3 : 2, v4 ? 4 : 0);
      std::get<io::IcmpError>(error.what).mtu = row.told ? row.told : row.narrowest;
      return std::vector{error};
    });
    const auto path = home.trace(row.family == Family::ipv4 ? "8.8.8.8" : "2a00::8", 3);
    CHECK(path.mtu == row.mtu);
    CHECK(path.hops.size() == 3);
    CHECK(path.hops[0].reply == HopReply::time_exceeded);
    CHECK(home.elapsed() <= 1000ms);
  }
}

TEST_CASE("a way that narrows twice is followed to its narrowest") {
  Household home;
  home.network.host.interfaces = std::vector{Interface{.name = "eth0", .mtu = 1500}};
  home.network.udp_anywhere([&](const Sent& sent) {
    const auto size = sent.payload.size() + 28;
    if (size <= 1400) return Way{{"192.168.1.1"}}(sent);
    auto error = icmp_error(sent, address("192.168.1.1"), 3, 4);
    std::get<io::IcmpError>(error.what).mtu = size > 1492 ? 1492 : 1400;
    return std::vector{error};
  });
  CHECK(home.trace("8.8.8.8").mtu == 1400);
}

TEST_CASE("a path MTU that the kernel has learned before counts") {
  Household home;
  home.network.host.default_ipv4->mtu = 1432;
  home.network.udp_anywhere(Way{{"192.168.1.1"}});
  CHECK(home.trace("8.8.8.8").mtu == 1432);
}

TEST_CASE("a router that owns the address answers at its own hop, and is asked once") {
  struct Row {
    const char* what;
    std::vector<const char*> routers;   ///< before the owner
    std::optional<Ttl> reached_at;
  };
  const Row rows[] = {{"the home router", {}, Ttl{1}},
                      {"a second router of the household, or the carrier's translator", {"192.168.1.1"}, Ttl{2}},
                      {"an AFTR behind its tunnel", {"192.168.1.1", "192.0.0.1", "198.41.0.9"}, Ttl{4}},
                      {"farther than is looked", {"192.168.1.1", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"}, std::nullopt}};
  for (const auto& row : rows) {
    INFO(row.what);
    Household home;
    home.network.udp_anywhere(Way{row.routers});
    const auto traces = home.owners({address("198.41.7.7")});
    REQUIRE(traces.size() == 1);
    CHECK(traces[0].destination == address("198.41.7.7"));
    CHECK(traces[0].source == address("192.168.1.2"));
    CHECK(traces[0].reached_at == row.reached_at);
    CHECK(traces[0].hops.size() == std::min<std::size_t>(row.routers.size() + 1, 4));
    CHECK(home.network.sent.size() == traces[0].hops.size());  // nothing beyond the hop that answered
    CHECK(home.elapsed() < 200ms);
  }
}

TEST_CASE("a service that answers at the target's port is the target too") {
  Household home;
  home.network.udp_anywhere([](const Sent& sent) {
    if (sent.hop_limit == 1) return std::vector{icmp_error(sent, address("192.168.1.1"), 11, 0)};
    return std::vector{answer(sent, {})};
  });
  const auto trace = home.owners({address("198.41.7.7")}).at(0);
  CHECK(texts(trace.hops) == Texts{"time-exceeded 192.168.1.1", "datagram 198.41.7.7"});
  CHECK(trace.reached_at == 2);
}

TEST_CASE("a port unreachable of another address ends the trace, and owns nothing") {
  Household home;
  home.network.udp_anywhere([](const Sent& sent) { return std::vector{icmp_error(sent, address("192.168.1.1"), 3, 3)}; });
  const auto trace = home.owners({address("198.41.7.7")}).at(0);
  CHECK(texts(trace.hops) == Texts{"port-unreachable 192.168.1.1"});
  CHECK_FALSE(trace.reached_at);
}

TEST_CASE("several targets are told apart, and silent ones do not hold up the answer for long") {
  Household home;
  home.network.udp_anywhere([](const Sent& sent) {
    if (sent.to.address == address("198.41.7.7")) return Way{{}}(sent);
    if (sent.to.address == address("198.41.7.8")) return Way{{"192.168.1.1"}}(sent);
    return Way{{silent, silent, silent, silent}}(sent);
  });
  const auto traces = home.owners({address("198.41.7.7"), address("2a00::1"), address("198.41.7.8"), address("198.41.7.7"), address("198.41.7.9")});
  REQUIRE(traces.size() == 3);
  CHECK(traces[0].reached_at == 1);
  CHECK(traces[1].reached_at == 2);
  CHECK_FALSE(traces[2].reached_at);
  CHECK(texts(traces[2].hops) == Texts{"silent", "silent", "silent", "silent"});
  CHECK(home.elapsed() <= 1200ms);
}

TEST_CASE("a router that gives away six errors in a burst is left with some") {
  Household home;
  unsigned tokens = 6;  // Linux: XRLIM_BURST_FACTOR, one more each second
  home.network.udp_anywhere([&](const Sent& sent) {
    if (sent.hop_limit == 1 && tokens > 0) {
      --tokens;
      return std::vector{icmp_error(sent, address("192.168.1.1"), 11, 0)};
    }
    return sent.hop_limit == 1 ? std::vector<test::Arrival>{} : Way{{"192.168.1.1"}}(sent);
  });
  const auto path = home.trace("8.8.8.8");
  const auto traces = home.owners({address("198.41.7.7"), address("198.41.7.8"), address("198.41.7.9")});
  CHECK(path.hops[0].reply == HopReply::time_exceeded);
  for (const auto& trace : traces) CHECK(trace.hops.at(0).reply == HopReply::time_exceeded);
  CHECK(tokens == 2);
}

TEST_CASE("of many targets eight are asked for") {
  Household home;
  home.network.udp_anywhere(Way{{}});
  std::vector<Address> targets;
  for (std::uint32_t i = 1; i <= 20; ++i) targets.push_back(Address::v4(0xc6290700 + i));
  CHECK(home.owners(targets).size() == 8);
}

TEST_CASE("a target that cannot be sent to has no hops") {
  Household home;
  home.network.host.unroutable = {Prefix::parse("198.41.7.7/32").value()};
  const auto traces = home.owners({address("198.41.7.7")});
  REQUIRE(traces.size() == 1);
  CHECK(traces[0].hops.empty());
  CHECK_FALSE(traces[0].reached_at);
}

TEST_CASE("destinations keep the plan's order and the families that can be traced over") {
  Household home;
  home.network.name("a.example", {std::vector{address("2a00::a"), address("8.8.8.1")}});
  home.network.name("b.example", {std::vector{address("8.8.8.2"), address("8.8.8.1")}});
  PathPlan plan{.destinations = {{"gone.example", 0}, {"a.example", 0}, {"9.9.9.9", 0}, {"b.example", 0}}, .legs = {home.leg}};
  CHECK(pick_destinations(plan, home.world(), home.deadline()) == std::vector{address("8.8.8.1"), address("9.9.9.9"), address("8.8.8.2")});
  plan.legs = {};
  CHECK(pick_destinations(plan, home.world(), home.deadline()).empty());
}

TEST_CASE("a name that nobody resolves takes two seconds at most") {
  Household home;
  home.network.name("slow.example", {std::vector{address("8.8.8.1")}, 1h});
  CHECK(pick_destinations({.destinations = {{"slow.example", 0}}, .legs = {home.leg}}, home.world(), home.deadline()).empty());
  CHECK(home.elapsed() <= 2s);
}
