#include "probes/stun/stun.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "io/receive_any.hpp"
#include "probes/stun/conversation.hpp"
#include "probes/stun/names.hpp"

namespace ringback::stun {
namespace {

bool is_one_host(const Address& address) {
  return !address.is_multicast() && !address.is_unspecified() && address != Address::v4(0xFFFFFFFF);
}

/// Who is to be asked over this leg; two names that lead to the same server are asked once.
std::vector<Observation> asked_over(const Leg& leg, const std::vector<NamedServer>& servers) {
  std::vector<Observation> asked;
  for (const auto& named : servers) {
    for (const auto& address : named.addresses) {
      const Endpoint server{address, named.server.port};
      if (!is_one_host(address)) continue;   // whoever answers for the name may name anything
      if (address.family() == leg.family && std::ranges::find(asked, server, &Observation::server) == asked.end())
        asked.push_back({.server_name = named.server.host, .server = server});
    }
  }
  return asked;
}

void talk(std::deque<Conversation>& conversations, const io::World& world, Deadline deadline) {
  while (!deadline.passed(world.clock)) {
    std::vector<io::UdpSocket*> sockets;
    Instant next = deadline.at;
    for (auto& conversation : conversations) {
      conversation.send_due();
      sockets.push_back(conversation.socket());
      if (sockets.back()) next = std::min(next, conversation.next());
    }
    if (std::ranges::all_of(sockets, [](auto* socket) { return socket == nullptr; })) return;
    if (const auto received = io::receive_any(sockets, {next}, world)) conversations[received->socket].take(received->what);
    if (std::ranges::any_of(conversations, &Conversation::answered))
      for (auto& conversation : conversations) conversation.believe_silence_sooner();
  }
}

}  // namespace

Expected<Evidence> observe(const StunPlan& plan, const io::World& world, Deadline deadline) {
  if (plan.servers.empty()) return failure(Errc::no_route, "no STUN server to ask");
  if (plan.legs.empty()) return failure(Errc::no_route, "no route to ask a STUN server over");
  const auto servers = resolve_servers(plan.servers, world, deadline);

  Evidence evidence;
  for (const auto& named : servers)
    if (named.trouble) evidence.unresolved.push_back(fmt::format("{}: {}", named.server.host, *named.trouble));
  std::deque<Conversation> conversations;
  for (const auto& leg : plan.legs)
    if (auto asked = asked_over(leg, servers); !asked.empty()) conversations.emplace_back(leg, std::move(asked), world);
  talk(conversations, world, deadline);
  for (auto& conversation : conversations)
    for (auto& observation : conversation.finish()) evidence.observations.push_back(std::move(observation));
  return evidence;
}

}  // namespace ringback::stun
