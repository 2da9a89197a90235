#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/knocks.hpp"

namespace ringback::diagnosis {
namespace {

Judgement local_stop(const Service& service, Family family, StoppedAt at, const char* code, Confidence confidence, std::string detail,
                     const Pointers& evidence) {
  Judgement result;
  result.verdict = {service, family, Reachable::no, at, code, confidence};
  result.detail = std::move(detail);
  result.evidence = evidence;
  return result;
}

/// What is wrong on this host itself, whether or not anything arrives.
std::optional<Judgement> wrong_locally(const Case& c, const Service& service, Family family) {
  const auto sockets = sockets_for(c, service, family, {});
  const auto confidence = sockets.doubtful ? Confidence::likely : Confidence::certain;
  const auto filter = filter_for(c, service.protocol, family, service.inside);
  if (sockets.state == Listening::nowhere)
    return local_stop(service, family, StoppedAt::listener, "inbound.no-listener", filter.walk ? confidence : Confidence::possible,
                      fmt::format("Nothing on this host listens on port {}/{}.{}", service.inside, to_string(service.protocol),
                                  filter.walk ? "" : " Rules of its packet filter, which were not read, may pass visitors on to another port or machine."),
                      sockets.evidence);
  if (sockets.state == Listening::elsewhere)
    return local_stop(service, family, StoppedAt::listener, "inbound.wrong-bind", confidence,
                      fmt::format("{} listens on {}.", sockets.program.empty() ? "A program" : sockets.program, sockets.where), sockets.evidence);
  if (filter.walk && (filter.action == filter::Action::drop || filter.action == filter::Action::reject))
    return local_stop(service, family, StoppedAt::host_firewall, "inbound.host-firewall", Confidence::likely,
                      fmt::format("The packet filter of this host {}s strangers' packets to this port: {}.{}{}", to_string(filter.action),
                                  rule_in_words(*filter.walk), mark_in_words(*filter.walk), passed_on_in_words(*filter.walk)),
                      filter.evidence);
  if (filter.held_back && service.protocol == Protocol::tcp)
    return local_stop(service, family, StoppedAt::host_firewall, "inbound.host-firewall", Confidence::likely,
                      fmt::format("The packet filter of this host {}s the answers to strangers from this port: {}.{}", to_string(filter.held_back->action),
                                  rule_in_words(*filter.held_back), mark_in_words(*filter.held_back)),
                      filter.held_back_evidence);
  return std::nullopt;
}

Judgement untested(const Case& c, const Service& service, Family family) {
  Judgement result;
  const bool vpn = c.facts.of(family).vpn;
  const bool no_way_out = family == Family::ipv4 && c.ipv4.local_fault;
  result.verdict = {service, family, Reachable::unknown, StoppedAt::unknown,
                    vpn ? "host.vpn-default-route" : no_way_out ? "ipv4.none" : "inbound.untested", Confidence::possible};
  if (c.evidence.inbound && !c.evidence.inbound->vantages.empty()) cite(result.evidence, pointer("inbound", "vantages"));
  if (result.evidence.empty()) cite(result.evidence, pointer("request", "vantages"));
  const auto* name = family == Family::ipv4 ? "IPv4" : "IPv6";
  result.detail = c.evidence.request.vantages.empty() ? fmt::format("No vantage point was there to knock over {}.", name)
                                                      : fmt::format("No vantage point knocked over {}.", name);
  for (const auto& vantage : c.evidence.inbound ? c.evidence.inbound->vantages : std::vector<inbound::Vantage>{}) {
    if (vantage.family != family) continue;
    if (c.evidence.request.vantages.empty() && service.protocol != Protocol::tcp)
      result.detail = "No vantage point was named, and public port checkers try TCP ports alone.";
    else if (c.evidence.request.vantages.empty() && vantage.trouble)
      result.detail = fmt::format("No vantage point was named, and the public port checker could not be asked over {}: {}.", name, *vantage.trouble);
    if (vantage.knocker_answers == false)
      result.detail = fmt::format("Nothing arrived from the address that {} knocks from, and that address answers nothing from here either: its own "
                                  "line may be broken, so its knocks prove nothing.", vantage.url);
  }
  return result;
}

Weighed judge(const Case& c, const Service& service, Family family) {
  if (auto knocked = weigh_knocks(c, service, family)) return *knocked;
  if (auto never = impossible(c, service, family)) return {*never, {}};
  if (auto local = wrong_locally(c, service, family)) return {*local, {}};
  return {untested(c, service, family), {}};
}

Finding to_finding(const Judgement& judgement, Severity severity) {
  auto result = finding(*judgement.verdict.cause, judgement.verdict.confidence, judgement.detail,
                        {.service = judgement.verdict.service, .family = judgement.verdict.family}, judgement.evidence);
  result.severity = severity;
  if (!judgement.title.empty()) result.title = judgement.title;
  result.remedies = judgement.remedies;
  return result;
}

/// The causes that this file reports itself; those of the connection and of the measurement are reported once, by their own rules.
bool is_reported_here(const std::string& cause) {
  return (cause.starts_with("inbound.") && cause != "inbound.untested") || cause == "router.forward-elsewhere";
}

bool has(const Findings& findings, std::string_view code, const Service& service, std::optional<Family> family) {
  return std::ranges::any_of(findings, [&](const auto& f) {
    return f.code == code && f.subject.service == service && (!family || f.subject.family == family);
  });
}

/// One finding for each family that nobody knocked over; it matters more where nothing at all is known of a service.
void report_untested(const Case& c, const InboundJudgement& result, const std::vector<Judgement>& judgements, Findings& into) {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const Judgement* first = nullptr;
    std::size_t count = 0;
    for (const auto& judgement : judgements) {
      if (judgement.verdict.family != family || judgement.verdict.cause != "inbound.untested") continue;
      ++count;
      if (!first) first = &judgement;
    }
    if (!first) continue;
    auto report = finding("inbound.untested", Confidence::certain, first->detail, {.family = family}, first->evidence);
    if (count == 1 && c.evidence.request.services.size() == 1) report.subject.service = first->verdict.service;
    const bool nothing_known =
        std::ranges::all_of(result.services, [](const auto& verdict) { return verdict.reachable != Reachable::yes; });
    if (nothing_known && c.evidence.request.services_named) report.severity = Severity::warning;
    into.push_back(std::move(report));
  }
}

}  // namespace

InboundJudgement judge_inbound(const Case& c) {
  InboundJudgement result;
  std::vector<Judgement> judgements;
  for (const auto& service : c.evidence.request.services)
    for (const auto family : {Family::ipv4, Family::ipv6})
      if (c.facts.of(family).wanted) {
        auto weighed = judge(c, service, family);
        judgements.push_back(std::move(weighed.judgement));
        for (const auto& other : weighed.elsewhere) result.findings.push_back(to_finding(other, std::min(Severity::warning, service_severity(c))));
      }
  for (const auto& judgement : judgements) {
    result.services.push_back(judgement.verdict);
    if (judgement.verdict.reachable == Reachable::no && judgement.verdict.cause && is_reported_here(*judgement.verdict.cause))
      result.findings.push_back(to_finding(judgement, service_severity(c)));
  }
  for (const auto& judgement : judgements) {
    const auto& verdict = judgement.verdict;
    if (verdict.reachable != Reachable::no || verdict.stopped_at == StoppedAt::listener || verdict.stopped_at == StoppedAt::host_firewall) continue;
    if (verdict.stopped_at == StoppedAt::return_path || verdict.cause == "inbound.answered-elsewhere") continue;
    const auto local = wrong_locally(c, verdict.service, verdict.family);
    if (!local) continue;
    // On a family over which nothing can come in, only what breaks the other family as well is worth a word.
    const bool pointless = impossible(c, verdict.service, verdict.family).has_value();
    if (pointless && local->verdict.cause != "inbound.no-listener") continue;
    const bool known = local->verdict.cause == "inbound.no-listener" ? has(result.findings, "inbound.no-listener", verdict.service, std::nullopt)
                                                                     : has(result.findings, *local->verdict.cause, verdict.service, verdict.family);
    if (!known) result.findings.push_back(to_finding(*local, std::min(Severity::warning, service_severity(c))));
  }
  report_untested(c, result, judgements, result.findings);
  return result;
}

}  // namespace ringback::diagnosis
