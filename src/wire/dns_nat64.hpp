#pragma once
/// The prefix of a NAT64, from a DNS64's AAAA records of ipv4only.arpa (RFC 7050 §3, RFC 6052 §2.2). Pure.
#include <span>
#include <vector>

#include "net/prefix.hpp"

namespace ringback::wire::dns {

inline constexpr const char* nat64_discovery_name = "ipv4only.arpa.";

/// The prefixes that carry 192.0.0.170 or 192.0.0.171 at a place that RFC 6052 allows, each once, in the order of the records.
/// Where an address has it at more than one place, the records with the other address decide; undecided gives nothing.
std::vector<Prefix> nat64_prefixes(std::span<const Address> ipv4only_arpa);

/// The IPv6 address under which a NAT64 with this prefix has `v4`; the prefix has one of the six lengths of RFC 6052 §2.2.
Address nat64_address(const Prefix& prefix, const Address& v4);

}  // namespace ringback::wire::dns
