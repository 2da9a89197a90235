#pragma once
/// Attempts judged with what is known of this host: its sockets, its packet filter, its routes.
#include "arrivals/judge.hpp"

namespace ringback::arrivals {

/// Sockets and rules are read again while the watch lasts, because whoever waits is mending things meanwhile: an attempt is judged by the
/// rules that it met. Times are those of attempts.
class HostJudge {
 public:
  /// Of `state`, which was read at `now`, the request, the host, the listeners and the filter are looked at; what is absent is unknown.
  HostJudge(Evidence state, Time now);
  HostJudge(const HostJudge&) = delete;
  HostJudge& operator=(const HostJudge&) = delete;

  void update(std::vector<Listener> listeners);
  /// The rules as they are at `now`.
  void update(filter::Evidence rules, Time now);
  /// When they were read last; absent where they never could be.
  [[nodiscard]] std::optional<Time> rules_read() const;

  void lost_packets(std::uint64_t dropped);
  [[nodiscard]] Judged judge(const Service& service, const Attempt& attempt) const;
  /// Whose socket answers at this port; empty: nobody's, or unknown.
  [[nodiscard]] std::string program(const Attempt& attempt) const;
  [[nodiscard]] std::vector<Remedy> remedies(const Service& service, Family family, const Judged& judged) const;
  [[nodiscard]] const Evidence& state() const { return state_; }
  /// Has this host an address of this family that somebody outside could come to?
  [[nodiscard]] bool has(Family family) const;

 private:
  /// Rules that have been found, and when first.
  struct Before {
    filter::Evidence rules;
    Time since{};
  };
  /// Those that this attempt met, where they are not the present ones.
  [[nodiscard]] const filter::Evidence* rules_before(const Attempt& attempt) const;
  [[nodiscard]] Judged judge_by_rules(const diagnosis::Case& c, const Service& service, const Attempt& attempt) const;

  Evidence state_;
  diagnosis::Case case_;
  std::vector<Before> before_;             ///< before the newest change; the oldest first
  Time began_{};
  Time rules_since_{}, rules_read_{};      ///< when the present ones were found first, and last
};

}  // namespace ringback::arrivals
