#include "probes/path/household.hpp"

using namespace ringback;
using namespace ringback::path;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;

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
