#pragma once
/// IPv6 addresses that stand for an IPv4 one: a packet to them ends at that one.
#include "net/address.hpp"

namespace ringback {

/// The IPv4 address that an IPv6 address was made of: IPv4-mapped, 64:ff9b::/96, 6to4, Teredo. Otherwise the address itself.
/// Whoever holds one IPv4 address holds all of those too, a whole /48 in the case of 6to4.
[[nodiscard]] Address behind_translation(const Address& address);

/// Globally reachable by the registries (RFC 6890), and so is the IPv4 address behind it (RFC 6052 §3.1, RFC 3056 §2).
[[nodiscard]] bool is_on_the_internet(const Address& address);

}  // namespace ringback
