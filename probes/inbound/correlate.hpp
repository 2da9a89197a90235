#pragma once
/// Which captured packets belong to which announced knock: pure.
#include <utility>
#include <vector>

#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/inbound/conversation.hpp"
#include "wire/packet.hpp"

namespace ringback::inbound {

/// A captured packet that could be parsed, with its own copy of the bytes.
struct Sighting {
  Instant at;
  bool outgoing = false;
  std::string interface;
  wire::Packet packet;      ///< `payload` is empty here; see `payload`
  std::string payload;      ///< at most 128 bytes
};

/// Errc::malformed or unsupported, as wire::parse_packet.
[[nodiscard]] Expected<Sighting> sight(const io::CapturedPacket& captured);

/// What may be the knock, behind a router that puts its own address in place of the vantage point's: an announced port is all that such a
/// packet has of it, and somebody at home who comes to the service meanwhile may have that port by chance (5 of some 28,000).
struct Unproven {
  std::vector<Arrival> arrivals;                        ///< at most 16
  std::vector<std::pair<Endpoint, Departure>> answers;  ///< and to whom; at most 16
};

/// An announcement and when it came.
struct Announced {
  Announcement line;
  Instant at;
  Unproven unproven{};
};

/// Adds to `knock` what this packet says about it; nothing where it belongs to another knock or none. What may be a part of it is kept in
/// `announced`.
void correlate(Knock& knock, Announced& announced, const Sighting& sighting);

/// Adds to `knock` what was unproven and is proven by now: by a second announced port from the same address (two visits have both by chance
/// once in 40 million times), or, because the vantage point ends a knock that is answered, by its word that it got what this host sent in
/// answer. What stays unproven is no arrival.
void prove(Knock& knock, Announced& announced);

/// The same for a knock that nobody announced: whichever stranger opens a connection to its port meanwhile may be the one, but nobody who
/// shares the address that was knocked on, or the home's IPv6 prefix. `began`: when it was asked for.
void correlate_unannounced(Knock& knock, Instant began, const Sighting& sighting);

/// pcap-filter(7) for every packet that a knock or its answer can be, whatever the router translated, and little else.
[[nodiscard]] std::string filter_expression(const InboundPlan& plan);

/// Could this be a knock or an answer to one? `knockers`: where UDP knocks have come from so far. What is not kept cannot crowd out
/// what is: strangers and the service's own traffic pass the card as well.
[[nodiscard]] bool worth_keeping(const Sighting& sighting, const std::vector<Address>& knockers);

}  // namespace ringback::inbound
