#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/knock.hpp"
#include "diagnosis/remedies.hpp"
#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {
namespace {

bool asked_for(const Case& c, const inbound::Knock& knock) {
  return std::ranges::any_of(c.evidence.request.services, [&](const Service& service) {
    return service.protocol == knock.protocol && service.knock_port(knock.family) == knock.port;
  });
}

std::string in_words(const Service& service) { return fmt::format("{}/{}", service.outside, to_string(service.protocol)); }

Finding unexpected_service(const Case& c, const Judgement& judgement, const Service& service, Family family, const Sockets& sockets) {
  std::string who;
  if (sockets.state == Listening::handed_on) who = fmt::format(": a rule of this host passes it on to {}", sockets.where);
  if (!sockets.program.empty()) who = fmt::format(": {} listens there", sockets.program);
  auto evidence = together(judgement.evidence, sockets.evidence);
  cite(evidence, filter_for(c, service.protocol, family, service.inside).evidence);   // what closes it depends on who lets it in
  return finding("exposure.unexpected-service", judgement.verdict.confidence,
                 fmt::format("Port {} was not named and can be reached from the internet{}.", in_words(service), who),
                 {.service = service, .family = family}, std::move(evidence));
}

Finding exposed_host(const Case& c, const inbound::Knock& knock, const std::string& at, const Service& service, const Sockets& sockets) {
  const auto filter = filter_for(c, knock.protocol, knock.family, service.inside);
  const bool shielded = filter.action == filter::Action::drop || filter.action == filter::Action::reject;
  const auto* family = knock.family == Family::ipv4 ? "IPv4" : "IPv6";
  auto found =
      finding("exposure.exposed-host", Confidence::certain,
              fmt::format("A knock on port {}/{}, which nobody opened, arrived at this host.", knock.port, to_string(knock.protocol)),
              {.family = knock.family}, together({at}, sockets.evidence));
  // Without a router in between, everything arrives: that is what a public address means. And what this host's own filter turns away is
  // no danger, as long as the filter is there.
  if (shielded || c.ipv4.connection.kind == Ipv4Kind::public_address) found.severity = Severity::info;
  if (!shielded) return found;
  found.evidence = together(found.evidence, filter.evidence);
  found.title = "The way in is open, and this host's own firewall keeps strangers out: nothing to do here";
  found.detail =
      fmt::format("Over {} even a knock on port {}/{}, which nobody opened, comes as far as this host, and its own firewall {}s it: {}.",
                  family, knock.port, to_string(knock.protocol), to_string(filter.action), rule_in_words(*filter.walk));
  found.remedies = {advise("Nothing to do here",
                           {has_home_router(c) ? "This host is shielded as long as its own firewall runs. Other machines at home may have none: only for "
                                                 "their sake is it worth a look whether the home router should let everything in."
                                               : "This host is shielded as long as its own firewall runs: no home router stands in front of it."})};
  return found;
}

/// A service that nobody named, and that can be reached.
struct Open {
  Finding finding;
  std::string program;
};

bool is_known(const std::vector<Open>& all, const Service& service, Family family) {
  return std::ranges::any_of(all,
                             [&](const Open& o) { return o.finding.subject.service == service && o.finding.subject.family == family; });
}

/// The router's switch closes the whole host; until that is done, each open port can be closed here.
void advise_closing(Finding& exposed, const Findings& open, const System& system) {
  const auto closing = close_all(open, system);
  if (!closing) return;
  exposed.remedies = remedies_for(exposed, system);
  exposed.remedies.push_back(*closing);
}

/// An exposed host lets in to whatever listens: one finding says so, and names what that is.
Findings put_together(const Case& c, Findings exposed, const std::vector<Open>& open) {
  Findings result = std::move(exposed);
  const auto exposures = static_cast<std::ptrdiff_t>(result.size());
  std::vector<Findings> merged(result.size());
  for (const auto& one : open) {
    const auto host = std::find_if(result.begin(), result.begin() + exposures, [&](const Finding& f) {
      return f.subject.family == one.finding.subject.family && f.severity != Severity::info;
    });
    if (host == result.begin() + exposures) {
      result.push_back(one.finding);
      continue;
    }
    const bool first = host->detail.find("Also open") == std::string::npos;
    host->detail += fmt::format("{}{}{}", first ? " Also open, though nobody named it: " : ", ", in_words(*one.finding.subject.service),
                                one.program.empty() ? "" : " (" + one.program + ")");
    cite(host->evidence, one.finding.evidence);
    merged[static_cast<std::size_t>(host - result.begin())].push_back(one.finding);
  }
  const auto system = describe_system(c);
  for (std::size_t i = 0; i < merged.size(); ++i) advise_closing(result[i], merged[i], system);
  for (auto& finding : result)
    if (finding.code == "exposure.exposed-host" && !finding.detail.ends_with('.')) finding.detail += '.';
  return result;
}

}  // namespace

Findings exposure_findings(const Case& c) {
  if (!c.evidence.inbound) return {};
  Findings exposed;
  std::vector<Open> open;
  for (std::size_t i = 0; i < c.evidence.inbound->knocks.size(); ++i) {
    const auto& knock = c.evidence.inbound->knocks[i];
    if (knock.protocol == Protocol::icmp || knock.arrivals.empty() || asked_for(c, knock) || !proves(c.facts, knock) || !knock.source)
      continue;
    const auto& to = knock.arrivals.front().to;
    if (c.facts.host_known && !c.facts.find_own(to.address)) continue;   // it passed by, to another machine
    const Service service{knock.protocol, knock.port, to.port};
    const auto sockets = sockets_for(c, service, knock.family, {});
    const auto judgement = judge_knock(c, service, knock, i);
    const bool known = std::ranges::any_of(exposed, [&](const Finding& f) { return f.subject.family == knock.family; });
    if (judgement.verdict.reachable == Reachable::yes && !is_known(open, service, knock.family)) {
      open.push_back({unexpected_service(c, judgement, service, knock.family, sockets), sockets.program});
    } else if (sockets.state == Listening::nowhere && !sockets.doubtful && !known) {
      exposed.push_back(exposed_host(c, knock, pointer("inbound", "knocks", i), service, sockets));
    }
  }
  return put_together(c, std::move(exposed), open);
}

}  // namespace ringback::diagnosis
