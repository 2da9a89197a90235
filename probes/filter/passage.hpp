#pragma once
/// One base chain, from its first rule to its policy.
#include "probes/filter/match.hpp"

namespace ringback::filter {

enum class End { accept, drop, reject, translate, elsewhere };

struct Place {
  const Chain* chain = nullptr;
  const Rule* rule = nullptr;  ///< nullptr: nowhere
};

/// A way in which a packet may leave a base chain.
struct Exit {
  End end = End::accept;
  const Chain* chain = nullptr;
  const Rule* rule = nullptr;  ///< nullptr: the policy
  std::string with;            ///< of reject
  Translation translation;
  Place sender_rule;           ///< the innermost rule on the way here that looks at the sender's address
  bool picked_some_pass = false;  ///< that rule led here, and some of those whom it leads here get through
};

struct Passage {
  std::vector<Exit> exits;           ///< all that are possible; the last one holds where no unclear rule decides otherwise
  std::vector<std::string> unclear;  ///< the rules that could not be evaluated and may decide
  Place limit;                       ///< the first rule that decides by a limit
  Place led_nowhere;                 ///< the last rule for this port that leads into a chain without a verdict for the packet
  bool complete = true;              ///< false: too many rules to follow
};

/// Follows every jump; `journey` is what earlier chains left, and is changed by the rules on the way.
[[nodiscard]] Passage pass(const Table& table, const Chain& base, const Packet& packet, Journey& journey);

}  // namespace ringback::filter
