#include <algorithm>

#include "diagnosis/case.hpp"
#include "diagnosis/codes.hpp"

namespace ringback::diagnosis {
namespace {

/// What could not be measured is as grave as the worst that it leaves open.
void raise(const Case& c, const std::vector<ServiceVerdict>& services, Finding& found) {
  for (const auto& verdict : services) {
    if (verdict.cause != found.code) continue;
    const auto severity = verdict.reachable == Reachable::no ? service_severity(c) : std::min(Severity::warning, service_severity(c));
    found.severity = std::max(found.severity, severity);
  }
}

void privilege(const Case& c, const std::vector<ServiceVerdict>& services, Findings& into) {
  Pointers evidence;
  std::string detail;
  const bool may_not = c.evidence.host && !c.evidence.host->system.capture_allowed;
  const bool blind = c.evidence.inbound && !c.evidence.inbound->knocks.empty() && !c.evidence.inbound->capture.running;
  if (blind) cite(evidence, pointer("inbound", "capture"));
  else if (may_not && !c.evidence.inbound) cite(evidence, pointer("host", "system", "capture_allowed"));
  if (!evidence.empty()) {
    detail = "Whether visitors arrive at this host's network card could not be seen";
    // The library's own words where it is not the missing right.
    if (blind && !may_not && c.evidence.inbound->capture.trouble) detail += ": " + *c.evidence.inbound->capture.trouble;
    else detail += ": only root may watch it";
    detail += ".";
  }
  if (c.evidence.filter && !c.evidence.filter->readable) {
    cite(evidence, pointer("filter", "readable"));
    detail += (detail.empty() ? "" : " ") + std::string("The rules of this host's packet filter (firewall) could not be read.");
  }
  if (evidence.empty()) return;
  into.push_back(finding("measure.no-privilege", Confidence::certain, detail, {}, evidence));
  raise(c, services, into.back());
}

/// Named by an address, it cannot be asked over the other family: that is nobody's fault.
bool cannot_have(const inbound::Vantage& vantage) {
  const auto start = vantage.url.find("://");
  if (start == std::string::npos) return false;
  const auto host = HostPort::parse(vantage.url.substr(start + 3, vantage.url.find('/', start + 3) - start - 3), 1);
  const auto address = host ? Address::parse(host->host) : Address::parse("");
  return address && address->family() != vantage.family;
}

/// A vantage point that lacks a family is not down; one that knocked over none is.
void vantages(const Case& c, Findings& into) {
  if (!c.evidence.inbound || c.internet.offline || c.internet.portal) return;
  for (const auto& url : c.evidence.request.vantages) {
    Pointers evidence;
    std::string detail;
    bool knocked = false;
    for (std::size_t i = 0; i < c.evidence.inbound->vantages.size(); ++i) {
      const auto& vantage = c.evidence.inbound->vantages[i];
      if (vantage.url != url) continue;
      knocked = knocked || vantage.knocked;
      if (vantage.knocked || cannot_have(vantage)) continue;
      if (!vantage.trouble && !vantage.refused_with) continue;
      if (vantage.cut_short) continue;   // nobody's fault
      if (!vantage.server && c.facts.names_unresolved) continue;   // no name at all could be resolved
      cite(evidence, pointer("inbound", "vantages", i));
      const auto why = vantage.refused_with ? fmt::format("it refused with status {}", *vantage.refused_with) : *vantage.trouble;
      detail += fmt::format("{}Over {}: {}.", detail.empty() ? "" : " ", vantage.family == Family::ipv4 ? "IPv4" : "IPv6", why);
    }
    if (knocked || evidence.empty()) continue;
    into.push_back(finding("measure.vantage-down", Confidence::certain, fmt::format("{} did not knock. {}", url, detail), {}, evidence));
  }
}

void lossy(const Case& c, const std::vector<ServiceVerdict>& services, Findings& into) {
  if (!c.evidence.inbound) return;
  const auto& capture = c.evidence.inbound->capture;
  const bool blamed = std::ranges::any_of(services, [](const auto& verdict) { return verdict.cause == "measure.lossy"; });
  if (capture.dropped == 0 && !blamed) return;
  into.push_back(finding("measure.lossy", Confidence::certain,
                         capture.dropped > 0 ? fmt::format("The capture lost {} packets, so it cannot show that something did not arrive.",
                                                           capture.dropped)
                                             : std::string("The network card was not watched long enough to show that something did not "
                                                           "arrive."),
                         {}, {pointer("inbound", "capture", "dropped")}));
  raise(c, services, into.back());
}

}  // namespace

Findings measurement_findings(const Case& c, const std::vector<ServiceVerdict>& services) {
  Findings result;
  privilege(c, services, result);
  vantages(c, result);
  lossy(c, services, result);
  return result;
}

}  // namespace ringback::diagnosis
