#pragma once
/// What is opened on a router for a moment, because the user allowed it (--allow-mapping), and closed again: also where the program is
/// interrupted meanwhile, and by itself after two minutes where even that fails.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::router {

inline constexpr unsigned trial_lifetime_s = 120;   ///< RFC 6887 §15 lets a server make it longer, never forever

/// PCP MAP of this TCP port over the leg's address, and its deletion. nullopt: there is no time left to close it again.
[[nodiscard]] std::optional<MappingTrial> try_mapping(const Address& gateway, const Leg& leg, Port port, const io::World& world, Deadline deadline);

/// PCP ANNOUNCE to 192.0.0.9, RFC 7723: whoever translates nearest by, be it a carrier.
[[nodiscard]] Exchange ask_anycast(const Leg& leg, const io::World& world, Deadline deadline);

}  // namespace ringback::router
