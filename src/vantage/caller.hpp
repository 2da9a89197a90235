#pragma once
/// Who counts as one caller, and as one network of callers, wherever something is shared out; and who is on the internet at all.
#include <cstdint>

#include "net/address.hpp"

namespace ringback::vantage {

/// Keys of equal meaning are equal; none is 0.
struct Caller {
  std::uint64_t household = 0;  ///< an IPv4 address, or an IPv6 /56, the least that a provider gives to a household (RFC 6177 §2)
  std::uint64_t network = 0;    ///< an IPv4 /24 or IPv6 /48: the least that is routed of its own, so what one hand may hold whole
  bool operator==(const Caller&) const = default;
};
[[nodiscard]] Caller caller_from(const Address& address);

/// The IPv4 address that an IPv6 address was made of: IPv4-mapped, 64:ff9b::/96, 6to4, Teredo. Otherwise the address itself.
/// Whoever holds one IPv4 address holds all of those too, a whole /48 in the case of 6to4.
[[nodiscard]] Address behind_translation(const Address& address);

/// Globally reachable by the registries (RFC 6890), and so is the IPv4 address behind it (RFC 6052 §3.1, RFC 3056 §2).
[[nodiscard]] bool is_on_the_internet(const Address& address);

}  // namespace ringback::vantage
