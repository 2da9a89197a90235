#pragma once
/// An IPv4 or IPv6 address, without zone. Text form: RFC 4291 §2.2, canonical as RFC 5952.
#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "net/family.hpp"

struct sockaddr;
struct sockaddr_storage;

namespace ringback {

class Address {
 public:
  constexpr Address() = default;  ///< 0.0.0.0
  static constexpr Address v4(std::uint32_t host_order) {
    Address a;
    for (unsigned i = 0; i < 4; ++i) a.bytes_[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
    return a;
  }
  static constexpr Address v6(const std::array<std::uint8_t, 16>& bytes) {
    Address a;
    a.family_ = Family::ipv6;
    a.bytes_ = bytes;
    return a;
  }
  /// 4 or 16 bytes in network order; anything else is a programming error.
  static Address from_bytes(std::span<const std::uint8_t> bytes);
  /// No zone, no brackets, no port, no leading zeros in IPv4.
  static Expected<Address> parse(std::string_view text);
  static Address any(Family family) { return family == Family::ipv4 ? Address{} : v6({}); }

  [[nodiscard]] constexpr Family family() const { return family_; }
  [[nodiscard]] constexpr bool is_v4() const { return family_ == Family::ipv4; }
  [[nodiscard]] constexpr bool is_v6() const { return family_ == Family::ipv6; }
  /// Network order: 4 bytes for IPv4, 16 for IPv6.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_.data(), is_v4() ? 4U : 16U}; }
  [[nodiscard]] std::uint32_t v4_host_order() const;
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_loopback() const;    ///< 127/8, ::1
  [[nodiscard]] bool is_link_local() const;  ///< 169.254/16, fe80::/10
  [[nodiscard]] bool is_multicast() const;   ///< 224/4, ff00::/8
  [[nodiscard]] bool is_v4_mapped() const;   ///< ::ffff:0:0/96
  /// The IPv4 address inside ::ffff:0:0/96, otherwise itself.
  [[nodiscard]] Address unmapped() const;

  auto operator<=>(const Address&) const = default;

 private:
  Family family_ = Family::ipv4;
  std::array<std::uint8_t, 16> bytes_{};  ///< IPv4 in the first four
};

}  // namespace ringback
