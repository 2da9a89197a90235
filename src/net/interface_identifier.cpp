#include "net/interface_identifier.hpp"

#include "net/special_purpose.hpp"

namespace ringback {

std::uint64_t interface_identifier(const Address& address) {
  std::uint64_t value = 0;
  for (const auto byte : address.bytes().last(8)) value = value << 8 | byte;
  return value;
}

std::uint64_t eui64_identifier(const MacAddress& mac) {
  const auto& b = mac.bytes;
  const std::array<std::uint8_t, 8> parts{static_cast<std::uint8_t>(b[0] ^ 0x02), b[1], b[2], 0xff, 0xfe, b[3], b[4], b[5]};
  std::uint64_t value = 0;
  for (const auto byte : parts) value = value << 8 | byte;
  return value;
}

IdentifierKind identifier_kind(const InterfaceAddress& address, const std::optional<MacAddress>& mac) {
  if (address.address.is_v4()) return IdentifierKind::unknown;
  if (address.temporary) return IdentifierKind::temporary;
  const auto identifier = interface_identifier(address.address);
  if (mac && identifier == eui64_identifier(*mac)) return IdentifierKind::eui64;
  if (address.stable_privacy) return IdentifierKind::stable_opaque;
  const bool small = identifier >> 16 == 0;  // ::1, ::42, ::1:2 are written by people, never drawn at random
  if (address.permanent) return IdentifierKind::fixed;
  if (address.prefix_length == 128) return IdentifierKind::dhcpv6;
  if (small) return IdentifierKind::token;
  return IdentifierKind::stable_opaque;
}

bool is_stable_global(const InterfaceAddress& address) {
  return address.address.is_v6() && is_global(address.address) && !address.temporary && !(address.deprecated && address.valid_left) &&
         !address.tentative && !address.dad_failed;
}

}  // namespace ringback
