#include "wire/ssdp.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/printable.hpp"

namespace ringback::wire::ssdp {
namespace {

constexpr std::size_t largest_datagram = 4096;
constexpr std::size_t most_lines = 64;
constexpr std::size_t longest_value = 1024;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// RFC 9110 §5.1: field names do not tell upper from lower case.
bool same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

/// Cuts the first line off `rest`; some routers end lines with a bare line feed.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line;
}

}  // namespace

Bytes build_search(std::string_view search_target) {
  return Writer()
      .text(fmt::format("M-SEARCH * HTTP/1.1\r\nHOST: {}:{}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: {}\r\n\r\n", multicast_group.to_string(),
                        server_port, search_target))
      .take();
}

Expected<Answer> parse_answer(ByteView datagram) {
  if (datagram.size() > largest_datagram) return failure(Errc::malformed, fmt::format("an SSDP answer of {} bytes", datagram.size()));
  auto rest = as_text(datagram);
  const auto status = trimmed(take_line(rest));
  if (!status.starts_with("HTTP/1.") || status.find(" 200") != 8)
    return failure(Errc::malformed, fmt::format("\"{}\" is no SSDP answer", printable(status, 60)));

  Answer answer;
  const std::pair<std::string_view, std::string Answer::*> wanted[] = {
      {"ST", &Answer::search_target}, {"LOCATION", &Answer::location}, {"SERVER", &Answer::server}};
  for (std::size_t lines = 0; !rest.empty(); ++lines) {
    const auto line = trimmed(take_line(rest));
    if (line.empty()) break;
    if (lines == most_lines) return failure(Errc::malformed, fmt::format("an SSDP answer of more than {} lines", most_lines));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    for (const auto& [name, member] : wanted) {
      if (!same_name(trimmed(line.substr(0, colon)), name) || !(answer.*member).empty()) continue;
      const auto value = trimmed(line.substr(colon + 1));
      if (value.size() > longest_value) return failure(Errc::malformed, fmt::format("{} of {} bytes in an SSDP answer", name, value.size()));
      answer.*member = value;
    }
  }
  if (answer.search_target.empty()) return failure(Errc::malformed, "an SSDP answer without ST");
  if (answer.location.empty()) return failure(Errc::malformed, "an SSDP answer without LOCATION");
  return answer;
}

}  // namespace ringback::wire::ssdp
