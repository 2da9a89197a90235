#pragma once
/// Who counts as one caller, and as one network of callers, wherever something is shared out.
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

}  // namespace ringback::vantage
