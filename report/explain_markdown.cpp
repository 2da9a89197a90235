#include <fmt/format.h>

#include "report/as_called.hpp"
#include "report/explain.hpp"
#include "report/markdown.hpp"
#include "report/safe_text.hpp"

namespace ringback {
namespace {

/// Codes are written here and not by strangers.
std::string marked(std::string_view code) { return fmt::format("`{}`", code); }

std::string part_in_markdown(const PagePart& part, const std::string& program) {
  std::string out = fmt::format("\n#### {}\n\n", part.title);
  if (part.layout == PageLayout::commands) {
    std::string lines;
    for (const auto& item : part.items) lines += safe_text(as_called(item.text, program)) + "\n";
    return out + code_block(lines, "sh");
  }
  std::size_t number = 0;
  for (const auto& item : part.items) {
    const bool in_list = part.layout == PageLayout::list && !item.label.empty();
    if (!in_list && part.layout != PageLayout::steps && number > 0) out += "\n";
    ++number;
    const bool is_code = item.label.find('.') != std::string::npos && diagnosis::find_code(item.label);
    const auto label = is_code ? marked(item.label) : "**" + escape_markdown(item.label) + "**";
    if (part.layout == PageLayout::steps) out += fmt::format("{}. ", number);
    if (in_list) out += "- " + label + ": ";
    out += escape_markdown(item.text) + "\n";
    if (part.layout == PageLayout::list && !in_list) out += "\n";
  }
  return out;
}

}  // namespace

std::string pages_to_markdown(const std::vector<ChosenPage>& pages, const std::string& program) {
  std::string out = "# Finding codes\n";
  for (const auto& group : diagnosis::groups()) {
    bool begun = false;
    for (const auto& chosen : pages) {
      if (diagnosis::group_of(chosen.code->code) != group.name) continue;
      if (!begun) out += fmt::format("\n## {}: {}\n", group.name, escape_markdown(group.title));
      begun = true;
      out += fmt::format("\n### {}: {}\n\n({})\n", marked(chosen.code->code), escape_markdown(chosen.code->title),
                         escape_markdown(usual_severity(chosen.code->severity)));
      for (const auto& part : parts_of(chosen)) out += part_in_markdown(part, program);
    }
  }
  return out;
}

}  // namespace ringback
