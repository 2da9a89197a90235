#include "probes/filter/legacy_values.hpp"

#include <algorithm>
#include <charconv>

#include "probes/filter/json_values.hpp"

namespace ringback::filter::legacy {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string_view::npos;) {
    std::string word;
    bool quoted = false;
    for (; at < text.size() && (quoted || text[at] != ' '); ++at) {
      if (text[at] == '"') {
        quoted = !quoted;
        continue;
      }
      if (quoted && text[at] == '\\' && at + 1 < text.size()) ++at;
      word += text[at];
    }
    words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::string> list(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto comma = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

std::optional<std::uint64_t> number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<Numbers> ports(const std::string& text) {
  const auto colon = text.find(':');
  const auto low = number(std::string_view(text).substr(0, colon));
  const auto high = colon == std::string::npos ? low : number(std::string_view(text).substr(colon + 1));
  if (!low || !high) return std::nullopt;
  return Numbers{*low, *high};
}

std::optional<Elements> address(const std::string& text) {
  auto piece = read_symbol(text);
  if (!std::holds_alternative<Addresses>(piece)) return std::nullopt;
  return Elements{one(std::move(piece))};
}

std::optional<Elements> address_range(const std::string& text) {
  const auto dash = text.find('-');
  const auto low = Address::parse(text.substr(0, dash));
  const auto high = dash == std::string::npos ? low : Address::parse(text.substr(dash + 1));
  if (!low || !high || low->family() != high->family()) return std::nullopt;
  return Elements{one(Addresses{*low, *high})};
}

std::string rejection(const std::string& kind) {
  if (kind == "tcp-reset") return "tcp reset";
  const bool six = kind.starts_with("icmp6-");
  auto code = kind.substr(std::min(kind.size(), six ? std::size_t{6} : std::size_t{5}));
  if (code == "adm-prohibited") code = "admin-prohibited";
  return (six ? "icmpv6 " : "icmp ") + code;
}

}  // namespace ringback::filter::legacy
