#pragma once
/// The forms of a history, each in its own file.
#include "report/timeline.hpp"

namespace ringback {

[[nodiscard]] std::string timeline_to_text(const History& history, const TextStyle& style);
[[nodiscard]] std::string timeline_to_json(const History& history);
[[nodiscard]] std::string timeline_to_html(const History& history);

}  // namespace ringback
