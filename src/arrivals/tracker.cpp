#include "arrivals/tracker.hpp"

#include <algorithm>
#include <cstring>

namespace ringback::arrivals {
namespace {

using namespace std::chrono_literals;

constexpr Time told_after = 500ms;        // "no answer yet"
constexpr Time silent_after = 3500ms;     // an opening is repeated after 1 s and 3 s (RFC 6298 §2.1 and §5.5), a SYN-ACK likewise
constexpr Time datagram_silent_after = 1s;
constexpr Time shortest_silence = 1s;     // before the first repetition nothing can be said
constexpr Time same_packet_within = 100ms;  // seen again on another interface, as a bridge and its card both show it
constexpr std::size_t most_changes = 4096;
constexpr Port first_unprivileged = 1024;

/// Both halves of a product, folded: every bit of the one depends on every bit of the other, which is a secret.
std::uint64_t mix(std::uint64_t x, std::uint64_t y) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{x} * y;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// RFC 9293 §3.4: sequence numbers wrap around.
bool acknowledges(std::uint32_t acknowledgement, std::uint32_t sequence) {
  return static_cast<std::int32_t>(acknowledgement - sequence) > 0;
}

bool is_unreachable(const wire::Transport& t) {
  return (t.protocol == wire::ip_icmp && t.icmp_type == 3) || (t.protocol == wire::ip_icmpv6 && t.icmp_type == 1);
}

/// Addresses that no single visitor can be at, and that none comes to.
bool is_for_many(const Address& address) { return address.is_multicast() || address == Address::v4(0xffffffff); }

}  // namespace

std::size_t Tracker::Hash::operator()(const Key& key) const {
  const auto ports = std::uint64_t{key.from.port} << 32U | std::uint64_t{key.to.port} << 8U | static_cast<unsigned>(key.protocol);
  std::uint64_t hash = mix(ports ^ seed[0], seed[1] | 1U);
  for (const auto* address : {&key.from.address, &key.to.address}) {
    const auto bytes = address->bytes();
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
      hash = mix(word ^ seed[0], hash ^ seed[1]);
    }
  }
  return static_cast<std::size_t>(hash);
}

Tracker::Tracker(Watch watch, Home home) : watch_(std::move(watch)), home_(std::move(home)), flows_(64, Hash{watch_.seed}) {}

bool Tracker::wanted(const Key& key) const {
  if (!(key.to.address.is_v4() ? watch_.ipv4 : watch_.ipv6) || is_for_many(key.to.address)) return false;
  if (!watch_.service) return true;
  return watch_.service->protocol == key.protocol && (key.to.port == watch_.service->inside || key.to.port == watch_.service->outside);
}

void Tracker::see(const Seen& seen) {
  ++counts_.packets;
  const auto& t = seen.packet.transport;
  if (t.protocol == wire::ip_tcp) see_tcp(seen);
  else if (t.protocol == wire::ip_udp) see_udp(seen);
  else if (seen.packet.quoted && is_unreachable(t)) see_error(seen);
}

Tracker::Flow* Tracker::find(const Key& key) {
  if (!wanted(key)) return nullptr;
  const auto found = flows_.find(key);
  return found == flows_.end() ? nullptr : &found->second;
}

void Tracker::see_tcp(const Seen& seen) {
  const auto& p = seen.packet;
  const auto& t = p.transport;
  const Key inward{Protocol::tcp, {p.source, t.source}, {p.destination, t.destination}};
  const Key outward{Protocol::tcp, inward.to, inward.from};   // of the attempt that this packet answers
  if (t.flags.syn && !t.flags.ack && !t.flags.rst) {
    auto* flow = find(inward);
    if (flow != nullptr && flow->sequence == t.sequence) return repeat(*flow, seen);
    if (flow != nullptr) settle(*flow);   // the same ports again: another attempt
    if (auto* begun = begin(inward, seen)) begun->sequence = t.sequence;
    return;
  }
  if (t.flags.syn && t.flags.ack) {
    auto* flow = find(outward);
    if (flow == nullptr || t.acknowledgement != flow->sequence + 1) return;
    flow->answer_sequence = t.sequence;
    return answer(*flow, Answer::syn_ack, seen);
  }
  if (auto* flow = find(inward)) {
    const bool proof =
        flow->attempt.answer == Answer::syn_ack && !flow->attempt.reached &&
        (t.flags.ack ? acknowledges(t.acknowledgement, flow->answer_sequence) : t.flags.rst && t.sequence == flow->sequence + 1);
    if (!proof) return;
    flow->attempt.reached = true;   // also by hanging up: only who has the SYN-ACK knows the number (RFC 9293 §3.10.7.3)
    return settle(*flow);
  }
  if (!t.flags.rst) return;
  if (auto* flow = find(outward); flow != nullptr && flow->attempt.answer == Answer::none) answer(*flow, Answer::reset, seen);
}

void Tracker::see_udp(const Seen& seen) {
  const auto& p = seen.packet;
  const auto& t = p.transport;
  const Key inward{Protocol::udp, {p.source, t.source}, {p.destination, t.destination}};
  const Key outward{Protocol::udp, inward.to, inward.from};
  const auto begun = flows_.find(outward);
  if (begun != flows_.end()) return answer(begun->second, Answer::datagram, seen);
  const auto known = flows_.find(inward);
  if (known != flows_.end()) return repeat(known->second, seen);
  // A server of the internet whose conversation began before the capture did: no visitor comes from such a port to a high one.
  if (!watch_.service && t.source < first_unprivileged && t.destination >= first_unprivileged) return;
  // Also what was begun at home is remembered: what comes back is no attempt.
  if (wanted(inward) || (wanted(outward) && !is_for_many(inward.to.address))) begin(inward, seen);
}

/// This host, or a router of the household, says that it cannot be delivered. Anybody may send such an error to this host; what counts is
/// one that goes to the visitor.
void Tracker::see_error(const Seen& seen) {
  const auto& quoted = *seen.packet.quoted;
  if (seen.outgoing == false || (home_.known() && !seen.outgoing)) return;
  if (seen.packet.destination != quoted.source || origin_of(home_, seen) != Origin::outgoing) return;
  const auto protocol = quoted.transport.protocol == wire::ip_tcp ? Protocol::tcp : Protocol::udp;
  if (quoted.transport.protocol != wire::ip_tcp && quoted.transport.protocol != wire::ip_udp) return;
  auto* flow = find(Key{protocol, {quoted.source, quoted.transport.source}, {quoted.destination, quoted.transport.destination}});
  if (flow == nullptr || flow->attempt.answer != Answer::none) return;
  flow->attempt.answered_by = seen.packet.source;
  flow->attempt.icmp_type = seen.packet.transport.icmp_type;
  flow->attempt.icmp_code = seen.packet.transport.icmp_code;
  answer(*flow, Answer::unreachable, seen);
}

Tracker::Flow* Tracker::begin(const Key& key, const Seen& seen) {
  if (key.protocol == Protocol::tcp && !wanted(key)) return nullptr;
  const auto origin = origin_of(home_, seen);
  if (origin == Origin::outgoing && key.protocol == Protocol::tcp) return nullptr;
  const auto before = flows_.find(key);
  if (before == flows_.end() && !make_room()) {
    ++counts_.untracked;
    return nullptr;
  }
  Flow flow;
  flow.attempt.id = ++last_id_;
  flow.attempt.protocol = key.protocol;
  flow.attempt.from = key.from;
  flow.attempt.to = key.to;
  flow.attempt.origin = origin;
  flow.attempt.at = flow.last = seen.at;
  flow.attempt.interface = seen.interface;
  flow.attempt.hop_limit = seen.packet.hop_limit;
  auto& kept = flows_.insert_or_assign(key, std::move(flow)).first->second;
  count(origin, 1);
  if (origin == Origin::outside) {
    queue(open_, kept.attempt);
    queue(from_outside_, kept.attempt);
  } else {   // nothing is concluded from it
    kept.attempt.settled = true;
    // What was begun at home explains what comes back, for as long as there is room.
    if (watch_.forgets || origin != Origin::outgoing) queue(settled_, kept.attempt);
    if (origin != Origin::outgoing && changes_.size() < most_changes) changes_.push_back(kept.attempt);
  }
  return &kept;
}

void Tracker::repeat(Flow& flow, const Seen& seen) {
  auto& attempt = flow.attempt;
  if (seen.interface != attempt.interface && seen.at - flow.last < same_packet_within) return;
  flow.last = seen.at;
  ++attempt.tries;
  if (attempt.answer == Answer::syn_ack && !attempt.reached) attempt.tried_again = true;
}

void Tracker::answer(Flow& flow, Answer how, const Seen& seen) {
  auto& attempt = flow.attempt;
  // Between two addresses that are both of the internet the hop limits tell who is at home: whoever is nearer to the capture.
  const bool may_be_ours = attempt.origin == Origin::outside || attempt.origin == Origin::near;
  if (!home_.known() && !seen.outgoing && may_be_ours && attempt.answers == 0 &&
      hops_behind(seen.packet.hop_limit) > hops_behind(attempt.hop_limit) && how != Answer::unreachable &&
      origin_of(home_, seen) != Origin::outgoing) {
    count(attempt.origin, -1);
    attempt.origin = Origin::outgoing;
    attempt.settled = true;
    if (watch_.forgets) queue(settled_, attempt);
  }
  if (seen.interface == attempt.interface) attempt.answered_there = true;
  if (attempt.answer == Answer::none) {
    attempt.answer = how;
    attempt.answered_on = seen.interface;
    flow.first_answer = seen.at;
    attempt.answers = 1;
    flow.last = seen.at;
  } else if (attempt.answer == how) {
    if (seen.at - flow.last >= same_packet_within) ++attempt.answers;   // the same packet on two interfaces is one
    flow.last = seen.at;
  }
  if (how != Answer::syn_ack) settle(flow);
}

void Tracker::settle(Flow& flow) {
  auto& attempt = flow.attempt;
  if (attempt.settled) return;
  attempt.settled = true;
  if (watch_.forgets) queue(settled_, attempt);
  if (changes_.size() < most_changes) changes_.push_back(attempt);
}

void Tracker::pass_time(Time now) {
  for (std::size_t left = open_.size(); left > 0; --left) {
    const auto mark = open_.front();
    open_.pop_front();
    auto* found = find(mark);
    if (found == nullptr || found->attempt.settled) continue;
    auto& flow = *found;
    auto& attempt = flow.attempt;
    const bool udp = attempt.protocol == Protocol::udp;
    const auto since = now - (attempt.answer == Answer::syn_ack ? flow.first_answer : attempt.at);
    if (since >= (udp ? datagram_silent_after : silent_after)) {
      settle(flow);
      continue;
    }
    if (!udp && !flow.told && attempt.answer == Answer::none && since >= told_after) {
      flow.told = true;
      if (changes_.size() < most_changes) changes_.push_back(attempt);
    }
    open_.push_back(mark);
  }
}

void Tracker::finish(Time end) {
  pass_time(end);
  for (const auto& mark : open_) {
    auto* found = find(mark);
    if (found == nullptr) continue;
    auto& flow = *found;
    const bool repeated = flow.attempt.answers > 1 || flow.attempt.tried_again;
    const bool enough = flow.attempt.answer == Answer::syn_ack ? repeated : end - flow.attempt.at >= shortest_silence;
    if (enough) settle(flow);
    else if (changes_.size() < most_changes && !flow.attempt.settled) changes_.push_back(flow.attempt);
  }
  open_.clear();
}

void Tracker::count(Origin origin, std::int64_t by) {
  const auto add = static_cast<std::uint64_t>(by);   // wraps for -1, as intended
  switch (origin) {
    case Origin::outside: counts_.outside += add; break;
    case Origin::lan: counts_.lan += add; break;
    case Origin::router: counts_.router += add; break;
    case Origin::near: counts_.near += add; break;
    case Origin::unroutable: counts_.unroutable += add; break;
    case Origin::self: counts_.self += add; break;
    case Origin::outgoing: break;
  }
}

std::vector<Attempt> Tracker::take_changes() { return std::exchange(changes_, {}); }

std::vector<Attempt> Tracker::attempts() const {
  std::vector<Attempt> all;
  all.reserve(flows_.size());
  for (const auto& [key, flow] : flows_) all.push_back(flow.attempt);
  std::ranges::sort(all, {}, &Attempt::id);
  return all;
}

}  // namespace ringback::arrivals
