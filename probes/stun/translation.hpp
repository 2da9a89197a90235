#pragma once
/// How the translators between here and the internet behave: which outside ports there are to be had, and what a mapping lets in (RFC 5780).
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::stun {

/// Of what `evidence` has already: asks the servers that answered over the first IPv4 leg whose mapped address is not this host's own, and
/// those of the first IPv6 leg likewise, which tells of a translator too. Adds `ports` and `behaviours`. Less than 1.3 s, and a few round
/// trips where nothing is lost.
void observe_translation(const StunPlan& plan, const io::World& world, Deadline deadline, Evidence& evidence);

}  // namespace ringback::stun
