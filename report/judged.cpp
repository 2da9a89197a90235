#include "report/judged.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "redact/leaks.hpp"
#include "redact/redact.hpp"
#include "report/json.hpp"

namespace ringback {
namespace {

/// What is no time may be any text, and so a secret.
bool is_time(const std::string& text) {
  constexpr std::size_t longest = 32;
  return text.size() <= longest && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || std::string_view("-:.+TZ").find(c) != std::string_view::npos; });
}

}  // namespace

Report judged(Report report) {
  auto diagnosis = diagnose(report.evidence);
  report.tool = {};
  report.connection = std::move(diagnosis.connection);
  report.services = std::move(diagnosis.services);
  report.names = std::move(diagnosis.names);
  report.findings = std::move(diagnosis.findings);
  return report;
}

Expected<Report> redacted(const Report& report) {
  auto masked = redact(report.evidence, report.probes);
  if (!masked) return tl::unexpected(masked.error());
  Report result;
  if (is_time(report.started)) result.started = report.started;
  result.duration = report.duration;
  result.redacted = true;
  result.redaction = std::move(masked->legend);
  result.probes = std::move(masked->runs);
  result.evidence = std::move(masked->evidence);
  result = judged(std::move(result));
  if (const auto leak = redaction::first_of(masked->hidden, to_json(result)))
    return failure(Errc::invalid_input, fmt::format("the report cannot be redacted: at byte {} of its JSON form stands what has a mask; nothing was written", *leak + 1));
  return result;
}

std::vector<std::string> redacted_sentences(const Report& report, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return {};
  auto runs = report.probes;   // behind them, so that what the report has keeps its masks
  for (const auto& sentence : sentences) runs.push_back({.reason = sentence});
  const auto masked = redact(report.evidence, runs);
  std::vector<std::string> result;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const auto* said = masked ? &masked->runs.at(report.probes.size() + i).reason : nullptr;
    const bool is_safe = said && *said && !redaction::first_of(masked->hidden, **said);
    result.push_back(is_safe ? **said : "something went wrong that cannot be said without naming what --redact hides");
  }
  return result;
}

}  // namespace ringback
