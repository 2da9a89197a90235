#pragma once
/// DHCP for IPv6 (RFC 8415): asking for configuration without an address. Bytes to values and back, no I/O.
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::dhcpv6 {

inline constexpr Port server_port = 547, client_port = 546;
/// All_DHCP_Relay_Agents_and_Servers, RFC 8415 §7.1.
inline const Address all_servers = Address::parse("ff02::1:2").value();

/// Information-request of RFC 8415 §18.2.6 without a client identifier, which nobody needs to know; asks for the options of `Reply`.
/// `transaction`: the lowest 24 bits.
[[nodiscard]] Bytes build_information_request(std::uint32_t transaction);

struct Reply {
  std::uint32_t transaction = 0;
  std::optional<std::string> aftr_name;   ///< option 64, RFC 6334 §3: the other end of a DS-Lite tunnel; printable, "aftr.example.net."
  bool map_e = false, map_t = false, lw4o6 = false;   ///< options 94, 95, 96, RFC 7598 §5: the line shares IPv4 addresses by ports
  std::vector<Address> resolvers;         ///< option 23; at most 16
  std::vector<Address> pcp_servers;       ///< option 86, RFC 7291 §3; at most 16
  bool operator==(const Reply&) const = default;
};

/// One whole datagram of a server. Errc::malformed names the rule that it breaks, or says that it is no Reply.
[[nodiscard]] Expected<Reply> parse_reply(ByteView datagram);

}  // namespace ringback::wire::dhcpv6
