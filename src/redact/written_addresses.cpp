#include "redact/written_addresses.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "redact/characters.hpp"

namespace ringback::redaction {
namespace {

using Test = bool (*)(char);

std::string_view run_at(std::string_view text, std::size_t at, Test belongs) {
  constexpr std::size_t enough = 4;   // no octet has as many digits
  std::size_t length = 0;
  while (length < enough && at + length < text.size() && belongs(text[at + length])) ++length;
  return text.substr(std::min(at, text.size()), length);
}

std::optional<std::uint8_t> octet(std::string_view digits, int base) {
  std::uint8_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

std::string_view separator_at(std::string_view text, std::size_t at) {
  constexpr std::string_view defused = "[.]";   // as addresses are told in public, so that nobody clicks on them
  if (at >= text.size() || is_letter(text[at]) || is_digit(text[at])) return {};
  return text.substr(at, text.substr(at).starts_with(defused) ? defused.size() : 1);
}

template <std::size_t most>
struct Octets {
  std::array<std::uint8_t, most> bytes{};
  std::size_t count = 0, end = 0;
  std::string_view separator;
};

/// As many octets as stand here, up to `most`, with the same sign between them.
template <std::size_t most>
Octets<most> octets_at(std::string_view text, std::size_t at, Test is_of_number, int base, std::size_t least_digits, std::size_t most_digits) {
  Octets<most> result;
  for (auto begin = at; result.count < most;) {
    const auto digits = run_at(text, begin, is_of_number);
    const auto value = digits.size() >= least_digits && digits.size() <= most_digits ? octet(digits, base) : std::nullopt;
    if (!value) break;
    result.bytes[result.count++] = *value;
    result.end = begin + digits.size();
    const auto separator = separator_at(text, result.end);
    if (result.count == 1) result.separator = separator;
    if (separator.empty() || separator != result.separator) break;
    begin = result.end + separator.size();
  }
  return result;
}

/// A colon stands between the numbers of an IPv6 address as well, of which this may be a part.
bool may_be_part_of_ipv6(std::string_view text, std::size_t begin, std::size_t end, std::string_view separator) {
  return separator == ":" && ((begin > 0 && text[begin - 1] == ':') || text.substr(end).starts_with(':'));
}

/// Three groups of four hexadecimal digits, as Cisco's systems write hardware addresses. Letters alone may be words; a fourth group is something else.
std::optional<Written> of_three_groups(std::string_view text, std::size_t at) {
  constexpr std::size_t groups = 3, digits = 4, length = groups * (digits + 1) - 1;
  const auto all = text.substr(at, length), behind = text.substr(at + all.size());
  const auto goes_on = [](std::string_view beside) { return beside.size() > 1 && beside[0] == '.' && is_hexadecimal(beside[1]); };
  if (all.size() < length || std::ranges::none_of(all, is_digit) || goes_on(behind) || (!behind.empty() && is_digit(behind.front()))) return std::nullopt;
  if (at > 0 && (is_digit(text[at - 1]) || text[at - 1] == '.')) return std::nullopt;
  MacAddress mac;
  for (std::size_t i = 0; i < mac.bytes.size(); ++i) {
    const auto group = i / 2, begin = group * (digits + 1) + i % 2 * 2;
    const auto value = octet(all.substr(begin, 2), 16);
    if (!value || (group > 0 && all[group * (digits + 1) - 1] != '.')) return std::nullopt;
    mac.bytes[i] = *value;
  }
  return Written{mac, at, at + length, "."};
}

std::optional<Written> without_fourth(std::string_view text, std::size_t at, const Octets<4>& octets) {
  const auto behind = text.substr(octets.end);
  if (octets.count != 3 || octets.separator != "." || !behind.starts_with('.') || (behind.size() > 1 && is_digit(behind[1]))) return std::nullopt;
  const bool evident = behind.size() > 1 && (behind[1] == '*' || behind[1] == 'x' || behind[1] == 'X');
  return Written{Prefix(Address::from_bytes(octets.bytes), 24), at, octets.end, octets.separator, evident};
}

}  // namespace

std::optional<Written> written_at(std::string_view text, std::size_t at) {
  if (at >= text.size() || !is_hexadecimal(text[at])) return std::nullopt;
  if (at == 0 || !is_hexadecimal(text[at - 1])) {
    const auto mac = octets_at<6>(text, at, is_hexadecimal, 16, 2, 2);
    if (mac.count == 6 && !may_be_part_of_ipv6(text, at, mac.end, mac.separator)) return Written{MacAddress{mac.bytes}, at, mac.end, mac.separator};
  }
  if (auto mac = of_three_groups(text, at)) return mac;
  if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) return std::nullopt;
  const auto ipv4 = octets_at<4>(text, at, is_digit, 10, 1, 3);
  if (ipv4.count < 4) return without_fourth(text, at, ipv4);
  if (may_be_part_of_ipv6(text, at, ipv4.end, ipv4.separator)) return std::nullopt;
  return Written{Address::from_bytes(ipv4.bytes), at, ipv4.end, ipv4.separator};
}

bool holds_written_address(std::string_view text, std::string_view separator) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (const auto written = written_at(text, at); written && written->evident && (separator.empty() || separator == written->separator)) return true;
  return false;
}

}  // namespace ringback::redaction
