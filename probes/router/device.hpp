#pragma once
/// Reading one Internet Gateway Device: its description, its WAN connections, its mapping table and its IPv6 firewall.
#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/router/search.hpp"

namespace ringback::router {

/// 3 s at most, less when one request is not answered within 1.2 s: then the others are not made. What fails is among `troubles`.
/// With `open_for_a_moment` a pinhole is opened and closed where the device has an IPv6 firewall.
[[nodiscard]] Igd read_device(const Found& found, const Leg& leg, const io::World& world, Deadline deadline,
                              std::optional<MomentaryOpening> open_for_a_moment = {});

}  // namespace ringback::router
