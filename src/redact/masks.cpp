#include "redact/masks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "redact/characters.hpp"
#include "redact/vocabulary.hpp"
#include "redact/written_addresses.hpp"

namespace ringback::redaction {
namespace {

/// "enp3s0", "wlp0s20f3": by where the card is plugged in (systemd.net-naming-scheme(7)).
bool is_named_by_place(std::string_view name) {
  if (!name.starts_with("en") && !name.starts_with("wl") && !name.starts_with("ww")) return false;
  name.remove_prefix(2);
  bool any = false;
  while (!name.empty() && std::string_view("bcdfiopsuvaP").find(name.front()) != std::string_view::npos) {
    const auto digits = std::ranges::find_if_not(name.substr(1), is_digit) - name.substr(1).begin();
    if (digits == 0 || digits > 4) return false;
    name.remove_prefix(1 + static_cast<std::size_t>(digits));
    any = true;
  }
  return any && name.empty();
}

/// "enx3ca62f90ccb0": by its hardware address.
std::optional<MacAddress> mac_in_name(std::string_view name) {
  if (name.size() != 15 || name[2] != 'x' || !(name.starts_with("en") || name.starts_with("wl") || name.starts_with("ww"))) return std::nullopt;
  std::string text;
  for (std::size_t i = 3; i < name.size(); i += 2) text += (i == 3 ? "" : ":") + std::string(name.substr(i, 2));
  const auto mac = MacAddress::parse(text);
  return mac ? std::optional(*mac) : std::nullopt;
}

/// "0x000000f0", as packets are marked with. An IPv4 address takes more digits.
bool is_mark(std::string_view word) {
  constexpr std::size_t most_digits = 5;
  if (!word.starts_with("0x")) return false;
  word.remove_prefix(2);
  word.remove_prefix(std::min(word.find_first_not_of('0'), word.size()));
  return word.size() <= most_digits && std::ranges::all_of(word, is_hexadecimal);
}

/// As NetworkManager calls them by itself. Any other may be an SSID, also one that is made of common words.
bool is_default_connection(std::string_view name) {
  constexpr std::string_view wired = "Wired connection ";
  if (name.empty() || name == "lo") return true;
  const auto number = name.starts_with(wired) ? name.substr(wired.size()) : std::string_view();
  return !number.empty() && number.size() <= 2 && std::ranges::all_of(number, is_digit);
}

/// "93 184 1 2", of which the first number would pass for a name and the others for words.
bool joined_by_blanks(std::string_view text, std::size_t first_blank) {
  for (std::size_t at = 0; at < first_blank; ++at)
    if (const auto written = written_at(text, at); written && written->separator == " ") return true;
  return false;
}

}  // namespace

std::string Masks::server(const std::string& text) {
  const auto address = Address::parse(text);
  return address ? addresses.mask(*address).to_string() : names.domain(text);
}

std::string Masks::interface(const std::string& name) {
  if (const auto mac = mac_in_name(name)) return name.substr(0, 3) + fmt::format("{:02x}", fmt::join(addresses.mask(*mac).bytes, ""));
  return (is_common(name) && !holds_given_name(name)) || is_named_by_place(name) ? name : interfaces_.of(name);
}

std::string Masks::program(const std::string& name) { return is_common(name) ? name : programs_.of(name); }

std::string Masks::network(const std::string& name) {
  if (is_default_connection(name)) return name;
  constexpr std::string_view netplan = "netplan-";   // "netplan-wlan0-SSID"
  if (!name.starts_with(netplan)) return networks_.of(name);
  const auto behind = name.substr(netplan.size());
  const auto dash = behind.find('-');
  const auto section = interface(behind.substr(0, dash));
  return std::string(netplan) + section + (dash == std::string::npos ? "" : "-" + networks_.of(behind.substr(dash + 1)));
}

std::string Masks::uuid(const std::string& text) {
  if (text.empty()) return text;
  const auto mask = uuids_.of(text);
  const auto number = mask.substr(24);
  return mask.substr(0, 24) + std::string(number.size() < 12 ? 12 - number.size() : 0, '0') + number;
}

std::string Masks::record(const std::string& text) {
  const auto space = text.find(' ');
  if (space == std::string::npos || joined_by_blanks(text, space)) return names.domain(text);
  return names.domain(text.substr(0, space)) + " " + this->text(text.substr(space + 1));
}

bool has_address_shape(std::string_view numbers) {
  constexpr std::size_t most_digits_of_date = 8, most_digits_of_part = 4;
  std::size_t parts = 0, digits = 0, here = 0, longest = 0;
  bool any_digit = false;
  for (const char c : numbers) {
    if (!is_hexadecimal(c)) {
      here = 0;
      continue;
    }
    parts += here == 0 ? 1 : 0;
    longest = std::max(longest, ++here);
    ++digits;
    any_digit = any_digit || is_digit(c);
  }
  if (!any_digit || parts < 3) return numbers.find("::") != std::string_view::npos;
  return parts > 3 || digits > most_digits_of_date || longest > most_digits_of_part || numbers.find("::") != std::string_view::npos;
}

bool is_common(std::string_view text) {
  if (holds_written_address(text)) return false;
  std::size_t begin = 0;
  const auto is_word = [](char c) { return is_digit(c) || is_letter(c); };
  const auto is_of_numbers = [](char c) { return is_hexadecimal(c) || std::string_view(".:-_").find(c) != std::string_view::npos; };
  for (std::size_t i = 0; i < text.size();) {
    auto end = i;
    while (end < text.size() && is_of_numbers(text[end])) ++end;
    if (has_address_shape(text.substr(i, end - i))) return false;
    i = end;
    if (i < text.size() && !is_word(text[i])) ++i;
    while (i < text.size() && is_word(text[i]) && !is_of_numbers(text[i])) ++i;
  }
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_word(text[i])) continue;
    const auto word = text.substr(begin, i - begin);
    begin = i + 1;
    const bool is_number = word.size() <= 5 && std::ranges::all_of(word, is_digit);
    if (!is_number && !is_mark(word) && !is_common_word(word)) return false;
  }
  return true;
}

}  // namespace ringback::redaction
