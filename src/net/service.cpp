#include "net/service.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ringback {

namespace {

std::optional<Port> port_of(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value == 0 || value > 65535) return std::nullopt;
  return static_cast<Port>(value);
}

/// "443" or "8443:443"
std::optional<std::pair<Port, Port>> ports_of(std::string_view text) {
  const auto colon = text.find(':');
  const auto outside = port_of(text.substr(0, colon));
  const auto inside = colon == std::string_view::npos ? outside : port_of(text.substr(colon + 1));
  if (!outside || !inside) return std::nullopt;
  return std::pair(*outside, *inside);
}

/// What people write instead; the port that WireGuard is used to is the one of UDP that they mean most often.
std::optional<Service> meant(std::string_view text) {
  struct Name {
    std::string_view name;
    Service service;
  };
  static constexpr Name names[] = {{"http", {Protocol::tcp, 80, 80}},   {"https", {Protocol::tcp, 443, 443}},
                                   {"ssh", {Protocol::tcp, 22, 22}},    {"wireguard", {Protocol::udp, 51820, 51820}},
                                   {"openvpn", {Protocol::udp, 1194, 1194}}, {"51820", {Protocol::udp, 51820, 51820}},
                                   {"1194", {Protocol::udp, 1194, 1194}}};
  std::string lower(text.substr(0, 80));
  for (auto& letter : lower)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  for (const auto& one : names)
    if (one.name == lower) return one.service;
  if (const auto ports = ports_of(lower)) return Service{Protocol::tcp, ports->first, ports->second};
  const auto between = lower.find_first_of("/-. ");
  if (between == std::string::npos) return std::nullopt;
  const auto left = std::string_view(lower).substr(0, between), right = std::string_view(lower).substr(between + 1);
  for (const auto& [ports, protocol] : {std::pair(left, right), std::pair(right, left)}) {
    const auto numbers = ports_of(ports);
    const auto named = from_name<Protocol>(protocol);
    if (numbers && named && *named != Protocol::icmp) return Service{*named, numbers->first, numbers->second};
  }
  return std::nullopt;
}

}  // namespace

Expected<Service> Service::parse(std::string_view text) {
  const auto wrong = [&] {
    const auto instead = meant(text);
    return failure(Errc::invalid_input,
                   instead ? fmt::format("\"{}\" is not a service; did you mean {}?", text.substr(0, 80), instead->to_string())
                           : fmt::format("\"{}\" is not a service; write 443/tcp, 51820/udp, or 8443:443/tcp (outside port first)", text.substr(0, 80)));
  };
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return wrong();
  const auto protocol = from_name<Protocol>(text.substr(slash + 1));
  const auto ports = ports_of(text.substr(0, slash));
  if (!protocol || *protocol == Protocol::icmp || !ports) return wrong();
  return Service{*protocol, ports->first, ports->second};
}

std::string Service::to_string() const {
  if (outside == inside) return fmt::format("{}/{}", outside, ringback::to_string(protocol));
  return fmt::format("{}:{}/{}", outside, inside, ringback::to_string(protocol));
}

}  // namespace ringback
