#pragma once
/// Which zone a name is in, and what that zone's own servers answer for it.
#include <functional>

#include "probes/dns/exchange.hpp"

namespace ringback::dns {

/// One name of the user's, and the questions that were asked for it.
struct Inquiry {
  std::string asked;                       ///< as the user wrote it
  std::string name;                        ///< absolute, lower case, ASCII
  std::vector<std::string> possible_zones; ///< whose servers are looked for, the closest first
  std::optional<std::string> zone;
  std::vector<std::string> zone_servers;   ///< wire::dns::most_servers_told: as resolvers say, and then those that the zone above alone names
  std::optional<Target> found_through;     ///< the resolver that is asked for the servers' addresses
  std::vector<Delegation> delegations;     ///< from the root down
  std::vector<Ticket> at_resolvers;        ///< A and AAAA
  std::vector<Ticket> at_zone_servers;     ///< A and AAAA
  std::vector<Ticket> about_zone;          ///< SOA and NS of the zone, at its servers
  std::string leads_to;                    ///< the end of its aliases, where that is in another zone; otherwise empty
  std::vector<std::string> without_address;  ///< servers of the zone that no address was found for
  std::vector<std::string> not_asked;      ///< servers of the zone that are said to be at addresses where none of the internet's is
  std::size_t servers_left = 0;            ///< beyond the first 8 of the zone's servers, which alone are asked
  std::size_t addresses_left = 0;          ///< of those that are asked, beyond the first 16 addresses of all of them
};

/// The names that enclose it and may be zones of a household's: not those right below the root, and not very many. With `itself`, and where there is
/// no other one, it is the first of them.
[[nodiscard]] std::vector<std::string> possible_zones(const std::string& name, bool itself);

/// Asks the resolvers for the zones of the names, without waiting.
void ask_for_zones(const std::vector<Inquiry>& inquiries, const std::vector<Target>& system_resolvers, const std::vector<Target>& public_resolvers,
                   Exchange& exchange);

/// Fills in the zones and asks their servers; returns when these have answered or are known to be silent.
/// A name's zone is what a public resolver says, as that is what the internet sees; what this household's resolvers say where none
/// of those answers; what the way down from the root leads to where no resolver knows. A server that refers further down (RFC 1034 §4.3.2)
/// is believed over all. Servers that the zone above names, and the zone itself does not, are asked as well: visitors are.
/// What else is to be done while it waits is done every few milliseconds.
void ask_zone_servers(std::vector<Inquiry>& inquiries, const std::vector<Target>& system_resolvers,
                      const std::vector<Target>& public_resolvers, Exchange& exchange, const Clock& clock, const std::function<void()>& meanwhile);

}  // namespace ringback::dns
