#include <fmt/format.h>

#include <algorithm>

#include "report/as_called.hpp"
#include "report/explain.hpp"
#include "report/page.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

constexpr unsigned wide_enough_for_columns = 72;

Paint colour_of(Severity severity) {
  return severity == Severity::error ? Paint::bad : severity == Severity::warning ? Paint::doubtful : Paint::heading;
}

void list_code(const diagnosis::Code& code, Page& page) {
  const auto title = std::string(code.title);
  if (page.style().columns >= wide_enough_for_columns) {
    page.paragraph(title, fmt::format("  {:<27} {:<8} ", code.code, words(code.severity)));
    return;
  }
  page.cells({{"  "}, {std::string(code.code), Paint::heading}, {"  "}, {std::string(words(code.severity)), colour_of(code.severity)}});
  page.paragraph(title, "    ");
}

void list_group(const diagnosis::Group& group, const std::vector<const diagnosis::Code*>& codes, Page& page) {
  if (codes.empty()) return;
  page.gap();
  page.paragraph(fmt::format("{}: {}", group.name, group.title), "", Paint::heading);
  for (const auto* code : codes) list_code(*code, page);
}

void write_part(const PagePart& part, Page& page) {
  page.gap();
  page.paragraph(part.title, "", Paint::heading);
  std::size_t number = 0;
  for (const auto& item : part.items) {
    if (part.layout == PageLayout::commands) {
      page.command(item.text, 4);
      continue;
    }
    const bool after_paragraph = number > 0 && part.items[number - 1].label.empty() && part.layout != PageLayout::steps;
    if (after_paragraph) page.gap();
    ++number;
    const auto text = item.label.empty() ? item.text : fmt::format("{}: {}", item.label, item.text);
    page.paragraph(text, part.layout == PageLayout::steps ? fmt::format("  {}. ", number) : !item.label.empty() ? "  - " : "  ");
  }
}

void write_page(const ChosenPage& chosen, Page& page) {
  page.gap();
  page.paragraph(fmt::format("{}: {}", chosen.code->code, chosen.code->title), "", colour_of(chosen.code->severity));
  page.paragraph(fmt::format("({})", usual_severity(chosen.code->severity)), "", Paint::faint);
  for (const auto& part : parts_of(chosen)) write_part(part, page);
}

}  // namespace

std::string pages_to_text(const std::vector<ChosenPage>& pages, const TextStyle& style) {
  Page page(style);
  const auto is_whole = [&](const ChosenPage& chosen) { return chosen.whole || style.verbose; };
  for (const auto& group : diagnosis::groups()) {
    std::vector<const diagnosis::Code*> codes;
    for (const auto& chosen : pages)
      if (!is_whole(chosen) && diagnosis::group_of(chosen.code->code) == group.name) codes.push_back(chosen.code);
    list_group(group, codes, page);
  }
  if (!std::ranges::all_of(pages, is_whole)) {
    page.gap();
    page.paragraph("All about one of them:");
    page.command("ringback explain CODE", 4);
  }
  for (const auto& chosen : pages)
    if (is_whole(chosen)) write_page(chosen, page);
  return page.text();
}

}  // namespace ringback
