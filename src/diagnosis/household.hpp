#pragma once
/// Whose an address is, and what proves something about this household.
#include "diagnosis/facts.hpp"

namespace ringback::diagnosis {

/// A server sees this household by this address, outvoted or not.
[[nodiscard]] bool is_seen_as(const Mapped& mapped, const Address& address);
/// A knock on this address arrived here.
[[nodiscard]] bool came_to(const Evidence& evidence, const Address& address);
/// In a network of the interface towards the home router.
[[nodiscard]] bool on_own_link(const Facts& facts, const Address& address);
/// IPv6 networks of this household's link, /64 at the longest.
[[nodiscard]] std::vector<Prefix> household_prefixes(const Facts& facts);
/// Is this address one that belongs to this household, as far as is known?
[[nodiscard]] bool is_household(const Facts& facts, const Address& address);
/// A knock that can prove something: from a stranger, on this household's address, not on a tunnel's.
[[nodiscard]] bool proves(const Facts& facts, const inbound::Knock& knock);
/// Where a trace towards `address` met it; absent: no trace, or it never answered. Traces through a tunnel do not count.
struct Owner {
  Ttl reached_at = 0;
  std::string at;                           ///< the trace
  const path::Trace* trace = nullptr;
};
[[nodiscard]] std::optional<Owner> owner_of(const Evidence& evidence, const Facts& facts, const Address& address);
/// The first hop answers in the name of every destination, so that traces say nothing.
[[nodiscard]] bool traces_are_spoofed(const Evidence& evidence, Family family);

}  // namespace ringback::diagnosis
