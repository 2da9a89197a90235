#pragma once
/// Asks the home router what it says of itself: NAT-PMP, PCP and UPnP IGD, each kept apart. Nothing is changed on the router, unless the plan
/// says that a port may be opened for a moment.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::router {

/// The gateway of the IPv4 leg. Errc::no_route: there is none.
[[nodiscard]] Expected<Evidence> observe(const RouterPlan& plan, const io::World& world, Deadline deadline);

/// One gateway, `distance` routers away: beyond 1 only it itself is searched for, by unicast. Of a router that answers nothing the
/// silence is concluded within 0.9 s; one that answers is read as long as it takes, and 3 s for each of its devices at most.
[[nodiscard]] Gateway observe_gateway(const Address& gateway, unsigned distance, const Leg& leg, const io::World& world, Deadline deadline,
                                     std::optional<MomentaryOpening> open_for_a_moment = {});

}  // namespace ringback::router
