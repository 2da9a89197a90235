#include "probes/web/url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/printable.hpp"

namespace ringback::web {

Expected<Url> parse_url(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return failure(Errc::invalid_input, fmt::format("the URL \"{}\" {}", wire::printable(text, 100), why));
  };
  if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; })) return wrong("has a character that no URL has");
  const auto separator = text.find("://");
  const auto scheme = text.substr(0, separator);
  if (separator == std::string_view::npos || (scheme != "http" && scheme != "https")) return wrong("is not http or https");
  const auto rest = text.substr(separator + 3, text.find('#') - separator - 3);
  const auto path = std::min(rest.find_first_of("/?"), rest.size());
  const auto authority = rest.substr(0, path);
  if (authority.find('@') != std::string_view::npos) return wrong("has user information");
  const auto host = HostPort::parse(authority, scheme == "http" ? 80 : 443);
  if (!host || host->port == 0) return wrong("names no host and port");
  return Url{std::string(scheme), *host, std::string(rest.substr(path))};
}

}  // namespace ringback::web
