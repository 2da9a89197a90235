#pragma once
/// What the home router advertises of IPv6 (RFC 4861), held against what this host has.
#include "diagnosis/facts.hpp"

namespace ringback::diagnosis {

/// An address that this host made of an advertised prefix, and that no router advertises any more: after a change of prefix it stays here
/// until its lifetime is over, and leads to nobody (RFC 8978 §2). Empty: not so, or not to be told.
[[nodiscard]] std::string withdrawn_at(const Evidence& evidence, const InterfaceAddress& address, const std::string& interface);

/// Where a router advertises the prefix of a global address of this host, and itself as no default router (RFC 4861 §4.2); empty: none does.
/// Other machines send advertisements without a way out too (Thread border routers), for prefixes of their own.
[[nodiscard]] std::string gives_address_but_no_way_out(const Evidence& evidence, const Facts& facts);

/// Heard of the routers of the link that faces the home router.
struct Advertised {
  bool asked = false;            ///< solicited, so that silence means something
  bool heard = false;
  bool says_which = false;       ///< somebody says which addresses are in use: names prefixes, or leaves it to DHCPv6 (M)
  bool default_router = false;   ///< somebody offers a way out (a router lifetime above 0)
  bool global_prefix = false;    ///< somebody offers addresses that the internet can route
  Pointers at;
};
[[nodiscard]] Advertised advertised(const Evidence& evidence, const std::string& interface);

}  // namespace ringback::diagnosis
