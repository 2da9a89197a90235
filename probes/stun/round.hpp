#pragma once
/// Several Binding requests at once, each repeated until its answer comes or silence is sure.
#include <deque>

#include "io/network.hpp"
#include "wire/stun.hpp"

namespace ringback::stun {

struct Ask {
  std::size_t socket = 0;                                  ///< place among the sockets of the round
  Endpoint to;
  std::optional<wire::stun::ChangeRequest> change;         ///< answer from elsewhere (RFC 5780 §7.2)
  Endpoint from;                                           ///< whose answer counts
  // What came of it:
  std::optional<Endpoint> mapped;
  std::optional<Endpoint> other;                           ///< OTHER-ADDRESS
  std::optional<microseconds> round_trip;
};

/// Each request is sent at most three times. Returns when all are answered, or three round trips of those that are after the last sending,
/// at most 0.6 s after the beginning.
void ask_all(std::span<const std::unique_ptr<io::UdpSocket>> sockets, std::vector<Ask>& asks, const io::World& world, Deadline deadline);

}  // namespace ringback::stun
