#pragma once
/// Simple Service Discovery Protocol (UPnP Device Architecture 1.1 §1.3): finding a router that speaks UPnP. No I/O.
#include <string>
#include <string_view>

#include "net/endpoint.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::ssdp {

inline constexpr Port server_port = 1900;
/// 239.255.255.250
inline constexpr Address multicast_group = Address::v4(0xEFFFFFFA);

/// What makes a device a router: devices and services of Internet Gateway Device 1 and 2.
inline constexpr std::string_view gateway_targets[] = {
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
    "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANIPConnection:2",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
};

/// Values as they came, without the white space around them; each at most 1024 bytes.
struct Answer {
  std::string search_target;  ///< ST
  std::string location;       ///< URL of the device description
  std::string server;         ///< may be empty
  bool operator==(const Answer&) const = default;
};

/// An M-SEARCH with MX 1: whoever answers has at most a second to wait with it.
[[nodiscard]] Bytes build_search(std::string_view search_target);
/// One whole datagram, at most 4096 bytes and 64 header lines. Errc::malformed where it is no "200 OK" with ST and LOCATION.
[[nodiscard]] Expected<Answer> parse_answer(ByteView datagram);

}  // namespace ringback::wire::ssdp
