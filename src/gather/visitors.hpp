#pragma once
/// Who knocked and did not get in: of them the packet filter is asked once more.
#include "evidence/evidence.hpp"
#include "probes/filter/filter.hpp"

namespace ringback {

[[nodiscard]] std::vector<filter::Visitor> visitors_kept_out(const inbound::Evidence& inbound);

}  // namespace ringback
