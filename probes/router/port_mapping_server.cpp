#include "probes/router/port_mapping_server.hpp"

#include <fmt/format.h>

namespace ringback::router {

Expected<std::unique_ptr<io::UdpSocket>> open_for_port_mapping(Family family, const Leg& leg, const io::World& world) {
  io::UdpOptions options{.family = family};
  if (leg.source) options.local = Endpoint{*leg.source, 0};
  if (leg.bind) options.interface = leg.interface;
  return world.network.open_udp(options);
}

Address client_address(const io::UdpSocket& socket, const Address& server, io::Network& network) {
  const auto bound = socket.local().address;
  if (!bound.is_unspecified()) return bound;
  const auto route = network.route_to(server, std::nullopt);
  return route && route->source ? *route->source : bound;
}

bool is_port_unreachable(const io::IcmpError& error) {
  return error.destination.address.is_v4() ? error.type == 3 && error.code == 3 : error.type == 1 && error.code == 4;
}

std::string describe(const io::IcmpError& error) {
  return fmt::format("ICMP type {} code {} from {}{}", error.type, error.code, error.offender.to_string(), error.local ? " (this host)" : "");
}

}  // namespace ringback::router
