#include "diagnosis/vpn.hpp"

#include <algorithm>

#include "diagnosis/codes.hpp"

namespace ringback::diagnosis {
namespace {

constexpr const char* code = "host.vpn-default-route";

const char* family_name(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

/// Nothing is broken, or what is broken is told by a finding of its own: the answers that go astray.
bool is_told_or_harmless(const Case& c, const std::vector<ServiceVerdict>& services) {
  bool any = false;
  for (const auto& verdict : services) {
    if (!c.facts.of(verdict.family).vpn) continue;
    any = true;
    if (verdict.reachable != Reachable::yes && verdict.cause != "inbound.reply-lost") return false;
  }
  return any;
}

/// A server outside answered over this family what left by that very interface.
bool answers_by(const Evidence& evidence, const std::string& interface, Family family) {
  const auto by_vantage = [&](const inbound::Vantage& vantage) { return vantage.family == family && vantage.knocked; };
  if (evidence.inbound && std::ranges::any_of(evidence.inbound->vantages, by_vantage)) return true;
  return evidence.stun && std::ranges::any_of(evidence.stun->observations, [&](const stun::Observation& o) {
    return o.interface == interface && o.mapped && o.mapped->address.family() == family;
  });
}

/// What else the VPN brings about at the interface that faces the home router, and what shows it.
std::pair<std::string, std::string> told_of_way_past(const Case& c, Family family) {
  const auto& uplink = family == Family::ipv4 ? c.evidence.host->ipv4 : c.evidence.host->ipv6;
  switch (past_vpn(c.evidence, family)) {
    case PastVpn::no_route:
      return {fmt::format(" No default route leads to the home router any more, so nothing could be measured past the VPN over {}.", family_name(family)),
              pointer("host", "routes")};
    case PastVpn::strict_filter: {
      const auto& all = c.evidence.host->ipv4_settings;
      const auto strict = std::ranges::find(all, uplink->interface, &host::Ipv4Settings::interface);
      return {fmt::format(" Besides, the kernel's reverse-path filter is strict on {}: it drops what comes there from the internet, visitors as well as "
                          "the answers to this measurement.", uplink->interface),
              pointer("host", "ipv4_settings", static_cast<std::size_t>(strict - all.begin()), "rp_filter")};
    }
    case PastVpn::open: break;
  }
  return {};
}

}  // namespace

PastVpn past_vpn(const Evidence& evidence, Family family) {
  if (!evidence.host) return PastVpn::open;
  const auto& host = *evidence.host;
  const auto& uplink = family == Family::ipv4 ? host.ipv4 : host.ipv6;
  if (!uplink || !uplink->through_tunnel || answers_by(evidence, uplink->interface, family)) return PastVpn::open;
  const bool routed = std::ranges::any_of(host.routes, [&](const Route& route) {
    return route.destination.family() == family && route.interface == uplink->interface && route.destination.length() <= 3;   // 2000::/3 is all of IPv6
  });
  if (!routed) return PastVpn::no_route;
  const bool strict = family == Family::ipv4 && std::ranges::any_of(host.ipv4_settings, [&](const host::Ipv4Settings& settings) {
    return settings.interface == uplink->interface && settings.rp_filter == 1;
  });
  return strict ? PastVpn::strict_filter : PastVpn::open;
}

std::vector<Cited> seen_through_vpn(const Case& c) {
  std::vector<Cited> result;
  const auto add = [&](const std::optional<Endpoint>& local, const std::optional<Endpoint>& seen, std::string at) {
    if (!local || !seen || !is_global(seen->address) || !c.facts.on_vpn(local->address)) return;
    if (std::ranges::none_of(result, [&](const Cited& known) { return known.address == seen->address; }))
      result.push_back({seen->address, std::move(at), {}});
  };
  for (std::size_t i = 0; c.evidence.stun && i < c.evidence.stun->observations.size(); ++i) {
    const auto& observed = c.evidence.stun->observations[i];
    add(observed.local, observed.mapped, pointer("stun", "observations", i, "mapped"));
  }
  for (std::size_t i = 0; c.evidence.web && i < c.evidence.web->observations.size(); ++i) {
    const auto& observed = c.evidence.web->observations[i];
    add(observed.local, observed.seen_as, pointer("web", "observations", i, "seen_as"));
  }
  return result;
}

std::optional<NameAtVpn> name_at_vpn(const Case& c, const std::vector<NameVerdict>& names) {
  for (const auto& seen : seen_through_vpn(c)) {
    if (!c.facts.of(seen.address.family()).vpn) continue;
    for (const auto& name : names)
      if (std::ranges::find(seen.address.is_v4() ? name.a : name.aaaa, seen.address) != (seen.address.is_v4() ? name.a : name.aaaa).end())
        return NameAtVpn{name.name, seen};
  }
  return std::nullopt;
}

Findings vpn_findings(const Case& c, const std::vector<ServiceVerdict>& services, const std::vector<NameVerdict>& names) {
  Subject subject;
  Pointers evidence;
  std::string interface;
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    if (!c.facts.of(family).vpn) continue;
    const auto& uplink = family == Family::ipv4 ? c.evidence.host->ipv4 : c.evidence.host->ipv6;
    subject.family = evidence.empty() ? std::optional(family) : std::nullopt;
    interface = uplink->default_interface;
    cite(evidence, pointer("host", to_string(family), "default_interface"));
  }
  if (evidence.empty()) return {};
  auto detail = fmt::format("What this host sends to the internet leaves through {}, a tunnel (VPN), and not {}.", interface,
                            has_home_router(c) ? "through the home router" : "as its own line would carry it");
  std::vector<std::string> shown;
  for (const auto family : {Family::ipv4, Family::ipv6})
    for (const auto& seen : seen_through_vpn(c)) {
      if (seen.address.family() != family || !c.facts.of(family).vpn || shown.size() > 3) continue;
      shown.push_back(seen.address.to_string());
      cite(evidence, seen.at);
    }
  if (!shown.empty())
    detail += fmt::format(" Whoever it connects to sees {}: the VPN's, and not this home's.", fmt::join(shown, " and "));
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto [told, at] = told_of_way_past(c, family);
    detail += told;
    if (!told.empty()) cite(evidence, at);
  }
  const auto at_vpn = name_at_vpn(c, names);
  if (at_vpn) {
    subject.name = at_vpn->name;
    subject.family = at_vpn->address.address.family();
    detail += fmt::format(" The name {} leads to {}: visitors who use it come to the VPN provider over {}, and not to this home.",
                          at_vpn->name, at_vpn->address.address.to_string(), family_name(*subject.family));
    cite(evidence, at_vpn->address.at);
  }
  auto found = finding(code, Confidence::certain, detail, subject, evidence);
  if (at_vpn) found.title = "The name leads to your VPN's address";
  else if (is_told_or_harmless(c, services) || service_severity(c) == Severity::info) found.severity = Severity::info;
  return {found};
}

void tell_of_name_at_vpn(const Case& c, std::vector<NameVerdict>& names, std::vector<Finding>& findings) {
  const auto at_vpn = name_at_vpn(c, names);
  if (!at_vpn) return;
  for (auto& name : names)
    if (name.name == at_vpn->name) name.findings.emplace_back(code);
  for (auto& found : findings)
    if (found.code.starts_with("inbound.") && found.subject.service && found.subject.family == at_vpn->address.address.family())
      found.detail += fmt::format(" Visitors who use the name {} do not come this way: it leads to your VPN's address, {}.", at_vpn->name,
                                  at_vpn->address.address.to_string());
}

}  // namespace ringback::diagnosis
