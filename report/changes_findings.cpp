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

/// A verdict of the report blames it, and the report does not hold it: the verdicts are alike, and say nothing of it.
bool is_missed_by_its_verdict(const Finding& finding, const Report& report) {
  return stops_a_service(finding, report) && std::ranges::find(report.findings, finding.code, &Finding::code) == report.findings.end();
}

/// Told with the service that it stops, or with the name that it is about.
bool is_told(const Finding& finding, const Report& report, const Report& other, bool addresses) {
  if (finding.subject.name) return addresses && find_name(report, *finding.subject.name);
  return stops_a_service(finding, report) && !is_missed_by_its_verdict(finding, other);
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
    if (is_told(finding, some, others, addresses) || there.contains(identity(finding, addresses))) continue;
    const auto [group, is_new] = groups.try_emplace(finding.code, result.size());
    if (is_new) result.push_back({&finding, {}});
    if (auto subject = in_words(finding.subject); !subject.empty()) result[group->second].subjects.push_back(std::move(subject));
  }
  return result;
}

/// Of both reports, and of one of them graver than of the other; those of one code that went the same way together.
struct Shift {
  Severity before, after;
  Group group;
};

std::vector<Shift> shifts(const Pair& pair) {
  std::map<std::string, Severity> then;   // of several that are the same one, the gravest
  for (const auto& finding : pair.before.findings) {
    const auto [known, is_new] = then.try_emplace(identity(finding, pair.addresses), finding.severity);
    if (!is_new) known->second = std::max(known->second, finding.severity);
  }
  std::map<std::string, std::pair<const Finding*, Severity>> now;
  for (const auto& finding : pair.after.findings) {
    auto& known = now.try_emplace(identity(finding, pair.addresses), &finding, finding.severity).first->second;
    if (finding.severity > known.second) known = {&finding, finding.severity};
  }
  std::vector<Shift> result;
  for (const auto& finding : pair.after.findings) {   // in the report's order
    const auto same = identity(finding, pair.addresses);
    const auto before = then.find(same);
    const auto [gravest, after] = now.at(same);
    if (before == then.end() || gravest != &finding || before->second == after) continue;
    auto shift = std::ranges::find_if(result, [&](const Shift& one) {
      return one.group.first->code == finding.code && one.before == before->second && one.after == after;
    });
    if (shift == result.end()) shift = result.insert(result.end(), {before->second, after, {&finding, {}}});
    if (auto subject = in_words(finding.subject); !subject.empty() && (pair.addresses || !finding.subject.name))
      shift->group.subjects.push_back(std::move(subject));
  }
  return result;
}

std::string_view with_article(Severity severity) {
  return severity == Severity::error ? "an error" : severity == Severity::warning ? "a warning" : "a note";
}

bool is_of_measurement(const Finding& finding) { return finding.code.starts_with("measure.") || finding.code == "inbound.untested"; }

std::string title_of(const Group& group) {
  return group.subjects.empty() ? group.first->title : fmt::format("{} ({})", group.first->title, listed(group.subjects));
}

void tell(const Group& group, bool is_new, Changes& into) {
  const auto& finding = *group.first;
  const bool is_measurement = is_of_measurement(finding);
  const bool matters = finding.severity != Severity::info && !is_measurement;
  Change change{.about = is_measurement ? About::measurement : About::finding, .effect = !matters ? Effect::neither : is_new ? Effect::worse : Effect::better,
                .subject = group.subjects.size() <= 1 ? finding.subject : Subject{}, .code = finding.code};
  (is_new ? change.after : change.before) = title_of(group);
  change.text = fmt::format("{}: {}.", is_new ? "New" : "No longer", title_of(group));
  into.push_back(std::move(change));
}

void tell(const Shift& shift, Changes& into) {
  const auto& finding = *shift.group.first;
  const bool is_measurement = is_of_measurement(finding);
  const auto effect = is_measurement ? Effect::neither : shift.after > shift.before ? Effect::worse : Effect::better;
  into.push_back({.about = is_measurement ? About::measurement : About::finding, .effect = effect,
                  .subject = shift.group.subjects.size() <= 1 ? finding.subject : Subject{}, .code = finding.code,
                  .before = std::string(with_article(shift.before)), .after = std::string(with_article(shift.after)),
                  .text = fmt::format("{}: this is {} now. Before, it was {}.", title_of(shift.group), with_article(shift.after), with_article(shift.before))});
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

void severities(const Pair& pair, Changes& into) {
  for (const auto& shift : shifts(pair)) tell(shift, into);
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
