#pragma once
/// Observes this host: nothing is sent, everything is read from the kernel and from small files.
#include "io/network.hpp"
#include "probes/host/evidence.hpp"

namespace ringback::host {

/// `interface`: the user's own word for what faces the home router; otherwise the routes tell. Fails only where the kernel does not even
/// list the interfaces; every other table that cannot be read, or not by the deadline, is one of `troubles`. `names`: those that were asked
/// about, by which programs that keep names up to date are looked for; absent: they are not.
[[nodiscard]] Expected<Evidence> observe(const std::optional<std::string>& interface, const io::World& world, Deadline deadline,
                                         const std::optional<std::vector<std::string>>& names = std::nullopt);

/// Where the routes are asked to lead; nothing is ever sent there. The addresses of A.ROOT-SERVERS.NET: they are of the root hints and do
/// not change, are global by every registry, and no household has a route of its own to them, so the answer is that of the default route.
[[nodiscard]] Address far_away(Family family);

}  // namespace ringback::host
