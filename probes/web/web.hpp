#pragma once
/// Asks vantage points how they see this host, and pages whose answer is known whether it is theirs: over each family apart.
#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/web/evidence.hpp"

namespace ringback::web {

/// One observation for each target and leg, in the plan's order, asked side by side (eight at a time, two and a half seconds each at
/// most). No source address is chosen: what the kernel takes is what outgoing connections use, and that is what is to be seen.
/// Never an error: a network that fails is evidence.
Expected<Evidence> observe(const WebPlan& plan, const io::World& world, Deadline deadline);

}  // namespace ringback::web
