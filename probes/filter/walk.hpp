#pragma once
/// The way of one packet through the hooks that it passes on its way to a socket of this host.
#include "probes/filter/evidence.hpp"
#include "probes/filter/match.hpp"

namespace ringback::filter {

/// Pure. A rule whose match cannot be evaluated is followed both ways: the action is `unknown` only where the two ways end differently.
[[nodiscard]] Walk walk(const Ruleset& ruleset, const Packet& packet);

}  // namespace ringback::filter
