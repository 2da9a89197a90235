#include "diagnosis/codes.hpp"
#include "diagnosis/upstream.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {
namespace {

const ServiceVerdict* verdict_of(const std::vector<ServiceVerdict>& services, const Service& service, Family family) {
  for (const auto& verdict : services)
    if (verdict.service == service && verdict.family == family) return &verdict;
  return nullptr;
}

/// The router's list sends the port elsewhere, though the service's verdict has another first cause.
void forwards_elsewhere(const Case& c, const std::vector<ServiceVerdict>& services, Findings& into) {
  for (const auto& service : c.evidence.request.services) {
    const auto* verdict = verdict_of(services, service, Family::ipv4);
    if (!verdict || verdict->reachable == Reachable::yes || verdict->cause == "router.forward-elsewhere") continue;
    if (verdict->stopped_at == StoppedAt::host_firewall || verdict->stopped_at == StoppedAt::return_path) continue;  // it arrived here
    const auto forward = forward_of(c, service);
    if (forward.kind != Forward::Kind::elsewhere) continue;
    into.push_back(finding("router.forward-elsewhere", Confidence::certain,
                           fmt::format("The home router's list sends port {}/{} to {}, which is not this host.", service.outside,
                                       to_string(service.protocol), forward.mapping->internal_client.to_string()),
                           {.service = service, .family = Family::ipv4}, {forward.at}));
    into.back().severity = verdict->cause == "inbound.answered-elsewhere" ? service_severity(c) : Severity::warning;
  }
}

/// What keeps programs from opening ports of the router's IPv6 firewall, behind "is on, and it", and what shows it.
struct NoPinholes {
  std::string why, at;
};

/// Error 703 is "pinholes not allowed" (WANIPv6FirewallControl:1 §2.5). 606, not authorised, may be about the asker: miniupnpd opens a port for
/// whoever asks from the very IPv6 address, and this was asked over IPv4.
std::optional<NoPinholes> no_pinholes(const HomeIgd& home) {
  const auto& [firewall, tried] = std::tie(home.igd->ipv6_firewall, home.igd->pinhole);
  if (!firewall || !firewall->enabled) return std::nullopt;
  if (!firewall->pinhole_allowed) return NoPinholes{"does not let programs open ports", home.at() + "/ipv6_firewall/pinhole_allowed"};
  if (!tried || tried->upnp_error != 703U) return std::nullopt;
  return NoPinholes{"refused to open a port for this host: error 703", home.at() + "/pinhole/upnp_error"};
}

void pinholes(const Case& c, const std::vector<ServiceVerdict>& services, Findings& into) {
  bool wanted = false;
  for (const auto& verdict : services) {
    const bool perhaps = verdict.family == Family::ipv6 && verdict.cause == "inbound.not-arriving";
    wanted = wanted || perhaps || verdict.cause == "inbound.no-ipv6-opening";
  }
  if (!wanted) return;
  for (const auto& home : home_igds(c.evidence)) {
    const auto found = no_pinholes(home);
    if (!found) continue;
    into.push_back(finding("router.pinhole-forbidden", Confidence::certain,
                           fmt::format("The home router's IPv6 firewall is on, and it {}.", found->why), {.family = Family::ipv6}, {found->at}));
    return;
  }
}

}  // namespace

Findings router_findings(const Case& c, const std::vector<ServiceVerdict>& services) {
  Findings result;
  forwards_elsewhere(c, services, result);
  pinholes(c, services, result);
  return result;
}

}  // namespace ringback::diagnosis
