#pragma once
/// Asks STUN servers how the internet sees this host (RFC 8489): every server of a family from one socket, so that a translator
/// which gives each destination a mapping of its own shows itself by different mapped addresses for the same local endpoint.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::stun {

/// Returns as soon as every server has answered; a short while after the first answer when others stay silent; within two seconds of
/// asking when nobody answers, within one where only one family is silent; by the deadline in any case. Errc::no_route: there was nobody to ask or no way to ask.
[[nodiscard]] Expected<Evidence> observe(const StunPlan& plan, const io::World& world, Deadline deadline);

}  // namespace ringback::stun
