#pragma once
/// IPv6 addresses that hold an IPv4 address: where it stands in them.
#include <optional>

#include "net/prefix.hpp"

namespace ringback::redaction {

using Bytes = std::array<std::uint8_t, 16>;

/// As host-order halves, the first bit the highest.
struct Halves {
  std::uint64_t upper = 0, lower = 0;
};
[[nodiscard]] Halves halves(const Address& ipv6);
[[nodiscard]] Address joined(const Halves& halves);

/// The IPv4 address behind a translator's prefix of 32, 40, 48, 56, 64 or 96 bits, which bits 64 to 71 leave out (RFC 6052 §2.2). nullopt: the
/// prefix has another length.
[[nodiscard]] std::optional<Address> ipv4_behind(const Prefix& prefix, const Address& address);
[[nodiscard]] Address with_ipv4_behind(const Prefix& prefix, const Address& ipv4);

}  // namespace ringback::redaction
