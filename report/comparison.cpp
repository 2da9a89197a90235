#include "report/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "evidence/json.hpp"
#include "net/moment.hpp"
#include "report/comparison_line.hpp"
#include "report/markdown.hpp"
#include "report/page.hpp"
#include "report/safe_text.hpp"

namespace ringback {
namespace {

/// "2026-01-31T12:00:00.123Z"; the fraction says nothing here.
std::optional<Moment> started(const Report& report) {
  const auto point = report.started.find('.');
  const auto moment = Moment::parse(point == std::string::npos ? report.started : report.started.substr(0, point) + "Z");
  return moment ? std::optional(*moment) : std::nullopt;
}

std::string shown(const std::optional<Moment>& moment) {
  if (!moment) return "an unknown time";
  const auto text = moment->to_string();   // "2026-01-31T12:00:00Z"
  return fmt::format("{} {} UTC", text.substr(0, 10), text.substr(11, 5));
}

std::string period(const Report& before, const Report& after) {
  const auto one = started(before), other = started(after);
  auto text = fmt::format("between {} and {}", shown(one), shown(other));
  if (one && other) text += fmt::format(" ({} apart)", about_as_long_as(other->at > one->at ? other->at - one->at : one->at - other->at));
  return text;
}

struct Section {
  const char* title;
  Effect effect;
  Paint paint;
};
constexpr std::array sections{Section{"Worse", Effect::worse, Paint::bad}, Section{"Better", Effect::better, Paint::good},
                              Section{"Also changed", Effect::neither, Paint::heading}};

std::string headline(const Comparison& comparison, const Report& before, const Report& after) {
  if (comparison.changes.empty()) return fmt::format("Nothing changed {}.", period(before, after));
  return fmt::format("What changed {}:", period(before, after));
}

std::string to_text(const Comparison& comparison, const Report& before, const Report& after, const TextStyle& style) {
  Page page(style);
  page.paragraph(headline(comparison, before, after), "", Paint::heading);
  const auto bullet = fmt::format("  {} ", page.symbol("•", "*"));
  for (const auto& section : sections) {
    bool is_first = true;
    for (const auto& change : comparison.changes) {
      if (change.effect != section.effect) continue;
      if (is_first) {
        page.gap();
        page.paragraph(section.title, "", section.paint);
      }
      is_first = false;
      page.paragraph(change.text, bullet);
    }
  }
  if (comparison.caveats.empty()) return page.text();
  page.gap();
  page.paragraph("To bear in mind", "", Paint::heading);
  for (const auto& caveat : comparison.caveats) page.paragraph(caveat, bullet);
  return page.text();
}

std::string to_markdown(const Comparison& comparison, const Report& before, const Report& after) {
  std::string out = escape_markdown(headline(comparison, before, after)) + "\n";
  const auto list = [&](const char* title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    out += fmt::format("\n#### {}\n\n", title);
    for (const auto& item : items) out += "- " + escape_markdown(item) + "\n";
  };
  for (const auto& section : sections) {
    std::vector<std::string> items;
    for (const auto& change : comparison.changes)
      if (change.effect == section.effect) items.push_back(change.text);
    list(section.title, items);
  }
  list("To bear in mind", comparison.caveats);
  return out;
}

ComparedSide side_of(const Report& report) { return {report.started, report.tool, report.redacted}; }

std::string to_json(const Comparison& comparison, const Report& before, const Report& after) {
  const ComparisonLine line{.before = side_of(before), .after = side_of(after), .changes = comparison.changes, .caveats = comparison.caveats};
  return json::write(line).dump(-1, ' ', true, json::Value::error_handler_t::replace) + "\n";
}

}  // namespace

std::string about_as_long_as(std::chrono::seconds time) {
  struct Unit {
    std::int64_t seconds;
    const char* name;
  };
  constexpr std::array units{Unit{86400, "day"}, Unit{3600, "hour"}, Unit{60, "minute"}, Unit{1, "second"}};
  for (const auto& unit : units) {
    if (time.count() < 2 * unit.seconds && unit.seconds != 1) continue;   // "30 hours" says more than "1 day"
    const auto count = (time.count() + unit.seconds / 2) / unit.seconds;
    return fmt::format("{} {}{}", count, unit.name, count == 1 ? "" : "s");
  }
  return "";
}

std::string render(const Comparison& comparison, const Report& before, const Report& after, Format format, const TextStyle& style) {
  switch (format) {
    case Format::text: return to_text(comparison, before, after, style);
    case Format::json: return to_json(comparison, before, after);
    case Format::markdown: return to_markdown(comparison, before, after);
    case Format::html: break;
  }
  throw std::logic_error("a comparison has no HTML form");
}

}  // namespace ringback
