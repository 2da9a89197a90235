#include "report/monitoring.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/moment.hpp"
#include "report/safe_text.hpp"
#include "report/summary.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

constexpr std::size_t longest_line = 600;

std::string_view word(Level level) {
  switch (level) {
    case Level::ok: return "OK";
    case Level::warning: return "WARNING";
    case Level::critical: return "CRITICAL";
    case Level::unknown: break;
  }
  return "UNKNOWN";
}

/// The bar ends the text there.
std::string plain(std::string_view text, std::size_t longest = longest_line) {
  auto result = safe_text(text, {.unicode = false, .longest = longest});
  std::ranges::replace(result, '|', '/');
  return result;
}

/// When the state began, unless it did with this check.
std::string since(const Announcement& announcement, const std::string& started) {
  const auto known = Moment::parse(announcement.since), now = Moment::parse(started.substr(0, started.find('.')) + "Z");
  if (!known || (announcement.changed && now && *known >= *now)) return "";
  const auto text = known->to_string();   // "2026-01-31T12:00:00Z"
  return fmt::format(" (since {} {} UTC)", text.substr(0, 10), text.substr(11, 5));
}

/// Ranges are those that the level is made by: an error is CRITICAL, a warning is WARNING ("0": whatever is not from 0 to 0). A service that cannot be
/// reached has none of its own: where one family leads there, it may be a note.
std::string performance_data(const Report& report, const MonitoringStyle& style) {
  std::size_t yes = 0, no = 0, unknown = 0, errors = 0, warnings = 0;
  for (const auto& verdict : report.services)
    ++(verdict.reachable == Reachable::yes ? yes : verdict.reachable == Reachable::no ? no : unknown);
  for (const auto& finding : report.findings) {
    if (finding.severity == Severity::error) ++errors;
    if (finding.severity == Severity::warning) ++warnings;
  }
  return fmt::format("time={:.3f}s;;;0;{} reachable={};;;0;{} unreachable={};;;0;{} untested={};;;0;{} errors={};;0;0; warnings={};0;;0;",
                     static_cast<double>(report.duration.count()) / 1000, style.deadline.count(), yes, report.services.size(), no, report.services.size(), unknown,
                     report.services.size(), errors, warnings);
}

std::string problem_in_lines(const Problem& problem) {
  const auto& finding = problem.first();
  auto about = subjects(problem);
  auto text = fmt::format("{}: {}{} [{}]\n", plain(words(finding.severity)), plain(finding.title, 300), about.empty() ? "" : fmt::format(" ({})", plain(about, 300)),
                          plain(finding.code, 60));
  if (!finding.detail.empty()) text += fmt::format("  {}\n", plain(finding.detail));
  if (!problem.remedies.empty()) text += fmt::format("  What to do: {}\n", plain(problem.remedies.front().title, 300));
  return text;
}

std::string services_in_lines(const Report& report) {
  std::string text;
  for (std::size_t i = 0; i < std::min(report.services.size(), kMostServices); ++i) {
    const auto& verdict = report.services[i];
    const auto* said = verdict.reachable == Reachable::yes ? "can be reached" : verdict.reachable == Reachable::no ? "cannot be reached" : "could not be tested";
    text += fmt::format("{} over {}: {}{}\n", verdict.service.to_string(), words(verdict.family), said, verdict.cause ? fmt::format(" [{}]", plain(*verdict.cause, 60)) : "");
  }
  return text;
}

std::string in_lines(const std::vector<std::string>& troubles) {
  std::string text;
  for (const auto& trouble : troubles) text += fmt::format("Beside the check: {}\n", plain(trouble));
  return text;
}

/// Whole lines alone.
std::string bounded(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  constexpr std::string_view more = "...\n";
  text.resize(text.rfind('\n', longest - more.size() - 1) + 1);
  return text.append(more);
}

}  // namespace

std::string monitoring_output(const Report& report, const Announcement& announcement, const MonitoringStyle& style) {
  const auto measured = level_of(report);
  const bool is_held_back = measured != announcement.level;
  auto text = fmt::format("{} - ", word(announcement.level));
  if (is_held_back) text += fmt::format("as before; this check alone says {}: ", word(measured));
  text += plain(headline(report).text);
  if (!is_held_back) text += since(announcement, report.started);
  text += fmt::format(" | {}\n", performance_data(report, style));
  const auto found = problems(report);
  for (const auto& problem : found) text += problem_in_lines(problem);
  if (style.verbose || !found.empty()) text += services_in_lines(report);
  if (!found.empty()) text += fmt::format("More: ringback explain {}\n", plain(found.front().first().code, 60));
  // What could not be told elsewhere is told here, whatever else has to go.
  const auto behind = text.find('\n') + 1;
  return bounded(text.substr(0, behind) + in_lines(announcement.troubles) + text.substr(behind), style.longest);
}

std::string monitoring_troubles(const std::vector<std::string>& troubles, std::size_t longest) { return bounded(in_lines(troubles), longest); }

std::string monitoring_failure(std::string_view reason) { return fmt::format("UNKNOWN - {}\n", plain(reason)); }

}  // namespace ringback
