#pragma once
/// What one captured packet of the link says, as evidence.
#include "io/network.hpp"
#include "probes/link/evidence.hpp"

namespace ringback::link {

/// What was asked; answers to anybody else's questions are not ours.
struct Transactions {
  std::optional<std::uint32_t> dhcpv4, dhcpv6;
};

/// Takes an incoming router advertisement or an answer of a DHCP server into `evidence`; what is not believed goes to `rejected`.
void take_packet(const io::CapturedPacket& captured, const Transactions& ours, Evidence& evidence);

}  // namespace ringback::link
