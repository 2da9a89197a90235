#include "report/changes.hpp"

#include <algorithm>
#include <set>

#include "report/changes_parts.hpp"
#include "report/summary.hpp"
#include "report/words.hpp"

namespace ringback {
namespace changes {

std::string with_reason(std::string_view verb, const std::string& reason) {
  return reason.empty() ? std::string(verb) : fmt::format("{}: {}", verb, reason);
}

std::string in_words(const std::vector<Address>& addresses) {
  std::vector<std::string> items;
  for (const auto& address : addresses) items.push_back(address.to_string());
  return items.empty() ? "none" : listed(items);
}

const NameVerdict* find_name(const Report& report, const std::string& name) {
  const auto found = std::ranges::find(report.names, name, &NameVerdict::name);
  return found == report.names.end() ? nullptr : &*found;
}

const ServiceVerdict* find_service(const Report& report, const Service& service, Family family) {
  const auto found = std::ranges::find_if(report.services, [&](const ServiceVerdict& v) { return v.service == service && v.family == family; });
  return found == report.services.end() ? nullptr : &*found;
}

std::string in_words(const Subject& subject) {
  std::string result;
  if (subject.service) result = subject.service->to_string();
  if (subject.family) result += (result.empty() ? "" : " over ") + std::string(words(*subject.family));
  if (subject.name) result += (result.empty() ? "" : "; ") + *subject.name;
  return result;
}

}  // namespace changes

namespace {

using changes::Pair;

std::string host_of(const Report& report) { return report.evidence.host ? report.evidence.host->host_name : ""; }

/// In `some` and not in `others`.
std::vector<std::string> without(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  const std::set<std::string> there(others.begin(), others.end());
  std::vector<std::string> result;
  std::ranges::copy_if(some, std::back_inserter(result), [&](const auto& one) { return !there.contains(one); });
  return result;
}

void not_asked_both_times(const Pair& pair, std::vector<std::string>& into) {
  const auto tell = [&](const std::vector<std::string>& alone, const char* which) {
    if (!alone.empty()) into.push_back(fmt::format("The {} report alone asked about {}.", which, listed(alone)));
  };
  const auto asked = [](const Report& report) {
    auto result = report.evidence.request.names;
    if (report.evidence.request.services_named)
      for (const auto& service : report.evidence.request.services) result.push_back(service.to_string());
    return result;
  };
  tell(without(asked(pair.before), asked(pair.after)), "first");
  tell(without(asked(pair.after), asked(pair.before)), "second");
}

/// Hardware addresses of whoever leads this host to the internet.
std::set<std::string> home_routers(const Report& report) {
  std::set<std::string> result;
  if (!report.evidence.host) return result;
  for (const auto* uplink : {&report.evidence.host->ipv4, &report.evidence.host->ipv6})
    if (*uplink && (*uplink)->gateway_mac) result.insert((*uplink)->gateway_mac->to_string());
  return result;
}

/// A router may be exchanged, so that another one proves nothing.
std::optional<std::string> another_household(const Pair& pair) {
  const auto before = home_routers(pair.before), after = home_routers(pair.after);
  if (before.empty() || after.empty() || std::ranges::any_of(before, [&](const auto& one) { return after.contains(one); })) return std::nullopt;
  return fmt::format("Their home routers have different hardware addresses ({}; {}): unless the router was exchanged, these are two households.",
                     listed({before.begin(), before.end()}), listed({after.begin(), after.end()}));
}

/// nullopt: of two runs.
std::optional<std::string> judged_twice(const Pair& pair) {
  if (pair.before.started != pair.after.started || pair.before.evidence != pair.after.evidence) return std::nullopt;
  return "Both are of the same run: whatever differs was only judged otherwise.";
}

std::vector<std::string> caveats(const Pair& pair) {
  if (pair.before == pair.after) return {"Both are the same report: nothing could have changed between them."};
  std::vector<std::string> result;
  if (auto one = judged_twice(pair)) result.push_back(std::move(*one));
  if (pair.after.started < pair.before.started) result.emplace_back("The second report is the older one. They are compared in the order in which they were given.");
  if (!pair.addresses)
    result.emplace_back("Addresses and names could not be compared: they are masked, and the same mask may stand for something else in the other report.");
  const auto one = host_of(pair.before), other = host_of(pair.after);
  if (pair.addresses && !one.empty() && !other.empty() && one != other)
    result.push_back(fmt::format("They were made on different hosts: {} and {}.", one, other));
  if (pair.addresses)
    if (auto two = another_household(pair)) result.push_back(std::move(*two));
  if (pair.before.tool.version != pair.after.tool.version)
    result.push_back(fmt::format("They were judged by different versions ({} and {}): ringback show --rediagnose judges both by the same rules.",
                                 pair.before.tool.version, pair.after.tool.version));
  if (pair.addresses) not_asked_both_times(pair, result);
  return result;
}

int rank(const Change& change) { return change.effect == Effect::worse ? 0 : change.effect == Effect::better ? 1 : 2; }

}  // namespace

Comparison compare(const Report& before, const Report& after) {
  const Pair pair{before, after, !before.redacted && !after.redacted};
  Comparison result{{}, caveats(pair)};
  changes::services(pair, result.changes);
  changes::names(pair, result.changes);
  changes::addresses(pair, result.changes);
  changes::connection(pair, result.changes);
  changes::findings(pair, result.changes);
  changes::severities(pair, result.changes);
  changes::measurements(pair, result.changes);
  std::ranges::stable_sort(result.changes, {}, rank);
  return result;
}

}  // namespace ringback
