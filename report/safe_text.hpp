#pragma once
/// Text from the network, made harmless for a terminal and a page, and how wide it is there.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringback {

struct SafeText {
  bool unicode = true;         ///< false: ASCII alone; typographic characters by their nearest, others as "?"
  std::size_t longest = 2000;  ///< characters; a longer text is cut and ends in "…"
};

/// Control characters, escape sequences, bidi controls, invisible characters and broken UTF-8 become U+FFFD ("?" in ASCII);
/// line ends and tabs become one space.
[[nodiscard]] std::string safe_text(std::string_view text, const SafeText& how = {});

/// UTF-8 to code points; broken bytes are U+FFFD each.
[[nodiscard]] std::u32string decode_utf8(std::string_view text);
void append_utf8(std::string& to, char32_t c);
[[nodiscard]] std::string encode_utf8(std::u32string_view text);

/// Columns on a terminal: 0 for combining marks, 2 for East Asian wide characters and emoji, otherwise 1.
[[nodiscard]] unsigned display_width(char32_t c);
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Breaks at spaces into lines of at most `columns`. A word that is longer is broken, unless it is an address, with what may stand around it ("[…]:443"):
/// half of one cannot be copied, so it stands whole, alone on a line that is wider then. At least one line.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t columns);

}  // namespace ringback
