#include "diagnosis/knocks.hpp"

#include <algorithm>

#include "diagnosis/hoster_ports.hpp"
#include "diagnosis/lone_checker.hpp"
#include "diagnosis/shell_command.hpp"
#include "diagnosis/untold.hpp"
#include "net/interface_identifier.hpp"

namespace ringback::diagnosis {
namespace {

bool is_of(const inbound::Knock& knock, const Service& service, Family family) {
  if (knock.family != family || knock.protocol != service.protocol) return false;
  return knock.service ? *knock.service == service : knock.port == service.knock_port(family);
}

bool on_stable_target(const Case& c, const inbound::Knock& knock) {
  const auto* own = c.facts.find_own(knock.target);
  return own && own->is_stable_global();
}

/// The nearer to the service a knock came, the more it tells.
unsigned rank(const Judgement& judgement) {
  const auto& v = judgement.verdict;
  if (v.reachable == Reachable::yes) return 5;
  if (v.reachable == Reachable::no && v.cause == "inbound.answered-elsewhere") return 2;
  if (v.reachable == Reachable::no && !judgement.upstream && v.stopped_at != StoppedAt::unknown) return 4;
  if (v.reachable == Reachable::no) return 3;
  return 1;
}

/// A knock in vain tells only where the vantage point is known, and not where nothing that the address knocks from gets here, not even an answer to
/// ourselves: then the vantage point's own line is broken.
bool gets_here(const Case& c, const inbound::Knock& knock) {
  bool known = is_port_checker(knock.vantage), broken = false;
  for (const auto& vantage : c.evidence.inbound->vantages) {
    if (vantage.url != knock.vantage || vantage.family != knock.family) continue;
    known = true;
    broken = broken || (vantage.local == knock.local && vantage.knocker_answers == false);
  }
  return known && !broken;
}

/// The knocks that decide: on addresses that a name leads to, else on ones that stay, else all of them.
std::vector<std::size_t> deciding(const Case& c, const Service& service, Family family) {
  std::vector<std::size_t> usable, stable, published;
  for (std::size_t i = 0; i < c.evidence.inbound->knocks.size(); ++i) {
    const auto& knock = c.evidence.inbound->knocks[i];
    if (!is_of(knock, service, family) || !proves(c.facts, knock)) continue;
    if (!knock.source && !knock.result) continue;  // never announced, never reported: it was not made
    if (knock.arrivals.empty() && !gets_here(c, knock)) continue;
    usable.push_back(i);
    if (family == Family::ipv6 && on_stable_target(c, knock)) stable.push_back(i);
    const bool stays = on_stable_target(c, knock) || !c.facts.host_known;
    if (family == Family::ipv6 && stays && is_published(c, knock.target)) published.push_back(i);
  }
  return !published.empty() ? published : !stable.empty() ? stable : usable;
}

/// A run makes a few for each service; beyond this a report is nobody's, and judging a knock looks at all the others.
constexpr std::size_t most_judged = 64;

bool is_better(const Judgement& one, const Judgement& other) {
  if (rank(one) != rank(other)) return rank(one) > rank(other);
  return one.verdict.confidence > other.verdict.confidence;
}

/// What one vantage point found at one address of this host, at its best.
struct Found {
  std::string vantage;
  Address target;
  std::string knocker;   ///< where it came from, in words; empty: it did not say
  Judgement judgement;
  bool told = false;     ///< the vantage point said what came of it
};

std::vector<Found> found_by_each(const Case& c, const Service& service, Family family) {
  std::vector<Found> list;
  auto decisive = deciding(c, service, family);
  if (decisive.size() > most_judged) decisive.resize(most_judged);
  for (const auto i : decisive) {
    const auto& knock = c.evidence.inbound->knocks[i];
    Found fresh{knock.vantage, knock.target, knock.source ? knock.source->address.to_string() : std::string(),
                judge_knock(c, service, knock, i), knock.result.has_value()};
    const auto known = std::ranges::find_if(list, [&](const Found& f) { return f.vantage == fresh.vantage && f.target == fresh.target; });
    if (known == list.end()) list.push_back(std::move(fresh));
    else if (fresh.told = fresh.told || known->told; is_better(fresh.judgement, known->judgement)) *known = std::move(fresh);
    else known->told = fresh.told;
  }
  return list;
}

std::string network_of(const Found& found) {
  return found.knocker.empty() ? found.vantage : fmt::format("{} ({})", found.knocker, found.vantage);
}

/// "From 192.0.2.1 (http://…) a knock on 443/tcp gets in, from 198.51.100.1 (http://…) it does not."
std::string who_gets_in(const Found& out, const Found& in) {
  const auto& verdict = out.judgement.verdict;
  return fmt::format("Over {}, a knock on {} at {} gets in from {}, and does not get in from {}.",
                     verdict.family == Family::ipv4 ? "IPv4" : "IPv6", verdict.service.to_string(), in.target.to_string(), network_of(in),
                     network_of(out));
}

/// Visitors of one network get in and those of another do not: that is a block list, or a way that is broken for them alone.
Judgement kept_out(const Found& out, const Found& in) {
  auto result = out.judgement;
  const bool here = !result.upstream && result.verdict.stopped_at != StoppedAt::unknown;
  if (here) {
    if (!result.this_visitor_alone) result.verdict.confidence = weaker(result.verdict.confidence, Confidence::likely);
    result.title = result.this_visitor_alone ? "This host's firewall turns away one of the visitors"
                                             : "Some visitors do not get in: this host stops them";
    result.detail = who_gets_in(out, in) + " " + result.detail;
    return result;
  }
  result.verdict.confidence = weaker(result.verdict.confidence, Confidence::likely);
  result.title = "Some visitors do not get in: somebody on the way stops them";
  result.verdict.cause = "inbound.not-arriving";
  result.verdict.stopped_at = StoppedAt::upstream;
  result.detail = who_gets_in(out, in) + " What the latter sends does not arrive here: somebody on the way keeps it out.";
  result.remedies = {
      advise("Find out who keeps that visitor out",
             {"If visitors from elsewhere get in, nothing at home need be wrong: the own line of the vantage point (the helper that knocks from outside) may be at fault.",
              "Look in the home router for a block list, a country filter or a rule for this port that names where visitors come from.",
              "If there is none, it is the provider's filter, or the way between the two networks: try from a third network, such as a "
              "telephone's mobile data."})};
  return result;
}

/// Nobody else knocked than the one whom this host's own filter turns away: what becomes of others was not seen. nullopt: it is not so.
std::optional<Weighed> only_banned(const Found& best) {
  if (!best.judgement.this_visitor_alone) return std::nullopt;
  auto banned = best.judgement;
  banned.title = "This host's firewall turns the vantage point (the helper that knocks from outside) away";
  banned.detail += " So this knock says nothing about other visitors. Knocks get as far as this host.";
  Weighed weighed{banned, {banned}};
  weighed.judgement.verdict.reachable = Reachable::unknown;
  weighed.judgement.verdict.stopped_at = StoppedAt::unknown;
  weighed.judgement.verdict.confidence = Confidence::possible;
  return weighed;
}

}  // namespace

std::optional<Weighed> weigh_knocks(const Case& c, const Service& service, Family family) {
  if (!c.evidence.inbound) return std::nullopt;
  const auto list = found_by_each(c, service, family);
  if (list.empty()) return std::nullopt;
  const auto& best = *std::ranges::max_element(list, [](const Found& a, const Found& b) { return is_better(b.judgement, a.judgement); });
  if (auto banned = only_banned(best)) return banned;
  Weighed weighed{best.judgement, {}};
  auto& judgement = weighed.judgement;
  bool other_address = false;
  for (const auto& found : list) {
    const auto reachable = found.judgement.verdict.reachable;
    if (reachable == judgement.verdict.reachable || reachable == Reachable::unknown || judgement.verdict.reachable == Reachable::unknown)
      continue;
    if (found.target != best.target) other_address = true;
    else weighed.elsewhere.push_back(kept_out(found, best));
  }
  if (leave_open_by_lone_checker(c, service, family, judgement) || leave_open_by_hoster(c, service, family, judgement)) return weighed;
  if (allow_for_hoster(c, service, family, judgement) || allow_for_lone_checker(c, service, family, judgement)) {   // nobody knows that a knock ever went out: that is told, and nothing concluded
    weighed.elsewhere.push_back(judgement);
    judgement.verdict.reachable = Reachable::unknown;
    judgement.verdict.stopped_at = StoppedAt::unknown;
    return weighed;
  }
  if (is_port_checker(best.vantage) && judgement.verdict.reachable == Reachable::no && judgement.verdict.confidence != Confidence::certain)
    judgement.detail += " This is not certain, because a public port checker tells no more than that it did not get through.";
  if (!weighed.elsewhere.empty()) judgement.detail += " Visitors from another network do not get in.";
  std::vector<Told> told;
  for (const auto& found : list)
    if (found.told) told.push_back({found.vantage, found.target});
  allow_for_untold(c, family, best.target, told, other_address, judgement);
  if (other_address)
    judgement.detail += fmt::format(" This holds for {}; at another address of this host it is otherwise.", best.target.to_string());
  return weighed;
}

}  // namespace ringback::diagnosis
