#pragma once
/// Which captured packets belong to which announced knock: pure.
#include <vector>

#include "io/network.hpp"
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

/// pcap-filter(7) for every knock of the request, in both directions, and nothing else than: the ports knocked on and listened on,
/// ICMP, and IPv6 packets whose extension headers hide the transport header from the filter machine.
[[nodiscard]] std::string filter_expression(const std::vector<Service>& services);

}  // namespace ringback::inbound
