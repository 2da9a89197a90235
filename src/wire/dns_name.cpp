#include "wire/dns_name.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/international_name.hpp"
#include "wire/printable.hpp"

namespace ringback::wire::dns {
namespace {

constexpr std::size_t longest_label = 63;  // RFC 1035 §2.3.4
constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_text = 253;  // 255 octets on the wire: each label's length octet and the root's are two more than its dots

// Letters, digits and hyphen are host names (RFC 1123 §2.1); "_" and "*" occur in names that people run services under.
bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void add_escaped(std::string& text, char c) {
  constexpr std::string_view special = ".;()\\";
  const auto octet = static_cast<unsigned char>(c);
  if (octet <= ' ' || octet > '~') {
    text += fmt::format("\\{:03}", octet);
    return;
  }
  if (special.find(c) != std::string_view::npos) text += '\\';
  text += lower(c);
}

}  // namespace

Expected<std::string> absolute_name(std::string_view text) {
  const auto wrong = [&](std::string why) {
    return failure(Errc::invalid_input, fmt::format("the name \"{}\" {}", printable(text, 60), why));
  };
  if (text == ".") return std::string(".");
  const auto ascii = name_in_ascii(text);
  if (!ascii) return wrong("is none: " + ascii.error().what);
  std::string_view rest = *ascii;
  if (rest.ends_with('.')) rest.remove_suffix(1);
  if (rest.empty()) return wrong("is empty");
  if (rest.size() > longest_text) return wrong(fmt::format("has {} characters, {} is the most", rest.size(), longest_text));
  std::size_t label = 0;
  for (const char c : rest) {
    if (c == '.') {
      if (label == 0) return wrong("has an empty label");
      label = 0;
      continue;
    }
    if (!is_allowed(c)) return wrong(fmt::format("has the character '{}'", c < 0x20 ? '?' : c));
    if (++label > longest_label) return wrong("has a label of more than 63 characters");
  }
  if (label == 0) return wrong("has an empty label");
  std::string name(rest);
  std::ranges::transform(name, name.begin(), lower);
  return name + ".";
}

std::string text_of_name(ByteView wire) {
  if (wire.empty() || wire.size() > longest_name) return {};
  if (wire.size() == 1) return ".";
  std::string text;
  for (std::size_t at = 0; at < wire.size() && wire[at] != std::byte{0};) {
    const auto label = wire.subspan(at + 1).first(std::min(wire.size() - at - 1, std::to_integer<std::size_t>(wire[at])));
    for (const auto octet : label) add_escaped(text, std::to_integer<char>(octet));
    text += '.';
    at += 1 + label.size();
  }
  return text;
}

std::vector<std::string> enclosing_names(const std::string& name) {
  std::vector<std::string> result;
  std::string_view rest = name;
  while (!rest.empty() && rest != ".") {
    result.emplace_back(rest);
    rest.remove_prefix(std::min(rest.find('.'), rest.size() - 1) + 1);
  }
  return result;
}

bool is_within(std::string_view name, std::string_view zone) {
  if (zone == "." || name == zone) return true;
  return name.size() > zone.size() && name.ends_with(zone) && name[name.size() - zone.size() - 1] == '.';
}

}  // namespace ringback::wire::dns
