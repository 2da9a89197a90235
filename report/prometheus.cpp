#include "report/prometheus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "net/moment.hpp"
#include "report/safe_text.hpp"
#include "report/summary.hpp"

namespace ringback {
namespace {

constexpr std::size_t longest_label = 255;   // a DNS name has no more

struct Label {
  std::string_view name;
  std::string value;
};
using MetricLabels = std::vector<Label>;

/// Whatever a stranger's report holds: broken UTF-8 would make a scrape fail as a whole, a line end would begin a sample of its own.
std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : safe_text(value, {.longest = longest_label})) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

/// Metrics of one name, which have to stand together. Of two with the same labels the first counts: a second one would make a scrape fail.
class Metric {
 public:
  Metric(std::string_view name, std::string_view help) : head_(fmt::format("# HELP ringback_{0} {1}\n# TYPE ringback_{0} gauge\n", name, help)), name_(name) {}

  Metric& add(const MetricLabels& labels, double value) {
    std::string inside;
    for (const auto& label : labels) inside += fmt::format("{}{}=\"{}\"", inside.empty() ? "" : ",", label.name, escaped(label.value));
    if (!seen_.insert(inside).second) return *this;
    samples_ += inside.empty() ? fmt::format("ringback_{} {}\n", name_, value) : fmt::format("ringback_{}{{{}}} {}\n", name_, inside, value);
    return *this;
  }
  [[nodiscard]] std::string text() const { return samples_.empty() ? "" : head_ + samples_; }

 private:
  std::string head_;
  std::string name_;
  std::string samples_;
  std::set<std::string> seen_;
};

/// Of "2026-01-31T12:00:00.000Z"; whole seconds.
std::optional<double> unix_time(const std::string& text) {
  const auto moment = Moment::parse(text.substr(0, 19) + "Z");
  if (!moment) return std::nullopt;
  return static_cast<double>(moment->at.time_since_epoch().count());
}

std::string time_family(std::string_view name, std::string_view help, const std::string& when) {
  Metric family(name, help);
  if (const auto time = unix_time(when)) family.add({}, *time);
  return family.text();
}

std::string of_the_check(const Report& report, const Announcement& announcement) {
  Metric level("check_level", "The level that the check announces: 1 for the one that holds.");
  for (const auto& [value, name] : enum_names(Level{})) level.add({{"level", std::string(name)}}, value == announcement.level ? 1 : 0);
  const double duration = std::chrono::duration<double>(report.duration).count();
  return Metric("build_info", "The version of ringback that made the check.").add({{"version", report.tool.version}}, 1).text() + level.text() +
         time_family("check_level_since_timestamp_seconds", "When the level that is announced began, in Unix time.", announcement.since) +
         time_family("last_check_timestamp_seconds", "When the last check began, in Unix time.", report.started) +
         Metric("check_duration_seconds", "How long the last check took.").add({}, duration).text() +
         Metric("check_troubles", "How many things the last check could not remember or publish.")
             .add({}, static_cast<double>(announcement.troubles.size()))
             .text();
}

std::string of_the_connection(const Connection& connection) {
  return Metric("connection_info", "What kind of internet connection this household has.")
      .add({{"type", std::string(to_string(connection.type))},
            {"confidence", std::string(to_string(connection.confidence))},
            {"ipv4", std::string(to_string(connection.ipv4.kind))},
            {"ipv6", std::string(to_string(connection.ipv6.kind))}},
           1)
      .text();
}

std::string of_services(const std::vector<ServiceVerdict>& services) {
  Metric reachable("service_reachable", "Whether the service can be reached from the internet: 1 or 0; absent where it could not be tested.");
  Metric info("service_info", "Where the way from the internet to the service stops, and why.");
  std::set<std::pair<Service, Family>> seen;
  for (std::size_t i = 0; i < std::min(services.size(), kMostServices); ++i) {
    const auto& verdict = services[i];
    if (!seen.emplace(verdict.service, verdict.family).second) continue;
    const MetricLabels which{{"service", verdict.service.to_string()}, {"family", std::string(to_string(verdict.family))}};
    if (verdict.reachable != Reachable::unknown) reachable.add(which, verdict.reachable == Reachable::yes ? 1 : 0);
    auto all = which;
    all.push_back({"reachable", std::string(to_string(verdict.reachable))});
    all.push_back({"stopped_at", std::string(to_string(verdict.stopped_at))});
    all.push_back({"cause", verdict.cause.value_or("")});
    all.push_back({"confidence", std::string(to_string(verdict.confidence))});
    info.add(all, 1);
  }
  return reachable.text() + info.text();
}

std::string of_names(const std::vector<NameVerdict>& names) {
  Metric right("name_right", "Whether the DNS name leads to this household: 1 or 0; absent where it could not be tested.");
  Metric info("name_info", "Whether the DNS name leads to this household, in words.");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    const auto& verdict = names[i];
    if (!seen.insert(escaped(verdict.name)).second) continue;
    if (verdict.verdict != NameState::unknown) right.add({{"name", verdict.name}}, verdict.verdict == NameState::right ? 1 : 0);
    info.add({{"name", verdict.name}, {"verdict", std::string(to_string(verdict.verdict))}}, 1);
  }
  return right.text() + info.text();
}

std::string of_findings(const std::vector<Finding>& findings) {
  Metric by_severity("findings", "How many findings the report has, by severity.");
  Metric by_code("finding", "How many findings the report has, by code; see ringback explain CODE.");
  for (const auto& [severity, name] : enum_names(Severity{}))
    by_severity.add({{"severity", std::string(name)}}, static_cast<double>(std::ranges::count(findings, severity, &Finding::severity)));
  std::map<std::pair<std::string, Severity>, std::size_t> counts;
  for (const auto& finding : findings) {
    const auto key = std::pair(finding.code, finding.severity);
    if (counts.size() < kMostFindings || counts.contains(key)) ++counts[key];
  }
  for (const auto& [key, count] : counts)
    by_code.add({{"code", key.first}, {"severity", std::string(to_string(key.second))}}, static_cast<double>(count));
  return by_severity.text() + by_code.text();
}

}  // namespace

std::string prometheus_text(const Report& report, const Announcement& announcement) {
  return of_the_check(report, announcement) + of_the_connection(report.connection) + of_services(report.services) + of_names(report.names) +
         of_findings(report.findings);
}

}  // namespace ringback
