#include "report/promises.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evidence/json.hpp"
#include "net/moment.hpp"

namespace ringback {
namespace {

using Fault = std::optional<Error>;

Fault wrong(const std::string& at, const std::string& expected, const json::Value& got) { return json::wrong(at, expected, got).value(); }

/// "2026-01-31T12:00:00.000Z", whatever the fraction of the second, if there is one.
bool is_start(const std::string& text) {
  const auto point = text.find('.');
  if (point == std::string::npos) return Moment::parse(text).has_value();
  const auto fraction = std::string_view(text).substr(point + 1);
  const auto digits = std::min(fraction.find_first_not_of("0123456789"), fraction.size());
  return digits >= 1 && digits <= 6 && fraction.substr(digits) == "Z" && Moment::parse(text.substr(0, point) + "Z").has_value();
}

Fault of_length(const std::string& at, std::chrono::milliseconds took) {
  return took.count() < 0 ? wrong(at, "milliseconds, 0 or more", took.count()) : std::nullopt;
}

Fault of_code(const std::string& at, const std::string& code) { return is_code(code) ? std::nullopt : wrong(at, "a code such as ipv4.cgnat", code); }

Fault of_verdict(const std::string& at, const ServiceVerdict& verdict) {
  const bool reached = verdict.reachable == Reachable::yes;
  if (reached && verdict.cause) return wrong(at + "/cause", "null, as the service can be reached", *verdict.cause);
  return verdict.cause ? of_code(at + "/cause", *verdict.cause) : std::nullopt;
}

Fault of_finding(const std::string& at, const Finding& finding) {
  if (auto fault = of_code(at + "/code", finding.code)) return fault;
  if (finding.severity == Severity::info || !finding.remedies.empty()) return std::nullopt;
  return Error{Errc::invalid_input, fmt::format("{}/remedies: expected at least one, as the severity is {}, got none", at, to_string(finding.severity))};
}

Fault of_name(const std::string& at, const NameVerdict& name) {
  for (std::size_t i = 0; i < name.findings.size(); ++i)
    if (auto fault = of_code(fmt::format("{}/findings/{}", at, i), name.findings[i])) return fault;
  return std::nullopt;
}

/// The first fault of a list's elements.
template <class T>
Fault of_each(const char* name, const std::vector<T>& list, Fault (*of)(const std::string& at, const T&)) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (auto fault = of(fmt::format("/{}/{}", name, i), list[i])) return fault;
  return std::nullopt;
}

Fault of_probe(const std::string& at, const ProbeRun& probe) { return of_length(at + "/duration_ms", probe.duration); }

}  // namespace

bool is_code(std::string_view text) {
  constexpr std::size_t longest = 100;
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

std::optional<Error> broken_promise(const Report& report) {
  if (report.tool.name.empty()) return wrong("/tool/name", "the name of the program that made the report", report.tool.name);
  if (!is_start(report.started)) return wrong("/started", "a time in UTC such as 2026-01-31T12:00:00.000Z", report.started);
  if (auto fault = of_length("/duration_ms", report.duration)) return fault;
  if (auto fault = of_each("services", report.services, of_verdict)) return fault;
  if (auto fault = of_each("names", report.names, of_name)) return fault;
  if (auto fault = of_each("findings", report.findings, of_finding)) return fault;
  return of_each("probes", report.probes, of_probe);
}

}  // namespace ringback
