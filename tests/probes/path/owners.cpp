#include "probes/path/household.hpp"

using namespace ringback;
using namespace ringback::path;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;

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
