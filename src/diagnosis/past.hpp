#pragma once
/// What earlier checks saw, where it explains what this one found.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

/// Adds sentences to findings, and where they come from. What is true today is never judged by what was true once.
void tell_of_the_past(const Case& c, const std::vector<ServiceVerdict>& services, std::vector<Finding>& findings);

}  // namespace ringback::diagnosis
