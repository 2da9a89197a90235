#pragma once
/// By what name a shell here finds this program again.
#include <optional>
#include <string>

namespace ringback::cli {

/// "ringback" where it was found by its name alone, or where the search path (PATH) leads to this very file; otherwise the path that it was
/// called by.
[[nodiscard]] std::string called_as(const std::string& argv0, const std::optional<std::string>& search_path);

}  // namespace ringback::cli
