#pragma once
/// What `history --json` writes, as a value: what stands in it and the schema of it are made from here.
#include "history/state.hpp"

namespace ringback {

struct HistoryLine {
  std::string schema = "ringback.history/1";
  std::optional<Moment> since, until;
  Moment now;
  bool older_left_out = false;
  std::vector<history::Period> periods;

  bool operator==(const HistoryLine&) const = default;
  static constexpr auto describe() {
    using H = HistoryLine;
    return std::tuple{field("schema", &H::schema), field("since", &H::since), later_field("until", &H::until), field("now", &H::now), field("older_left_out", &H::older_left_out),
                      field("periods", &H::periods)};
  }
};

}  // namespace ringback
