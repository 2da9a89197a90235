#pragma once
/// Who is inside and who is outside, told from addresses, directions and hop limits.
#include <vector>

#include "arrivals/attempt.hpp"
#include "net/link.hpp"
#include "probes/router/evidence.hpp"
#include "wire/packet.hpp"

namespace ringback::arrivals {

/// One captured packet.
struct Seen {
  Time at{};
  std::optional<bool> outgoing;            ///< did the capturing host send it; absent: the capture does not tell
  std::string_view interface;
  const wire::Packet& packet;
};

/// What this host knows of its surroundings. Not known of a capture file, which may come from another machine.
struct Home {
  std::vector<Address> own;
  std::vector<Prefix> on_link;
  std::vector<Address> gateways;
  std::vector<Address> wan;                ///< what routers call their own internet addresses; empty: nobody told
  std::vector<Prefix> delegated;           ///< IPv6 prefixes that a router calls the home's; empty: nobody told
  [[nodiscard]] bool known() const { return !own.empty(); }
};
/// `router`: what routers say of themselves, where they were asked.
[[nodiscard]] Home home_of(const std::vector<Interface>& interfaces, const std::vector<Route>& routes,
                           const router::Evidence* router = nullptr);

/// IPv4 addresses that the routers of this link call their own on the internet's side, whether the internet routes them or not; the one
/// that was asked first before others.
[[nodiscard]] std::vector<Address> wan_addresses(const router::Evidence& router);

/// Of a packet that opens something, with this source and destination.
[[nodiscard]] Origin origin_of(const Home& home, const Seen& opening);

/// How many routers it passed, as far as the hop limit shows: senders begin at 64, 128 or 255 (RFC 1700 and the big systems' defaults). 0
/// is what the capturing host itself sent, or a machine on its own link.
[[nodiscard]] unsigned hops_behind(Ttl hop_limit);

}  // namespace ringback::arrivals
