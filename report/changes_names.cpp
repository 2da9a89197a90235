/// Where names lead, then and now.
#include <algorithm>

#include "report/changes_parts.hpp"
#include "report/summary.hpp"

namespace ringback::changes {
namespace {

Verb verb(NameState state) {
  switch (state) {
    case NameState::right: return {"leads here", "led here"};
    case NameState::wrong: return {"does not lead here as it should", "did not lead here as it should"};
    case NameState::unknown: break;
  }
  return {"could not be judged", "could not be judged"};
}

/// The titles of what is wrong with it; of notes only where nothing else is there. Empty where it leads here.
std::string why(const NameVerdict& name, const Report& report) {
  if (name.verdict == NameState::right) return "";
  std::vector<std::string> grave, light;
  for (const auto& finding : report.findings) {
    if (finding.subject.name != name.name || std::ranges::find(name.findings, finding.code) == name.findings.end()) continue;
    auto& titles = finding.severity == Severity::info ? light : grave;
    if (std::ranges::find(titles, finding.title) == titles.end()) titles.push_back(finding.title);
  }
  return fmt::format("{}", fmt::join(grave.empty() ? light : grave, "; "));
}

std::string state(const NameVerdict& name, const Report& report) {
  return with_reason(verb(name.verdict).is, why(name, report));
}

std::string sentence(const NameVerdict& before, const NameVerdict& after, const Pair& pair) {
  const auto then = why(before, pair.before), now = why(after, pair.after);
  if (before.verdict == after.verdict)
    return fmt::format("{} still {}. Before: {}. Now: {}.", after.name, verb(after.verdict).is, then.empty() ? "not known" : then, now.empty() ? "not known" : now);
  return fmt::format("{} {}. Before, it {}.", after.name, with_reason(fmt::format("{} now", verb(after.verdict).is), now),
                     with_reason(verb(before.verdict).was, then));
}

Effect effect_of(NameState before, NameState after) {
  if (before == NameState::right && after == NameState::wrong) return Effect::worse;
  return before == NameState::wrong && after == NameState::right ? Effect::better : Effect::neither;
}

void records(const NameVerdict& before, const NameVerdict& after, Changes& into) {
  const auto tell = [&](const char* type, Family family, const std::vector<Address>& then, const std::vector<Address>& now) {
    if (then == now) return;
    into.push_back({.about = About::name, .subject = {std::nullopt, family, after.name}, .before = in_words(then), .after = in_words(now),
                    .text = fmt::format("The {} record of {} changed: before {}; now {}.", type, after.name, in_words(then), in_words(now))});
  };
  tell("A", Family::ipv4, before.a, after.a);
  tell("AAAA", Family::ipv6, before.aaaa, after.aaaa);
}

}  // namespace

void names(const Pair& pair, Changes& into) {
  if (!pair.addresses) return;
  for (const auto& after : pair.after.names) {
    const auto* before = find_name(pair.before, after.name);
    if (!before) continue;
    const auto then = state(*before, pair.before), now = state(after, pair.after);
    if (then != now)
      into.push_back({.about = About::name, .effect = effect_of(before->verdict, after.verdict), .subject = {.name = after.name}, .before = then,
                      .after = now, .text = sentence(*before, after, pair)});
    records(*before, after, into);
  }
}

}  // namespace ringback::changes
