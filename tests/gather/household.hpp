#pragma once
/// A whole run in a scripted world: a host with one leg, its home router, a provider, and a vantage point far away.
#include <mutex>

#include "gather/gather.hpp"
#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"

namespace ringback::test {

using namespace std::chrono_literals;

inline Address ip(const char* text) { return Address::parse(text).value(); }

inline const auto host_address = ip("192.168.1.5");
inline const auto router = ip("192.168.1.1");
inline const auto wan = ip("84.132.10.5");            // of the router, and how the internet sees this host
inline const auto provider = ip("84.132.0.1");
inline const auto vantage = ip("45.33.32.156");
inline const std::string vantage_url = "http://45.33.32.156:8370";

/// Nothing but the host itself: whatever it sends is lost.
struct Household {
  SharedClock clock;
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  Instant start = clock.now();
  Options options{.services = {Service::parse("443/tcp").value()}, .vantages = {vantage_url}, .third_party = false};

  Household() {
    auto& host = network.host;
    const InterfaceAddress own{.address = host_address, .prefix_length = 24};
    host.interfaces = std::vector<Interface>{{.index = 2, .name = "eth0", .mac = MacAddress{{2, 0, 0, 0, 0, 1}}, .mtu = 1500, .up = true, .addresses = {own}}};
    host.routes = std::vector<Route>{{.destination = Prefix::parse("0.0.0.0/0").value(), .gateway = router, .interface = "eth0"}};
    host.neighbours = std::vector<Neighbour>{};
    host.listeners = std::vector<Listener>{{.protocol = Protocol::tcp, .local = Endpoint::parse("0.0.0.0:443").value()}};
    host.default_ipv4 = RouteLookup{.source = host_address, .gateway = router, .interface = "eth0"};
    host.lookups[router] = RouteLookup{.source = host_address, .interface = "eth0"};
    host.files["/etc/resolv.conf"] = "nameserver 192.168.1.1\n";
  }

  Gathered run() {
    const io::World world{network, clock, random};
    const Deadline deadline{start + options.deadline};
    auto observed = observe_host(options, world, deadline);
    const auto plan = make_plan(options, observed.facts);
    waited_for = probes_of(plan);
    auto gathered = gather(plan, std::move(observed), world, deadline, [this](const ProbeRun& run) {
      const std::lock_guard lock(mutex);
      told.push_back(run.name);
    });
    ended = clock.now();
    return gathered;
  }
  [[nodiscard]] Duration elapsed() const { return ended - start; }
  Instant ended{};
  std::mutex mutex;
  std::vector<std::string> waited_for, told;   ///< probes: that were going to run, that have ended
};

/// Behind a router that forwards 443/tcp to this host, as the vantage point finds when it knocks.
struct HealthyHousehold : Household {
  HealthyHousehold();

 private:
  HttpAnswer knock(const io::HttpRequest& request);
};

}  // namespace ringback::test
