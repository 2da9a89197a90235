#pragma once
/// Below the problems: what comes after a change, and where to read on.
#include <optional>
#include <string>
#include <vector>

#include "report/summary.hpp"

namespace ringback {

inline constexpr std::string_view kAfterAChange = "After a change, run ringback again: it shows whether that was all.";
inline constexpr std::string_view kReadOn = "What that means, and how it was told apart from what looks alike, is shown by:";

/// "ringback explain CODE …", of the first codes that have a page there: what a stranger's report calls one is not copied into a command.
[[nodiscard]] std::optional<std::string> explain_command(const std::vector<Problem>& problems);

}  // namespace ringback
