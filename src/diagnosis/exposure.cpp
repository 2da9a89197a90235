#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/knock.hpp"

namespace ringback::diagnosis {
namespace {

bool asked_for(const Case& c, const inbound::Knock& knock) {
  return std::ranges::any_of(c.evidence.request.services, [&](const Service& service) {
    return service.protocol == knock.protocol && service.knock_port(knock.family) == knock.port;
  });
}

Finding unexpected_service(const Judgement& judgement, const Service& service, Family family, const Sockets& sockets) {
  return finding("exposure.unexpected-service", judgement.verdict.confidence,
                 fmt::format("Port {}/{} was not named and can be reached from the internet{}.", service.outside, to_string(service.protocol),
                             sockets.program.empty() ? "" : ": " + sockets.program + " listens there"),
                 {.service = service, .family = family}, together(judgement.evidence, sockets.evidence));
}

Finding exposed_host(const Case& c, const inbound::Knock& knock, const std::string& at, const Service& service, const Sockets& sockets) {
  const auto filter = filter_for(c, knock.protocol, knock.family, service.inside);
  const bool shielded = filter.action == filter::Action::drop || filter.action == filter::Action::reject;
  auto found = finding("exposure.exposed-host", Confidence::certain,
                       fmt::format("A knock on port {}/{}, which nobody opened, arrived at this host{}.", knock.port, to_string(knock.protocol),
                                   shielded ? "; only its own packet filter keeps strangers out" : ""),
                       {.family = knock.family}, together({at}, sockets.evidence));
  if (shielded) found.evidence = together(found.evidence, filter.evidence);
  // Without a router in between, everything arrives: that is what a public address means. And what this host's own filter turns away is
  // no danger, as long as the filter is there.
  if (shielded || c.ipv4.connection.kind == Ipv4Kind::public_address) found.severity = Severity::info;
  return found;
}

bool is_known(const Findings& findings, const Service& service, Family family) {
  return std::ranges::any_of(findings, [&](const Finding& f) { return f.subject.service == service && f.subject.family == family; });
}

}  // namespace

Findings exposure_findings(const Case& c) {
  Findings result;
  if (!c.evidence.inbound) return result;
  std::set<Family> exposed;
  for (std::size_t i = 0; i < c.evidence.inbound->knocks.size(); ++i) {
    const auto& knock = c.evidence.inbound->knocks[i];
    if (knock.protocol == Protocol::icmp || knock.arrivals.empty() || asked_for(c, knock) || !proves(c.facts, knock) || !knock.source) continue;
    const auto& to = knock.arrivals.front().to;
    if (c.facts.host_known && !c.facts.find_own(to.address)) continue;   // it passed by, to another machine
    const Service service{knock.protocol, knock.port, to.port};
    const auto sockets = sockets_for(c, service, knock.family, {});
    const auto judgement = judge_knock(c, service, knock, i);
    if (judgement.verdict.reachable == Reachable::yes && !is_known(result, service, knock.family)) {
      result.push_back(unexpected_service(judgement, service, knock.family, sockets));
    } else if (sockets.state == Listening::nowhere && !sockets.doubtful && exposed.insert(knock.family).second) {
      result.push_back(exposed_host(c, knock, pointer("inbound", "knocks", i), service, sockets));
    }
  }
  return result;
}

}  // namespace ringback::diagnosis
