#pragma once
/// Observes this host: nothing is sent, everything is read from the kernel and from small files.
#include "io/network.hpp"
#include "probes/host/evidence.hpp"

namespace ringback::host {

/// What the kernel knows of links, addresses, routes and neighbours. `interface`: the user's own word for what faces the home router; otherwise the
/// routes tell. Fails only where the kernel does not even list the interfaces; every other table that cannot be read, or not by the deadline, is
/// one of `troubles`.
[[nodiscard]] Expected<Evidence> observe_tables(const std::optional<std::string>& interface, const io::World& world, Deadline deadline);

/// Adds the system, who manages its network, and the programs that keep `names` up to date: those that were asked about. What could not be looked
/// at, or not by the deadline, is added to `troubles`.
void observe_programs(const std::vector<std::string>& names, const io::World& world, Deadline deadline, Evidence& evidence);

/// Somebody far away, and how the report calls it.
struct Place {
  std::string name;
  Address address;
};
/// Adds how the kernel sends to each of these; where it has no route, nothing.
void observe_destinations(const std::vector<Place>& places, io::Network& network, Evidence& evidence);

/// Where the routes are asked to lead; nothing is ever sent there. The addresses of A.ROOT-SERVERS.NET: they are of the root hints and do
/// not change, are global by every registry, and no household has a route of its own to them, so the answer is that of the default route.
[[nodiscard]] Address far_away(Family family);

}  // namespace ringback::host
