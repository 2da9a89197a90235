#include "wire/printable.hpp"

#include <cstdint>

namespace ringback::wire {
namespace {

/// Length of the well-formed character at the front (RFC 3629 §4), or 0. The C0 and C1 controls and DEL are not well-formed here.
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first >= 0x20 && first < 0x7F) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF ? 2 : (first & 0xF0) == 0xE0 ? 3 : first >= 0xF0 && first <= 0xF4 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const std::uint8_t second = byte(1);
  if (first == 0xC2 && second < 0xA0) return 0;                                          // C1 controls
  if ((first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90)) return 0;    // longer than needed
  if ((first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90)) return 0;  // surrogates, beyond U+10FFFF
  return length;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string result;
  while (!text.empty()) {
    const auto length = character(text);
    const auto piece = length == 0 ? std::string_view("?") : text.substr(0, length);
    if (result.size() + piece.size() > limit) break;
    result += piece;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

}  // namespace ringback::wire
