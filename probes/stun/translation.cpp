#include "probes/stun/translation.hpp"

#include <algorithm>

#include "net/special_purpose.hpp"
#include "probes/stun/round.hpp"

namespace ringback::stun {
namespace {

// A port set of 1/16 of all ports shows itself by its constant bits in a few dozen; fewer would be chance.
constexpr std::size_t samples = 40;
constexpr std::size_t most_tries = 3;
// Translators that keep the port would mimic a port set where the system's own choice comes from a narrow range (RFC 6056 §3.2).
constexpr Port first_port = 1024;

using Sockets = std::vector<std::unique_ptr<io::UdpSocket>>;

struct Translated {
  const Leg* leg = nullptr;
  std::vector<Endpoint> servers;   ///< that answered
};

std::optional<std::string> interface_of(const Leg& leg) { return leg.bind ? std::optional(leg.interface) : std::nullopt; }

/// The first leg of this family over which somebody else's address came back. A tunnel's is not the household's.
Translated translated(const StunPlan& plan, const Evidence& evidence, Family family) {
  for (const auto& leg : plan.legs) {
    if (leg.family != family || !leg.gateway) continue;
    Translated found{.leg = &leg, .servers = {}};
    for (const auto& o : evidence.observations)
      if (o.mapped && o.server.address.family() == family && o.interface == interface_of(leg) && o.mapped->address != o.local.address)
        found.servers.push_back(o.server);
    if (!found.servers.empty()) return found;
  }
  return {};
}

std::unique_ptr<io::UdpSocket> open_at_random(const Leg& leg, const io::World& world) {
  for (std::size_t i = 0; i < most_tries; ++i) {
    const auto port = static_cast<Port>(first_port + world.random.number<std::uint32_t>() % (65536U - first_port));
    auto socket = world.network.open_udp({.family = leg.family, .local = Endpoint{leg.source.value_or(Address::any(leg.family)), port}, .interface = interface_of(leg)});
    if (socket) return std::move(*socket);
  }
  return nullptr;
}

Sockets open_sockets(const Leg& leg, std::size_t count, const io::World& world) {
  Sockets sockets;
  for (std::size_t i = 0; i < count; ++i)
    if (auto socket = open_at_random(leg, world)) sockets.push_back(std::move(socket));
  return sockets;
}

/// The servers take turns, so that none of them is asked by all.
std::vector<Ask> sample(const Translated& where, const Sockets& sockets, const io::World& world, Deadline deadline) {
  std::vector<Ask> asks;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    const auto& server = where.servers[i % where.servers.size()];
    asks.push_back({.socket = i, .to = server, .from = server});
  }
  ask_all(sockets, asks, world, deadline);
  return asks;
}

/// RFC 5780 §4.3 and §4.4. What a filter lets in is asked of a socket that has spoken to nobody but the server's first address.
std::optional<Behaviour> behaviour(const Leg& leg, const Endpoint& server, const Endpoint& other, const io::World& world, Deadline deadline) {
  const auto sockets = open_sockets(leg, 2, world);
  if (sockets.size() < 2) return std::nullopt;
  constexpr std::size_t mapping = 0, filtering = 1;
  const Endpoint at_other_address{other.address, server.port};
  const auto change = [](bool address, bool port) { return wire::stun::ChangeRequest{address, port}; };
  std::vector<Ask> asks{{.socket = mapping, .to = server, .from = server},
                        {.socket = mapping, .to = at_other_address, .from = at_other_address},
                        {.socket = mapping, .to = other, .from = other},
                        {.socket = filtering, .to = server, .from = server},
                        {.socket = filtering, .to = server, .change = change(true, true), .from = other},
                        {.socket = filtering, .to = server, .change = change(false, true), .from = {server.address, other.port}}};
  ask_all(sockets, asks, world, deadline);
  return Behaviour{.server = server,
                   .other = other,
                   .local = sockets[mapping]->local(),
                   .mapped = asks[0].mapped,
                   .mapped_at_other_address = asks[1].mapped,
                   .mapped_at_other_port = asks[2].mapped,
                   .filter_tried = asks[3].mapped.has_value(),
                   .heard_from_other_address = asks[4].mapped.has_value(),
                   .heard_from_other_port = asks[5].mapped.has_value()};
}

/// A server may name any address as its other one; this host sends there only what it sends to any server of the internet.
bool is_usable(const Endpoint& other, const Endpoint& server) {
  return other.address.family() == server.address.family() && other.address != server.address && other.port != server.port && other.port != 0 &&
         classify(other.address) == classify(server.address);
}

void observe_family(Family family, const StunPlan& plan, const io::World& world, Deadline deadline, Evidence& evidence) {
  const auto where = translated(plan, evidence, family);
  if (!where.leg) return;
  const auto sockets = open_sockets(*where.leg, family == Family::ipv4 ? samples : 1, world);
  const auto asks = sample(where, sockets, world, deadline);
  for (const auto& ask : asks) {
    const auto bound = sockets[ask.socket]->local();
    if (family == Family::ipv4) evidence.ports.push_back({ask.to, {where.leg->source.value_or(bound.address), bound.port}, ask.mapped});
  }
  const auto able = std::ranges::find_if(asks, [](const Ask& ask) { return ask.other && is_usable(*ask.other, ask.to); });
  if (able == asks.end()) return;
  if (auto found = behaviour(*where.leg, able->to, *able->other, world, deadline)) {
    if (where.leg->source) found->local.address = *where.leg->source;
    evidence.behaviours.push_back(std::move(*found));
  }
}

}  // namespace

void observe_translation(const StunPlan& plan, const io::World& world, Deadline deadline, Evidence& evidence) {
  for (const auto family : {Family::ipv4, Family::ipv6}) observe_family(family, plan, world, deadline, evidence);
}

}  // namespace ringback::stun
