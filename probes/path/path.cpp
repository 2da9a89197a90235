#include "probes/path/path.hpp"

#include <algorithm>
#include <thread>

#include "probes/path/lanes.hpp"
#include "probes/path/socket.hpp"

namespace ringback::path {
namespace {

constexpr auto resolve_patience = milliseconds(2000);
constexpr std::size_t most_destinations = 8;
constexpr Ttl most_hops = 30;
constexpr std::size_t most_owners = 8;
// Home router, a second router or the carrier's translator, and one more on either side of it.
constexpr Ttl owner_hops = 4;
constexpr auto owner_step = milliseconds(80);
constexpr std::size_t trace_at_once = 3;
constexpr auto trace_step = milliseconds(30);

std::optional<std::string> bound_to(const Leg& leg) { return leg.bind ? std::optional(leg.interface) : std::nullopt; }

std::optional<RouteLookup> lookup(const Leg& leg, const Address& destination, const io::World& world) {
  const auto route = world.network.route_to(destination, bound_to(leg));
  return route ? std::optional(*route) : std::nullopt;
}

FamilyPath trace_to(const Leg& leg, const Address& destination, Ttl farthest, io::UdpSocket& socket, const io::World& world,
                    Deadline deadline) {
  FamilyPath result;
  result.destination = destination;
  const auto route = lookup(leg, destination, world);
  result.source = route && route->source ? route->source : leg.source;
  Lanes lanes({destination}, {.farthest = farthest, .at_once = trace_at_once, .step = trace_step}, socket, world.clock);
  MtuProbe mtu({destination, lanes.next_port()}, interface_mtu(leg, world, deadline), socket, world.clock);
  mtu.send();
  lanes.run(deadline, &mtu);
  result.hops = lanes.hops(0);
  result.reached_at = lanes.reached_at(0);
  if (const auto& trouble = lanes.trouble(0)) result.trouble = trouble->what;
  result.mtu = mtu.learned();
  if (const auto now = lookup(leg, destination, world); now && now->mtu) result.mtu = std::min(*now->mtu, result.mtu.value_or(*now->mtu));
  return result;
}

}  // namespace

Expected<std::unique_ptr<io::UdpSocket>> open_socket(const Leg& leg, const io::World& world) {
  io::UdpOptions options;
  options.family = leg.family;
  options.interface = bound_to(leg);
  options.dont_fragment = true;
  return world.network.open_udp(options);
}

unsigned interface_mtu(const Leg& leg, const io::World& world, Deadline deadline) {
  const auto interfaces = world.network.interfaces(deadline);
  if (interfaces)
    for (const auto& interface : *interfaces)
      if (interface.name == leg.interface) return interface.mtu;
  return 0;  // unknown: nothing is asked
}

std::vector<Endpoint> pick_destinations(const PathPlan& plan, const io::World& world, Deadline deadline) {
  const auto until = deadline.or_earlier(world.clock.now() + resolve_patience);
  const auto count = std::min(plan.destinations.size(), most_destinations);
  std::vector<std::vector<Address>> resolved(count);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& host = plan.destinations[i].host;
      if (const auto literal = Address::parse(host)) {
        resolved[i] = {*literal};
        continue;
      }
      threads.emplace_back([&, i] {
        if (auto addresses = world.network.resolve(host, until)) resolved[i] = std::move(*addresses);
      });
    }
  }
  std::vector<Endpoint> result;
  for (std::size_t i = 0; i < count; ++i)
    for (const auto& address : resolved[i]) {
      const Endpoint endpoint{address, plan.destinations[i].port};
      if (std::ranges::any_of(plan.legs, [&](const Leg& leg) { return leg.family == address.family(); }) &&
          std::ranges::find(result, endpoint) == result.end())
        result.push_back(endpoint);
    }
  return result;
}

FamilyPath trace(const Leg& leg, const std::vector<Address>& destinations, Ttl farthest, const io::World& world, Deadline deadline) {
  FamilyPath result;
  result.trouble = "no destination has an address of this family";
  const auto socket = open_socket(leg, world);
  if (!socket) {
    result.trouble = socket.error().what;
    return result;
  }
  for (const auto& destination : destinations) {
    if (destination.family() != leg.family) continue;
    result = trace_to(leg, destination, std::clamp(farthest, Ttl{1}, most_hops), **socket, world, deadline);
    if (!result.hops.empty()) return result;  // else: not a single datagram could be sent there
  }
  return result;
}

std::vector<Trace> find_owners(const Leg& leg, const std::vector<Address>& targets, const io::World& world, Deadline deadline) {
  std::vector<Address> asked;
  for (const auto& target : targets)
    if (target.family() == leg.family && asked.size() < most_owners && std::ranges::find(asked, target) == asked.end()) asked.push_back(target);
  if (asked.empty()) return {};
  const auto socket = open_socket(leg, world);
  if (!socket) return {};
  Lanes lanes(asked, {.farthest = owner_hops, .step = owner_step}, **socket, world.clock);
  lanes.run(deadline);
  std::vector<Trace> result;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto route = lookup(leg, asked[i], world);
    const auto source = route && route->source ? *route->source : leg.source.value_or(Address::any(leg.family));
    result.push_back({.destination = asked[i], .source = source, .hops = lanes.hops(i), .reached_at = lanes.reached_at(i)});
  }
  return result;
}

}  // namespace ringback::path
