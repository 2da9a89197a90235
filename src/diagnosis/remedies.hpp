#pragma once
/// What to do about a finding, on this very system: written for people who have never seen a firewall rule.
#include "diagnosis/diagnosis.hpp"

namespace ringback::diagnosis {

/// Never empty. `finding.remedies` is ignored.
[[nodiscard]] std::vector<Remedy> remedies_for(const Finding& finding, const Evidence& evidence);

}  // namespace ringback::diagnosis
