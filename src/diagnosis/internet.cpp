#include "diagnosis/case.hpp"

namespace ringback::diagnosis {
namespace {

/// RFC 6585 §6: "Network Authentication Required", which nobody but a portal sends.
constexpr int network_authentication_required = 511;

/// A page that somebody else answered. A vantage point's own misconfiguration (a redirect to https) is no portal, so its answer counts
/// only where nothing else outside answered as it should.
bool looks_like_portal(const web::Observation& o, bool anything_answered) {
  if (o.as_expected || !o.status) return false;
  if (*o.status == network_authentication_required) return true;
  if (o.kind == web::Kind::connectivity) return *o.status < 500 && (o.redirect || *o.status == 200);
  return !anything_answered && (o.redirect || *o.status == 200);
}

std::optional<Internet> portal(const Evidence& evidence, const Facts& facts) {
  if (!evidence.web) return std::nullopt;
  const bool answered = !facts.ipv4.contact.answered.empty() || !facts.ipv6.contact.answered.empty();
  Internet result;
  std::size_t seen = 0;
  bool redirected = false;
  for (std::size_t i = 0; i < evidence.web->observations.size(); ++i) {
    const auto& o = evidence.web->observations[i];
    if (o.local && facts.on_vpn(o.local->address)) continue;  // a tunnel may get past a portal
    if (o.as_expected) return std::nullopt;  // the real page came through
    if (!looks_like_portal(o, answered)) continue;
    ++seen;
    redirected = redirected || o.redirect || o.status == network_authentication_required;
    cite(result.evidence, pointer("web", "observations", i));
    result.detail = o.redirect ? fmt::format("{} was answered with a redirect to {}.", o.url, *o.redirect)
                               : fmt::format("{} was answered with status {} and something else than its own page.", o.url, *o.status);
  }
  if (seen == 0) return std::nullopt;
  // Something outside that cannot be forged by a web page answered: then it is one odd server rather than a portal.
  if (answered && seen < 2) return std::nullopt;
  // One strange page alone may be a wrong URL: behind a portal, what is no web page stays silent as well.
  const auto silent = [&](const FamilyFacts& family) { return family.contact.tried.size() >= 2 || family.contact.path_silent; };
  if (!redirected && seen < 2 && !silent(facts.ipv4) && !silent(facts.ipv6)) return std::nullopt;
  result.portal = true;
  result.confidence = redirected && !answered ? Confidence::certain : Confidence::likely;
  return result;
}

std::optional<Internet> offline(const Evidence& evidence, const Facts& facts) {
  if (!facts.ipv4.contact.answered.empty() || !facts.ipv6.contact.answered.empty()) return std::nullopt;
  if (facts.ipv4.vpn || facts.ipv6.vpn) return std::nullopt;  // a dead tunnel is not a dead line
  Internet result;
  result.offline = true;
  if (evidence.host && facts.ipv4.routed == false && facts.ipv6.routed == false) {
    cite(result.evidence, pointer("host", "routes"));
    result.detail = "This host has no default route, neither for IPv4 nor for IPv6.";
    result.confidence = Confidence::certain;
    return result;
  }
  std::set<Address> tried;
  bool no_way_out = false;
  std::size_t outside = 0;   // what a family without a route was asked by shows nothing
  const bool resolver_failed = !facts.ipv4.contact.failed_resolvers.empty() || !facts.ipv6.contact.failed_resolvers.empty();
  const bool nothing_resolves = facts.names_unresolved && resolver_failed;
  for (const auto* family : {&facts.ipv4, &facts.ipv6}) {
    // A family that may have a way out and was not tried could be the one that works, and one server may be down by itself.
    const auto voices = family->contact.tried.size() + family->contact.failed_resolvers.size();
    if (family->routed.value_or(true) && voices < 2 && !family->contact.unreachable_at && (!nothing_resolves || voices == 0)) return std::nullopt;
    if (family->routed.value_or(true)) outside += family->contact.tried.size();
    tried.insert(family->contact.tried.begin(), family->contact.tried.end());
    tried.insert(family->contact.failed_resolvers.begin(), family->contact.failed_resolvers.end());
    cite(result.evidence, family->contact.silences);
    if (!family->contact.unreachable_at) continue;
    no_way_out = true;
    cite(result.evidence, *family->contact.unreachable_at);
  }
  if (tried.empty() && !no_way_out) return std::nullopt;
  result.detail = fmt::format("{} servers were asked, and none had an answer from outside.", tried.size());
  if (nothing_resolves) {
    result.detail += " No name could be resolved; a resolver that is down while the line works would look the same.";
    cite(result.evidence, pointer("stun", "unresolved"));
  }
  const auto& gateway = facts.ipv4.gateway;
  const bool at_home = gateway && is_private(*gateway) && !line_ends_here(evidence, facts);
  if (no_way_out) result.detail += fmt::format(" The {} itself says that it has no way out.", at_home ? "home router" : "first hop");
  const bool asked_for_pages = evidence.web && !evidence.web->observations.empty();
  if (!asked_for_pages) result.detail += " No web page was asked for: behind a login page (a captive portal) it would look the same.";
  result.confidence = outside >= 3 || no_way_out ? Confidence::certain : outside > 0 ? Confidence::likely : Confidence::possible;
  if (!asked_for_pages) result.confidence = std::min(result.confidence, Confidence::likely);
  return result;
}

}  // namespace

Internet judge_internet(const Evidence& evidence, const Facts& facts) {
  if (auto found = portal(evidence, facts)) return *found;
  if (auto found = offline(evidence, facts)) return *found;
  return {};
}

}  // namespace ringback::diagnosis
