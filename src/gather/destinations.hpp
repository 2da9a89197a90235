#pragma once
/// The places far away that matter to this host: how the kernel sends to each is asked when the run has spoken with them.
#include "evidence/evidence.hpp"
#include "io/network.hpp"
#include "probes/host/host.hpp"

namespace ringback {

struct Services {
  std::vector<host::Place> places;
  std::vector<std::string> troubles;   ///< of which no address could be had, and why
};
/// Where the updaters' own services are, at most 8 of them. Names are resolved as the system does, and waited for two seconds at most.
[[nodiscard]] Services services_of_updaters(const std::vector<host::Updater>& updaters, const io::World& world, Deadline deadline);

/// The STUN servers and web servers, vantage points among them, and the resolvers outside this host that this run asked.
[[nodiscard]] std::vector<host::Place> asked_places(const Evidence& evidence);

}  // namespace ringback
