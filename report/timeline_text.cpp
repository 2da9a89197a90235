#include <fmt/format.h>

#include <algorithm>

#include "report/comparison.hpp"
#include "report/page.hpp"
#include "report/timeline_forms.hpp"

namespace ringback {
namespace {

using std::chrono::minutes, std::chrono::days;

constexpr std::size_t most_periods_told = 30;

Paint paint_of(Level level) {
  return level == Level::critical ? Paint::bad : level == Level::ok ? Paint::good : Paint::doubtful;
}

std::string_view word_of(Level level) {
  switch (level) {
    case Level::ok: return "OK";
    case Level::warning: return "WARNING";
    case Level::critical: return "CRITICAL";
    case Level::unknown: break;
  }
  return "UNKNOWN";
}

/// Told apart without colour.
std::string_view sign(const Slot& slot, const Page& page) {
  if (!slot.checked) return page.symbol("·", " ");
  switch (slot.level) {
    case Level::ok: return slot.changed ? page.symbol("╷", "'") : page.symbol("─", "-");
    case Level::warning: return page.symbol("▄", "w");
    case Level::critical: return page.symbol("█", "#");
    case Level::unknown: break;
  }
  return "?";
}

/// Neighbours of one colour are painted together.
std::vector<Cell> painted(const TimelineRow& row, std::size_t first, std::size_t count, const Page& page) {
  std::vector<Cell> cells;
  for (std::size_t i = first; i < std::min(row.slots.size(), first + count); ++i) {
    const auto& slot = row.slots[i];
    const auto paint = slot.checked ? paint_of(slot.level) : Paint::faint;
    if (cells.empty() || cells.back().paint != paint) cells.push_back({"", paint});
    cells.back().text += sign(slot, page);
  }
  return cells;
}

void write_timeline(const History& history, Page& page) {
  const auto timeline = timeline_of(history);
  if (timeline.rows.empty()) return;
  const bool is_by_day = timeline.slot < minutes(days(1));
  page.paragraph(is_by_day ? "Each line a day, each character half an hour (UTC)" : "Each line 32 days, each character a day (UTC)", "", Paint::heading);
  constexpr std::size_t label = 12;
  const auto width = std::min<std::size_t>(timeline.rows.front().slots.size(), page.style().columns - label);
  if (is_by_day) page.cells({{std::string(label, ' ') + std::string("0           6           12          18").substr(0, width), Paint::faint}});
  for (const auto& row : timeline.rows) {
    for (std::size_t first = 0; first < row.slots.size(); first += width) {   // a narrow terminal breaks the day
      std::vector<Cell> line{{first == 0 ? row.begin.to_string().substr(0, 10) + "  " : std::string(label, ' ')}};
      std::ranges::move(painted(row, first, width, page), std::back_inserter(line));
      page.cells(line);
    }
  }
  page.paragraph(fmt::format("{} OK  {} OK, and something changed  {} warning  {} critical  ? not determined  {} no check", page.symbol("─", "-"), page.symbol("╷", "'"),
                             page.symbol("▄", "w"), page.symbol("█", "#"), page.style().unicode ? "·" : "(blank)"),
                 "", Paint::faint);
}

void write_period(const history::Period& period, const History& history, Page& page) {
  const auto time = fmt::format("{}{} check{}", until_when(period, history), period.checks, period.checks == 1 ? "" : "s");
  std::vector<Cell> line{{minutes_of(period.began) + "  "}, {std::string(word_of(period.level)), paint_of(period.level)}};
  const bool fits = line[0].text.size() + line[1].text.size() + 2 + time.size() <= page.style().columns;
  if (fits) line.push_back({"  " + time, Paint::faint});
  page.cells(line);
  if (!fits) page.paragraph(time, "    ", Paint::faint);
  for (const auto& change : period.changes) page.paragraph(change, fmt::format("    {} ", page.symbol("•", "*")));
  if (!period.changes.empty()) return;
  if (const auto text = standing(period.state); !text.empty()) page.paragraph(text, "    ");
}

}  // namespace

std::string timeline_to_text(const History& history, const TextStyle& style) {
  Page page(style);
  if (history.periods.empty()) {
    page.paragraph(history.since ? fmt::format("No check since {} UTC is remembered.", minutes_of(*history.since)) : "No check is remembered yet.");
    return page.text();
  }
  if (const auto turn = last_turn(history); !turn.empty()) {
    page.paragraph(turn, "", paint_of(history.periods.back().level));
    page.gap();
  }
  write_timeline(history, page);
  page.gap();
  const auto& all = history.periods;
  const auto first = all.size() - std::min(all.size(), most_periods_told);
  const auto left_out = fmt::format("; {}{} before that are left out: --json has {}{}", first, history.older_left_out ? " and more" : "",
                                    history.older_left_out ? "the " + std::to_string(all.size()) + " newest" : "them",
                                    history.older_left_out ? ", --until what is older" : "");
  page.paragraph("What changed (UTC), the newest last" + (first == 0 ? std::string() : left_out), "", Paint::heading);
  for (std::size_t i = first; i < all.size(); ++i) write_period(all[i], history, page);
  return page.text();
}

}  // namespace ringback
