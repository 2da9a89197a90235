#pragma once
/// Which hops lie between this host and the internet, and who answers for an address. Three calls that the caller composes: the
/// owners worth asking about (mapped addresses, addresses that names lead to) are known only once other probes have spoken.
///
/// Economical with what it asks of routers: Linux ones send a host six ICMP errors in a burst and one each second after that, the
/// types "unreachable" and "time exceeded" together (icmp(7), icmp_ratelimit). So each hop is asked once, and twice more only while
/// it is silent.
#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/path/evidence.hpp"

namespace ringback::path {

/// The plan's destinations with their addresses, in its order, of the families that have a leg. Names are resolved side by side; one that
/// cannot be has none. Returns after two seconds at the latest.
std::vector<Endpoint> pick_destinations(const PathPlan& plan, const io::World& world, Deadline deadline);

/// Datagrams with TTL 1 to `farthest` (30 at most), a few at once, towards the first destination of the leg's family that there is a
/// route to; beside them one full-size datagram that must not be fragmented, for the path MTU. About a second where hops are silent.
/// `owners` is left empty. What goes wrong on this host itself is the `trouble`.
FamilyPath trace(const Leg& leg, const std::vector<Address>& destinations, Ttl farthest, const io::World& world, Deadline deadline);

/// At which of the first four hops each target answers; targets of the other family are left out, and beyond eight all. A router that
/// owns the target answers at the TTL that reaches it: what is delivered locally is not forwarded, and so not decremented before.
std::vector<Trace> find_owners(const Leg& leg, const std::vector<Address>& targets, const io::World& world, Deadline deadline);

}  // namespace ringback::path
