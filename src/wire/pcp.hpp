#pragma once
/// Port Control Protocol (RFC 6887): ANNOUNCE, which tells that a server is there and since when. Bytes to values and back, no I/O.
#include "net/endpoint.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::pcp {

inline constexpr Port server_port = 5351;  ///< shared with NAT-PMP (RFC 6887 §19.1)
inline constexpr std::uint8_t version = 2;
inline constexpr std::uint8_t announce = 0;

/// RFC 6887 §7.4.
inline constexpr std::uint8_t success = 0;
inline constexpr std::uint8_t unsupported_version = 1;
inline constexpr std::uint8_t address_mismatch = 12;  ///< a translator sits between us and the server

/// The common header of every response, RFC 6887 §7.2. `version` is the server's own where it does not speak ours.
struct Response {
  std::uint8_t version = 0;
  std::uint8_t opcode = 0;
  std::uint8_t result_code = 0;
  std::uint32_t lifetime_s = 0;  ///< of an error: how long it will stay so
  std::uint32_t epoch_s = 0;
  bool operator==(const Response&) const = default;
};

/// RFC 6887 §14.1. `client`: our address as we send from it, IPv4 as ::ffff:0:0/96.
[[nodiscard]] Bytes build_announce_request(const Address& client);
/// One whole datagram of version 1 or later. Errc::malformed names the rule of §8.3 that it breaks.
[[nodiscard]] Expected<Response> parse_response(ByteView datagram);

}  // namespace ringback::wire::pcp
