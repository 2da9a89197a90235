#pragma once
/// Where aliases lead out of a zone, and whose word counts there: that of the servers of the zone which they lead to.
#include "probes/dns/zone.hpp"

namespace ringback::dns {

/// What a server of the inquiry's zone answered, as far as it is that zone's to say. An alias that leads out of the zone ends at the first name
/// outside: what stands behind it may be an old copy, or a lie (RFC 2181 §5.4.1).
[[nodiscard]] Answer own_word(const Inquiry& inquiry, Ticket ticket, const Exchange& exchange);

/// Addresses that these servers told of names outside of their zone; none of them is believed.
[[nodiscard]] std::size_t addresses_outside(const std::vector<Inquiry>& inquiries, const Exchange& exchange);

/// The names that aliases lead to in other zones, with their zones' servers asked; notes at each inquiry where it leads. Of very many the first
/// 8 are followed, and `troubles` says so.
[[nodiscard]] std::vector<Inquiry> follow_aliases(std::vector<Inquiry>& inquiries, const std::vector<Target>& system, const std::vector<Target>& outside,
                                                  Exchange& exchange, const Clock& clock, std::vector<std::string>& troubles);

}  // namespace ringback::dns
