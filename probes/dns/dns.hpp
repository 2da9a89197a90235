#pragma once
/// Asks every resolver of this host, the public resolvers and the zone's own servers for the names that should lead here, and the
/// host's resolvers for a NAT64 (RFC 7050).
#include "base/clock.hpp"
#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/dns/evidence.hpp"

namespace ringback::dns {

/// Returns by the deadline; a few round trips where everything answers, about two seconds where something is silent.
/// An error means that no socket could be opened. A name that is none, a resolver that is silent: that is evidence.
Expected<Evidence> observe(const DnsPlan& plan, const io::World& world, Deadline deadline);

}  // namespace ringback::dns
