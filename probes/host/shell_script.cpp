#include "probes/host/shell_script.hpp"

#include <algorithm>

#include "probes/host/text.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_lines = 512;
constexpr std::size_t longest_line = 4096;
constexpr std::size_t longest_variable = 32;
constexpr unsigned deepest = 3;   // of variables that are set to others

bool is_word(char ch) { return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_'; }
bool ends_value(char ch) { return std::string_view("& \t\"'`;|)>\r").find(ch) != std::string_view::npos; }

/// The value, where the line begins with "NAME=value".
std::optional<std::string> value_in(std::string_view line, std::string_view name) {
  if (line.starts_with("export ")) line.remove_prefix(7);
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != '=') return std::nullopt;
  line.remove_prefix(name.size() + 1);
  if (!line.empty() && (line.front() == '"' || line.front() == '\'')) line.remove_prefix(1);
  return std::string(line.substr(0, line.find_first_of(" \t\"';\r")));
}

std::string plain_variable(std::string_view name) {
  const bool digit_first = !name.empty() && name.front() >= '0' && name.front() <= '9';
  return digit_first || name.size() > longest_variable ? std::string() : std::string(name);
}

}  // namespace

ShellScript::ShellScript(std::string_view text, const std::vector<std::string>& arguments) : lines_(host::lines(text)), arguments_(arguments) {
  if (lines_.size() > most_lines) lines_.resize(most_lines);
  for (auto& line : lines_)
    if (trimmed(line).starts_with('#') || line.size() > longest_line) line = {};
}

bool ShellScript::mentions(std::string_view word) const {
  return std::ranges::any_of(lines_, [&](std::string_view line) { return line.find(word) != std::string_view::npos; });
}

/// The first "NAME=value" that begins a line or an argument.
std::string ShellScript::variable(std::string_view name) const {
  for (const auto& argument : arguments_)
    if (auto value = value_in(argument, name)) return *value;
  for (const auto& line : lines_)
    if (auto value = value_in(trimmed(line), name)) return *value;
  return {};
}

std::string ShellScript::resolved(const std::string& word, unsigned depth) const {
  if (!word.starts_with('$')) return word;
  const auto name = variable_named_by(word);
  if (name.empty() || depth > deepest) return {};
  const auto index = number(name);
  if (!index) return resolved(variable(name), depth + 1);
  auto left = *index;
  for (const auto& argument : arguments_)
    if (argument.find('=') == std::string::npos && --left == 0) return argument;
  return {};
}

std::optional<std::string> url_parameter(std::string_view line, std::string_view key) {
  for (std::size_t at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
    const auto after = at + key.size();
    const bool begins = at == 0 || std::string_view("?& \"'").find(line[at - 1]) != std::string_view::npos;
    if (!begins || after >= line.size() || line[after] != '=') continue;
    auto end = after + 1;
    if (end < line.size() && line[end] == '`') ++end;   // a command follows, as after "$("
    while (end < line.size() && !ends_value(line[end])) ++end;
    return std::string(line.substr(after + 1, end - after - 1));
  }
  return std::nullopt;
}

std::vector<FilledVariable> variables_filled_in(std::string_view line) {
  std::vector<FilledVariable> filled;
  for (auto at = line.find('='); at != std::string_view::npos; at = line.find('=', at + 1)) {
    auto command = line.substr(at + 1);
    if (command.starts_with('"')) command.remove_prefix(1);
    const bool brackets = command.starts_with("$(");
    if (!brackets && !command.starts_with('`')) continue;
    command.remove_prefix(brackets ? 2 : 1);
    auto begin = at;
    while (begin > 0 && is_word(line[begin - 1])) --begin;
    filled.push_back({plain_variable(line.substr(begin, at - begin)), command.substr(0, command.find(brackets ? ')' : '`'))});
  }
  return filled;
}

std::string variable_named_by(std::string_view word) {
  if (!word.starts_with('$')) return {};
  word.remove_prefix(word.starts_with("${") ? 2 : 1);
  std::size_t end = 0;
  while (end < word.size() && is_word(word[end])) ++end;
  return end > longest_variable ? std::string() : std::string(word.substr(0, end));   // "$1" as well
}

}  // namespace ringback::host
