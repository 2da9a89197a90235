#pragma once
/// What was announced, and when a new state is: one that flaps is not announced before it has held. Pure.
#include "history/state.hpp"

namespace ringback::history {

/// What a check found, as far as it is announced.
struct Standing {
  Level level = Level::unknown;
  std::string reasons;                     ///< compared alone: the services, names and problems behind the level, without addresses

  bool operator==(const Standing&) const = default;
  static constexpr auto describe() { return std::tuple{field("level", &Standing::level), field("reasons", &Standing::reasons)}; }
};

/// Found, and not announced yet.
struct Candidate {
  Standing standing;                       ///< of the newest check
  Moment since;                            ///< of the first of them
  unsigned seen = 0;                       ///< checks in a row

  bool operator==(const Candidate&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("standing", &Candidate::standing), field("since", &Candidate::since), field("seen", &Candidate::seen)};
  }
};

struct Announced {
  Standing standing;
  Moment since;                            ///< since when that is so
  std::optional<Candidate> candidate;

  bool operator==(const Announced&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("standing", &Announced::standing), field("since", &Announced::since), field("candidate", &Announced::candidate)};
  }
};

[[nodiscard]] Standing standing_of(Level level, const State& state);

/// One more check.
struct Found {
  Standing standing;
  Moment at;
  std::optional<Moment> before;            ///< when the check before it was; absent: none is remembered
};

/// With this check, and before anything is said of it: what was announced stays, and the candidate is counted. What has held and was never said, since the
/// check that would have said it was killed, is there for the next one. Absent where nothing was announced yet.
///
/// Another level is counted while each check in a row has that very level, whatever its reasons: an outage whose reason wavers is one. A warning, or what
/// could not be measured, is no part of an outage. Other reasons for the level that was announced have to be the same. A gap longer than `longest_gap`
/// begins the count anew.
[[nodiscard]] std::optional<Announced> counted(const std::optional<Announced>& before, const Found& check);

/// What is to be announced after this check: the candidate when `hold` checks in a row (at least 1) were counted, with the time of the first of them.
/// Where nothing was announced yet, it is at once.
[[nodiscard]] Announced announce(const std::optional<Announced>& before, const Found& check, unsigned hold);

}  // namespace ringback::history
