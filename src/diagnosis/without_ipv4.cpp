#include "diagnosis/without_ipv4.hpp"

#include <algorithm>
#include <array>

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

Translator translator(const Evidence& evidence) {
  if (evidence.dns && !evidence.dns->nat64_prefixes.empty()) return Translator::resolver;
  if (advertised_nat64(evidence)) return Translator::router;
  return resolver_was_asked(evidence) ? Translator::absent : Translator::not_looked_for;
}

std::optional<NoWay> no_way(const Evidence& evidence, const Facts& facts) {
  const auto& ipv4 = facts.ipv4;
  if (!ipv4.contact.answered.empty() || ipv4.vpn) return std::nullopt;
  if (facts.host_known && ipv4.routed == false) return NoWay::no_route;
  if (!unused_default_routes(evidence, Family::ipv4).empty()) return std::nullopt;   // the line that is not used may have it
  if (ipv4.contact.tried.size() < 2 || facts.ipv6.contact.answered.empty()) return std::nullopt;
  return NoWay::silent;
}

OtherWay other_way(const Facts& facts) {
  const bool silent = facts.ipv6.contact.answered.empty() && facts.ipv6.contact.tried.size() >= 2;
  return facts.ipv6.routed == false || silent ? OtherWay::none : OtherWay::possible;
}

constexpr auto no_route = "This host has no IPv4 default route.";
constexpr auto silent = "None of {tried} destinations outside answered over IPv4, while IPv6 works.";
constexpr auto server_answers = "A server that answers over IPv4 would tell.";
constexpr auto resolver_or_server = "The resolver's answer for ipv4only.arpa, or a server that answers over IPv4, would tell.";
using enum Confidence;

constexpr std::array rows{
    NoIpv4Row{NoWay::no_route, Translator::resolver, {}, Ipv4Kind::nat64, certain, no_route},
    // Any machine of the link can advertise, and nothing was seen to answer behind it.
    NoIpv4Row{NoWay::no_route, Translator::router, {}, Ipv4Kind::nat64, likely, no_route, resolver_or_server},
    NoIpv4Row{NoWay::no_route, Translator::absent, {}, Ipv4Kind::none, certain, no_route},
    // A NAT64 is reached over IPv6.
    NoIpv4Row{NoWay::no_route, Translator::not_looked_for, OtherWay::none, Ipv4Kind::none, certain, no_route},
    NoIpv4Row{NoWay::no_route, Translator::not_looked_for, {}, Ipv4Kind::none, possible, no_route, resolver_or_server},
    NoIpv4Row{NoWay::silent, Translator::resolver, {}, Ipv4Kind::nat64, likely, silent, server_answers},
    NoIpv4Row{NoWay::silent, Translator::router, {}, Ipv4Kind::nat64, likely, silent, resolver_or_server},
    NoIpv4Row{NoWay::silent, Translator::absent, {}, Ipv4Kind::none, likely, silent, server_answers},
    NoIpv4Row{NoWay::silent, Translator::not_looked_for, {}, Ipv4Kind::none, possible, silent, resolver_or_server},
};

}  // namespace

bool has_nat64(const Evidence& evidence) { return (evidence.dns && !evidence.dns->nat64_prefixes.empty()) || advertised_nat64(evidence); }

std::span<const NoIpv4Row> no_ipv4_rows() { return rows; }

const NoIpv4Row& decide(const NoIpv4Clues& clues) {
  return *std::ranges::find_if(rows, [&](const NoIpv4Row& row) {
    return row.way.has(clues.way) && row.translator.has(clues.translator) && row.ipv6.has(clues.ipv6);
  });
}

Ipv4Access without_route(const Evidence& evidence, const Facts& facts, const std::string& why, Ipv4Kind kind) {
  Ipv4Access access;
  access.connection.kind = kind;
  if (facts.host_known && evidence.host) cite(access.evidence, pointer("host", "ipv4"));
  cite(access.evidence, facts.ipv4.contact.silences);
  access.because.push_back(why);
  tell_ipv6_only(evidence, access);
  if (kind != Ipv4Kind::nat64) return access;
  access.connection.nat_layers = 1;
  tell_nat64(evidence, access);
  return access;
}

std::optional<Ipv4Access> no_ipv4(const Evidence& evidence, const Facts& facts) {
  const auto way = no_way(evidence, facts);
  if (!way) return std::nullopt;
  const auto& row = decide(NoIpv4Clues{*way, translator(evidence), other_way(facts)});
  auto access = without_route(evidence, facts, fmt::format(fmt::runtime(row.reason), fmt::arg("tried", facts.ipv4.contact.tried.size())), row.kind);
  access.confidence = row.confidence;
  if (*row.settles != '\0') access.because.emplace_back(row.settles);
  return access;
}

}  // namespace ringback::diagnosis
