#pragma once
/// Reads the packet filter of this host and asks of it what it does with a stranger's packet.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::filter {

/// One walk for each service and family, and one for an ICMP echo of each family. Rules that cannot be read, or not by the deadline, are
/// evidence, not an error.
[[nodiscard]] Expected<Evidence> observe(const FilterPlan& plan, const io::World& world, Deadline deadline);

/// Somebody who came, or tried to.
struct Visitor {
  Protocol protocol = Protocol::tcp;
  Address from;
  Endpoint to;                ///< as the packet arrived at this host
  std::string interface;      ///< where; empty: where the leg leads
  bool operator==(const Visitor&) const = default;
};
constexpr std::size_t most_visits = 32;

/// Reads the rules once more and asks of them what they do with these very visitors: a list may have taken one up because of what it just
/// sent. Adds the walks; where the rules cannot be read any more it adds nothing.
void observe_visitors(const FilterPlan& plan, const std::vector<Visitor>& visitors, const io::World& world, Deadline deadline, Evidence& into);

}  // namespace ringback::filter
