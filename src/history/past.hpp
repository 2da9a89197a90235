#pragma once
#include "evidence/past.hpp"
#include "history/state.hpp"

namespace ringback::history {

/// What these periods, in the order of time, tell a check at `now`. Pure. nullopt: there are none.
[[nodiscard]] std::optional<past::Evidence> past_of(const std::vector<Period>& periods, Moment now);

}  // namespace ringback::history
