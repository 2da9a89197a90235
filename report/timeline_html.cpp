#include <fmt/format.h>

#include "report/comparison.hpp"
#include "report/html.hpp"
#include "report/timeline_forms.hpp"

namespace ringback {
namespace {

// A row is as wide whatever its slots stand for, and no wider than that its date can be read on a phone.
constexpr unsigned row_width = 288, row_height = 22, bar_height = 16, label_width = 92;

std::string_view css(Level level) { return level == Level::critical ? "bad" : level == Level::ok ? "good" : "doubtful"; }

std::string_view word_of_level(Level level) {
  switch (level) {
    case Level::ok: return "OK";
    case Level::warning: return "Warning";
    case Level::critical: return "Critical";
    case Level::unknown: break;
  }
  return "Not determined";
}

/// Told apart without colour: the graver, the higher.
unsigned height_of(Level level) { return level == Level::critical ? bar_height : level == Level::warning ? 11 : level == Level::unknown ? 7 : 4; }

std::string bar(const TimelineRow& row, std::size_t first, std::size_t count, unsigned y, const Timeline& timeline) {
  const auto& slot = row.slots[first];
  const auto slot_width = row_width / row.slots.size();
  const auto begin = Moment{row.begin.at + timeline.slot * static_cast<int>(first)}, end = Moment{row.begin.at + timeline.slot * static_cast<int>(first + count)};
  const auto height = height_of(slot.level);
  return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{} to {} UTC: {}</title></rect>\n", css(slot.level),
                     label_width + slot_width * first, y + bar_height - height, slot_width * count, height, minutes_of(begin), minutes_of(end), word_of_level(slot.level));
}

std::string timeline_svg(const Timeline& timeline) {
  const auto slots = timeline.rows.front().slots.size();
  const std::size_t width = label_width + row_width, height = row_height * timeline.rows.size();
  auto out = fmt::format("<svg class=\"picture\" role=\"img\" aria-label=\"Timeline; the same stands below in words\" viewBox=\"0 0 {} {}\">\n", width, height);
  for (std::size_t i = 0; i < timeline.rows.size(); ++i) {
    const auto& row = timeline.rows[i];
    const auto y = static_cast<unsigned>(row_height * i);
    out += fmt::format("<text x=\"0\" y=\"{}\">{}</text>\n", y + bar_height - 3, row.begin.to_string().substr(0, 10));
    out += fmt::format("<path class=\"rail\" d=\"M{} {}H{}\"/>\n", label_width, y + bar_height, width);
    for (std::size_t first = 0; first < slots;) {
      std::size_t count = 1;
      while (first + count < slots && row.slots[first + count].checked == row.slots[first].checked && row.slots[first + count].level == row.slots[first].level) ++count;
      if (row.slots[first].checked) out += bar(row, first, count, y, timeline);
      first += count;
    }
  }
  return out + "</svg>\n";
}

std::string period_in_html(const history::Period& period, const History& history) {
  auto out = fmt::format("<section class=\"card\">\n<h3>{} UTC: <span class=\"{}\">{}</span></h3>\n<p class=\"soft\">{}{} check{}</p>\n", minutes_of(period.began),
                         css(period.level), word_of_level(period.level), until_when(period, history), period.checks, period.checks == 1 ? "" : "s");
  if (!period.changes.empty()) {
    out += "<ul>\n";
    for (const auto& change : period.changes) out += fmt::format("<li>{}</li>\n", escape_html(change));
    out += "</ul>\n";
  }
  if (const auto text = standing(period.state); !text.empty()) out += fmt::format("<p>{}</p>\n", escape_html(text));
  return out + "</section>\n";
}

}  // namespace

std::string timeline_to_html(const History& history) {
  const auto turn = last_turn(history);
  const auto& all = history.periods;
  const auto level = all.empty() ? Level::unknown : all.back().level;
  const auto headline = all.empty() ? std::string("No check is remembered.")
                        : turn.empty() ? fmt::format("{} since {} UTC.", word_of_level(level), minutes_of(all.back().began)) : turn;
  auto body = fmt::format("<h1 class=\"{}\"><span>{}</span></h1>\n", css(level), escape_html(headline));
  if (const auto timeline = timeline_of(history); !timeline.rows.empty()) {
    body += fmt::format("<h2>Timeline</h2>\n<p class=\"soft\">Each line {} (UTC). The higher the bar, the graver.</p>\n",
                        timeline.slot < std::chrono::minutes(std::chrono::days(1)) ? "is a day" : "is 32 days");
    body += timeline_svg(timeline);
  }
  if (!all.empty()) body += "<h2>What changed, the newest first</h2>\n";
  for (auto period = all.rbegin(); period != all.rend(); ++period) body += period_in_html(*period, history);
  if (history.older_left_out) body += "<p class=\"soft\">What is older is left out.</p>\n";
  return html_document("History of this home", body, fmt::format("ringback {}; written {} UTC", RINGBACK_VERSION, minutes_of(history.now)));
}

}  // namespace ringback
