#pragma once
/// An address and a port: "192.0.2.1:443", "[2001:db8::1]:443".
#include <compare>
#include <cstdint>

#include "net/address.hpp"

namespace ringback {

using Port = std::uint16_t;  ///< host order
using Ttl = std::uint8_t;    ///< IPv4 time to live, IPv6 hop limit

struct Endpoint {
  Address address;
  Port port = 0;

  static Expected<Endpoint> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  auto operator<=>(const Endpoint&) const = default;
};

/// "HOST", "HOST:PORT", "[IPV6]:PORT" or a bare IPv6 address, as people write them.
struct HostPort {
  std::string host;
  Port port = 0;

  /// `default_port` where the text names none.
  static Expected<HostPort> parse(std::string_view text, Port default_port);
  bool operator==(const HostPort&) const = default;
};

}  // namespace ringback
