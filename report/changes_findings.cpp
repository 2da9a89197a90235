/// What connection it is, what was found, and what could not be measured, then and now.
#include <algorithm>
#include <map>
#include <set>

#include "report/changes_parts.hpp"
#include "report/summary.hpp"
#include "report/words.hpp"

namespace ringback::changes {
namespace {

bool stops_a_service(const Finding& finding, const Report& report) {
  return std::ranges::any_of(report.services, [&](const ServiceVerdict& verdict) {
    return verdict.cause == finding.code && (!finding.subject.service || finding.subject.service == verdict.service) &&
           (!finding.subject.family || finding.subject.family == verdict.family);
  });
}

/// Told with the service that it stops, or with the name that it is about.
bool is_told(const Finding& finding, const Report& report, bool addresses) {
  return finding.subject.name ? addresses && find_name(report, *finding.subject.name) : stops_a_service(finding, report);
}

struct Group {
  const Finding* first = nullptr;
  std::vector<std::string> subjects;
};

/// What makes two findings the same one. Masked names are not the same in both reports.
std::string identity(const Finding& finding, bool addresses) {
  return finding.code + " " + (!addresses && finding.subject.name ? std::string() : in_words(finding.subject));
}

/// In `some` and not in `others`, those of one code together. A stored report may hold any number of them.
std::vector<Group> alone(const Report& some, const Report& others, bool addresses) {
  std::set<std::string> there;
  for (const auto& finding : others.findings) there.insert(identity(finding, addresses));
  std::vector<Group> result;
  std::map<std::string, std::size_t> groups;
  for (const auto& finding : some.findings) {
    if (is_told(finding, some, addresses) || there.contains(identity(finding, addresses))) continue;
    const auto [group, is_new] = groups.try_emplace(finding.code, result.size());
    if (is_new) result.push_back({&finding, {}});
    if (auto subject = in_words(finding.subject); !subject.empty()) result[group->second].subjects.push_back(std::move(subject));
  }
  return result;
}

std::string title_of(const Group& group) {
  return group.subjects.empty() ? group.first->title : fmt::format("{} ({})", group.first->title, listed(group.subjects));
}

void tell(const Group& group, bool is_new, Changes& into) {
  const auto& finding = *group.first;
  const bool is_measurement = finding.code.starts_with("measure.") || finding.code == "inbound.untested";
  const bool matters = finding.severity != Severity::info && !is_measurement;
  Change change{.about = is_measurement ? About::measurement : About::finding, .effect = !matters ? Effect::neither : is_new ? Effect::worse : Effect::better,
                .subject = group.subjects.size() <= 1 ? finding.subject : Subject{}, .code = finding.code};
  (is_new ? change.after : change.before) = title_of(group);
  change.text = fmt::format("{}: {}.", is_new ? "New" : "No longer", title_of(group));
  into.push_back(std::move(change));
}

Effect effect_of(ConnectionType before, ConnectionType after) {
  if (after == ConnectionType::offline) return Effect::worse;
  return before == ConnectionType::offline ? Effect::better : Effect::neither;
}

template <class Kind>
void kind(About about, Family family, Kind before, Kind after, Changes& into) {
  if (before == after) return;
  into.push_back({.about = about, .subject = {.family = family}, .before = std::string(words(before)), .after = std::string(words(after)),
                  .text = fmt::format("{} was: {}. It is now: {}.", words(family), words(before), words(after))});
}

}  // namespace

void connection(const Pair& pair, Changes& into) {
  const auto &before = pair.before.connection, &after = pair.after.connection;
  if (before.type != after.type) {
    into.push_back({.about = About::connection, .effect = effect_of(before.type, after.type), .before = std::string(words(before.type)),
                    .after = std::string(words(after.type)),
                    .text = fmt::format("The connection was: {}. It is now: {}.", words(before.type), words(after.type))});
  } else {
    kind(About::ipv4, Family::ipv4, before.ipv4.kind, after.ipv4.kind, into);
    kind(About::ipv6, Family::ipv6, before.ipv6.kind, after.ipv6.kind, into);
  }
}

void findings(const Pair& pair, Changes& into) {
  for (const auto& group : alone(pair.after, pair.before, pair.addresses)) tell(group, true, into);
  for (const auto& group : alone(pair.before, pair.after, pair.addresses)) tell(group, false, into);
}

void measurements(const Pair& pair, Changes& into) {
  for (const auto& after : pair.after.probes) {
    const auto before = std::ranges::find(pair.before.probes, after.name, &ProbeRun::name);
    if (before == pair.before.probes.end() || before->status == after.status) continue;
    const auto state = [](const ProbeRun& run) {
      return run.reason ? fmt::format("{} ({})", to_string(run.status), *run.reason) : std::string(to_string(run.status));
    };
    into.push_back({.about = About::measurement, .before = state(*before), .after = state(after),
                    .text = fmt::format("The probe \"{}\" ended otherwise: before {}; now {}.", after.name, state(*before), state(after))});
  }
}

}  // namespace ringback::changes
