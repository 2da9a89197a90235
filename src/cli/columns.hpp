#pragma once
/// How wide the reader's page is.
#include <optional>
#include <string>

namespace ringback::cli {

/// What the environment says (COLUMNS; IEEE 1003.1 §8.3), where that is a sensible number; otherwise the terminal's; otherwise 80.
[[nodiscard]] unsigned columns(const std::optional<std::string>& environment, std::optional<unsigned> of_terminal);

}  // namespace ringback::cli
