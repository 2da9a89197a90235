#pragma once
/// What the address registries say: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), plus multicast.
#include "net/prefix.hpp"

namespace ringback {

enum class AddressClass {
  global,            ///< the internet can route it
  private_use,       ///< RFC 1918
  shared,            ///< 100.64.0.0/10, RFC 6598: between a carrier's NAT and its customers
  ds_lite,           ///< 192.0.0.0/29, RFC 6333 §5.7 and RFC 7335
  unique_local,      ///< fc00::/7, RFC 4193
  link_local,
  loopback,
  multicast,
  documentation,
  nat64_well_known,  ///< 64:ff9b::/96, RFC 6052
  teredo,            ///< 2001::/32, RFC 4380
  six_to_four,       ///< 2002::/16, RFC 3056
  unspecified,
  reserved,          ///< everything else that is not globally reachable
};
constexpr auto enum_names(AddressClass) {
  using enum AddressClass;
  using N = EnumName<AddressClass>;
  return std::array{N{global, "global"}, N{private_use, "private"}, N{shared, "shared"}, N{ds_lite, "ds-lite"},
                    N{unique_local, "unique-local"}, N{link_local, "link-local"}, N{loopback, "loopback"}, N{multicast, "multicast"},
                    N{documentation, "documentation"}, N{nat64_well_known, "nat64"}, N{teredo, "teredo"}, N{six_to_four, "6to4"},
                    N{unspecified, "unspecified"}, N{reserved, "reserved"}};
}

[[nodiscard]] AddressClass classify(const Address& address);
/// Can a stranger on the internet send a packet to it? 6to4, Teredo and 64:ff9b::/96 count as yes: they are routed, if badly.
[[nodiscard]] bool is_global(const Address& address);

}  // namespace ringback
