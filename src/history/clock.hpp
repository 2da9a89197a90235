#pragma once
/// Clocks that were not set yet, or were ahead, while a check ran. Pure.
#include "history/announced.hpp"

namespace ringback::history {

/// Whoever knows no time begins with 1970, or with the day that his system was built.
[[nodiscard]] bool was_set(Moment moment);

/// These periods as far as they can be dated at `now`: one that begins later was between its neighbours, nobody knows when, and is put to the end of
/// the one before.
[[nodiscard]] std::vector<Period> dated(std::vector<Period> periods, Moment now);

/// What was announced with a clock that was ahead has begun by now.
[[nodiscard]] Announced dated(Announced announced, Moment now);

}  // namespace ringback::history
