#include "probes/inbound/following.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/special_purpose.hpp"

namespace ringback::inbound {
namespace {

// An arrived packet that this host leaves without answer is known well enough after this.
constexpr milliseconds answer_time{150};
// A port that ought to be closed is not worth the wait for its last attempt: its silence is no verdict, it only gives no warning. The
// vantage point's first two attempts, at 0 and 150 ms, have come by then.
constexpr milliseconds exposure_time{300};

constexpr std::size_t most_pending = 4096;   // sightings

/// An answer of a service over UDP is worth the vantage point's word on what became of it.
bool sent_back(const Knock& knock) { return std::ranges::find(knock.departures, DepartureKind::datagram, &Departure::kind) != knock.departures.end(); }

}  // namespace

Following::Following(const Card& card, const io::World& world, std::vector<Knock>& knocks, milliseconds round_trip)
    : card_(card), world_(world), knocks_(knocks), round_trip_(round_trip), announced_(knocks.size()), seen_(card.count()) {}

bool Following::take(std::string_view piece) {
  heard_ = true;
  for (const auto& text : cutter_.feed(piece)) {
    const auto line = parse_line(text);
    if (!line) {
      complain(line.error().what);
      continue;
    }
    std::visit([this](const auto& value) { apply(value); }, *line);
  }
  return !settled();
}

bool Following::settled() {
  look_at_card();
  if (!complete()) return false;
  const auto now = world_.clock.now();
  if (!complete_since_) complete_since_ = now;
  return !card_.running() || corroborated() || now - *complete_since_ >= settling_time;
}

void Following::look_at_card() {
  const auto fresh = card_.since(seen_);
  seen_ += fresh.size();
  pending_.insert(pending_.end(), fresh.begin(), fresh.end());
  // Packets may be seen before the line that announces them was read: they wait for it.
  if (all_announced() || pending_.size() >= most_pending) correlate_pending();
}

void Following::correlate_pending() {
  for (const auto& sighting : pending_)
    for (std::size_t i = 0; i < knocks_.size(); ++i)
      if (announced_[i]) correlate(knocks_[i], *announced_[i], sighting);
  pending_.clear();
  for (std::size_t i = 0; i < knocks_.size(); ++i)
    if (announced_[i]) prove(knocks_[i], *announced_[i]);   // also by a result that came since
}

void Following::finish() {
  correlate_pending();
  for (std::size_t i = 0; i < knocks_.size(); ++i)
    if (announced_[i]) knocks_[i].watched = watched(i);
}

bool Following::any_announced() const {
  return std::ranges::any_of(announced_, [](const auto& a) { return a.has_value(); });
}

/// The first one is kept: what follows is often its consequence.
void Following::complain(std::string what) {
  if (!trouble_) trouble_ = std::move(what);
}

std::optional<std::size_t> Following::index_of(const std::string& id) const {
  const auto found = std::ranges::find(knocks_, id, &Knock::id);
  if (found == knocks_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - knocks_.begin());
}

void Following::apply(const Announcement& line) {
  const auto i = index_of(line.id);
  if (!i || announced_[*i]) return;
  // The only target is the caller, as the vantage point itself said a moment ago; but a carrier's translator, or a router with two lines, may
  // give each connection another IPv4 address.
  const auto target = line.target.unmapped();
  const bool may_be_ours = target.is_v4() && knocks_[*i].target.is_v4() && is_global(target);
  if (target != knocks_[*i].target && !may_be_ours) {
    complain(fmt::format("announces a knock on {}, which is not how it sees this host", line.target.to_string()));
    return;
  }
  knocks_[*i].target = target;
  announced_[*i] = Announced{line, world_.clock.now()};
  knocks_[*i].source = line.source;
}

void Following::apply(const ResultLine& line) {
  const auto i = index_of(line.id);
  if (!i || knocks_[*i].result) return;
  if (line.result && !announced_[*i]) {
    complain(fmt::format("a result of knock {}, which it never announced", line.id));
    return;
  }
  knocks_[*i].result = line.result;
  knocks_[*i].icmp_type = line.icmp_type;
  knocks_[*i].icmp_code = line.icmp_code;
  if (announced_[*i]) knocks_[*i].result_time = watched(*i);
  if (!line.result) unavailable_.push_back(*i);
}

milliseconds Following::watched(std::size_t i) const {
  return std::chrono::duration_cast<milliseconds>(world_.clock.now() - announced_[i]->at);
}

/// Or will never be: a knock that the vantage point cannot make has no announcement.
bool Following::all_announced() const {
  for (std::size_t i = 0; i < announced_.size(); ++i)
    if (!announced_[i] && std::ranges::find(unavailable_, i) == unavailable_.end()) return false;
  return true;
}

/// The control tells why the others are silent; where each of them arrived there is nothing to tell.
bool Following::control_needed() const {
  return std::ranges::any_of(knocks_, [](const Knock& k) { return k.purpose == Purpose::named && k.arrivals.empty(); });
}

bool Following::decided(std::size_t i) const {
  const auto& knock = knocks_[i];
  if (knock.purpose == Purpose::control && !control_needed()) return true;
  if (knock.result || std::ranges::find(unavailable_, i) != unavailable_.end()) return true;
  if (!announced_[i]) return false;
  if (knock.purpose == Purpose::exposure && closed(i)) return true;
  if (knock.protocol == Protocol::tcp || knock.arrivals.empty()) return false;
  if (knock.purpose == Purpose::named && sent_back(knock)) return false;
  return world_.clock.now() - announced_[i]->at >= knock.arrivals.front().after_announce + answer_time;
}

/// As far as it matters: a packet that arrived and was answered is worth the vantage point's word on what became of the answer.
bool Following::closed(std::size_t i) const {
  const auto& knock = knocks_[i];
  const auto time = world_.clock.now() - announced_[i]->at;
  if (knock.arrivals.empty()) return named_decided() && time >= exposure_time + round_trip_;
  return knock.departures.empty() && time >= knock.arrivals.front().after_announce + answer_time;
}

bool Following::named_decided() const {
  for (std::size_t i = 0; i < knocks_.size(); ++i)
    if (knocks_[i].purpose == Purpose::named && !decided(i)) return false;
  return true;
}

bool Following::complete() const {
  for (std::size_t i = 0; i < knocks_.size(); ++i)
    if (!decided(i)) return false;
  return true;
}

/// Has the card shown an arrival for everything that the vantage point got an answer to? Where it got none, only of what was named: that is
/// worth a last look.
bool Following::corroborated() const {
  return std::ranges::all_of(knocks_, [](const Knock& k) {
    const bool answered = k.result && *k.result != Result::timeout;
    return (k.purpose != Purpose::named && !answered) || !k.result || !k.arrivals.empty();
  });
}

}  // namespace ringback::inbound
