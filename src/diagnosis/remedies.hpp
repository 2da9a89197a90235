#pragma once
/// What to do about a finding, on this very system: written for people who have never seen a firewall rule.
#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis {

/// Never empty. `finding.remedies` is ignored.
[[nodiscard]] Remedies remedies_for(const Finding& finding, const System& system);

}  // namespace ringback::diagnosis
