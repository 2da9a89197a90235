#pragma once
/// Lines for a terminal. The only door to it: everything that goes onto a page is made harmless here, and nothing else writes
/// escape codes.
#include <string>
#include <string_view>
#include <vector>

#include "report/style.hpp"

namespace ringback {

enum class Paint { plain, heading, good, bad, doubtful, faint };

struct Cell {
  std::string text;
  Paint paint = Paint::plain;
};

class Page {
 public:
  explicit Page(const TextStyle& style);

  /// One empty line; several in a row, and one at the top, are not written.
  void gap();
  /// Wrapped. The first line begins with `first`, all others with as many spaces.
  void paragraph(std::string_view text, std::string_view first = "", Paint paint = Paint::plain);
  /// One line whatever its length, so that it can be copied; `command` names the program as this reader calls it.
  void line_to_copy(std::string_view text, std::size_t indent);
  void command(std::string_view text, std::size_t indent);
  /// One line of differently painted parts, not wrapped.
  void cells(const std::vector<Cell>& line);

  [[nodiscard]] const TextStyle& style() const { return style_; }
  /// `unicode` where the reader's locale has it.
  [[nodiscard]] std::string_view symbol(std::string_view unicode, std::string_view ascii) const { return style_.unicode ? unicode : ascii; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] std::string safe(std::string_view text) const;
  void write(std::string_view harmless, Paint paint);
  void end_line();

  TextStyle style_;
  std::string text_;
};

}  // namespace ringback
