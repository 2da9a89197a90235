#pragma once
/// Which of the addresses that a zone's servers are said to have are asked. Anybody may put any address into his own zone, and would have this
/// program talk to other machines of the network that it runs in.
#include "probes/dns/exchange.hpp"

namespace ringback::dns {

/// Some addresses are no single host's (RFC 1122 §3.2.1.3, RFC 4291 §2.5).
[[nodiscard]] bool can_be_a_server(const Address& address);

/// This host's own are never asked. Private, shared and unique-local ones (RFC 1918, RFC 6598, RFC 4193), also behind a translation, only of a zone
/// that is at home here.
[[nodiscard]] bool may_be_asked(const Address& address, bool zone_is_at_home);

/// Whether the zone of this name may have its servers in a private network: `told_by`, who says where they are, is a resolver of this system, and
/// the name is one that the internet does not know (RFC 8375, RFC 6762 appendix G), or has private addresses alone at that very resolver.
/// So a company's or a home's own zone is asked. Where the zone is found through a public resolver, as any zone of the internet is where one
/// answers, its servers have to be on the internet too. Asks nothing that is not asked anyhow; of a name without answers yet it is not known.
[[nodiscard]] bool is_at_home(const std::string& name, const Target& told_by, Exchange& exchange);

}  // namespace ringback::dns
