#include "net/endpoint.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ringback {
namespace {

std::optional<Port> parse_port(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value > 65535) return std::nullopt;
  return static_cast<Port>(value);
}

}  // namespace

Expected<HostPort> HostPort::parse(std::string_view text, Port default_port) {
  const auto wrong = [&] {
    return failure(Errc::invalid_input, fmt::format("\"{}\" is not HOST, HOST:PORT or [IPV6]:PORT", text.substr(0, 80)));
  };
  if (text.empty()) return wrong();
  if (text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos || !Address::parse(text.substr(1, close - 1))) return wrong();
    HostPort result{std::string(text.substr(1, close - 1)), default_port};
    const auto rest = text.substr(close + 1);
    if (rest.empty()) return result;
    const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port) return wrong();
    result.port = *port;
    return result;
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return HostPort{std::string(text), default_port};
  if (text.find(':', colon + 1) != std::string_view::npos) {  // more than one colon: an IPv6 address without port
    if (!Address::parse(text)) return wrong();
    return HostPort{std::string(text), default_port};
  }
  const auto port = parse_port(text.substr(colon + 1));
  if (!port || colon == 0) return wrong();
  return HostPort{std::string(text.substr(0, colon)), *port};
}

Expected<Endpoint> Endpoint::parse(std::string_view text) {
  const auto parts = HostPort::parse(text, 0);
  if (!parts) return tl::unexpected(parts.error());
  const auto address = Address::parse(parts->host);
  if (!address) return tl::unexpected(address.error());
  return Endpoint{*address, parts->port};
}

std::string Endpoint::to_string() const {
  return address.is_v4() ? fmt::format("{}:{}", address.to_string(), port) : fmt::format("[{}]:{}", address.to_string(), port);
}

}  // namespace ringback
