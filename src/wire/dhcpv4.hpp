#pragma once
/// DHCP for IPv4 (RFC 2131): asking for configuration beside an address that is there already. Bytes to values and back, no I/O.
#include <array>
#include <optional>
#include <vector>

#include "net/endpoint.hpp"
#include "net/mac_address.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::dhcpv4 {

inline constexpr Port server_port = 67, client_port = 68;   ///< a server answers to the client's port, wherever it was asked from (RFC 2131 §4.1)

/// DHCPINFORM of `client`, RFC 2131 §4.4.3; asks for the options of `Acknowledgement`.
[[nodiscard]] Bytes build_inform(std::uint32_t transaction, const Address& client, const std::optional<MacAddress>& mac);

/// DHCPACK: what the server says to that.
struct Acknowledgement {
  std::uint32_t transaction = 0;
  std::optional<Address> server;                  ///< option 54
  std::optional<std::uint32_t> ipv6_only_wait_s;  ///< option 108, RFC 8925: a host that manages without IPv4 may do without; never sent unasked
  std::vector<Address> pcp_servers;               ///< option 158, RFC 7291 §4; at most 16
  std::vector<Address> routers;                   ///< option 3; at most 16
  std::vector<Address> resolvers;                 ///< option 6; at most 16
  bool operator==(const Acknowledgement&) const = default;
};

/// One whole datagram of a server. Errc::malformed names the rule that it breaks, or says that it is no DHCPACK.
[[nodiscard]] Expected<Acknowledgement> parse_acknowledgement(ByteView datagram);

}  // namespace ringback::wire::dhcpv4
