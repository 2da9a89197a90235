#include "probes/stun/conversation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/printable.hpp"

namespace ringback::stun {
namespace {

using wire::stun::Class;

// Denser than RFC 8489 §6.2.1 (0, 500, 1500 ms …), which is for a call that must succeed in the end: here silence is an answer too,
// and seven requests lost in a row are less than one in a million where one in eight gets lost.
constexpr milliseconds sendings[] = {milliseconds{0},   milliseconds{100},  milliseconds{200}, milliseconds{350},
                                     milliseconds{600}, milliseconds{1000}, milliseconds{1400}};
constexpr milliseconds silence{1800};
constexpr milliseconds silence_beside_answers{1000};
constexpr milliseconds least_grace{250};
constexpr milliseconds longest_grace{1200};
constexpr std::size_t most_rejected = 8;

void reject(Observation& observation, std::string why) {
  if (observation.rejected.size() < most_rejected) observation.rejected.push_back(std::move(why));
}

/// Time exceeded and "packet too big" say nothing of the server; the unreachables do (RFC 792, RFC 4443 §3.1).
bool is_unreachable(const io::IcmpError& error) {
  return error.destination.address.is_v4() ? error.type == 3 && error.code != 4 : error.type == 1;
}

std::string describe(const io::IcmpError& error) {
  const bool port = error.destination.address.is_v4() ? error.type == 3 && error.code == 3 : error.type == 1 && error.code == 4;
  if (port) return fmt::format("port unreachable from {}", error.offender.to_string());
  return fmt::format("ICMP type {} code {} from {}{}", error.type, error.code, error.offender.to_string(), error.local ? " (this host)" : "");
}

bool can_be_ours(const Endpoint& mapped) {
  return mapped.port != 0 && !mapped.address.is_unspecified() && !mapped.address.is_multicast() && !mapped.address.is_loopback();
}

}  // namespace

Conversation::Conversation(const Leg& leg, std::vector<Observation> asked, const io::World& world) : world_(world), start_(world.clock.now()), silence_(silence) {
  const auto interface = leg.bind ? std::optional(leg.interface) : std::nullopt;
  io::UdpOptions options{.family = leg.family, .interface = interface};
  if (leg.source) options.local = Endpoint{*leg.source, 0};
  auto socket = world.network.open_udp(options);
  if (socket) socket_ = std::move(*socket);
  for (auto& observation : asked) {
    observation.interface = interface;
    observation.local = socket_ ? socket_->local() : Endpoint{leg.source.value_or(Address::any(leg.family)), 0};
    if (!socket) observation.trouble = socket.error().what;
    if (!leg.source)
      if (const auto route = world.network.route_to(observation.server.address, interface); route && route->source)
        observation.local.address = *route->source;
    servers_.push_back({.observation = std::move(observation), .settled = !socket});
  }
}

bool Conversation::done() const {
  return std::ranges::all_of(servers_, &Server::settled) || world_.clock.now() >= end();
}

Instant Conversation::end() const { return grace_.value_or(start_ + silence_); }

void Conversation::believe_silence_sooner() { silence_ = silence_beside_answers; }

Instant Conversation::next() const {
  return sendings_ < std::size(sendings) ? std::min(end(), start_ + sendings[sendings_]) : end();
}

void Conversation::send_due() {
  while (!done() && sendings_ < std::size(sendings) && world_.clock.now() >= start_ + sendings[sendings_]) {
    ++sendings_;
    for (auto& server : servers_)
      if (!server.settled) send(server);
  }
}

void Conversation::send(Server& server) {
  auto& attempt = server.attempts.emplace_back();
  world_.random.fill(attempt.transaction);
  // As long as the longest answer: a vantage point answers nothing shorter, so that it cannot be used to amplify.
  const auto size = wire::stun::full_answer_size(server.observation.server.address.family());
  attempt.sent = world_.clock.now();
  const auto sent = socket_->send(server.observation.server, wire::stun::build_binding_request(attempt.transaction, size), std::nullopt);
  ++server.observation.sent;
  if (sent) return;
  server.observation.trouble = sent.error().what;
  server.settled = sent.error().code == Errc::no_route;
}

void Conversation::take(const Expected<io::Received>& received) {
  if (!received) {
    for (auto& server : servers_) {
      if (!server.settled) server.observation.trouble = received.error().what;
      server.settled = true;
    }
    return;
  }
  if (const auto* datagram = std::get_if<io::Datagram>(&*received)) take_datagram(*datagram);
  if (const auto* error = std::get_if<io::IcmpError>(&*received)) take_error(*error);
}

void Conversation::take_error(const io::IcmpError& error) {
  for (auto& server : servers_) {
    if (server.observation.server != error.destination || server.observation.mapped) continue;
    server.observation.trouble = describe(error);
    server.settled = server.settled || is_unreachable(error);
  }
}

void Conversation::take_datagram(const io::Datagram& datagram) {
  const auto from = datagram.from.to_string();
  const auto message = wire::stun::parse(datagram.payload);
  const auto asked = std::ranges::find(servers_, datagram.from, [](const Server& server) { return server.observation.server; });
  const auto matches = [&](const Attempt& attempt) { return message && attempt.transaction == message->transaction; };
  const auto owner = std::ranges::find_if(servers_, [&](const Server& server) { return std::ranges::any_of(server.attempts, matches); });

  // Where nothing tells whom a stray belongs to, the first server's observation keeps it: it is still something this socket heard.
  auto& server = asked != servers_.end() ? *asked : owner != servers_.end() ? *owner : servers_.front();
  if (asked == servers_.end()) return reject(server.observation, fmt::format("from {}, which was not asked", from));
  if (!message) return reject(server.observation, fmt::format("from {}: {}", from, message.error().what));
  if (owner != asked) return reject(server.observation, fmt::format("from {}: a transaction id that was not sent to it", from));
  if (message->method != wire::stun::binding_method || message->type == Class::request || message->type == Class::indication)
    return reject(server.observation, fmt::format("from {}: not the answer to a Binding request", from));
  take_answer(server, *std::ranges::find_if(server.attempts, matches), *message);
}

void Conversation::take_answer(Server& server, const Attempt& attempt, const wire::stun::Message& message) {
  auto& observation = server.observation;
  if (message.type == Class::error) {
    const auto error = message.error.value_or(wire::stun::ErrorCode{0, "without a code"});
    if (!observation.mapped) observation.trouble = fmt::format("error {} {}", error.code, wire::printable(error.reason, 80));
    server.settled = true;
    return;
  }
  // RFC 8489 §6.3.3: an answer with something in it that must be understood and is not is no answer.
  if (!message.not_understood.empty())
    return reject(observation, fmt::format("attribute {:#06x}, which must be understood", message.not_understood.front()));
  const auto mapped = message.xor_mapped_address ? message.xor_mapped_address : message.mapped_address;
  if (!mapped) return reject(observation, "a success without a mapped address");
  if (!can_be_ours(*mapped)) return reject(observation, fmt::format("mapped address {}, which nobody can have", mapped->to_string()));
  if (observation.mapped) {
    if (observation.mapped != mapped) reject(observation, fmt::format("a second answer, with mapped address {}", mapped->to_string()));
    return;
  }
  const auto now = world_.clock.now();
  observation.mapped = mapped;
  observation.round_trip = std::chrono::duration_cast<microseconds>(now - attempt.sent);
  observation.alg_rewrote = message.mapped_address && message.mapped_address != mapped;
  observation.trouble.reset();
  server.settled = true;
  if (!grace_) grace_ = now + std::min<microseconds>(least_grace + 3 * *observation.round_trip, longest_grace);
}

std::vector<Observation> Conversation::finish() {
  std::vector<Observation> observations;
  const auto waited = std::chrono::duration_cast<milliseconds>(world_.clock.now() - start_).count();
  for (auto& server : servers_) {
    auto& observation = server.observation;
    if (!observation.mapped && !observation.trouble)
      observation.trouble = fmt::format("no answer to {} request{} in {} ms", observation.sent, observation.sent == 1 ? "" : "s", waited);
    observations.push_back(std::move(observation));
  }
  return observations;
}

}  // namespace ringback::stun
