#include "report/said_once.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace ringback {
namespace {

bool is_capital(char ch) { return ch >= 'A' && ch <= 'Z'; }

/// Behind the last whole sentence that both begin with. A sentence ends with a stop, and the next one begins with a capital: rules of a
/// packet filter have stops in them as well.
std::size_t behind_common_sentences(std::string_view one, std::string_view other) {
  const auto same = static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
  if (same == other.size() && same < one.size() && one[same] == ' ') return same + 1;   // the other is the beginning of the one
  std::size_t behind = 0;
  for (std::size_t at = one.find(". "); at != std::string_view::npos && at + 2 < one.size() && at + 2 <= same; at = one.find(". ", at + 1))
    if (is_capital(one[at + 2])) behind = at + 2;
  return behind;
}

/// Neither in a word nor in a number: "10.0.0.1" is no beginning of "10.0.0.10", and "10.0.0" none of "10.0.0.1".
bool ends_a_word(std::string_view text, std::size_t at) {
  const auto is_of_word = [&](std::size_t i) {
    return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || static_cast<unsigned char>(text[i]) >= 0x80);
  };
  const bool joins = at < text.size() && (text[at] == '.' || text[at] == ':');
  return !is_of_word(at) && !(joins && is_of_word(at + 1));
}

}  // namespace

std::vector<std::string> said_once(const Problem& problem) {
  std::vector<std::string> result;
  const std::string* last = nullptr;
  for (const auto* one : problem.findings) {
    const auto& detail = one->detail;
    if (one->code != problem.first().code) {   // another fault that is mended by the same steps
      result.push_back(fmt::format("And: {}{}{}", one->title, detail.empty() ? "" : " — ", detail));
      continue;
    }
    const auto without_stop = std::string_view(detail).substr(0, detail.size() - (detail.ends_with('.') ? 1 : 0));
    const bool is_said = last && last->starts_with(without_stop) && ends_a_word(*last, without_stop.size());   // what was said before may go on: "…, so visitors find nobody."
    if (!detail.empty() && !is_said) result.push_back(detail.substr(last ? behind_common_sentences(detail, *last) : 0));
    last = &detail;
  }
  return result;
}

}  // namespace ringback
