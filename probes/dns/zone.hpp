#pragma once
/// Which zone a name is in, and what that zone's own servers answer for it.
#include "probes/dns/exchange.hpp"

namespace ringback::dns {

/// One name of the user's, and the questions that were asked for it.
struct Inquiry {
  std::string asked;                       ///< as the user wrote it
  std::string name;                        ///< absolute, lower case
  std::optional<std::string> zone;
  std::vector<std::string> zone_servers;
  std::optional<Target> found_through;     ///< the resolver that knew the zone; it is asked for the servers' addresses
  std::vector<Ticket> at_resolvers;        ///< A and AAAA
  std::vector<Ticket> at_zone_servers;     ///< A and AAAA
  std::vector<std::string> without_address;  ///< servers of the zone that no address was found for
};

/// A zone may name anything as its server; some addresses are no host's.
[[nodiscard]] bool can_be_a_server(const Address& address);

/// Fills in the zones and asks their servers; returns when these have answered or are known to be silent.
/// A name's zone is what a public resolver says, as that is what the internet sees; what this household's resolvers say where none
/// of those answers. A server that refers further down (RFC 1034 §4.3.2) is believed over both.
void ask_zone_servers(std::vector<Inquiry>& inquiries, const std::vector<Target>& system_resolvers,
                      const std::vector<Target>& public_resolvers, Exchange& exchange, const Clock& clock);

}  // namespace ringback::dns
