#include "watch/wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "arrivals/knock_guide.hpp"

namespace ringback::watch {
namespace {

using arrivals::Attempt;
using arrivals::Judged;
using arrivals::Origin;
using arrivals::Time;

constexpr milliseconds tick{50};               // how often silence is looked at
constexpr milliseconds reading_sockets{200};
constexpr seconds sockets_stay_fresh{1};
constexpr milliseconds rules_stay_fresh{250};
constexpr unsigned reading_share = 10;   // reading the rules may take one tenth of the time, however long they are and however many come
constexpr unsigned most_lines = 20;            // in one second: a scan or a flood must not bury the visitor
constexpr std::size_t most_attempts = 4096;

arrivals::Home home_from(const Evidence& state, const std::optional<router::Evidence>& router) {
  if (!state.host) return {};
  return arrivals::home_of(state.host->interfaces, state.host->routes, router ? &*router : nullptr);
}

class Waiting {
 public:
  Waiting(const WaitOptions& options, arrivals::HostJudge& judge, const io::World& world, std::chrono::nanoseconds wall,
          const ReadRules& read_rules, Audience& audience)
      : options_(options), judge_(judge), world_(world), wall_(wall), read_rules_(read_rules), audience_(audience),
        tracker_({.service = options.service, .ipv4 = options.ipv4, .ipv6 = options.ipv6, .most_attempts = most_attempts, .forgets = true,
                  .seed = {world.random.number<std::uint64_t>(), world.random.number<std::uint64_t>()}},
                 home_from(judge.state(), options.router)) {}

  void see(const io::CapturedPacket& captured) {
    const auto packet = wire::parse_packet(captured.bytes);
    if (!packet) return;
    tracker_.see({.at = at(captured.at),
                  .outgoing = captured.outgoing,
                  .interface = captured.interface ? std::string_view(*captured.interface) : "",
                  .packet = *packet});
  }

  /// False: nobody reads any more.
  bool tell() {
    if (world_.clock.now() >= next_look_) {
      tracker_.pass_time(at(world_.clock.now()));
      next_look_ = world_.clock.now() + tick;
    }
    return tell_changes();
  }

  /// Also what is too young to be judged is counted now.
  bool finish() {
    finishing_ = true;
    tracker_.finish(at(world_.clock.now()));
    return tell_changes();
  }

  [[nodiscard]] std::uint64_t settled() const { return settled_; }

  arrivals::Verdict verdict(const io::CaptureCounters& counters) {
    rules_until_ = {};   // a last time, also if that was only just done
    if (seen_[0].stopped || seen_[1].stopped) look_at_rules();
    arrivals::Verdict verdict{.counts = tracker_.counts(), .notes = arrivals::notes_on(tracker_.counts())};
    verdict.dropped = counters.dropped;
    if (counters.dropped > 0)
      verdict.notes.push_back(fmt::format("The capture lost {} packets, so silence may not have been silence.", counters.dropped));
    if (not_told_ > 0)
      verdict.notes.push_back(fmt::format("{} attempts came too fast to be listed one by one; they are counted.", not_told_));
    if (const auto& filter = judge_.state().filter; !filter || !filter->readable)
      verdict.notes.push_back(fmt::format("The rules of this host's packet filter could not be read{}, so what they do is not known.",
                                          filter && filter->trouble ? " (" + *filter->trouble + ")" : ""));
    else if (rules_lost_)
      verdict.notes.push_back(fmt::format(
          "The rules of this host's packet filter could not be read again ({}); what changed since is not known.", *rules_lost_));
    bool came = false;
    for (const auto family : {Family::ipv4, Family::ipv6}) {
      if (!(family == Family::ipv4 ? options_.ipv4 : options_.ipv6)) continue;
      const bool arrived = collected_.tally(family).attempts > 0;
      if (!arrived && !judge_.has(family)) continue;
      const auto judged = arrivals::as_far_as_seen(judged_now(family), tracker_.counts());
      came = came || arrived;
      verdict.outcomes.push_back(
          {.verdict = {options_.service, family, judged.reachable, judged.stopped_at, judged.cause, judged.confidence},
           .title = judged.title,
           .detail = judged.detail,
           .tally = collected_.tally(family),
           .remedies = judge_.remedies(options_.service, family, judged)});
    }
    if (!came && tracker_.counts().near == 0) verdict.to_try = {arrivals::if_somebody_knocked(options_.service)};
    return verdict;
  }

 private:
  [[nodiscard]] Time at(Instant instant) const { return std::chrono::duration_cast<Time>(instant.time_since_epoch() + wall_); }

  /// What the newest came to holds as long as the rules are the same: they were read just now. One who got in proves that visitors get in,
  /// unless a rule certainly stops whoever came after him.
  Judged judged_now(Family family) {
    const auto judged = collected_.judged(family).value_or(arrivals::nothing_arrived(family));
    const auto& [newest, got_in] = seen_[family == Family::ipv4 ? 0 : 1];
    if (!newest || (got_in && newest->attempt.at < *got_in)) return judged;
    if (newest->judged != judged && judged.reachable != Reachable::yes) return judged;
    auto now = judge_.judge(options_.service, newest->attempt);
    if (judged.reachable != Reachable::yes) return now;
    if (now.cause != "inbound.host-firewall" || now.confidence != Confidence::certain) return judged;
    now.detail += " Earlier in the watch visitors got in.";
    return now;
  }

  /// Somebody may have changed them meanwhile.
  void look_at_rules() {
    const auto now = world_.clock.now();
    if (!judge_.rules_read() || now < rules_until_) return;
    auto rules = read_rules_();
    const auto took = world_.clock.now() - now;
    rules_until_ = world_.clock.now() + std::max<Instant::duration>(rules_stay_fresh, took * reading_share);
    rules_lost_.reset();
    if (!rules) rules_lost_ = rules.error().what;
    else if (!rules->readable) rules_lost_ = rules->trouble.value_or("for an unknown reason");
    else judge_.update(std::move(*rules), at(now));
  }

  /// Somebody may have started the program meanwhile. Its name is known only from before privileges were dropped.
  void look_at_sockets() {
    if (world_.clock.now() < sockets_until_) return;
    sockets_until_ = world_.clock.now() + sockets_stay_fresh;
    auto now = world_.network.listeners({world_.clock.now() + reading_sockets});
    if (!now) return;
    if (judge_.state().listeners)
      for (auto& listener : *now)
        for (const auto& before : judge_.state().listeners->listeners)
          if (!listener.program && before.protocol == listener.protocol && before.local == listener.local)
            listener.program = before.program;
    judge_.update(std::move(*now));
  }

  bool room_for_a_line() {
    const auto now = world_.clock.now();
    if (now >= this_second_ + seconds(1)) {
      this_second_ = now;
      lines_ = 0;
    }
    return ++lines_ <= most_lines;
  }

  bool tell_changes() {
    for (const auto& attempt : tracker_.take_changes()) {
      if (attempt.origin != Origin::outside) {
        const bool first = ignored_.insert(attempt.origin).second;
        if ((first || (options_.tells_all && room_for_a_line())) && !audience_.ignored(attempt)) return false;
        continue;
      }
      look_at_sockets();
      if (attempt.answer != arrivals::Answer::syn_ack && attempt.answer != arrivals::Answer::datagram) look_at_rules();
      const auto judged = judge_.judge(options_.service, attempt);
      auto& seen = seen_[attempt.family() == Family::ipv4 ? 0 : 1];
      if (judged.reachable == Reachable::no) seen.stopped = Stopped{attempt, judged};
      if (judged.reachable == Reachable::yes) seen.got_in = attempt.at;
      if (attempt.settled || finishing_) collected_.add(attempt, judged);
      settled_ += attempt.settled ? 1 : 0;
      if (!room_for_a_line()) {
        not_told_ += attempt.settled ? 1 : 0;
        continue;
      }
      if (!audience_.arrived({attempt, judged, judge_.program(attempt)})) return false;
    }
    return true;
  }

  const WaitOptions& options_;
  arrivals::HostJudge& judge_;
  const io::World& world_;
  std::chrono::nanoseconds wall_;
  const ReadRules& read_rules_;
  Audience& audience_;
  arrivals::Tracker tracker_;
  arrivals::Collected collected_;
  std::set<Origin> ignored_;               ///< origins that were mentioned
  struct Stopped {
    Attempt attempt;
    Judged judged;
  };
  struct Newest {
    std::optional<Stopped> stopped;
    std::optional<Time> got_in;
  };
  std::array<Newest, 2> seen_;             ///< of each family
  std::optional<std::string> rules_lost_;  ///< why they could not be read the last time
  Instant next_look_{}, sockets_until_{}, rules_until_{}, this_second_{};
  unsigned lines_ = 0;
  std::uint64_t settled_ = 0, not_told_ = 0;
  bool finishing_ = false;
};

}  // namespace

Waited wait_for_arrivals(const WaitOptions& options, io::Capture& capture, arrivals::HostJudge& judge, const io::World& world,
                         std::chrono::nanoseconds wall, const ReadRules& read_rules, const std::function<bool()>& stop,
                         Audience& audience) {
  Waiting waiting(options, judge, world, wall, read_rules, audience);
  Waited waited;
  const auto until = options.duration ? std::optional(world.clock.now() + *options.duration) : std::nullopt;
  Instant next_count{};
  for (bool read = true;;) {
    const auto now = world.clock.now();
    if (!read) waited.ended = Ended::by_reader;
    else if (stop()) waited.ended = Ended::by_signal;
    else if (options.count && waiting.settled() >= *options.count) waited.ended = Ended::by_count;
    else if (until && now >= *until) waited.ended = Ended::by_time;
    else {
      const auto got = capture.next(Deadline{now + tick}.or_earlier(until.value_or(Instant::max())));
      if (got) {
        if (*got) waiting.see(**got);
        if (now >= next_count) {   // before anything is judged by its silence
          judge.lost_packets(capture.counters().dropped);
          next_count = now + tick;
        }
        read = waiting.tell();
        continue;
      }
      waited.ended = Ended::by_trouble;
      waited.trouble = got.error();
    }
    break;
  }
  const auto counters = capture.counters();
  judge.lost_packets(counters.dropped);
  if (waited.ended != Ended::by_reader) static_cast<void>(waiting.finish());
  waited.verdict = waiting.verdict(counters);
  return waited;
}

}  // namespace ringback::watch
