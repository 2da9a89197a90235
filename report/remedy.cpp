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

std::string heading_of(const CommandList& list, std::size_t step, const Advice& advice) {
  const bool is_alone = commands_at(step, advice).size() == 1;
  const auto has_lines = [](const std::string& text) { return !step_of(text).lines.empty(); };
  const bool have_commands = std::ranges::any_of(advice.lists, [](const CommandList& one) { return !one.steps.empty(); });
  const bool stands_below_others = step != 0 ? has_lines(advice.steps[step - 1]) : have_commands || std::ranges::any_of(advice.steps, has_lines);
  if (is_alone && !stands_below_others) return "";
  const auto whose = is_alone ? "" : subjects(list.findings);
  return fmt::format("The command{}{}:", list.commands.size() > 1 ? "s" : "", whose.empty() ? "" : " for " + whose);
}

namespace {

constexpr std::size_t to_copy = 10;   // columns before what is copied

void write_commands(std::size_t step, const Advice& advice, Page& page) {
  for (const auto& list : commands_at(step, advice)) {
    if (const auto heading = heading_of(list, step, advice); !heading.empty()) {
      if (step == 0) page.gap();
      page.paragraph(heading, step == 0 ? "     " : "        ");
    }
    for (const auto& command : list.commands) page.command(command, to_copy);
  }
}

}  // namespace

void write_remedies(const std::vector<Advice>& remedies, Page& page) {
  const auto arrow = fmt::format("   {} ", page.symbol("→", "->"));
  bool is_first = true;
  for (const auto& remedy : remedies) {
    page.paragraph(remedy_title(remedy.title, is_first), arrow, Paint::heading);
    is_first = false;
    for (std::size_t i = 0; i < remedy.steps.size(); ++i) {
      const auto step = step_of(remedy.steps[i]);
      page.paragraph(step.words, remedy.steps.size() > 1 ? fmt::format("     {}. ", i + 1) : "     ");
      for (const auto line : step.lines) page.line_to_copy(line, to_copy);
      write_commands(i + 1, remedy, page);
    }
    write_commands(0, remedy, page);
  }
}

void write_remedies(const std::vector<Remedy>& remedies, Page& page) {
  std::vector<Advice> all;
  for (const auto& remedy : remedies) all.push_back(advice_of(remedy));
  write_remedies(all, page);
}

}  // namespace ringback
