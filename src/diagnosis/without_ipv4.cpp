#include "diagnosis/without_ipv4.hpp"

#include <algorithm>

namespace ringback::diagnosis {
namespace {

/// RFC 8781 by the router, RFC 7050 by the resolver: two sources that know nothing of each other. Of the router alone: any machine of the link can
/// advertise.
std::optional<std::pair<Prefix, std::string>> advertised_nat64(const Evidence& evidence) {
  if (!evidence.link) return std::nullopt;
  const auto gateway = evidence.host && evidence.host->ipv6 ? evidence.host->ipv6->gateway : std::nullopt;
  for (std::size_t i = 0; i < evidence.link->advertisements.size(); ++i) {
    if (gateway && evidence.link->advertisements[i].router != *gateway) continue;
    const auto& offered = evidence.link->advertisements[i].nat64;
    for (std::size_t j = 0; j < offered.size(); ++j)
      if (offered[j].lifetime_s > 0) return std::pair{offered[j].prefix, pointer("link", "advertisements", i, "nat64", j)};
  }
  return std::nullopt;
}

void tell_nat64(const Evidence& evidence, Ipv4Access& access) {
  if (evidence.dns && !evidence.dns->nat64_prefixes.empty()) {
    access.because.push_back(fmt::format("ipv4only.arpa has IPv6 addresses in {}: a NAT64 translates IPv4 (RFC 7050).",
                                         evidence.dns->nat64_prefixes.front().to_string()));
    cite(access.evidence, pointer("dns", "nat64_prefixes", 0));
  }
  if (const auto offered = advertised_nat64(evidence)) {
    access.because.push_back(fmt::format("The router advertises {} as the prefix of a NAT64 (RFC 8781).", offered->first.to_string()));
    cite(access.evidence, offered->second);
  }
}

/// RFC 8925: a host that can translate for itself shall not take an IPv4 address.
void tell_ipv6_only(const Evidence& evidence, Ipv4Access& access) {
  if (!evidence.link) return;
  for (std::size_t i = 0; i < evidence.link->dhcpv4.size(); ++i) {
    if (!evidence.link->dhcpv4[i].ipv6_only_wait_s) continue;
    access.because.push_back(fmt::format("The DHCP server {} says that this network does without IPv4 (option 108, RFC 8925).",
                                         evidence.link->dhcpv4[i].server.to_string()));
    cite(access.evidence, pointer("link", "dhcpv4", i, "ipv6_only_wait_s"));
  }
}

bool resolver_was_asked(const Evidence& evidence) { return evidence.dns && !(evidence.dns->ipv4only.empty() && evidence.dns->nat64_prefixes.empty()); }

/// Without the DNS probe a NAT64 cannot be ruled out where IPv6 works, or may.
bool nat64_looked_for(const Evidence& evidence) {
  return advertised_nat64(evidence) || resolver_was_asked(evidence);
}

}  // namespace

bool has_nat64(const Evidence& evidence) { return (evidence.dns && !evidence.dns->nat64_prefixes.empty()) || advertised_nat64(evidence); }

Ipv4Access without_route(const Evidence& evidence, const Facts& facts, const std::string& why, Confidence confidence) {
  Ipv4Access access;
  access.confidence = confidence;
  if (facts.host_known && evidence.host) cite(access.evidence, pointer("host", "ipv4"));
  cite(access.evidence, facts.ipv4.contact.silences);
  access.because.push_back(why);
  tell_ipv6_only(evidence, access);
  if (has_nat64(evidence)) {
    access.connection.kind = Ipv4Kind::nat64;
    access.connection.nat_layers = 1;
    tell_nat64(evidence, access);
  } else {
    access.connection.kind = Ipv4Kind::none;
  }
  if (confidence != Confidence::certain)
    access.because.emplace_back(resolver_was_asked(evidence) ? "A server that answers over IPv4 would tell."
                                                             : "The resolver's answer for ipv4only.arpa, or a server that answers over IPv4, would tell.");
  return access;
}

std::optional<Ipv4Access> no_ipv4(const Evidence& evidence, const Facts& facts) {
  const auto& ipv4 = facts.ipv4;
  if (!ipv4.contact.answered.empty() || ipv4.vpn) return std::nullopt;
  if (facts.host_known && ipv4.routed == false) {
    const bool resolver_knows = evidence.dns && !evidence.dns->nat64_prefixes.empty();
    if (!resolver_knows && advertised_nat64(evidence))   // nothing was seen to answer behind it
      return without_route(evidence, facts, "This host has no IPv4 default route.", Confidence::likely);
    const bool without_ipv6 = facts.ipv6.routed == false || (facts.ipv6.contact.answered.empty() && facts.ipv6.contact.tried.size() >= 2);
    const bool sure = nat64_looked_for(evidence) || without_ipv6;
    return without_route(evidence, facts, "This host has no IPv4 default route.", sure ? Confidence::certain : Confidence::possible);
  }
  if (!unused_default_routes(evidence, Family::ipv4).empty()) return std::nullopt;   // the line that is not used may have it
  if (ipv4.contact.tried.size() >= 2 && !facts.ipv6.contact.answered.empty())
    return without_route(evidence, facts,
                         fmt::format("None of {} destinations outside answered over IPv4, while IPv6 works.", ipv4.contact.tried.size()),
                         nat64_looked_for(evidence) ? Confidence::likely : Confidence::possible);
  return std::nullopt;
}

}  // namespace ringback::diagnosis
