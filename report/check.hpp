#pragma once
/// What `check` announces of a report: the level by the monitoring plugins' guidelines, since when, and what else went wrong with the check.
#include <string>
#include <vector>

#include "history/state.hpp"
#include "report/report.hpp"

namespace ringback {

/// A network that fails is critical; what could not be measured is unknown, never critical.
[[nodiscard]] Level level_of(const Report& report);

/// What is remembered of it.
[[nodiscard]] history::State state_of(const Report& report);

/// What is told to whoever watches; it may differ from the report's own level while a new one has not held long enough.
struct Announcement {
  Level level = Level::unknown;
  std::string since;                       ///< when that began, for these reasons; RFC 3339, UTC
  bool changed = false;                    ///< it was another one, or the same for other reasons, when it was announced last
  std::vector<std::string> troubles;       ///< a sentence for each thing that could not be remembered or published; the level does not depend on them

  bool operator==(const Announcement&) const = default;
};

}  // namespace ringback
