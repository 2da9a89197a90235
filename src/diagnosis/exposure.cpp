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

/// Answered by this host itself: the answer was seen leaving, and the vantage point got it.
bool reached_here(const inbound::Knock& knock) {
  using inbound::Result;
  return !knock.arrivals.empty() && (knock.result == Result::connected || knock.result == Result::replied);
}

}  // namespace

Findings exposure_findings(const Case& c) {
  Findings result;
  if (!c.evidence.inbound) return result;
  std::set<Family> exposed;
  for (std::size_t i = 0; i < c.evidence.inbound->knocks.size(); ++i) {
    const auto& knock = c.evidence.inbound->knocks[i];
    if (knock.protocol == Protocol::icmp || knock.arrivals.empty() || asked_for(c, knock) || !proves(c.facts, knock) || !knock.source) continue;
    const auto at = pointer("inbound", "knocks", i);
    const Service service{knock.protocol, knock.port, knock.arrivals.front().to.port};
    const auto sockets = sockets_for(c, service, knock.family, {});
    if (reached_here(knock) && c.evidence.request.services_named) {
      result.push_back(finding("exposure.unexpected-service", Confidence::certain,
                               fmt::format("Port {}/{} was not named and can be reached from outside{}.", knock.port, to_string(knock.protocol),
                                           sockets.program.empty() ? "" : ": " + sockets.program),
                               {.service = service, .family = knock.family}, together({at}, sockets.evidence)));
    } else if (sockets.state == Listening::nowhere && !sockets.doubtful && !exposed.contains(knock.family)) {
      exposed.insert(knock.family);
      result.push_back(finding("exposure.exposed-host", Confidence::certain,
                               fmt::format("A knock on port {}/{}, which nobody opened, arrived at this host.", knock.port, to_string(knock.protocol)),
                               {.family = knock.family}, together({at}, sockets.evidence)));
      // Without a router in between, everything arrives: that is what a public address means.
      if (knock.family == Family::ipv4 && c.ipv4.connection.kind == Ipv4Kind::public_address) result.back().severity = Severity::info;
    }
  }
  return result;
}

}  // namespace ringback::diagnosis
