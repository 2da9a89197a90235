#pragma once
/// What a router offers to its link (RFC 4861 §4.2 and the options beside it). Bytes to values and back, no I/O.
#include <optional>
#include <string>
#include <vector>

#include "net/prefix.hpp"
#include "wire/reader.hpp"

namespace ringback::wire {

inline constexpr std::uint8_t icmpv6_router_solicitation = 133;
inline constexpr std::uint8_t icmpv6_router_advertisement = 134;
/// Of every lifetime on this page: it does not end.
inline constexpr std::uint32_t lifetime_forever = 0xFFFFFFFF;

/// Prefix Information, RFC 4861 §4.6.2.
struct OfferedPrefix {
  Prefix prefix;
  bool on_link = false;
  bool autonomous = false;          ///< hosts make addresses of it (SLAAC, RFC 4862)
  std::uint32_t valid_s = 0;
  std::uint32_t preferred_s = 0;
  bool operator==(const OfferedPrefix&) const = default;
};

/// Route Information, RFC 4191 §2.3.
struct OfferedRoute {
  Prefix prefix;
  std::uint32_t lifetime_s = 0;
  bool operator==(const OfferedRoute&) const = default;
};

/// PREF64, RFC 8781 §4: the prefix of a NAT64.
struct OfferedNat64 {
  Prefix prefix;
  unsigned lifetime_s = 0;          ///< 0 to 65528
  bool operator==(const OfferedNat64&) const = default;
};

struct RouterAdvertisement {
  bool managed = false;             ///< M: addresses by DHCPv6
  bool other_configuration = false; ///< O: the rest by DHCPv6
  std::uint16_t router_lifetime_s = 0;   ///< 0: no default router
  std::optional<std::uint32_t> mtu;
  std::vector<OfferedPrefix> prefixes;   ///< each list: at most 16
  std::vector<OfferedRoute> routes;
  std::vector<OfferedNat64> nat64;
  std::vector<Address> resolvers;        ///< RFC 8106 §5.1, of those with a lifetime
  std::optional<std::string> captive_portal;   ///< RFC 8910 §2.3, printable
  bool operator==(const RouterAdvertisement&) const = default;
};

/// The ICMPv6 message, from its type on, of a packet whose checksum, hop limit of 255 and link-local source are checked elsewhere
/// (RFC 4861 §6.1.2). Errc::malformed names the rule that it breaks; an option of an unknown type, or of a length that its type cannot
/// have, is passed over.
[[nodiscard]] Expected<RouterAdvertisement> parse_router_advertisement(ByteView message);

/// RFC 4861 §4.1, without the sender's hardware address. The checksum is left zero: a raw ICMPv6 socket fills it in (RFC 3542 §3.1).
[[nodiscard]] Bytes build_router_solicitation();

}  // namespace ringback::wire
