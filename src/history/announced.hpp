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

/// Seen, and not announced yet.
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

/// After one more check at `at`. Where nothing was announced yet it is at once. Another level is announced when `hold` checks in a row (at least 1)
/// had another one than was announced, whatever their reasons and whichever: an outage whose reason wavers is one. Other reasons for the same level
/// have to be the same for as long. Either comes with the time of the first of these checks.
[[nodiscard]] Announced announce(const std::optional<Announced>& before, const Standing& now, Moment at, unsigned hold);

}  // namespace ringback::history
