#pragma once
/// Port Control Protocol (RFC 6887): ANNOUNCE, which tells that a server is there and since when, and MAP, which opens a port and tells the
/// external address. Bytes to values and back, no I/O.
#include <array>
#include <optional>

#include "net/endpoint.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::pcp {

inline constexpr Port server_port = 5351;  ///< shared with NAT-PMP (RFC 6887 §19.1)
inline constexpr std::uint8_t version = 2;
inline constexpr std::uint8_t announce = 0, map = 1;
/// Where whoever translates nearest by answers, also a carrier: RFC 7723 §3.
inline constexpr Address anycast_ipv4 = Address::v4(0xC0000009);   // 192.0.0.9

/// RFC 6887 §7.4.
inline constexpr std::uint8_t success = 0;
inline constexpr std::uint8_t unsupported_version = 1;
inline constexpr std::uint8_t address_mismatch = 12;  ///< a translator sits between us and the server

/// Whoever knows it may change or delete the mapping.
using Nonce = std::array<std::byte, 12>;

/// RFC 6887 §11.1: what is asked for, or what there is now.
struct Mapping {
  Nonce nonce{};
  Protocol protocol = Protocol::tcp;
  Port internal_port = 0;
  Endpoint external;                 ///< in a request: what is suggested; all zeros (::ffff:0:0 for IPv4): no suggestion
  bool operator==(const Mapping&) const = default;
};

/// The common header of every response, RFC 6887 §7.2. `version` is the server's own where it does not speak ours.
struct Response {
  std::uint8_t version = 0;
  std::uint8_t opcode = 0;
  std::uint8_t result_code = 0;
  std::uint32_t lifetime_s = 0;  ///< of an error: how long it will stay so
  std::uint32_t epoch_s = 0;
  std::optional<Mapping> mapping;    ///< of MAP; of an error it is what was asked for (§11.1)
  bool operator==(const Response&) const = default;
};

/// RFC 6887 §14.1. `client`: our address as we send from it, IPv4 as ::ffff:0:0/96.
[[nodiscard]] Bytes build_announce_request(const Address& client);
/// RFC 6887 §11.1, for `lifetime_s` seconds; 0 deletes what the same client asked for with the same nonce, protocol and port (§15).
[[nodiscard]] Bytes build_map_request(const Address& client, const Mapping& mapping, std::uint32_t lifetime_s);
/// One whole datagram of version 1 or later. Errc::malformed names the rule of §8.3 that it breaks.
[[nodiscard]] Expected<Response> parse_response(ByteView datagram);

}  // namespace ringback::wire::pcp
