#include "gather/path_chain.hpp"

#include <algorithm>

#include "base/guarded_threads.hpp"
#include "net/special_purpose.hpp"
#include "probes/path/path.hpp"
#include "probes/path/sizes.hpp"

namespace ringback {
namespace {

using Addresses = std::vector<Address>;

constexpr std::size_t most_owners = 8;   // of one family: every probe costs routers an ICMP answer, which they ration

/// Those worth asking: of this family, on the internet, not this host's own, not asked before.
Addresses fresh_targets(const Addresses& candidates, Family family, const Addresses& own, const std::vector<path::Trace>& asked) {
  Addresses targets;
  for (const auto& address : candidates) {
    const auto known = [&](const auto& list, auto projection) { return std::ranges::find(list, address, projection) != list.end(); };
    if (address.family() != family || !is_global(address) || known(own, std::identity{}) || known(targets, std::identity{}) ||
        known(asked, &path::Trace::destination) || asked.size() + targets.size() >= most_owners)
      continue;
    targets.push_back(address);
  }
  return targets;
}

/// Most hops in the carriers' range (RFC 6598) are a carrier's, which has no need to answer; but some boxes number the network between two
/// routers at home from it, and then nothing else tells them from a carrier. Not where this host itself is the carrier's customer, nor where the
/// way there is not the home router's: it may lead into an overlay network of the same range, whose members would answer.
bool may_be_asked(const Address& gateway, const PathPlan& plan, const Leg& leg, const io::World& world) {
  const auto kind = classify(gateway);
  if (kind == AddressClass::private_use) return true;
  if (kind != AddressClass::shared || !plan.third_party || !leg.source || classify(*leg.source) != AddressClass::private_use) return false;
  const auto route = world.network.route_to(gateway, leg.bind ? std::optional(leg.interface) : std::nullopt);
  return route && route->interface == leg.interface && route->gateway == leg.gateway;
}

/// A private address at the second hop may be another router of the household: worth asking what it is.
Addresses second_gateway(const std::vector<path::Hop>& hops, const PathPlan& plan, const Leg& leg, const io::World& world) {
  for (const auto& hop : hops)
    if (hop.ttl == 2 && hop.from && may_be_asked(*hop.from, plan, leg, world)) return {*hop.from};
  return {};
}

void add_owners(path::FamilyPath& result, const Leg& leg, const Addresses& candidates, const Addresses& own, const io::World& world, Deadline deadline) {
  const auto targets = fresh_targets(candidates, leg.family, own, result.owners);
  if (targets.empty()) return;
  for (auto& trace : path::find_owners(leg, targets, world, deadline)) result.owners.push_back(std::move(trace));
}

path::FamilyPath& of(path::Evidence& evidence, Family family) { return family == Family::ipv4 ? evidence.ipv4 : evidence.ipv6; }

/// The trace, and side by side with it the sizes that pass and the owners: first of the mapped address, which decides the connection's type; routers ration
/// their answers.
void observe_family(const PathPlan& plan, const Leg& leg, PathInputs inputs, const Addresses& own, const std::vector<Endpoint>& destinations,
                    path::FamilyPath& into, const io::World& world, Deadline deadline) {
  path::FamilyPath found;
  Addresses addresses;
  for (const auto& destination : destinations)
    if (std::ranges::find(addresses, destination.address) == addresses.end()) addresses.push_back(destination.address);
  GuardedThreads trace;
  trace.start([&] { found.sizes = path::measure_sizes(path::Direction::out, leg, destinations, world, deadline); });
  trace.start([&] { found.answer_sizes = path::measure_sizes(path::Direction::in, leg, destinations, world, deadline); });
  trace.start([&] {
    auto traced = path::trace(leg, addresses, plan.farthest, world, deadline);
    if (leg.family == Family::ipv4) inputs.second_gateway.set(second_gateway(traced.hops, plan, leg, world));
    into = std::move(traced);
  });
  add_owners(found, leg, inputs.mapped.wait(deadline, world.clock), own, world, deadline);
  add_owners(found, leg, inputs.seen.wait(deadline, world.clock), own, world, deadline);
  if (plan.third_party) add_owners(found, leg, inputs.named.wait(deadline, world.clock), own, world, deadline);
  trace.join();
  into.owners = std::move(found.owners);
  into.sizes = std::move(found.sizes);
  into.answer_sizes = std::move(found.answer_sizes);
}

}  // namespace

std::vector<Address> own_addresses(const HostFacts& facts) {
  Addresses addresses;
  if (facts.host)
    for (const auto& interface : facts.host->interfaces)
      for (const auto& address : interface.addresses) addresses.push_back(address.address);
  return addresses;
}

Expected<path::Evidence> observe_paths(const PathPlan& plan, PathInputs inputs, const Addresses& own, const io::World& world, Deadline deadline) {
  path::Evidence evidence;
  const auto destinations = path::pick_destinations(plan, world, deadline);
  GuardedThreads threads;
  for (const auto& leg : plan.legs)
    threads.start([&] { observe_family(plan, leg, inputs, own, destinations, of(evidence, leg.family), world, deadline); });
  threads.join();
  return evidence;
}

}  // namespace ringback
