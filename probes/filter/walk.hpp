#pragma once
/// The way of one packet through the hooks that it passes on its way to a socket of this host, and that of the answer back out.
#include "probes/filter/evidence.hpp"
#include "probes/filter/match.hpp"

namespace ringback::filter {

/// Pure. A rule whose match cannot be evaluated is followed both ways: the action is `unknown` only where the two ways end differently.
[[nodiscard]] Walk walk(const Ruleset& ruleset, const Packet& packet);

struct BothWays {
  Walk knock;
  std::optional<Walk> answer;  ///< absent where the knock surely does not get in, so that there is none
};
/// The answer is what a program sends that takes the knock: SYN-ACK, a datagram, an echo reply.
[[nodiscard]] BothWays walk_both_ways(const Ruleset& ruleset, const Packet& packet);

}  // namespace ringback::filter
