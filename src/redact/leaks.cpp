#include "redact/leaks.hpp"

#include "redact/characters.hpp"

namespace ringback::redaction {
namespace {

/// Of addresses and names, and what joins their parts.
bool belongs_to_value(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == ':' || c == '-'; }

/// Itself, without a port, or the name that it is below.
bool stands_in(const std::set<std::string, std::less<>>& values, std::string_view word) {   // in small letters, as the values are
  while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);   // of the sentence
  if (values.contains(word)) return true;
  if (const auto colon = word.rfind(':'); colon != std::string_view::npos && values.contains(word.substr(0, colon))) return true;
  for (auto dot = word.find('.'); dot != std::string_view::npos; dot = word.find('.', dot + 1))
    if (values.contains(word.substr(dot + 1))) return true;
  return false;
}

}  // namespace

std::optional<std::size_t> first_of(const std::set<std::string, std::less<>>& values, std::string_view text) {
  if (values.empty()) return std::nullopt;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && belongs_to_value(text[end])) ++end;
    constexpr std::size_t longest = 300;   // a domain name has 253 characters; what is longer is no value
    const auto word = text.substr(at, end - at);
    if (word.size() > 3 && word.size() < longest && stands_in(values, lower_case(std::string(word)))) return at;
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace ringback::redaction
