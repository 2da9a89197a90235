#include "evidence/json.hpp"
#include "report/timeline_forms.hpp"
#include "report/timeline_line.hpp"

namespace ringback {
std::string timeline_to_json(const History& history) {
  const HistoryLine line{.since = history.since, .until = history.until, .now = history.now, .older_left_out = history.older_left_out, .periods = history.periods};
  return json::write(line).dump(-1, ' ', true, json::Value::error_handler_t::replace) + "\n";
}

}  // namespace ringback
