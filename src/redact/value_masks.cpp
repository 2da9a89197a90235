/// Values in texts: what has a mask of its own, whole, with signs around it, glued to letters, or spelt in an odd way.
#include <algorithm>

#include "net/endpoint.hpp"
#include "redact/characters.hpp"
#include "redact/masks.hpp"
#include "redact/numbers.hpp"
#include "redact/vocabulary.hpp"

namespace ringback::redaction {
namespace {

constexpr std::string_view opening = "\"'`([{<", closing = "\"'`)]}>,;:.!?";

/// "pi.example.org", and not "resolv.conf" or "1.0.6".
bool looks_like_domain(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || text.size() > 253 || text.find("..") != std::string_view::npos) return false;
  if (!std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '*'; })) return false;
  const auto last = text.substr(dot + 1);
  static constexpr std::string_view files[] = {"conf", "service", "timer", "json", "xml", "log", "key", "network", "yaml", "txt", "d"};
  const bool is_file = std::ranges::find(files, last) != std::end(files) && is_common(text);
  return last.size() > 1 && !is_file && (std::ranges::all_of(last, is_letter) || last.starts_with("xn--"));
}

}  // namespace

/// A whole value of a type that has masks.
std::optional<std::string> Masks::value(std::string_view text) {
  constexpr std::size_t longest = 512;
  if (text.empty() || text.size() > longest) return std::nullopt;
  const std::string whole(text);
  if (has_common_scheme(text)) return url(whole);
  if (const auto address = Address::parse(text)) return addresses.mask(*address).to_string();
  if (const auto prefix = Prefix::parse(text)) return addresses.mask(*prefix).to_string();
  if (const auto endpoint = Endpoint::parse(text)) return Endpoint{addresses.mask(endpoint->address), endpoint->port}.to_string();
  if (const auto mac = MacAddress::parse(text)) return addresses.mask(*mac).to_string();
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    const auto first = Address::parse(text.substr(0, dash)), last = Address::parse(text.substr(dash + 1));
    if (first && last) return addresses.mask(*first).to_string() + "-" + addresses.mask(*last).to_string();
  }
  if (text.size() > 1 && text.front() == '/') return path(whole);
  if (looks_like_domain(text)) return names.domain(whole);
  return std::nullopt;
}

/// The longest beginning that is a value.
std::optional<std::string> Masks::value_at_start(std::string_view numbers, std::size_t& length) {
  constexpr std::size_t longest = 128;
  for (length = std::min(numbers.size(), longest); length > 0; --length) {
    const bool ends_here = length == numbers.size() || holds(joining, numbers[length]);
    if (!ends_here || holds("-_.", numbers[length - 1])) continue;
    if (auto known = value(numbers.substr(0, length))) return known;
  }
  return std::nullopt;
}

/// An address whose mask stands in place of it, whatever surrounds it. Three octets alone only where the evidence has the whole, or it is plain.
std::optional<Written> Masks::spelt_at(std::string_view text, std::size_t at) const {
  auto written = written_at(text, at);
  if (written && !written->evident && !addresses.has_seen(std::get<Prefix>(written->value))) written.reset();
  return written;
}

std::string Masks::mask_of(const Written& written) {
  return std::visit(
      [&]<class T>(const T& value) {
        if constexpr (!std::same_as<T, Prefix>) return addresses.mask(value).to_string();
        else {
          const auto text = addresses.mask(value).address().to_string();
          return text.substr(0, text.rfind('.'));
        }
      },
      written.value);
}

/// "a84-46-12-7", "-eaabb.ccdd.eeff": signs, and letters that may be digits as well, and behind them an address that ends with its last number.
Masks::Glued Masks::glued_to_spelt(std::string_view text, std::size_t at) const {
  constexpr std::size_t most = 16;
  const auto signs = std::min(text.find_first_not_of(joining, at), text.size()) - at;
  const auto begin = at + signs;
  for (std::size_t letters = 0; letters <= most && begin + letters < text.size() && (letters == 0 || is_letter(text[begin + letters - 1])); ++letters) {
    const auto written = signs + letters == 0 ? std::nullopt : spelt_at(text, begin + letters);
    if (!written) continue;
    const auto behind = text.substr(written->end);
    const bool goes_on = behind.size() > 1 && holds(joining, behind[0]) && is_digit(behind[1]);
    return goes_on ? Glued{} : Glued{signs, letters};
  }
  return {};
}

/// A value may have signs around it, one of which may be its own: "[2001:db8::1]:443", "home.example.org.".
std::optional<std::string> Masks::value_inside(std::string_view text, Unknown unknown) {
  constexpr std::size_t most_signs = 4;
  for (std::size_t begin = 0; begin < std::min(text.size(), most_signs); ++begin) {
    for (auto end = text.size(); end > begin && text.size() - end < most_signs; --end) {
      if (auto known = value(text.substr(begin, end - begin)))
        return words(text.substr(0, begin), unknown) + *known + words(text.substr(end), unknown);
      if (!holds(closing, text[end - 1])) break;
    }
    if (!holds(opening, text[begin])) break;
  }
  return std::nullopt;
}

/// The first address that begins before `end` and is joined so. The last number of one before it, in whatever notation, is not its first.
std::optional<Written> Masks::next_spelt(std::string_view text, std::size_t begin, std::size_t end, bool (*joins)(std::string_view separator)) const {
  for (auto at = begin; at < end;) {
    const auto written = spelt_at(text, at);
    if (written && joins(written->separator)) return written;
    const bool is_start = at == begin || !(is_hexadecimal(text[at - 1]) || holds(joining, text[at - 1]));
    const auto numbers = !written && is_start ? numbers_at(text.substr(at)) : std::string_view();
    at = written ? written->end : has_address_shape(numbers) ? at + numbers.size() : at + 1;
  }
  return std::nullopt;
}

}  // namespace ringback::redaction
