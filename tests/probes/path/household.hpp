#pragma once
/// A household behind routers in a row.
#include "probes/path/path.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"

namespace ringback::test {

using namespace std::chrono_literals;

inline Address address(const char* text) { return Address::parse(text).value(); }

inline constexpr const char* silent = nullptr;

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
  SharedClock clock;   // names are resolved side by side
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
  path::FamilyPath trace(const char* destination, Ttl farthest = 8) {
    began = clock.now();
    return path::trace(leg, {address(destination)}, farthest, world(), deadline());
  }
  std::vector<path::Trace> owners(std::vector<Address> targets) {
    began = clock.now();
    return path::find_owners(leg, targets, world(), deadline());
  }
  [[nodiscard]] milliseconds elapsed() const { return std::chrono::duration_cast<milliseconds>(clock.now() - began); }
};

inline Endpoint endpoint(const char* text, Port port = 0) { return {address(text), port}; }

inline std::vector<std::string> texts(const std::vector<path::Hop>& hops) {
  std::vector<std::string> result;
  for (const auto& hop : hops) result.push_back(std::string(to_string(hop.reply)) + (hop.from ? " " + hop.from->to_string() : ""));
  return result;
}
using Texts = std::vector<std::string>;

}  // namespace ringback::test
