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
  Standing standing;
  Moment since;                            ///< of the first check that saw it
  unsigned seen = 0;                       ///< checks in a row

  bool operator==(const Candidate&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("standing", &Candidate::standing), field("since", &Candidate::since), field("seen", &Candidate::seen)};
  }
};

struct Announced {
  Standing standing;
  Moment since;                            ///< since when it has this level
  std::optional<Candidate> candidate;

  bool operator==(const Announced&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("standing", &Announced::standing), field("since", &Announced::since), field("candidate", &Announced::candidate)};
  }
};

[[nodiscard]] Standing standing_of(Level level, const State& state);

/// After one more check at `at`. What was never seen before is announced at once; anything else when `hold` checks in a row saw it (at least 1), and
/// then with the time of the first of them.
[[nodiscard]] Announced announce(const std::optional<Announced>& before, const Standing& now, Moment at, unsigned hold);

}  // namespace ringback::history
