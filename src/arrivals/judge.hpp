#pragma once
/// What attempts mean, in the words of the contract. Pure.
#include <array>
#include <map>

#include "arrivals/tracker.hpp"
#include "diagnosis/case.hpp"

namespace ringback::arrivals {

/// What one attempt, or all of one family, come to.
struct Judged {
  Reachable reachable = Reachable::unknown;
  StoppedAt stopped_at = StoppedAt::unknown;
  std::optional<std::string> cause;        ///< a finding code
  Confidence confidence = Confidence::possible;
  std::string detail;                      ///< a sentence or two
  std::string title;                       ///< of what stops it; empty: the cause's own
  std::vector<Remedy> remedies;            ///< empty: the cause's own
  bool operator==(const Judged&) const = default;
};

/// By the packets alone: of a file, which tells nothing of the sockets and rules of the host.
[[nodiscard]] Judged judge_packets(const Attempt& attempt);

/// How the attempts of one family ended.
struct Tally {
  std::uint64_t attempts = 0;
  std::uint64_t connected = 0;             ///< TCP: the answer got there; UDP: this host answered
  std::uint64_t lost = 0;                  ///< TCP: answered, and the answer did not get there
  std::uint64_t answered = 0;              ///< TCP: answered; whether that got there was not seen
  std::uint64_t refused = 0, silent = 0;
  std::uint64_t open = 0;                  ///< too young to be judged

  bool operator==(const Tally&) const = default;
  static constexpr auto describe() {
    using T = Tally;
    return std::tuple{field("attempts", &T::attempts), field("connected", &T::connected), field("lost", &T::lost),
                      field("answered", &T::answered), field("refused", &T::refused),     field("silent", &T::silent),
                      field("open", &T::open)};
  }
};

/// One service over one family.
struct Outcome {
  ServiceVerdict verdict;
  std::string title;                       ///< of what stops it; empty: the cause's own
  std::string detail;
  Tally tally;
  std::vector<Remedy> remedies;
  bool operator==(const Outcome&) const = default;
};

/// Collects what attempts from outside came to. One that got in proves that visitors get in; otherwise the latest counts, because somebody
/// may be mending things meanwhile.
class Collected {
 public:
  void add(const Attempt& attempt, const Judged& judged);
  /// nullopt: nothing arrived over this family.
  [[nodiscard]] std::optional<Judged> judged(Family family) const;
  [[nodiscard]] const Tally& tally(Family family) const { return of(family).tally; }
  [[nodiscard]] std::uint64_t attempts() const { return families_[0].tally.attempts + families_[1].tally.attempts; }

 private:
  struct PerFamily {
    Tally tally;
    std::optional<Judged> good, latest;
  };
  [[nodiscard]] const PerFamily& of(Family family) const { return families_[family == Family::ipv4 ? 0 : 1]; }
  std::array<PerFamily, 2> families_;
};

/// What can still be said where attempts had to be passed over: that visitors get in, and not that they do not.
[[nodiscard]] Judged as_far_as_seen(Judged judged, const Counts& counts);

/// Nothing came over this family: that proves nothing.
[[nodiscard]] Judged nothing_arrived(Family family);

/// Of `wait` and `read`: 2 something is stopped, 0 something gets in, 3 neither could be told.
[[nodiscard]] int exit_status(const std::vector<Outcome>& outcomes);

}  // namespace ringback::arrivals
