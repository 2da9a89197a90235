#include "probes/router/search.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/printable.hpp"
#include "wire/ssdp.hpp"

namespace ringback::router {
namespace {

struct Sending {
  milliseconds after;
  bool to_everybody;        // multicast
  std::size_t first, last;  // of the targets that the gateway is asked by unicast
};
constexpr auto all_targets = std::size(wire::ssdp::gateway_targets);
// A router whose UPnP is off refuses each unicast with an ICMP error, and of these most have few to give (Linux: six, then one a second, icmp(7)
// icmp_ratelimit). The path probe needs them: one question tells whether more make sense.
constexpr Sending search_sendings[] = {
    {milliseconds{0}, true, 0, 1},
    {milliseconds{50}, false, 1, all_targets},
    {milliseconds{300}, true, 0, all_targets},
};
constexpr std::size_t first_round = 2;   // whoever has answered is asked everything once, and not again
constexpr milliseconds silence{700};
// A router answers each search target on its own, and some (FRITZ!Box) describe IGD 1 and IGD 2 at different locations.
constexpr milliseconds grace{200};
constexpr std::size_t most_locations = 4;  // of the gateway, and as many of all others
constexpr std::size_t most_rejected_answers = 8;
// Whoever floods this socket does not hold up the run. On a link full of devices, or beside a hostile one, the gateway is still heard.
constexpr std::size_t most_heard_from_gateway = 512;
constexpr std::size_t most_heard_from_others = 512;

bool was_searched(const std::string& target) {
  return std::ranges::find(wire::ssdp::gateway_targets, target) != std::end(wire::ssdp::gateway_targets);
}

}  // namespace

Search::Search(const Address& gateway, unsigned distance, const Leg& leg, const io::World& world)
    : gateway_(gateway), distance_(distance), leg_(leg), world_(world), start_(world.clock.now()) {
  io::UdpOptions options{.family = gateway.family()};
  if (leg.source) options.local = Endpoint{*leg.source, 0};
  if (leg.bind || !leg.source) options.interface = leg.interface;  // a multicast needs to know its link
  auto socket = world.network.open_udp(options);
  if (socket) {
    socket_ = std::move(*socket);
  } else {
    reject(socket.error().what);
    done_ = true;
  }
}

Instant Search::end() const {
  if (!gateway_answered_) return start_ + silence;
  const bool all = gateway_targets_.size() == all_targets;
  return all ? *gateway_answered_ : std::min(*gateway_answered_ + grace, start_ + silence);
}

Instant Search::next() const {
  const bool sends_again = sendings_ < (gateway_answered_ ? first_round : std::size(search_sendings));
  return sends_again ? std::min(end(), start_ + search_sendings[sendings_].after) : end();
}

void Search::send_due() {
  if (done_ || sendings_ >= (gateway_answered_ ? first_round : std::size(search_sendings)) || world_.clock.now() < start_ + search_sendings[sendings_].after) return;
  const auto& sending = search_sendings[sendings_++];
  if (!gateway_refused_) send(gateway_, sending.first, sending.last);
  if (sending.to_everybody && distance_ == 1) send(wire::ssdp::multicast_group, 0, all_targets);
}

void Search::send(const Address& destination, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i) {
    const auto sent = socket_->send({destination, wire::ssdp::server_port}, wire::ssdp::build_search(wire::ssdp::gateway_targets[i]), std::nullopt);
    if (!sent) return reject(sent.error().what);
  }
}

void Search::take(const Expected<io::Received>& received) {
  if (!received) {
    reject(received.error().what);
    done_ = true;
  } else if (const auto* datagram = std::get_if<io::Datagram>(&*received)) {
    const bool is_gateway = datagram->from.address == gateway_;
    auto& heard = is_gateway ? heard_from_gateway_ : heard_from_others_;
    if (++heard == most_heard_from_gateway && is_gateway) done_ = true;
    if (is_gateway || heard <= most_heard_from_others)
      take_answer(*datagram);
    else
      nothing_came();  // in a flood there is always something more, and the time counts all the same
  } else if (const auto* error = std::get_if<io::IcmpError>(&*received)) {
    // It says nothing of UPnP: many routers answer the multicast alone.
    gateway_refused_ = gateway_refused_ || (error->offender == gateway_ && !error->local);
  }
}

void Search::take_answer(const io::Datagram& datagram) {
  const auto& responder = datagram.from.address;
  const auto from = responder.to_string();
  if (!may_answer(responder)) return reject(fmt::format("from {}, which is neither the gateway nor on this link", from));
  const auto answer = wire::ssdp::parse_answer(datagram.payload);
  if (!answer) return reject(fmt::format("from {}: {}", from, answer.error().what));
  if (!was_searched(answer->search_target))
    return reject(fmt::format("from {}: search target \"{}\", which was not asked for", from, wire::printable(answer->search_target, 80)));
  const auto location = wire::igd::parse_url(answer->location);
  if (!location) return reject(fmt::format("from {}: {}", from, location.error().what));
  // Whoever could send us elsewhere could make this host fetch what it likes.
  if (location->endpoint.address != responder) return reject(fmt::format("from {}: its location leads to {}", from, location->endpoint.to_string()));
  // A forged source could make us ask a device that obeys this host's address for whatever the path says: of others, only what looks like
  // the place of a description is read.
  if (responder != gateway_ && location->target.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:") != std::string::npos)
    return reject(fmt::format("from {}: \"{}\" looks like no description", from, wire::printable(location->target, 80)));
  if (responder == gateway_) {
    if (!gateway_answered_) gateway_answered_ = world_.clock.now();
    gateway_targets_.insert(answer->search_target);
  }
  keep({responder, *location});
}

void Search::keep(Found found) {
  const bool is_gateway = found.responder == gateway_;
  auto& count = is_gateway ? gateway_locations_ : other_locations_;
  const auto text = found.location.to_string();
  if (count == most_locations || std::ranges::find(locations_, text) != locations_.end()) return;
  ++count;
  locations_.push_back(text);
  (is_gateway ? of_gateway_ : of_others_).push_back(std::move(found));
}

bool Search::may_answer(const Address& responder) const {
  if (responder == gateway_) return true;
  if (distance_ > 1) return false;
  const auto route = world_.network.route_to(responder, leg_.interface);
  return route && !route->gateway;
}

void Search::nothing_came() {
  if (world_.clock.now() >= end()) done_ = true;
}

std::optional<Found> Search::next_found() {
  auto& list = !of_gateway_.empty() || !done_ ? of_gateway_ : of_others_;
  if (list.empty()) return std::nullopt;
  auto found = std::move(list.front());
  list.pop_front();
  return found;
}

void Search::reject(std::string why) {
  if (rejected_.size() < most_rejected_answers && std::ranges::find(rejected_, why) == rejected_.end()) rejected_.push_back(std::move(why));
}

}  // namespace ringback::router
