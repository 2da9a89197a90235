/// Which pages a reader means, and what he may have meant.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "report/explain.hpp"

namespace ringback {
namespace {

constexpr std::size_t most_suggested = 3;
constexpr std::size_t longest_code = 80;   // longer is no slip of the finger, and comparing it is no use

/// As codes are written: small letters, and hyphens.
std::string as_code(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '_' || c == ' ' ? '-' : c;
  });
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// How many letters have to be put in, taken out or changed (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto change = diagonal + (a[i] == b[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// By the whole code or by the part behind its dot, which is what people remember; a part of it is nearer than any slip.
std::size_t farness(const std::string& asked, std::string_view code) {
  const auto dot = code.find('.');
  const auto behind = dot == std::string_view::npos ? code : code.substr(dot + 1);
  if (asked == behind) return 0;
  if (asked.size() >= 3 && code.find(asked) != std::string_view::npos) return 1;
  const auto asked_dot = asked.find('.');
  const auto asked_behind = asked_dot == std::string::npos ? asked : asked.substr(asked_dot + 1);
  return 1 + std::min(distance(asked, code), distance(asked_behind, behind) + (asked_dot == std::string::npos ? 0U : 1U));
}

std::vector<std::string> nearest(const std::string& asked) {
  std::vector<std::pair<std::size_t, std::string>> all;
  for (const auto& code : diagnosis::codes()) all.emplace_back(farness(asked, code.code), code.code);
  for (const auto& group : diagnosis::groups()) all.emplace_back(1 + distance(asked, group.name), group.name);
  const auto far = 1 + std::max<std::size_t>(2, asked.size() / 3);
  std::erase_if(all, [&](const auto& one) { return one.first > far; });
  std::ranges::stable_sort(all, {}, [](const auto& one) { return one.first; });
  std::vector<std::string> result;
  for (const auto& [score, name] : all)
    if (result.size() < most_suggested && score <= all.front().first + 1) result.push_back(name);
  return result;
}

std::string no_such_code(const std::string& asked) {
  const auto what = fmt::format("\"{}\" is no code", asked.substr(0, 40));
  const auto near = asked.size() > longest_code ? std::vector<std::string>() : nearest(as_code(asked));
  return near.empty() ? what : fmt::format("{}; did you mean {}?", what, fmt::join(near, " or "));
}

}  // namespace

Expected<std::vector<ChosenPage>> choose_pages(const std::vector<std::string>& asked) {
  std::vector<ChosenPage> chosen;
  const auto take = [&](const diagnosis::Explanation& page, bool whole) {
    const auto known = std::ranges::find(chosen, page.code, [](const ChosenPage& one) { return one.page.code; });
    if (known == chosen.end())
      chosen.push_back({diagnosis::find_code(page.code), page, whole});
    else
      known->whole = known->whole || whole;
  };
  const auto pages = diagnosis::explanations();
  std::string unknown;
  for (const auto& text : asked) {
    const auto name = as_code(text);
    bool found = false;
    for (const auto& page : pages) {
      const bool itself = page.code == name;
      if (!itself && diagnosis::group_of(page.code) != name) continue;
      take(page, itself);
      found = true;
    }
    if (!found) unknown += (unknown.empty() ? "" : unknown.ends_with('?') ? " " : "; ") + no_such_code(text);
  }
  if (!unknown.empty()) return failure(Errc::invalid_input, unknown);
  if (asked.empty())
    for (const auto& page : pages) take(page, false);
  return chosen;
}

}  // namespace ringback
