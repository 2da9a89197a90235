#pragma once
/// NAT Port Mapping Protocol (RFC 6886): asking the home router for its public address. Bytes to values and back, no I/O.
#include <optional>

#include "net/endpoint.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::nat_pmp {

inline constexpr Port server_port = 5351;

/// RFC 6886 §3.5.
inline constexpr std::uint16_t success = 0;
inline constexpr std::uint16_t unsupported_version = 1;

struct Response {
  std::uint8_t opcode = 0;                  ///< of the request: the response bit is taken off
  std::uint16_t result_code = 0;
  std::uint32_t epoch_s = 0;                ///< seconds since the mapping table was initialised
  std::optional<Address> public_address;    ///< of opcode 0; what a failed answer carries there means nothing (§3.2)
  bool operator==(const Response&) const = default;
};

/// RFC 6886 §3.2.
[[nodiscard]] Bytes build_address_request();
/// One whole datagram of version 0. Errc::malformed names the rule that it breaks.
[[nodiscard]] Expected<Response> parse_response(ByteView datagram);

}  // namespace ringback::wire::nat_pmp
