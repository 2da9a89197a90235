#include "redact/address_parts.hpp"

#include <algorithm>

namespace ringback::redaction {
namespace {

constexpr std::array lengths{32U, 40U, 48U, 56U, 64U, 96U};

/// The octets that the IPv4 address has in the IPv6 one.
std::array<std::size_t, 4> octets_behind(unsigned length) {
  std::array<std::size_t, 4> result{};
  std::size_t at = length / 8;
  for (auto& octet : result) {
    if (at == 8) ++at;
    octet = at++;
  }
  return result;
}

}  // namespace

Halves halves(const Address& ipv6) {
  Halves result;
  const auto bytes = ipv6.bytes();
  for (std::size_t i = 0; i < 8; ++i) {
    result.upper = result.upper << 8 | bytes[i];
    result.lower = result.lower << 8 | bytes[8 + i];
  }
  return result;
}

Address joined(const Halves& halves) {
  Bytes bytes{};
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(halves.upper >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(halves.lower >> (56 - 8 * i));
  }
  return Address::v6(bytes);
}

std::optional<Address> ipv4_behind(const Prefix& prefix, const Address& address) {
  if (std::ranges::find(lengths, prefix.length()) == lengths.end()) return std::nullopt;
  std::array<std::uint8_t, 4> ipv4{};
  const auto octets = octets_behind(prefix.length());
  for (std::size_t i = 0; i < ipv4.size(); ++i) ipv4[i] = address.bytes()[octets[i]];
  return Address::from_bytes(ipv4);
}

Address with_ipv4_behind(const Prefix& prefix, const Address& ipv4) {
  Bytes bytes{};
  std::ranges::copy(prefix.address().bytes(), bytes.begin());
  const auto octets = octets_behind(prefix.length());
  for (std::size_t i = 0; i < 4; ++i) bytes[octets[i]] = ipv4.bytes()[i];
  return Address::v6(bytes);
}

}  // namespace ringback::redaction
