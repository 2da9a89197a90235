/// Where names lead, then and now.
#include <algorithm>

#include "report/changes_parts.hpp"
#include "report/summary.hpp"

namespace ringback::changes {
namespace {

/// The titles of what is wrong with it; of notes only where nothing else is there.
std::string why(const NameVerdict& name, const Report& report) {
  std::vector<std::string> grave, light;
  for (const auto& finding : report.findings) {
    if (finding.subject.name != name.name || std::ranges::find(name.findings, finding.code) == name.findings.end()) continue;
    auto& titles = finding.severity == Severity::info ? light : grave;
    if (std::ranges::find(titles, finding.title) == titles.end()) titles.push_back(finding.title);
  }
  return fmt::format("{}", fmt::join(grave.empty() ? light : grave, "; "));
}

std::string state(const NameVerdict& name, const Report& report) {
  if (name.verdict == NameState::right) return "leads here";
  const auto reason = why(name, report);
  const std::string text = name.verdict == NameState::wrong ? "does not lead here as it should" : "could not be judged";
  return reason.empty() ? text : text + ": " + reason;
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
                      .after = now, .text = fmt::format("{} {} now. Before, it {}.", after.name, now, before->verdict == NameState::right ? "led here" : then)});
    records(*before, after, into);
  }
}

}  // namespace ringback::changes
