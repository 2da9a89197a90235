#include "net/service.hpp"

#include <fmt/format.h>

#include <charconv>

namespace ringback {

Expected<Service> Service::parse(std::string_view text) {
  const auto wrong = [&] {
    return failure(Errc::invalid_input,
                   fmt::format("\"{}\" is not a service; write 443/tcp, 51820/udp, or 8443:443/tcp (outside port first)", text.substr(0, 80)));
  };
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return wrong();
  const auto protocol = from_name<Protocol>(text.substr(slash + 1));
  if (!protocol || *protocol == Protocol::icmp) return wrong();
  const auto port = [](std::string_view digits) -> std::optional<Port> {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value == 0 || value > 65535) return std::nullopt;
    return static_cast<Port>(value);
  };
  const auto ports = text.substr(0, slash);
  const auto colon = ports.find(':');
  const auto outside = port(ports.substr(0, colon));
  const auto inside = colon == std::string_view::npos ? outside : port(ports.substr(colon + 1));
  if (!outside || !inside) return wrong();
  return Service{*protocol, *outside, *inside};
}

std::string Service::to_string() const {
  if (outside == inside) return fmt::format("{}/{}", outside, ringback::to_string(protocol));
  return fmt::format("{}:{}/{}", outside, inside, ringback::to_string(protocol));
}

}  // namespace ringback
