#pragma once
/// Full-size packets that get lost without a word (RFC 2923 §2.1), and what that does to connections.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

struct BlackHole {
  bool inward = false;      ///< on the way in, where larger ones get out; otherwise on the way out
  unsigned passing = 0;     ///< bytes of the largest packet that got through
  unsigned vanishing = 0;   ///< of the smallest larger one that never did
  bool one_server = false;  ///< one server's word alone: its own line may be the narrow one
  bool seen_at_hops = false;  ///< hops beyond it answer small packets and no large ones; otherwise it is the servers' word alone
  Pointers evidence;
};

/// Two servers that answer small packets and never a large one, with nobody saying "too big". One alone may dislike large requests; so may
/// both, where the last hop that can be heard gets the large ones as well.
/// Where the way out is whole, the way in is looked at the same way; there one server's silence is told as well, because few can be asked.
[[nodiscard]] std::optional<BlackHole> black_hole(const Evidence& evidence, Family family);

/// Of the services that can be reached: a router that lowers the segment size of passing connections (MSS clamping) saves them.
[[nodiscard]] Findings mtu_findings(const Case& c, const std::vector<ServiceVerdict>& services);

}  // namespace ringback::diagnosis
