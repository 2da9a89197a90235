#include "redact/leaks.hpp"

#include "redact/characters.hpp"
#include "redact/written_addresses.hpp"

namespace ringback::redaction {
namespace {

using Values = std::set<std::string, std::less<>>;

/// Of addresses and names, and what joins their parts.
bool belongs_to_value(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == ':' || c == '-'; }

/// Itself, without a port, or the name that it is below.
bool stands_in(const Values& values, std::string_view word) {   // in small letters, as the values are
  while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);   // of the sentence
  if (values.contains(word)) return true;
  if (const auto colon = word.rfind(':'); colon != std::string_view::npos && values.contains(word.substr(0, colon))) return true;
  for (auto dot = word.find('.'); dot != std::string_view::npos; dot = word.find('.', dot + 1))
    if (values.contains(word.substr(dot + 1))) return true;
  return false;
}

std::optional<std::size_t> first_word_of(const Values& values, std::string_view text) {
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

bool is_written_at(const Values& values, std::string_view text, std::size_t at) {
  const auto written = written_at(text, at);
  return written && std::visit([&](const auto& value) { return values.contains(value.to_string()); }, written->value);
}

/// Whatever letters and separators, which no word is needed for.
std::optional<std::size_t> first_written_of(const Values& values, std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (is_written_at(values, text, at)) return at;
  return std::nullopt;
}

/// "wan2a02:db8::1": what is glued to it has no digits of its notation.
std::optional<std::size_t> first_glued_of(const Values& values, std::string_view text) {
  const auto belongs = [](char c) { return is_hexadecimal(c) || c == ':'; };
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && belongs(text[end])) ++end;
    constexpr std::size_t longest = 39;   // eight groups of four
    if (const auto run = text.substr(at, end - at); run.size() <= longest && run.find(':') != std::string_view::npos && values.contains(lower_case(std::string(run))))
      return at;
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> first_of(const Values& values, std::string_view text) {
  if (values.empty()) return std::nullopt;
  for (const auto look : {first_word_of, first_written_of, first_glued_of})
    if (const auto found = look(values, text)) return found;
  return std::nullopt;
}

}  // namespace ringback::redaction
