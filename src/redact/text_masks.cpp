/// Texts: what values they hold is looked for word by word, and nothing passes that is not known.
#include <algorithm>

#include "net/endpoint.hpp"
#include "redact/characters.hpp"
#include "redact/masks.hpp"
#include "redact/vocabulary.hpp"

namespace ringback::redaction {
namespace {

constexpr std::string_view gap = "…";
constexpr std::string_view fritz = "FRITZ!";   // of a FRITZ!Box, which rules know; without that sign somebody's name
constexpr std::string_view opening = "\"'`([{<", closing = "\"'`)]}>,;:.!?";
constexpr std::string_view dividing = "=,|%";

bool holds(std::string_view signs, char c) { return signs.find(c) != std::string_view::npos; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

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

/// Consecutive gaps are one, in a list as well.
std::string with_single_gaps(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (!text.starts_with(gap)) {
      result += text.front();
      text.remove_prefix(1);
      continue;
    }
    result += gap;
    text.remove_prefix(gap.size());
    for (bool another = true; another;) {
      another = false;
      for (const std::string_view between : {" ", ", "})
        if (text.starts_with(between) && text.substr(between.size()).starts_with(gap)) {
          text.remove_prefix(between.size() + gap.size());
          another = true;
        }
    }
  }
  return result;
}

constexpr std::string_view joining = ".:-_";

/// "--dports 22,25,53,80" is no address.
bool names_ports(std::string_view word) { return word.ends_with("port") || word.ends_with("ports"); }

/// Digits of whatever notation, and the signs between them: an address may stand in the middle of anything.
std::string_view numbers_at(std::string_view text, std::size_t most = 256) {
  std::size_t length = 0;
  while (length < std::min(text.size(), most) && (is_hexadecimal(text[length]) || holds(joining, text[length]))) ++length;
  return text.substr(0, length);
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

std::string Masks::word(std::string_view text, Unknown unknown) {
  if (is_common(text) && !(unknown != Unknown::named && is_given_name(text))) return std::string(text);
  const std::string whole(text);
  for (const auto* known : {&interfaces_, &users_, &programs_, &customs_, &networks_})
    if (const auto* mask = known->find(whole)) return *mask;
  return unknown == Unknown::left_out ? std::string(gap) : customs_.of(whole);
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

std::string Masks::words(std::string_view text, Unknown unknown) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with(gap)) {
      result += gap;
      at += gap.size();
      continue;
    }
    if (text.substr(at).starts_with(fritz)) {
      result += fritz;
      at += fritz.size();
      continue;
    }
    if (const auto written = spelt_at(text, at)) {
      result += mask_of(*written);
      at = written->end;
      continue;
    }
    if (const auto numbers = numbers_at(text.substr(at)); has_address_shape(numbers)) {
      std::size_t length = 0;
      const auto known = value_at_start(numbers, length);
      result += known ? *known : std::string(gap);
      at += known ? length : numbers_at(text.substr(at), text.size()).size();
      continue;
    }
    // "wan93.184.1.2": a word ends where an address begins, as "wan93" would be a common one.
    const auto is_address = [&](std::size_t i) {
      return is_digit(text[i]) && !is_digit(text[i - 1]) && (spelt_at(text, i) || has_address_shape(numbers_at(text.substr(i))));
    };
    auto end = at;
    while (end < text.size() && (is_letter(text[end]) || is_digit(text[end])) && !text.substr(end).starts_with(gap) && (end == at || !is_address(end))) ++end;
    if (end == at) {
      const auto c = text[at++];
      result += c >= ' ' && c <= '~' ? c : ' ';
      continue;
    }
    result += word(text.substr(at, end - at), unknown);
    at = end;
  }
  return result;
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

std::string Masks::pieces(std::string_view text, Unknown unknown) {
  std::string result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find_first_of(dividing, begin), text.size());
    const auto piece = text.substr(begin, end - begin);
    result += value_inside(piece, unknown).value_or(words(piece, unknown));
    if (end < text.size()) result += text[end];
    begin = end + 1;
  }
  return result;
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

/// Without blanks. Signs that divide other values may join the numbers of an address, "93,184,1,2"; those that join all kinds of numbers are left to words().
std::string Masks::chunk(std::string_view text, Unknown unknown, bool of_ports) {
  if (auto known = value_inside(text, unknown)) return *known;
  std::string result;
  std::size_t begin = 0, at = 0;
  const auto joins = [](std::string_view separator) { return joining.find(separator) == std::string_view::npos; };
  while (const auto written = next_spelt(text, at, text.size(), joins)) {
    at = written->end;
    const auto* ipv4 = std::get_if<Address>(&written->value);
    if (of_ports && !(ipv4 != nullptr && addresses.has_seen(*ipv4))) {
      at = written->begin + 1;   // the next numbers may be one
      continue;
    }
    result += pieces(text.substr(begin, written->begin - begin), unknown) + mask_of(*written);
    begin = at;
  }
  return result + pieces(text.substr(begin), unknown);
}

/// A rule may list thousands of networks, for which there are not masks enough: the first ones say what kind of list it is.
constexpr std::size_t most_values = 16;

std::string Masks::masked(std::string_view text, Unknown unknown) {
  std::string result;
  std::string_view before;
  std::size_t values = 0;
  bool in_quotes = false;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      result += text[at++] == '\n' ? '\n' : ' ';
      continue;
    }
    const auto end = static_cast<std::size_t>(std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_blank) - text.begin());
    const bool of_ports = unknown != Unknown::left_out && names_ports(before);
    const auto spelt = of_ports ? std::nullopt : next_spelt(text, at, end, [](std::string_view separator) { return is_blank(separator.front()); });
    const auto one = text.substr(at, (spelt ? spelt->begin : end) - at);
    const auto quotes = std::ranges::count(one, '"');
    const bool of_people = unknown == Unknown::named && (in_quotes || quotes > 0 || before == "--comment" || before == "--log-prefix");
    const bool may_be_address = std::ranges::any_of(one, is_digit) && (one.find_first_of(".:") != std::string_view::npos || holds_written_address(one));
    values += may_be_address ? 1 : 0;
    result += may_be_address && values > most_values ? std::string(gap) + (one.ends_with(',') ? "," : "")
                                                     : chunk(one, of_people ? Unknown::named_by_people : unknown, of_ports);
    if (spelt) result += ++values > most_values ? std::string(gap) : mask_of(*spelt);
    in_quotes = in_quotes != (quotes % 2 == 1);
    before = one;
    at = spelt ? spelt->end : end;
  }
  return with_single_gaps(std::move(result));
}

std::string Masks::text(const std::string& text) { return masked(text, Unknown::left_out); }
std::string Masks::code(const std::string& text) { return masked(text, Unknown::named); }

}  // namespace ringback::redaction
