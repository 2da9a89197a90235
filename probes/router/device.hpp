#pragma once
/// Reading one Internet Gateway Device: its description, its WAN connections, its mapping table and its IPv6 firewall.
/// Not with miniupnpc: it picks one device and one connection of what answers, where here each one's word counts, blocks without our deadline,
/// cannot be bound to the interface that faces the router, and knows no manufacturer's actions.
#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/router/search.hpp"

namespace ringback::router {

/// 3 s at most, less when one request is not answered within 1.2 s: then the others are not made. What fails is among `troubles`.
/// With `open_for_a_moment` a pinhole is opened and closed where the device has an IPv6 firewall.
[[nodiscard]] Igd read_device(const Found& found, const Leg& leg, const io::World& world, Deadline deadline,
                              std::optional<MomentaryOpening> open_for_a_moment = {});

}  // namespace ringback::router
