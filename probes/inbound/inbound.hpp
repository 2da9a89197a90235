#pragma once
/// Asks vantage points to knock, and watches the network card meanwhile.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::inbound {

/// An error only where no knock could be tried at all for a reason of this host; a vantage point that fails is evidence.
/// Without the privilege to capture the knocks are made all the same: reachable or not, but not where it stops.
/// What the card is watched with: for whoever has to open it before privileges are given up.
[[nodiscard]] io::CaptureOptions capture_options(const InboundPlan& plan);

[[nodiscard]] Expected<Evidence> observe(const InboundPlan& plan, const io::World& world, Deadline deadline);

}  // namespace ringback::inbound
