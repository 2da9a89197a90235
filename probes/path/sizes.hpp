#pragma once
/// Which packet sizes pass without fragments, from STUN requests that are filled up: a server answers a long request with a short answer,
/// so the answer tells of the way out alone (RFC 8899 §4: padding a request of the protocol is a probe packet); and where it is asked to
/// with PADDING, with one of the request's size (RFC 5780 §7.6), which tells of the way in where that size is known to get out.
#include <vector>

#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/path/evidence.hpp"

namespace ringback::path {

enum class Direction { out, in };

/// Two sizes towards up to three servers of the leg's family: one that every line carries, and the interface's own, 1500 bytes at
/// most. Where the small one is answered and the large one never, and nobody says "too big", the sizes between them follow, so that
/// the largest that passes is known; on the way out both also with small hop limits, so that it shows whether hops see what the server does
/// not get. Done with the first answer to a full-size request; about a second and a half where none comes, and for the way in after half a
/// second where no server fills its answers up. Servers without a port are left out. Nothing that was learned is an empty list.
std::vector<SizeTrial> measure_sizes(Direction direction, const Leg& leg, const std::vector<Endpoint>& servers, const io::World& world,
                                     Deadline deadline);

}  // namespace ringback::path
