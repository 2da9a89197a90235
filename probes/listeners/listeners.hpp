#pragma once
/// Observes who listens on this host.
#include "io/network.hpp"
#include "probes/listeners/evidence.hpp"

namespace ringback::listeners {

/// Fails where the kernel does not tell.
[[nodiscard]] Expected<Evidence> observe(const io::World& world);

}  // namespace ringback::listeners
