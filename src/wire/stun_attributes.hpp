#pragma once
/// Numbers of STUN that its codecs share.
#include <cstddef>
#include <cstdint>

namespace ringback::wire::stun {

inline constexpr std::uint32_t magic_cookie = 0x2112A442;  // RFC 8489 §5

// IANA "STUN Attributes" registry. What is listed and not decoded is understood in that it changes nothing in a Binding.
enum Attribute : std::uint16_t {
  mapped_address = 0x0001,
  change_request = 0x0003,
  username = 0x0006,
  message_integrity = 0x0008,
  error_code = 0x0009,
  unknown_attributes = 0x000A,
  realm = 0x0014,
  nonce = 0x0015,
  message_integrity_sha256 = 0x001C,
  password_algorithm = 0x001D,
  userhash = 0x001E,
  xor_mapped_address = 0x0020,
  priority = 0x0024,
  use_candidate = 0x0025,
  padding = 0x0026,
  software = 0x8022,
  response_origin = 0x802b,
  other_address = 0x802c,
};

/// False for an attribute that a server has to refuse a request for (RFC 8489 §6.3.1).
constexpr bool is_understood(std::uint16_t type) {
  switch (type) {
    case mapped_address: case change_request: case username: case message_integrity: case error_code: case unknown_attributes:
    case realm: case nonce: case message_integrity_sha256: case password_algorithm: case userhash: case xor_mapped_address:
    case priority: case use_candidate: case padding:
      return true;
    default:
      return type >= 0x8000;  // comprehension-optional
  }
}

constexpr std::size_t padded(std::size_t length) { return (length + 3) & ~std::size_t{3}; }

}  // namespace ringback::wire::stun
