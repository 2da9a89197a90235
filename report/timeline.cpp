#include "report/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "report/comparison.hpp"
#include "report/summary.hpp"
#include "report/timeline_forms.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

using std::chrono::days, std::chrono::minutes, std::chrono::seconds;

constexpr std::size_t most_rows = 31;
constexpr std::chrono::hours longest_silence(3);   // between checks that tell one thing after the other

/// Of two levels the one that is worse for the reader: what could not be measured is worse than fine and better than a warning.
int gravity(Level level) { return level == Level::critical ? 3 : level == Level::warning ? 2 : level == Level::unknown ? 1 : 0; }

struct Layout {
  minutes slot;
  std::size_t slots;
};
constexpr Layout by_day{minutes(30), 48}, by_month{days(1), 32};

void mark(Slot& slot, Level level, bool changed) {
  if (!slot.checked || gravity(level) > gravity(slot.level)) slot.level = level;
  slot.checked = true;
  slot.changed = slot.changed || changed;
}

std::string first_change(const history::Period& period) { return period.changes.empty() ? "something changed" : period.changes.front(); }

}  // namespace

Timeline timeline_of(const History& history) {
  if (history.periods.empty()) return {};
  const auto from = std::max(history.periods.front().began.at, history.since ? history.since->at : std::chrono::sys_seconds{});
  const auto until = std::max(history.until ? std::min(*history.until, history.now).at : history.now.at, history.periods.back().last.at);
  const auto layout = until - from > days(31) ? by_month : by_day;
  const auto row_length = layout.slot * static_cast<int>(layout.slots);
  Timeline timeline{.slot = layout.slot, .rows = {}};
  // Rows end with today, so that the last one is the one that a reader looks for.
  const auto end = std::chrono::floor<days>(until) + days(1);
  const auto rows = std::min<std::size_t>(most_rows, static_cast<std::size_t>((end - from + row_length - seconds(1)) / row_length));
  const auto begin = end - row_length * static_cast<int>(rows);
  for (std::size_t i = 0; i < rows; ++i) timeline.rows.push_back({{begin + row_length * static_cast<int>(i)}, std::vector<Slot>(layout.slots)});
  for (std::size_t i = 0; i < history.periods.size(); ++i) {
    const auto& period = history.periods[i];
    const auto first = std::max(period.began.at, std::chrono::sys_seconds(begin));
    for (auto at = first; at <= period.last.at;) {
      const auto slot = static_cast<std::size_t>((at - begin) / layout.slot);
      if (slot >= rows * layout.slots) break;
      mark(timeline.rows[slot / layout.slots].slots[slot % layout.slots], period.level, at == period.began.at && i > 0 && !period.changes.empty());
      at = begin + layout.slot * static_cast<int>(slot + 1);
    }
  }
  return timeline;
}

std::string last_turn(const History& history) {
  const auto& all = history.periods;
  if (all.empty() || history.until || all.back().level != Level::critical) return "";   // of now
  const auto works = [](const auto& period) { return period.level == Level::ok || period.level == Level::warning; };
  const auto good = std::ranges::find_if(all.rbegin(), all.rend(), works);
  if (good == all.rend()) return "";
  const auto turn = std::ranges::find(good.base(), all.end(), Level::critical, &history::Period::level);
  if (turn->began.at - good->last.at <= longest_silence) return fmt::format("Worked until {} UTC, then: {}", minutes_of(good->last), first_change(*turn));
  // What was between the two nobody knows.
  return fmt::format("Worked at {} UTC. The next check that could tell was at {} UTC: {}", minutes_of(good->last), minutes_of(turn->began), first_change(*turn));
}

std::string until_when(const history::Period& period, const History& history) {
  const bool is_newest = !history.until && &period == &history.periods.back();
  const bool is_now = is_newest && history.now.at - period.last.at <= longest_silence;
  if (is_now) return "until now, ";
  if (is_newest) return fmt::format("last checked {} UTC, ", minutes_of(period.last));
  return period.last == period.began ? "" : fmt::format("for {}, ", about_as_long_as(period.last.at - period.began.at));
}

std::string minutes_of(const Moment& moment) {
  const auto text = moment.to_string();   // "2026-01-31T04:12:00Z"
  return fmt::format("{} {}", text.substr(0, 10), text.substr(11, 5));
}

std::string standing(const history::State& state) {
  std::vector<std::string> parts;
  for (const auto& service : state.services) {
    const auto* said = service.reachable == Reachable::yes ? "yes" : service.reachable == Reachable::no ? "no" : "not tested";
    parts.push_back(fmt::format("{} {}: {}{}", service.service.to_string(), words(service.family), said, service.cause ? fmt::format(" ({})", *service.cause) : ""));
  }
  for (const auto& name : state.names) parts.push_back(fmt::format("{}: {}", name.name, to_string(name.verdict)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string render(const History& history, Format format, const TextStyle& style) {
  switch (format) {
    case Format::text: return timeline_to_text(history, style);
    case Format::json: return timeline_to_json(history);
    case Format::html: return timeline_to_html(history);
    case Format::markdown: break;
  }
  throw std::logic_error("a history has no Markdown form");
}

}  // namespace ringback
