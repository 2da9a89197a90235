#pragma once
/// Observes who listens on this host.
#include "io/network.hpp"
#include "probes/listeners/evidence.hpp"

namespace ringback::listeners {

/// Fails where the kernel does not tell, or not by the deadline: a list with gaps would call a service missing.
[[nodiscard]] Expected<Evidence> observe(const io::World& world, Deadline deadline);

}  // namespace ringback::listeners
