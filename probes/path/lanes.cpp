#include "probes/path/lanes.hpp"

#include <algorithm>
#include <string_view>

namespace ringback::path {
namespace {

constexpr Port first_port = 33434;
// When a silent hop is asked again, counted from the first time. The last time is for a first hop that stays silent while the target answers
// behind it: many routers give one ICMP error a second once they have given a few (icmp(7), icmp_ratelimit), and it may be the target itself.
constexpr std::array<milliseconds, most_attempts> attempt_after{milliseconds(0), milliseconds(200), milliseconds(500), milliseconds(1600)};
constexpr unsigned usual_attempts = 3;
constexpr std::string_view payload = "ringback: which hop is this?";

bool ends_the_way(HopReply reply) {
  return reply == HopReply::port_unreachable || reply == HopReply::other_unreachable || reply == HopReply::datagram;
}

}  // namespace

std::optional<HopReply> reply_of(const io::IcmpError& error) {
  if (error.destination.address.is_v4()) {
    if (error.type == 11) return HopReply::time_exceeded;
    if (error.type != 3) return std::nullopt;
    if (error.code == 3) return HopReply::port_unreachable;
    return error.code == 4 ? HopReply::packet_too_big : HopReply::other_unreachable;
  }
  if (error.type == 3) return HopReply::time_exceeded;
  if (error.type == 2) return HopReply::packet_too_big;
  if (error.type != 1) return std::nullopt;
  return error.code == 4 ? HopReply::port_unreachable : HopReply::other_unreachable;
}

Lanes::Lanes(const std::vector<Address>& targets, Pacing pacing, io::UdpSocket& socket, const Clock& clock)
    : pacing_(pacing), socket_(socket), clock_(clock) {
  for (const auto& target : targets) {
    lanes_.push_back({.target = target, .steps = {}, .next_step_at = clock.now(), .ends_at = {}, .reached_at = {}, .trouble = {}});
    lanes_.back().steps.reserve(pacing.farthest);
  }
}

Port Lanes::next_port() const { return static_cast<Port>(first_port + lanes_.size() * pacing_.farthest * most_attempts); }

// How long after the last attempt an answer may still come, by how fast the path has shown itself to be.
milliseconds Lanes::patience() const {
  return std::chrono::ceil<milliseconds>(std::clamp<microseconds>(4 * slowest_, milliseconds(150), milliseconds(400)));
}

void Lanes::run(Deadline deadline, MtuProbe* mtu) {
  while (!deadline.passed(clock_)) {
    auto next = Instant::min();
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      send_due(lane);
      const auto event = next_event(lanes_[lane]);
      if (event != Instant::min()) next = next == Instant::min() ? event : std::min(next, event);
    }
    if (next == Instant::min()) {  // every hop has answered or is given up
      if (mtu) next = mtu->waits_until(slowest_);
      if (next <= clock_.now()) return;
    }
    const auto received = socket_.receive(deadline.or_earlier(next));
    if (!received) {
      for (auto& lane : lanes_)
        if (!lane.trouble) lane.trouble = received.error();
      return;
    }
    if (!*received) continue;
    if (const auto* error = std::get_if<io::IcmpError>(&**received))
      if (!mtu || !mtu->take(*error)) take(*error);
    if (const auto* datagram = std::get_if<io::Datagram>(&**received))
      if (!mtu || !mtu->take(*datagram)) take(*datagram);
  }
}

unsigned Lanes::attempts_at(const Lane& lane, std::size_t step) const {
  return step == 0 && lane.reached_at.value_or(1) > 1 ? most_attempts : usual_attempts;
}

// When this lane has something to send or to give up; Instant::min(): it is done.
Instant Lanes::next_event(const Lane& lane) const {
  if (lane.blocked) return Instant::min();
  auto next = Instant::max();
  if (lane.steps.size() < last_ttl(lane)) next = lane.next_step_at;
  for (std::size_t i = 0; i < std::min<std::size_t>(lane.steps.size(), last_ttl(lane)); ++i) {
    const auto& step = lane.steps[i];
    if (!step.silent()) continue;
    const auto attempts = attempts_at(lane, i);
    const auto at = step.hop.sent < attempts ? step.sent_at[0] + attempt_after[step.hop.sent] : step.sent_at[step.hop.sent - 1] + patience();
    if (step.hop.sent < attempts || at > clock_.now()) next = std::min(next, at);
  }
  return next == Instant::max() ? Instant::min() : next;
}

void Lanes::send_due(std::size_t index) {
  auto& lane = lanes_[index];
  const auto now = clock_.now();
  for (std::size_t i = 0; i < std::min<std::size_t>(lane.steps.size(), last_ttl(lane)) && !lane.blocked; ++i) {
    const auto& step = lane.steps[i];
    if (step.silent() && step.hop.sent < attempts_at(lane, i) && now >= step.sent_at[0] + attempt_after[step.hop.sent]) send(index, i);
  }
  while (!lane.blocked && lane.steps.size() < last_ttl(lane) && now >= lane.next_step_at) {
    lane.steps.push_back({.hop = {.ttl = static_cast<Ttl>(lane.steps.size() + 1)}, .sent_at = {}});
    if (lane.steps.size() >= pacing_.at_once) lane.next_step_at = now + pacing_.step;
    send(index, lane.steps.size() - 1);
  }
}

void Lanes::send(std::size_t index, std::size_t step_index) {
  auto& lane = lanes_[index];
  auto& step = lane.steps[step_index];
  const auto port = first_port + (index * pacing_.farthest + step_index) * most_attempts + step.hop.sent;
  step.sent_at[step.hop.sent] = clock_.now();
  const auto sent = socket_.send({lane.target, static_cast<Port>(port)}, std::as_bytes(std::span(payload)), step.hop.ttl);
  if (sent) {
    ++step.hop.sent;
    return;
  }
  if (!lane.trouble) lane.trouble = sent.error();
  lane.blocked = true;
  if (step.hop.sent == 0) lane.steps.resize(step_index);
}

std::optional<Lanes::Shot> Lanes::shot_of(const Endpoint& destination) const {
  if (destination.port < first_port || destination.port >= next_port()) return std::nullopt;
  const auto number = static_cast<std::size_t>(destination.port - first_port);
  const auto attempt = static_cast<unsigned>(number % most_attempts);
  const auto step = number / most_attempts % pacing_.farthest;
  const auto lane = number / most_attempts / pacing_.farthest;
  if (lanes_[lane].target != destination.address) return std::nullopt;
  if (step >= lanes_[lane].steps.size() || attempt >= lanes_[lane].steps[step].hop.sent) return std::nullopt;  // never sent
  return Shot{lane, step, attempt};
}

void Lanes::take(const io::IcmpError& error) {
  const auto shot = shot_of(error.destination);
  const auto reply = reply_of(error);
  if (!shot || !reply) return;
  if (error.local) {  // this host refused; the network has said nothing
    auto& trouble = lanes_[shot->lane].trouble;
    if (!trouble)
      trouble = Error{Errc::no_route, "send udp " + error.destination.to_string() + ": unreachable, says this host's kernel"};
    return;
  }
  answered(*shot, *reply, error.offender);
}

void Lanes::take(const io::Datagram& datagram) {
  if (const auto shot = shot_of(datagram.from)) answered(*shot, HopReply::datagram, datagram.from.address);
}

void Lanes::answered(const Shot& shot, HopReply reply, const Address& from) {
  auto& lane = lanes_[shot.lane];
  auto& step = lane.steps[shot.step];
  if (!step.silent()) return;
  step.hop.reply = reply;
  step.hop.from = from;
  step.hop.round_trip = std::chrono::duration_cast<microseconds>(clock_.now() - step.sent_at[shot.attempt]);
  slowest_ = std::max(slowest_, *step.hop.round_trip);
  const auto ttl = step.hop.ttl;
  if (from == lane.target) lane.reached_at = std::min(lane.reached_at.value_or(ttl), ttl);
  if (from == lane.target || ends_the_way(reply)) lane.ends_at = std::min(lane.ends_at.value_or(ttl), ttl);
  lane.next_step_at = clock_.now();
}

std::vector<Hop> Lanes::hops(std::size_t index) const {
  const auto& lane = lanes_[index];
  std::vector<Hop> result;
  for (std::size_t i = 0; i < std::min<std::size_t>(lane.steps.size(), last_ttl(lane)); ++i) result.push_back(lane.steps[i].hop);
  return result;
}

}  // namespace ringback::path
