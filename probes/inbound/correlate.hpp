#pragma once
/// Which captured packets belong to which announced knock: pure.
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

/// An announcement and when it came.
struct Announced {
  Announcement line;
  Instant at;
};

/// Adds to `knock` what this packet says about it; nothing where it belongs to another knock or none.
void correlate(Knock& knock, const Announced& announced, const Sighting& sighting);

/// The same for a knock that nobody announced: whichever stranger opens a connection to its port meanwhile may be the one. `began`: when it
/// was asked for.
void correlate_unannounced(Knock& knock, Instant began, const Sighting& sighting);

/// pcap-filter(7) for every packet that a knock or its answer can be, whatever the router translated, and little else.
[[nodiscard]] std::string filter_expression(const InboundPlan& plan);

/// Could this be a knock or an answer to one? `knockers`: where UDP knocks have come from so far. What is not kept cannot crowd out
/// what is: strangers and the service's own traffic pass the card as well.
[[nodiscard]] bool worth_keeping(const Sighting& sighting, const std::vector<Address>& knockers);

}  // namespace ringback::inbound
