/// Texts, word by word: nothing passes that is not known.
#include <algorithm>

#include "redact/characters.hpp"
#include "redact/masks.hpp"
#include "redact/numbers.hpp"
#include "redact/vocabulary.hpp"
#include "redact/written_addresses.hpp"

namespace ringback::redaction {
namespace {

constexpr std::string_view fritz = "FRITZ!";   // of a FRITZ!Box, which rules know; without that sign somebody's name
constexpr std::string_view dividing = "=,|%";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

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

/// "--dports 22,25,53,80" is no address.
bool names_ports(std::string_view word) { return word.ends_with("port") || word.ends_with("ports"); }

/// A telephone number, a postcode, a house's number with a street that is a common word: people write those, and no port has to be read there.
std::string without_long_numbers(std::string_view text) {
  constexpr std::size_t longest = 3;
  std::string result;
  while (!text.empty()) {
    const auto digits = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    if (digits == 0)
      result += text.front();
    else
      result += digits > longest || text.front() == '0' ? std::string(gap) : std::string(text.substr(0, digits));
    text.remove_prefix(std::max<std::size_t>(digits, 1));
  }
  return result;
}

}  // namespace

std::string Masks::word(std::string_view text, Unknown unknown) {
  if (is_common(text) && !(unknown != Unknown::named && is_given_name(text))) return std::string(text);
  const std::string whole(text);
  for (const auto* known : {&interfaces_, &users_, &programs_, &customs_, &networks_})
    if (const auto* mask = known->find(whole)) return *mask;
  return unknown == Unknown::left_out ? std::string(gap) : customs_.of(whole);
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
      if (!result.empty() && is_digit(result.back())) result += gap;   // "custom1" and "11.0.0.1" are not "custom111.0.0.1"
      result += mask_of(*written);
      at = written->end;
      continue;
    }
    if (const auto numbers = numbers_at(text.substr(at)); has_address_shape(numbers)) {
      std::size_t length = 0;
      const auto known = value_at_start(numbers, length);
      const auto [signs, letters] = known ? Glued{} : glued_to_spelt(text, at);
      result += known ? *known : signs + letters == 0 ? std::string(gap) : std::string(text.substr(at, signs)) + (letters > 0 ? word(text.substr(at + signs, letters), unknown) : "");
      at += known ? length : signs + letters == 0 ? numbers_at(text.substr(at), text.size()).size() : signs + letters;
      continue;
    }
    // "wan93.184.1.2": a word ends where an address begins, as "wan93" would be a common one.
    const auto is_address = [&](std::size_t i) {
      return spelt_at(text, i) || (is_digit(text[i]) && !is_digit(text[i - 1]) && has_address_shape(numbers_at(text.substr(i))));
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
std::string Masks::label(const std::string& text) { return this->text(holds_written_address(text) ? text : without_long_numbers(text)); }
std::string Masks::code(const std::string& text) { return masked(text, Unknown::named); }

}  // namespace ringback::redaction
