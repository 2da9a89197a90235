#include <algorithm>
#include <array>

#include "diagnosis/codes.hpp"
#include "diagnosis/dnssec.hpp"
#include "diagnosis/records.hpp"
#include "diagnosis/vpn.hpp"
#include "diagnosis/wan.hpp"
#include "net/interface_identifier.hpp"

namespace ringback::diagnosis {
namespace {

/// What one address of a name is to this household.
enum class Whose { right, unknown, not_global, foreign, router, temporary, old_prefix, useless };

struct Opinion {
  Whose whose = Whose::unknown;
  Confidence confidence = Confidence::certain;
  std::string detail;
  Pointers evidence;
};

std::array<std::uint8_t, 16> bits_of(const Address& address) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(address.bytes(), bytes.begin());
  return bytes;
}

unsigned common_bits(const Address& a, const Address& b) {
  const auto x = bits_of(a), y = bits_of(b);
  for (unsigned i = 0; i < 128; ++i)
    if (((x[i / 8] ^ y[i / 8]) >> (7 - i % 8) & 1) != 0) return i;
  return 128;
}

/// How the internet sees this host through a VPN: a name may lead there on purpose, which vpn.cpp tells.
bool leads_to_vpn(const Case& c, const Address& address) {
  return std::ranges::any_of(seen_through_vpn(c), [&](const Cited& seen) { return seen.address == address; });
}

Opinion judge_a(const Case& c, const Address& address) {
  const auto& ipv4 = c.ipv4;
  const auto& mapped = c.facts.ipv4.mapped;
  if (!is_global(address))
    return {Whose::not_global,
            Confidence::certain,
            fmt::format("{} is an address of the class \"{}\".", address.to_string(), to_string(classify(address))),
            {}};
  if (!c.facts.host_known) return {Whose::unknown, Confidence::possible, "This host's routes are unknown.", {}};
  const bool seen_as = mapped.address == address ||
                       std::ranges::any_of(mapped.disagreeing, [&](const Cited& cited) { return cited.address == address; });
  if (const auto* own = c.facts.find_own(address); own && !own->tunnel)
    return {Whose::right, Confidence::certain, "It is this host's own address.", {own->at}};
  if (seen_as || ipv4.connection.wan_address == address) {
    if (shared_by_carrier(ipv4.connection.kind) && ipv4.let_in)
      return {Whose::unknown, Confidence::possible, "It is the provider's address, and yet the provider lets something in.", {}};
    if (shared_by_carrier(ipv4.connection.kind) && ipv4.confidence >= Confidence::likely)
      return {Whose::useless, ipv4.confidence,
              fmt::format("{} is the provider's address, which this home shares with others.", address.to_string()),
              together(mapped.at, ipv4.evidence)};
    if (ipv4.connection.kind == Ipv4Kind::unknown && came_to(c.evidence, address))
      return {Whose::right, Confidence::likely, "It is how the internet sees this household, and a knock from outside came in.", mapped.at};
    if (ipv4.connection.kind == Ipv4Kind::unknown || ipv4.confidence < Confidence::likely)
      return {Whose::unknown, Confidence::possible, "It is how the internet sees this household, but it may be the provider's.", {}};
    return {Whose::right, Confidence::certain, "It is how the internet sees this household.", mapped.at};
  }
  const auto owner = owner_of(c.evidence, c.facts, address);
  if (owner && owner->reached_at == 1) return {Whose::right, Confidence::likely, "It answers at the home router.", {owner->at}};
  if (leads_to_vpn(c, address)) return {Whose::unknown, Confidence::possible, "It is the far end of a tunnel of this host.", {}};
  if (!mapped.address) return {Whose::unknown, Confidence::possible, "How the internet sees this household is unknown.", {}};
  if (shared_by_carrier(ipv4.connection.kind) && ipv4.confidence >= Confidence::likely)
    return {
        Whose::foreign, Confidence::possible,
        fmt::format(
            "{} is not how the internet sees this household; unless it is a rented server that passes visitors on, they do not get here.",
            address.to_string()),
        together(mapped.at, ipv4.evidence)};
  const bool sure = mapped.agreeing.size() >= 2 || ipv4.router_owns_mapped;
  return {
      Whose::foreign, sure ? Confidence::certain : Confidence::likely,
      fmt::format("The name leads to {}, and the internet sees this household as {}.", address.to_string(), mapped.address->to_string()),
      mapped.at};
}

/// The neighbour table knows who answers for an address of the own link.
std::optional<std::string> in_neighbours_as_router(const Case& c, const Address& address) {
  if (!c.evidence.host) return std::nullopt;
  const auto& uplink = c.evidence.host->ipv6 ? c.evidence.host->ipv6 : c.evidence.host->ipv4;
  if (!uplink || !uplink->gateway_mac) return std::nullopt;
  for (std::size_t i = 0; i < c.evidence.host->neighbours.size(); ++i) {
    const auto& neighbour = c.evidence.host->neighbours[i];
    if (neighbour.address == address && neighbour.mac == uplink->gateway_mac) return pointer("host", "neighbours", i);
  }
  return std::nullopt;
}

bool says_it_is_its_own(const router::Igd& igd, const Address& address) {
  if (!igd.avm || !igd.avm->external_address) return false;
  const auto told = Address::parse(*igd.avm->external_address);
  return told && *told == address;
}

std::optional<Opinion> routers_own(const Case& c, const Address& address, bool on_link) {
  const auto router = [&](const char* how, std::string at) {
    return Opinion{
        Whose::router, Confidence::certain, fmt::format("{} is the home router's address: {}.", address.to_string(), how), {std::move(at)}};
  };
  if (c.facts.ipv6.gateway == address) return router("it is the gateway", pointer("host", "ipv6", "gateway"));
  if (auto at = in_neighbours_as_router(c, address)) return router("the router's hardware answers for it", *at);
  for (const auto& home : home_igds(c.evidence))
    if (says_it_is_its_own(*home.igd, address))
      return Opinion{Whose::router, Confidence::likely, fmt::format("The home router says by UPnP that {} is its own address.", address.to_string()),
                     {home.at() + "/avm/external_address"}};
  if (c.evidence.path && !traces_are_spoofed(c.evidence, Family::ipv6)) {
    const auto& hops = c.evidence.path->ipv6.hops;
    for (std::size_t i = 0; i < hops.size(); ++i)
      if (hops[i].ttl == 1 && hops[i].from == address) return router("it is the first hop", pointer("path", "ipv6", "hops", i, "from"));
  }
  // On the own link every machine answers at the first hop.
  const auto owner = owner_of(c.evidence, c.facts, address);
  if (!on_link && owner && owner->reached_at == 1) return router("it answers at the first hop", owner->at + "/reached_at");
  return std::nullopt;
}

/// An identifier drawn at random or made from the hardware address tells the host; "::1" is common to many.
const OwnAddress* same_identifier(const Case& c, const Address& address) {
  const OwnAddress* found = nullptr;
  for (const auto& own : c.facts.own) {
    if (!own.value.address.is_v6() || own.tunnel || own.value.temporary || own.value.address.is_loopback()) continue;
    const auto identifier = interface_identifier(own.value.address);
    if (identifier != interface_identifier(address) || identifier == 0) continue;
    const bool small = identifier >> 32 == 0;
    if (small && (!is_global(own.value.address) || common_bits(own.value.address, address) < 28)) continue;
    if (!found || (is_global(own.value.address) && !is_global(found->value.address))) found = &own;
  }
  return found;
}

Opinion judge_aaaa(const Case& c, const Address& address) {
  if (!is_global(address))
    return {Whose::not_global,
            Confidence::certain,
            fmt::format("{} is an address of the class \"{}\".", address.to_string(), to_string(classify(address))),
            {}};
  if (!c.facts.host_known) return {Whose::unknown, Confidence::possible, "This host's addresses are unknown.", {}};
  if (const auto* own = c.facts.find_own(address)) {
    if (!own->withdrawn_at.empty())
      return {Whose::old_prefix,
              Confidence::likely,
              fmt::format("This host still has {}, but the home router advertises its prefix no more.", address.to_string()),
              {own->at, own->withdrawn_at}};
    if (own->value.temporary || own->value.deprecated)
      return {Whose::temporary,
              Confidence::certain,
              fmt::format("{} is a {} address of this host.", address.to_string(), own->value.temporary ? "temporary" : "deprecated"),
              {own->at}};
    return {Whose::right, Confidence::certain, "It is a stable address of this host.", {own->at}};
  }
  if (leads_to_vpn(c, address)) return {Whose::unknown, Confidence::possible, "It is the far end of a tunnel of this host.", {}};
  const auto prefixes = household_prefixes(c.facts);
  const bool on_link = std::ranges::any_of(prefixes, [&](const Prefix& prefix) { return prefix.contains(address); });
  // Where something translates IPv6 (NAT66), the router's address is how visitors get here, if at all.
  if (c.facts.ipv6.mapped.address == address && prefixes.empty())
    return {Whose::unknown, Confidence::possible, "It is how the internet sees this host, whose own addresses something translates.",
            c.facts.ipv6.mapped.at};
  if (auto opinion = routers_own(c, address, on_link)) return *opinion;
  if (on_link) return {Whose::unknown, Confidence::possible, "It is another machine of this household, or was an address of this one.", {}};
  if (prefixes.empty()) return {Whose::unknown, Confidence::possible, "This household's prefix is unknown.", {}};
  if (c.facts.ipv6.mapped.address == address)
    return {Whose::right, Confidence::likely, "It is how the internet sees this host.", c.facts.ipv6.mapped.at};
  if (const auto* own = same_identifier(c, address))
    return {
        Whose::old_prefix,
        Confidence::certain,
        fmt::format("{} ends as this host's address {} does, under another prefix.", address.to_string(), own->value.address.to_string()),
        {own->at}};
  // Providers delegate up to a /48: an address that near may be another network of this household (RFC 6177).
  for (const auto& prefix : prefixes)
    if (common_bits(prefix.address(), address) >= 48)
      return {Whose::unknown, Confidence::possible, "It may lie in another network of this household.", {}};
  Pointers evidence;
  for (const auto& own : c.facts.own)
    if (own.facing && own.value.address.is_v6() && is_global(own.value.address)) cite(evidence, own.at);
  return {Whose::foreign, Confidence::likely,
          fmt::format("{} is neither this host's nor in this household's network {}.", address.to_string(), prefixes.front().to_string()),
          evidence};
}

const char* code_of(Whose whose, Family family) {
  const bool v4 = family == Family::ipv4;
  switch (whose) {
    case Whose::not_global: return v4 ? "dns.a-not-global" : "dns.aaaa-not-global";
    case Whose::foreign: return v4 ? "dns.a-wrong" : "dns.aaaa-wrong";
    case Whose::router: return "dns.aaaa-router";
    case Whose::temporary: return "dns.aaaa-temporary";
    case Whose::old_prefix: return "dns.aaaa-old-prefix";
    case Whose::useless: return "dns.a-useless";
    default: return nullptr;
  }
}

/// Would a record of this family help anybody? Not where every service that was asked for stops.
bool is_usable(const Case& c, const std::vector<ServiceVerdict>& services, Family family) {
  if (!c.facts.of(family).wanted) return false;
  const bool fit = family == Family::ipv4
                       ? (c.ipv4.connection.kind == Ipv4Kind::public_address || c.ipv4.connection.kind == Ipv4Kind::nat) &&
                             c.ipv4.confidence >= Confidence::likely
                       : c.ipv6.connection.kind == Ipv6Kind::native && !c.ipv6.connection.stable_addresses.empty();
  if (!fit) return false;
  bool any = false, yes = false, no = false;
  for (const auto& verdict : services) {
    if (verdict.family != family) continue;
    any = true;
    yes = yes || verdict.reachable == Reachable::yes;
    no = no || verdict.reachable == Reachable::no;
  }
  return !any || yes || !no;
}

/// A resolver may remember what the zone no longer says.
Confidence trust(const Records& records) { return records.role == dns::Role::authoritative ? Confidence::certain : Confidence::likely; }

struct NameCase {
  const Case& c;
  const std::vector<ServiceVerdict>& services;
  std::size_t index;
  NameVerdict verdict;
  Findings findings;
  bool unknown = false, wrong = false;
  static constexpr unsigned most_told = 8;
  unsigned records_told = 0;   ///< beyond the first of each kind

  const std::string& name() const { return c.evidence.dns->names[index].name; }

  void report(std::string_view code, Confidence confidence, std::string detail, std::optional<Family> family, Pointers evidence) {
    if (const auto known = std::ranges::find(findings, code, &Finding::code); known != findings.end()) {
      if (records_told++ < most_told && known->detail.find(detail) == std::string::npos)
        known->detail += " " + detail;  // another record of the same kind
      cite(known->evidence, evidence);
      return;
    }
    findings.push_back(finding(code, confidence, std::move(detail), {.family = family, .name = name()}, std::move(evidence)));
    if (confidence == Confidence::possible) findings.back().severity = std::min(findings.back().severity, Severity::warning);
  }

  void records(const Records& records, Family family) {
    if (!records.known) unknown = true;
    for (const auto& address : records.addresses) {
      // A private answer of this host's own resolver alone may be a view made for the inside.
      if (records.role == dns::Role::system && !is_global(address)) {
        unknown = true;
        continue;
      }
      auto opinion = family == Family::ipv4 ? judge_a(c, address) : judge_aaaa(c, address);
      if (opinion.whose == Whose::unknown) unknown = true;
      const auto* code = code_of(opinion.whose, family);
      if (!code) continue;
      const auto confidence = weaker(opinion.confidence, trust(records));
      (confidence == Confidence::possible ? unknown : wrong) = true;
      report(code, confidence, opinion.detail, family, together(records.evidence, opinion.evidence));
    }
  }

  void missing(const Records& a, const Records& aaaa) {
    for (const auto family : {Family::ipv4, Family::ipv6}) {
      const auto& records = family == Family::ipv4 ? a : aaaa;
      if (!records.known || !records.addresses.empty() || !is_usable(c, services, family)) continue;
      if (records.role == dns::Role::system) continue;  // the resolver of this network may filter what the world sees
      report(
          family == Family::ipv4 ? "dns.a-missing" : "dns.aaaa-missing", trust(records),
          fmt::format("{} has no {} record, and {} can come in here.", name(), type_of(family), family == Family::ipv4 ? "IPv4" : "IPv6"),
          family, records.evidence);
    }
    if (a.known && aaaa.known && a.addresses.empty() && aaaa.addresses.empty()) (a.role == dns::Role::system ? unknown : wrong) = true;
  }
};

NameCase judge_name(const Case& c, const std::vector<ServiceVerdict>& services, std::size_t index) {
  NameCase result{c, services, index, {}, {}};
  const auto a = records_of(c.evidence, index, Family::ipv4);
  const auto aaaa = records_of(c.evidence, index, Family::ipv6);
  result.verdict.name = result.name();
  result.verdict.a = a.addresses;
  result.verdict.aaaa = aaaa.addresses;
  const bool missing = (a.missing_name && (aaaa.missing_name || !aaaa.known)) || (aaaa.missing_name && !a.known);
  if (missing) {
    const auto& records = a.missing_name ? a : aaaa;
    result.wrong = true;
    const auto why = known_at_home_alone(queried(c.evidence.dns->names[index]));
    result.report("dns.name-missing", trust(records), fmt::format("{} does not exist (NXDOMAIN).{}", result.name(), why ? " " + *why : ""), std::nullopt,
                  together(a.evidence, aaaa.evidence));
  } else {
    result.records(a, Family::ipv4);
    result.records(aaaa, Family::ipv6);
    result.missing(a, aaaa);
  }
  std::ranges::move(zone_server_findings(c, index), std::back_inserter(result.findings));
  std::ranges::move(resolver_findings(c, index), std::back_inserter(result.findings));
  std::ranges::move(local_name_findings(c, index), std::back_inserter(result.findings));
  const bool known = a.known || aaaa.known;
  result.verdict.verdict = result.wrong ? NameState::wrong : result.unknown || !known ? NameState::unknown : NameState::right;
  for (const auto& found : result.findings)
    if (std::ranges::find(result.verdict.findings, found.code) == result.verdict.findings.end())
      result.verdict.findings.push_back(found.code);
  return result;
}

}  // namespace

NamesJudgement judge_names(const Case& c, const std::vector<ServiceVerdict>& services) {
  NamesJudgement result;
  for (std::size_t i = 0; c.evidence.dns && i < c.evidence.dns->names.size(); ++i) {
    auto judged = judge_name(c, services, i);
    result.names.push_back(std::move(judged.verdict));
    for (auto& found : judged.findings) result.findings.push_back(std::move(found));
  }
  for (const auto& name : c.evidence.request.names)  // nothing is known of the others, and yet they were asked for
    if (std::ranges::none_of(result.names, [&](const NameVerdict& verdict) { return same_name(verdict.name, name); }))
      result.names.push_back({.name = name});
  if (c.evidence.dns && !c.internet.offline && !c.internet.portal)
    std::ranges::move(broken_resolvers(c), std::back_inserter(result.findings));
  std::ranges::move(clock_findings(c), std::back_inserter(result.findings));
  return result;
}

}  // namespace ringback::diagnosis
