#pragma once
/// Does one imagined packet match? Three answers: what cannot be evaluated is `maybe`, never yes or no.
#include "net/link.hpp"
#include "probes/filter/ruleset.hpp"

namespace ringback::filter {

enum class Tri { no, maybe, yes };
[[nodiscard]] constexpr Tri operator!(Tri value) { return value == Tri::yes ? Tri::no : value == Tri::no ? Tri::yes : Tri::maybe; }
[[nodiscard]] constexpr Tri both(Tri a, Tri b) { return a < b ? a : b; }
[[nodiscard]] constexpr Tri either(Tri a, Tri b) { return a < b ? b : a; }

/// The first packet of a connection, from a stranger somewhere on the internet to this host; or the answer to it.
struct Packet {
  Family family = Family::ipv4;
  Protocol protocol = Protocol::tcp;
  Port port = 0;                        ///< of the destination (of an answer, which the knock was for); ignored for ICMP, which is an echo request
  std::optional<Address> sender;        ///< the stranger's address, where it is known
  bool beyond_limits = false;           ///< every limit on the way has been reached already
  bool answer = false;                  ///< SYN-ACK, datagram or echo reply; everything else below is the knock's
  std::string interface;                ///< where it arrives
  std::vector<Address> destinations;    ///< it is addressed to one of these
  std::vector<Address> own;             ///< every address of this host
  std::vector<Route> routes;            ///< where a packet goes on that is translated to another address
  std::string way_back;                 ///< the interface by which the answer leaves; empty: not known
  std::optional<bool> route_back;       ///< would the answer leave by `interface`? (fib saddr . iif; RFC 3704)
};

/// The packet on its way: what rules have done to it so far.
struct Journey {
  std::vector<Address> destinations;
  Port port = 0;
  bool translated = false;              ///< ct status dnat
  bool forwarded = false;               ///< it is at the forward hook
  std::string out_interface;            ///< of a packet that leaves or is forwarded; empty: not known
  bool routed = false;                  ///< it has an interface to leave by, known or not
  std::string in_interface;             ///< of an answer that comes from behind this host; empty: it is this host's own
  bool tracked = false;                 ///< connection tracking has seen it (it does at priority -200)
  Tri untracked = Tri::no;              ///< notrack
  bool connection_unknown = false;      ///< of an answer: the knock may have passed untracked
  std::optional<std::uint64_t> mark = 0, connection_mark = 0;
};

[[nodiscard]] Tri matches(const Match& match, const Table& table, const Packet& packet, const Journey& journey);

/// The verdicts that a verdict map may give, each with how sure it is; the last one may be `yes`.
struct PossibleVerdict {
  Verdict verdict;
  Tri when = Tri::yes;
};
/// nullopt: the map cannot be evaluated at all.
[[nodiscard]] std::optional<std::vector<PossibleVerdict>> look_up(const VerdictMap& map, const Table& table, const Packet& packet,
                                                                  const Journey& journey);

}  // namespace ringback::filter
