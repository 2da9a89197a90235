#include "report/remedy.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringback {

Step step_of(std::string_view text) {
  Step step{.words = text.substr(0, text.find('\n')), .lines = {}};
  for (auto at = step.words.size(); at < text.size();) {
    const auto line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    if (!line.empty()) step.lines.push_back(line);
    at += 1 + line.size();
  }
  return step;
}

std::string heading_of(const CommandList& list, const Advice& advice) {
  const bool steps_have_lines = std::ranges::any_of(advice.steps, [](const auto& text) { return !step_of(text).lines.empty(); });
  if (advice.lists.size() == 1 && !steps_have_lines) return "";
  const auto whose = advice.lists.size() > 1 ? subjects(list.findings) : "";
  return fmt::format("The command{}{}:", list.commands.size() > 1 ? "s" : "", whose.empty() ? "" : " for " + whose);
}

void write_remedies(const std::vector<Advice>& remedies, Page& page) {
  constexpr std::size_t to_copy = 10;   // columns before what is copied
  const auto arrow = fmt::format("   {} ", page.symbol("→", "->"));
  bool is_first = true;
  for (const auto& remedy : remedies) {
    page.paragraph(remedy_title(remedy.title, is_first), arrow, Paint::heading);
    is_first = false;
    std::size_t number = 0;
    for (const auto& text : remedy.steps) {
      const auto step = step_of(text);
      page.paragraph(step.words, remedy.steps.size() > 1 ? fmt::format("     {}. ", ++number) : "     ");
      for (const auto line : step.lines) page.line_to_copy(line, to_copy);
    }
    for (const auto& list : remedy.lists) {
      if (const auto heading = heading_of(list, remedy); !heading.empty()) {
        page.gap();
        page.paragraph(heading, "     ");
      }
      for (const auto& command : list.commands) page.command(command, to_copy);
    }
  }
}

void write_remedies(const std::vector<Remedy>& remedies, Page& page) {
  std::vector<Advice> all;
  for (const auto& remedy : remedies) all.push_back(advice_of(remedy));
  write_remedies(all, page);
}

std::string in_one_paragraph(const Problem& note) {
  auto text = note.first().title + (note.first().detail.empty() ? "" : " — " + note.first().detail);
  for (const auto& remedy : note.remedies) {
    text += (text.ends_with('.') ? " " : ". ") + remedy.title + ":";
    for (const auto& step : remedy.steps) text += " " + std::string(step);
    for (const auto& list : remedy.lists) text += fmt::format(" [{}]", fmt::join(list.commands, "; "));
  }
  std::ranges::replace(text, '\n', ' ');
  return text;
}

}  // namespace ringback
