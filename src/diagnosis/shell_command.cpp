#include "diagnosis/shell_command.hpp"

#include <fmt/args.h>

#include <algorithm>

namespace ringback::diagnosis {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";
constexpr std::size_t longest_operand = 255;

bool holds(std::string_view set, char ch) { return set.find(ch) != std::string_view::npos; }

/// Nothing that a shell reads as more than itself, in any place of a word.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char ch) { return holds(letters, ch) || holds(digits, ch) || holds("_./:,%=@+-", ch); });
}

bool is_operand(std::string_view text) {
  if (text.empty() || text.size() > longest_operand || holds("-+@", text.front())) return false;
  return std::ranges::all_of(text, [](char ch) { return ch >= ' ' && ch <= '~'; });
}

}  // namespace

std::optional<std::string> operand(const std::string& text) {
  if (!is_operand(text)) return std::nullopt;
  // zsh replaces a word that begins with '=' by the path of a program.
  if (is_plain(text) && text.front() != '=') return text;
  std::string quoted = "'";
  for (const auto ch : text) quoted += ch == '\'' ? std::string("'\\''") : std::string(1, ch);
  return quoted + "'";
}

/// nft(8), "LEXICAL CONVENTIONS".
std::optional<std::string> operand(const Identifier& identifier) {
  const auto& text = identifier.text;
  if (!is_operand(text) || !(holds(letters, text.front()) || text.front() == '_')) return std::nullopt;
  const bool fits = std::ranges::all_of(text, [](char ch) { return holds(letters, ch) || holds(digits, ch) || holds("/\\_.-", ch); });
  return fits ? operand(text) : std::nullopt;
}

std::string plain_or(const std::string& text, const char* otherwise) {
  return is_operand(text) && is_plain(text) ? text : std::string(otherwise);
}

void Command::fill(fmt::string_view form, std::initializer_list<std::optional<std::string>> operands) {
  fmt::dynamic_format_arg_store<fmt::format_context> words;
  for (const auto& word : operands) {
    if (!word) return;
    words.push_back(*word);
  }
  text_ = fmt::vformat(form, words);
}

Remedy advise(std::string title, std::vector<std::string> steps, const std::vector<Command>& commands) {
  Remedy result{std::move(title), std::move(steps), {}};
  for (const auto& command : commands)
    if (command.text()) result.commands.push_back(*command.text());
  return result;
}

Remedy advise_by_steps(std::string title, const std::vector<Step>& steps) {
  Remedy result{.title = std::move(title)};
  for (const auto& step : steps) {
    const bool can_be_done = step.commands.empty() || std::ranges::any_of(step.commands, [](const Command& command) { return command.text().has_value(); });
    if (!can_be_done) continue;
    result.steps.push_back(step.words);
    for (const auto& command : step.commands) {
      if (!command.text()) continue;
      result.commands.push_back(*command.text());
      result.command_steps.push_back(result.steps.size());
    }
  }
  return result;
}

void add_step(Remedy& remedy, const Step& step) {
  auto more = advise_by_steps({}, {step});
  for (const auto of : more.command_steps) remedy.command_steps.push_back(remedy.steps.size() + of);
  std::ranges::move(more.steps, std::back_inserter(remedy.steps));
  std::ranges::move(more.commands, std::back_inserter(remedy.commands));
}

void insert_step(Remedy& remedy, std::size_t before, std::string words) {
  remedy.steps.insert(remedy.steps.begin() + static_cast<std::ptrdiff_t>(before), std::move(words));
  for (auto& step : remedy.command_steps)
    if (step > before) ++step;
}

}  // namespace ringback::diagnosis
