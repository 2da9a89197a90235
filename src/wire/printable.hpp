#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace ringback::wire {

/// What a stranger wrote, fit for a report: valid UTF-8 (RFC 3629) without control characters, each wrong byte replaced by "?",
/// at most `limit` bytes and never half a character.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);

}  // namespace ringback::wire
