#pragma once
/// Asks the routers and DHCP servers of the link to the home router what they offer, and reads the answers as the card sees them.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::link {

/// Router advertisements, and what DHCP servers send to clients. The ports of DHCP clients belong to those that run here; a capture takes
/// nothing away from them.
[[nodiscard]] io::CaptureOptions capture_options(const LinkPlan& plan);

/// Returns when everything that was asked has been answered, or when silence is sure: after 600 ms, or 400 ms where a router has advertised.
/// Errc::not_permitted where packets cannot be captured.
[[nodiscard]] Expected<Evidence> observe(const LinkPlan& plan, const io::World& world, Deadline deadline);

}  // namespace ringback::link
