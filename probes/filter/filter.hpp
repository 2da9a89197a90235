#pragma once
/// Reads the packet filter of this host and asks of it what it does with a stranger's packet.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::filter {

/// One walk for each service and family, and one for an ICMP echo of each family. Rules that cannot be read, or not by the deadline, are
/// evidence, not an error.
[[nodiscard]] Expected<Evidence> observe(const FilterPlan& plan, const io::World& world, Deadline deadline);

}  // namespace ringback::filter
