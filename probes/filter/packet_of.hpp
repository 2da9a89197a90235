#pragma once
/// The imagined packet of a stranger, with what this host knows about its ways.
#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/filter/match.hpp"

namespace ringback::filter {

/// What is the same for every packet of one leg.
[[nodiscard]] Packet packet_of(const Leg& leg, io::Network& network, Deadline deadline);

/// By which interface the kernel would send the answer; empty: not known.
[[nodiscard]] std::string way_back(const Packet& packet, io::Network& network);

}  // namespace ringback::filter
