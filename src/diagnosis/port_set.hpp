#pragma once
/// Which outside ports a household is given: all of them, or a set, as where a carrier shares one address by ports (RFC 7597 §5.1, RFC 7596
/// §5.1) or hands out blocks of them (RFC 7422). Pure.
#include <fmt/format.h>

#include "probes/stun/evidence.hpp"

namespace ringback::diagnosis {

/// A port is `prefix` bits that vary, then `length` bits that are always `value` (the PSID), then bits that vary.
struct PortSet {
  unsigned prefix = 0;                ///< "a" of RFC 7597 §5.1; 0: one contiguous block
  unsigned length = 0;                ///< "k": 1/2^k of all ports
  unsigned value = 0;
  std::size_t samples = 0;

  [[nodiscard]] bool contiguous() const { return prefix == 0; }
  [[nodiscard]] bool contains(Port port) const;
  /// One of them, the nearer to `port` the easier to remember; not one of the well-known ports (below 1024) where its range has others.
  [[nodiscard]] Port like(Port port) const;
  /// "4096 to 8191", or "1234, 2258, … (1008 in all)".
  [[nodiscard]] std::string to_string() const;
  bool operator==(const PortSet&) const = default;
};

/// Of the samples that came out at `mapped`. nullopt: any port comes, the translator keeps the port that this host chose, it counts upwards, or
/// there are too few samples to tell.
[[nodiscard]] std::optional<PortSet> port_set(const std::vector<stun::PortSample>& samples, const Address& mapped);

/// Enough of them, and spread over all ports: there is no set.
[[nodiscard]] bool any_port_comes(const std::vector<stun::PortSample>& samples, const Address& mapped);

}  // namespace ringback::diagnosis
