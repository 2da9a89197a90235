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

}  // namespace

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
  auto detail =
      fmt::format("What this host sends to the internet leaves through {}, a tunnel (VPN), and not through the home router.", interface);
  std::vector<std::string> shown;
  for (const auto family : {Family::ipv4, Family::ipv6})
    for (const auto& seen : seen_through_vpn(c)) {
      if (seen.address.family() != family || !c.facts.of(family).vpn || shown.size() > 3) continue;
      shown.push_back(seen.address.to_string());
      cite(evidence, seen.at);
    }
  if (!shown.empty())
    detail += fmt::format(" Whoever it connects to sees {}: the VPN's, and not this home's.", fmt::join(shown, " and "));
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
