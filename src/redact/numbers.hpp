#pragma once
/// Digits and the signs between them, of which addresses of whatever notation are made; and what stands in place of what has no mask.
#include <algorithm>
#include <string_view>

#include "redact/characters.hpp"

namespace ringback::redaction {

inline constexpr std::string_view gap = "…";
inline constexpr std::string_view joining = ".:-_";

constexpr bool holds(std::string_view signs, char c) { return signs.find(c) != std::string_view::npos; }

/// Digits of whatever notation, and the signs between them: an address may stand in the middle of anything.
[[nodiscard]] constexpr std::string_view numbers_at(std::string_view text, std::size_t most = 256) {
  std::size_t length = 0;
  while (length < std::min(text.size(), most) && (is_hexadecimal(text[length]) || holds(joining, text[length]))) ++length;
  return text.substr(0, length);
}

}  // namespace ringback::redaction
