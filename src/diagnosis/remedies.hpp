#pragma once
/// What to do about a finding, on this very system: written for people who have never seen a firewall rule.
#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis {

/// Never empty. `finding.remedies` is ignored.
[[nodiscard]] Remedies remedies_for(const Finding& finding, const System& system);

/// What closes the services of these findings (exposure.unexpected-service) to strangers, all at once. Absent: nobody knows a command for it.
[[nodiscard]] std::optional<Remedy> close_all(const std::vector<Finding>& open, const System& system);

/// Of services that nobody named: that strangers cannot reach them may be just right, and the advice says so first.
void only_if_wanted(std::vector<Finding>& findings);

}  // namespace ringback::diagnosis
