#pragma once
/// The lower 64 bits of an IPv6 address and what they tell (RFC 4291 §2.5.1, RFC 7136, RFC 7217, RFC 8981).
#include <cstdint>
#include <optional>

#include "net/link.hpp"

namespace ringback {

enum class IdentifierKind { eui64, stable_opaque, temporary, dhcpv6, token, fixed, unknown };
constexpr auto enum_names(IdentifierKind) {
  using enum IdentifierKind;
  using N = EnumName<IdentifierKind>;
  return std::array{N{eui64, "eui-64"}, N{stable_opaque, "stable-opaque"}, N{temporary, "temporary"}, N{dhcpv6, "dhcpv6"},
                    N{token, "token"},  N{fixed, "static"},               N{unknown, "unknown"}};
}

/// The lower 64 bits, host order. IPv6 only.
[[nodiscard]] std::uint64_t interface_identifier(const Address& address);
/// The modified EUI-64 identifier of a hardware address, RFC 4291 Appendix A.
[[nodiscard]] std::uint64_t eui64_identifier(const MacAddress& mac);
/// What the kernel's flags, the lifetimes and the bits say about how this address came to be.
[[nodiscard]] IdentifierKind identifier_kind(const InterfaceAddress& address, const std::optional<MacAddress>& mac);
/// An IPv6 address that stays: not temporary, not tentative, no other machine's, and global. A deprecated one does where it has no end.
[[nodiscard]] bool is_stable_global(const InterfaceAddress& address);

}  // namespace ringback
