#include "evidence/json.hpp"
#include "report/timeline_forms.hpp"

namespace ringback {
namespace {

struct HistoryLine {
  std::string schema = "ringback.history/1";
  std::optional<Moment> since;
  Moment now;
  std::vector<history::Period> periods;

  static constexpr auto describe() {
    using H = HistoryLine;
    return std::tuple{field("schema", &H::schema), field("since", &H::since), field("now", &H::now), field("periods", &H::periods)};
  }
};

}  // namespace

std::string timeline_to_json(const History& history) {
  const HistoryLine line{.since = history.since, .now = history.now, .periods = history.periods};
  return json::write(line).dump(-1, ' ', true, json::Value::error_handler_t::replace) + "\n";
}

}  // namespace ringback
