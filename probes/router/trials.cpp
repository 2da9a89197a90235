#include "probes/router/trials.hpp"

#include "probes/router/pcp_client.hpp"
#include "probes/router/port_mapping_server.hpp"

namespace ringback::router {
namespace {

/// Opening and closing take half a second each where the answers get lost.
constexpr milliseconds time_needed{1100};

std::unique_ptr<io::UdpSocket> open_socket(const Leg& leg, const io::World& world, Exchange& exchange) {
  auto socket = open_for_port_mapping(leg.family, leg, world);
  if (socket) return std::move(*socket);
  exchange.rejected.push_back(socket.error().what);
  return nullptr;
}

}  // namespace

std::optional<MappingTrial> try_mapping(const Address& gateway, const Leg& leg, Port port, const io::World& world, Deadline deadline) {
  if (deadline.left(world.clock) < time_needed) return std::nullopt;
  MappingTrial trial{.exchange = {.gateway = gateway}, .protocol = Protocol::tcp, .internal_port = port};
  const auto socket = open_socket(leg, world, trial.exchange);
  if (!socket) return trial;
  const auto client = client_address(*socket, gateway, world.network);
  wire::pcp::Mapping mapping{.protocol = Protocol::tcp, .internal_port = port, .external = {Address::any(Family::ipv4), 0}};
  world.random.fill(mapping.nonce);
  const auto closing = wire::pcp::build_map_request(client, mapping, 0);
  const auto promise = world.network.leave_last_words({.protocol = Protocol::udp, .to = {gateway, wire::pcp::server_port}, .local = client, .bytes = closing});
  const auto opened = ask_pcp(*socket, gateway, wire::pcp::build_map_request(client, mapping, trial_lifetime_s), wire::pcp::map, mapping.nonce, world, deadline);
  trial.exchange = opened.exchange;
  const bool granted = opened.response && opened.response->result_code == wire::pcp::success && opened.response->mapping;
  if (granted) {
    trial.exchange.external_address = opened.response->mapping->external.address;
    trial.external_port = opened.response->mapping->external.port;
    trial.lifetime_s = opened.response->lifetime_s;
  }
  // What was refused has nothing to be closed; an answer that got lost may have been a grant.
  if (opened.response && !granted) {
    trial.closed = true;
    return trial;
  }
  const auto closed = ask_pcp(*socket, gateway, closing, wire::pcp::map, mapping.nonce, world, deadline);
  trial.closed = closed.response && closed.response->result_code == wire::pcp::success;
  return trial;
}

Exchange ask_anycast(const Leg& leg, const io::World& world, Deadline deadline) {
  Exchange exchange{.gateway = wire::pcp::anycast_ipv4};
  const auto socket = open_socket(leg, world, exchange);
  if (!socket) return exchange;
  const auto client = client_address(*socket, wire::pcp::anycast_ipv4, world.network);
  return ask_pcp(*socket, wire::pcp::anycast_ipv4, wire::pcp::build_announce_request(client), wire::pcp::announce, std::nullopt, world, deadline).exchange;
}

}  // namespace ringback::router
