#include "report/page.hpp"

#include <algorithm>

#include "report/as_called.hpp"
#include "report/safe_text.hpp"

namespace ringback {
namespace {

std::string_view sgr(Paint paint) {
  switch (paint) {
    case Paint::heading: return "\x1b[1m";
    case Paint::good: return "\x1b[1;32m";
    case Paint::bad: return "\x1b[1;31m";
    case Paint::doubtful: return "\x1b[1;33m";
    case Paint::faint: return "\x1b[2m";
    case Paint::plain: break;
  }
  return "";
}

}  // namespace

Page::Page(const TextStyle& style) : style_(style) { style_.columns = std::max(style_.columns, 40U); }

void Page::gap() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
}

void Page::paragraph(std::string_view text, std::string_view first, Paint paint) {
  const std::string start = safe(first);
  const std::size_t indent = display_width(start);
  const std::size_t room = style_.columns > indent + 10 ? style_.columns - indent : 10;
  bool is_first = true;
  for (const auto& line : wrap(safe(text), room)) {
    // An address that is wider than the room beside the margin stands in the margin, whole, and below what stands there.
    const auto width = display_width(line);
    const bool below = is_first && width > room && !start.empty();
    if (below) {
      write(start, Paint::plain);
      end_line();
    }
    const std::size_t margin = std::min(indent, style_.columns > width ? style_.columns - width : 0);
    write(is_first && !below ? start : std::string(margin, ' '), Paint::plain);
    write(line, paint);
    end_line();
    is_first = false;
  }
}

void Page::line_to_copy(std::string_view text, std::size_t indent) {
  text_.append(indent, ' ');
  write(safe(text), Paint::plain);
  end_line();
}

void Page::command(std::string_view text, std::size_t indent) { line_to_copy(as_called(text, style_.program), indent); }

void Page::cells(const std::vector<Cell>& line) {
  for (const auto& cell : line) write(safe(cell.text), cell.paint);
  end_line();
}

std::string Page::safe(std::string_view text) const { return safe_text(text, {.unicode = style_.unicode}); }

void Page::write(std::string_view harmless, Paint paint) {
  const bool painted = style_.color && paint != Paint::plain && !harmless.empty();
  if (painted) text_ += sgr(paint);
  text_ += harmless;
  if (painted) text_ += "\x1b[0m";
}

void Page::end_line() {
  while (text_.ends_with(' ')) text_.pop_back();
  text_ += '\n';
}

}  // namespace ringback
