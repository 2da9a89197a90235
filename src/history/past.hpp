#pragma once
#include "history/seen.hpp"

namespace ringback::history {

/// What earlier checks saw, as it tells a check at `now` something. Pure. nullopt: nothing, or nothing with a time that can be.
[[nodiscard]] std::optional<past::Evidence> past_of(const std::optional<Seen>& seen, Moment now);

}  // namespace ringback::history
