#include "probes/filter/packet_of.hpp"

#include <algorithm>

namespace ringback::filter {
namespace {

/// A stranger, for the question whether the answer would leave where the packet came (fib saddr . iif): A.ROOT-SERVERS.NET. The kernel's
/// routes are asked; nothing is sent.
Address stranger(Family family) {
  return family == Family::ipv4 ? Address::v4(0xc6290004)
                                : Address::v6({0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0x30});
}

std::vector<Address> destinations(const Leg& leg) {
  auto all = leg.stable_sources;
  if (leg.source && std::find(all.begin(), all.end(), *leg.source) == all.end()) all.push_back(*leg.source);
  return all;
}

}  // namespace

Packet packet_of(const Leg& leg, io::Network& network, Deadline deadline) {
  Packet packet{.family = leg.family, .interface = leg.interface, .destinations = destinations(leg)};
  if (const auto interfaces = network.interfaces(deadline))
    for (const auto& interface : *interfaces)
      for (const auto& address : interface.addresses) packet.own.push_back(address.address);
  if (auto routes = network.routes(deadline)) packet.routes = std::move(*routes);
  const auto back = network.route_to(stranger(leg.family), leg.interface);
  if (back || back.error().code == Errc::no_route) packet.route_back = back.has_value();
  return packet;
}

std::string way_back(const Packet& packet, io::Network& network) {
  if (packet.destinations.empty()) return {};
  static constexpr Port any_client = 50000;
  const auto route = network.route_back(packet.protocol, {packet.destinations.front(), packet.port},
                                        {packet.sender.value_or(stranger(packet.family)), any_client});
  return route ? route->interface : std::string();
}

}  // namespace ringback::filter
