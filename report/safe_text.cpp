#include "report/safe_text.hpp"

#include <algorithm>
#include <array>

#include "net/address.hpp"

namespace ringback {
namespace {

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t value, const Range& r) { return value < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

// What acts on the reader instead of being read: controls, bidi controls (Unicode UAX #9), zero-width and filler characters, line
// separators, interlinear marks, private use, noncharacters, tags.
constexpr std::array kHarmful{Range{0x00, 0x1F},       Range{0x7F, 0x9F},       Range{0xAD, 0xAD},       Range{0x34F, 0x34F},
                              Range{0x61C, 0x61C},     Range{0x115F, 0x1160},   Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},
                              Range{0x200B, 0x200F},   Range{0x2028, 0x202E},   Range{0x2060, 0x206F},   Range{0x3164, 0x3164},
                              Range{0xD800, 0xDFFF},   Range{0xE000, 0xF8FF},   Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},
                              Range{0xFFA0, 0xFFA0},   Range{0xFFF0, 0xFFFC},   Range{0xFFFE, 0xFFFF},   Range{0x1D173, 0x1D17A},
                              Range{0x1FFFE, 0x1FFFF}, Range{0xE0000, 0x10FFFF}};

// Unicode general category Mn and Me, by blocks that hold little else.
constexpr std::array kCombining{Range{0x300, 0x36F},   Range{0x483, 0x489},   Range{0x591, 0x5BD},   Range{0x610, 0x61A},
                                Range{0x64B, 0x65F},   Range{0x6D6, 0x6DC},   Range{0x93A, 0x93A},   Range{0x93C, 0x93C},
                                Range{0x941, 0x948},   Range{0xE31, 0xE31},   Range{0xE34, 0xE3A},   Range{0xE47, 0xE4E},
                                Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x20D0, 0x20FF}, Range{0xFE20, 0xFE2F}};

// Unicode East Asian Width W and F (UAX #11), and emoji that terminals draw wide.
constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},   Range{0x2614, 0x2615},
                           Range{0x2648, 0x2653},   Range{0x26A1, 0x26A1},   Range{0x2705, 0x2705},   Range{0x274C, 0x274C},
                           Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},
                           Range{0xA000, 0xA4CF},   Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
                           Range{0xFE30, 0xFE6F},   Range{0xFF01, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F004, 0x1F004},
                           Range{0x1F0CF, 0x1F0CF}, Range{0x1F18E, 0x1F19A}, Range{0x1F1E6, 0x1F202}, Range{0x1F210, 0x1F265},
                           Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x1FA70, 0x1FAFF},
                           Range{0x20000, 0x3FFFD}};

constexpr char32_t kReplacement = 0xFFFD;
constexpr unsigned kMostMarks = 3;  // combining marks on one character; more are a tower over the lines above

std::string_view in_ascii(char32_t c) {
  switch (c) {
    case 0xA0: return " ";
    case 0xA7: return "section ";
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2212: return "-";
    case 0x2018: case 0x2019: return "'";
    case 0x201C: case 0x201D: return "\"";
    case 0x2022: case 0xB7: return "*";
    case 0x2026: return "...";
    case 0x2190: return "<-";
    case 0x2192: return "->";
    default: return "?";
  }
}

}  // namespace

std::u32string decode_utf8(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
    char32_t c = length == 1 ? lead : length == 0 ? kReplacement : lead & (0x7FU >> length);
    bool good = length != 0 && i + length <= text.size();
    for (std::size_t k = 1; good && k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      good = (next & 0xC0U) == 0x80;
      c = (c << 6U) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && c < 0x800) || (length == 4 && c < 0x10000) || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF);
    out.push_back(good && !overlong ? c : kReplacement);
    i += good && !overlong ? length : 1;
  }
  return out;
}

void append_utf8(std::string& to, char32_t c) {
  const auto put = [&](char32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6U)), put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12U)), put(0x80 | ((c >> 6U) & 0x3F)), put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18U)), put(0x80 | ((c >> 12U) & 0x3F)), put(0x80 | ((c >> 6U) & 0x3F)), put(0x80 | (c & 0x3F));
  }
}

std::string encode_utf8(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) append_utf8(out, c);
  return out;
}

std::string safe_text(std::string_view text, const SafeText& how) {
  std::string out;
  const bool cut = text.size() / 4 > how.longest;  // at least `longest` characters: no need to look at the rest
  const auto decoded = decode_utf8(cut ? text.substr(0, 4 * how.longest + 4) : text);
  std::size_t count = 0;
  unsigned marks = 0;
  for (char32_t c : decoded) {
    if (count++ == how.longest) return out + (how.unicode ? "…" : "...");
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    marks = in(kCombining, c) ? marks + 1 : 0;
    if (in(kHarmful, c) || marks > kMostMarks) c = kReplacement;
    if (c < 0x80 || how.unicode)
      append_utf8(out, c);
    else
      out += in_ascii(c);
  }
  return out;
}

unsigned display_width(char32_t c) {
  if (c < 0x300) return 1;
  if (in(kCombining, c)) return 0;
  return in(kWide, c) ? 2 : 1;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const char32_t c : decode_utf8(text)) width += display_width(c);
  return width;
}

namespace {

/// An address with what may stand around it: brackets and a port, a prefix length, a zone, punctuation.
bool is_address(std::u32string_view word) {
  constexpr std::size_t longest = 80;
  if (word.size() > longest || !std::all_of(word.begin(), word.end(), [](char32_t c) { return c > ' ' && c < 0x7F; })) return false;
  std::string text(word.begin(), word.end());
  text.erase(0, std::min(text.find_first_not_of("([\"'"), text.size()));
  text.resize(std::min(text.find_first_of("]/%)\"';,"), text.size()));
  const bool stop = text.ends_with('.') || text.ends_with(':');   // a full stop, a colon; "::" may be the address's own
  return Address::parse(text) || (stop && Address::parse(std::string_view(text).substr(0, text.size() - 1)));
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  columns = std::max<std::size_t>(columns, 2);  // a wide character must fit
  std::vector<std::string> lines;
  std::string line;
  std::size_t line_width = 0;
  const auto end_line = [&] {
    lines.push_back(std::move(line));
    line.clear();
    line_width = 0;
  };
  std::u32string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    std::size_t word_width = 0;
    for (const char32_t c : word) word_width += display_width(c);
    if (line_width != 0 && line_width + 1 + word_width > columns) end_line();
    if (line_width != 0) line += ' ', ++line_width;
    const bool whole = word_width > columns && is_address(word);   // half of one cannot be copied
    for (const char32_t c : word) {
      if (!whole && line_width + display_width(c) > columns) end_line();
      append_utf8(line, c);
      line_width += display_width(c);
    }
    word.clear();
  };
  for (const char32_t c : decode_utf8(text)) {
    if (c == ' ')
      end_word();
    else
      word.push_back(c);
  }
  end_word();
  if (!line.empty() || lines.empty()) end_line();
  return lines;
}

}  // namespace ringback
