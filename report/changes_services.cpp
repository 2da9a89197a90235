/// Whether the services can be reached, then and now.
#include <algorithm>

#include "report/changes_parts.hpp"
#include "report/summary.hpp"

namespace ringback::changes {
namespace {

/// "The home router lets nothing through": what stops it; empty where nothing does, or nobody knows.
std::string why(const ServiceVerdict& verdict, const Report& report) {
  if (verdict.reachable == Reachable::yes) return "";
  const auto* cause = cause_of(verdict, report);
  return cause ? cause->title : "";
}

Verb verb(Reachable reachable) {
  switch (reachable) {
    case Reachable::yes: return {"can be reached", "could be reached"};
    case Reachable::no: return {"cannot be reached", "could not be reached"};
    case Reachable::unknown: break;
  }
  return {"could not be tested", "could not be tested"};
}

std::string state(const ServiceVerdict& verdict, const Report& report) { return with_reason(verb(verdict.reachable).is, why(verdict, report)); }

/// Behind "it stops".
std::string_view place(StoppedAt where) {
  switch (where) {
    case StoppedAt::provider: return "at the provider";
    case StoppedAt::router: return "at the home router";
    case StoppedAt::upstream: return "at the home router or at the provider, which cannot be told apart";
    case StoppedAt::host_firewall: return "at this host's own firewall";
    case StoppedAt::listener: return "at the program that should answer";
    case StoppedAt::return_path: return "on the way back to the visitor";
    case StoppedAt::none:
    case StoppedAt::unknown: break;
  }
  return "at a place that is not known";
}

/// Neither can be reached, and all that differs is where it stops.
bool moved(const ServiceVerdict& before, const ServiceVerdict& after, const Pair& pair) {
  return before.reachable == after.reachable && after.reachable != Reachable::yes && before.stopped_at != after.stopped_at &&
         why(before, pair.before) == why(after, pair.after);
}

std::string state_and_place(const ServiceVerdict& verdict, const Report& report) {
  return state(verdict, report) + "; it stops " + std::string(place(verdict.stopped_at));
}

/// | before  | after   | effect  |
/// |---------|---------|---------|
/// | yes     | no      | worse   |
/// | no      | yes     | better  |
/// | unknown to or from anything: nobody knows what it was, or is |
Effect effect_of(Reachable before, Reachable after) {
  if (before == Reachable::yes && after == Reachable::no) return Effect::worse;
  return before == Reachable::no && after == Reachable::yes ? Effect::better : Effect::neither;
}

std::string sentence(const std::string& who, const ServiceVerdict& before, const ServiceVerdict& after, const Pair& pair) {
  const auto then = why(before, pair.before), now = why(after, pair.after);
  if (before.reachable == Reachable::yes && after.reachable == Reachable::no)
    return with_reason(who + " could be reached from the internet, and no longer can", now) + ".";
  if (before.reachable == Reachable::no && after.reachable == Reachable::yes)
    return with_reason(who + " can be reached from the internet now. Before, it could not", then) + ".";
  if (moved(before, after, pair)) {
    const bool tested = after.reachable == Reachable::no;
    return fmt::format("{}. {} {} now; before, {}.", with_reason(who + (tested ? " still cannot be reached" : " still could not be tested"), now),
                       tested ? "It stops" : "As far as is known, it stops", place(after.stopped_at), place(before.stopped_at));
  }
  if (before.reachable == after.reachable)
    return fmt::format("{} still {}, for another reason. Before: {}. Now: {}.", who, verb(after.reachable).is, then.empty() ? "not known" : then, now.empty() ? "not known" : now);
  return fmt::format("{} {}. Before, it {}.", who, with_reason(fmt::format("{} now", verb(after.reachable).is), now),
                     with_reason(verb(before.reachable).was, then));
}

bool is_same(const ServiceVerdict& one, const ServiceVerdict& other) {
  return one.reachable == other.reachable && (one.reachable == Reachable::yes || (one.cause == other.cause && one.stopped_at == other.stopped_at));
}

/// Without --service a run looks at what listens: one that came or went is no matter of what was asked.
void alone(const std::vector<ServiceVerdict>& some, const Report& holder, const Report& other, bool is_new, Changes& into) {
  if (holder.evidence.request.services_named || other.evidence.request.services_named) return;
  for (const auto& verdict : some) {
    if (find_service(other, verdict.service, verdict.family)) continue;
    Change change{.about = About::service, .subject = {verdict.service, verdict.family, std::nullopt}};
    (is_new ? change.after : change.before) = state(verdict, holder);
    const auto who = in_words(change.subject);
    change.text = is_new ? fmt::format("{} is new here: it {}.", who, state(verdict, holder))
                         : fmt::format("{} is not here any more. Before, it {}.", who, with_reason(verb(verdict.reachable).was, why(verdict, holder)));
    into.push_back(std::move(change));
  }
}

}  // namespace

void services(const Pair& pair, Changes& into) {
  for (const auto& after : pair.after.services) {
    const auto* before = find_service(pair.before, after.service, after.family);
    if (!before || is_same(*before, after)) continue;
    const Subject subject{after.service, after.family, std::nullopt};
    const bool place_alone = moved(*before, after, pair);
    const auto said = [&](const ServiceVerdict& verdict, const Report& report) { return place_alone ? state_and_place(verdict, report) : state(verdict, report); };
    into.push_back({.about = About::service, .effect = effect_of(before->reachable, after.reachable), .subject = subject, .code = after.cause,
                    .before = said(*before, pair.before), .after = said(after, pair.after), .text = sentence(in_words(subject), *before, after, pair)});
  }
  alone(pair.after.services, pair.after, pair.before, true, into);
  alone(pair.before.services, pair.before, pair.after, false, into);
}

}  // namespace ringback::changes
