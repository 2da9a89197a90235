#include <algorithm>

#include "diagnosis/accepts.hpp"
#include "diagnosis/case.hpp"
#include "diagnosis/codes.hpp"

namespace ringback::diagnosis {
namespace {

enum class Six { usable, absent, unknown };

constexpr Six six(Ipv6Kind kind) {
  switch (kind) {
    case Ipv6Kind::native:
    case Ipv6Kind::tunnel: return Six::usable;
    case Ipv6Kind::local_only:
    case Ipv6Kind::broken:
    case Ipv6Kind::none: return Six::absent;
    case Ipv6Kind::unknown: return Six::unknown;
  }
  return Six::unknown;
}

using Kinds = Accepts<Ipv4Kind>;
constexpr Kinds own_address{Ipv4Kind::public_address, Ipv4Kind::nat, Ipv4Kind::double_nat};

/// Whose confidence is that of the type.
enum class Rests { on_both, on_ipv4, on_nothing };

struct TypeRow {
  Kinds ipv4;
  Accepts<Six> ipv6;
  ConnectionType type;
  Rests rests;
  const char* reason;
};

/// What both families together are. Every combination has a row: the last one accepts all.
using T = ConnectionType;
constexpr TypeRow types[] = {
    {own_address, Six::usable, T::dual_stack, Rests::on_both, "This home has an IPv4 address of its own, and IPv6 works: dual stack."},
    {own_address, Six::absent, T::ipv4_only, Rests::on_both, "This home has an IPv4 address of its own, and IPv6 does not work: IPv4 alone."},
    {own_address, Six::unknown, T::unknown, Rests::on_nothing,
     "This home has an IPv4 address of its own. Whether the connection is dual stack or IPv4 alone stays open, because IPv6 is not known."},
    {Ipv4Kind::cgnat, Six::usable, T::cgnat_dual_stack, Rests::on_both, "The provider shares the IPv4 address among customers, and IPv6 works."},
    {Ipv4Kind::cgnat, Six::absent, T::cgnat_ipv4_only, Rests::on_both,
     "The provider shares the IPv4 address among customers, and IPv6 does not work."},
    {Ipv4Kind::cgnat, Six::unknown, T::unknown, Rests::on_nothing,
     "The provider shares the IPv4 address among customers. Whether it gives IPv6 beside it stays open, because IPv6 is not known."},
    {Ipv4Kind::ds_lite, {}, T::ds_lite, Rests::on_ipv4,
     "DS-Lite carries IPv4 within the line's IPv6 (RFC 6333): the line has IPv6, even where this host does not use it."},
    {Ipv4Kind::shared_ports, {}, T::shared_ports, Rests::on_ipv4,
     "A share of an address's ports (MAP-E, MAP-T, lw4o6) is the type, whatever comes of IPv6 on this host."},
    {Ipv4Kind::nat64, {}, T::ipv6_only_nat64, Rests::on_both, "IPv4 is reached by translation alone (NAT64): the line itself has IPv6 and nothing else."},
    {Ipv4Kind::none, Six::usable, T::ipv6_only, Rests::on_both, "There is no IPv4, and IPv6 works: IPv6 alone."},
    {Ipv4Kind::none, {}, T::unknown, Rests::on_nothing, "There is no IPv4, and IPv6 was not seen to work either: what the line would have stays open."},
    {{}, {}, T::unknown, Rests::on_nothing, "What IPv4 is here is not known, and so what kind of connection this is is not either."},
};

Subject family_subject(const Case& c, Family family) {
  Subject subject{.family = family};
  if (c.evidence.request.services.size() == 1) subject.service = c.evidence.request.services.front();
  return subject;
}

std::string sentences(const std::vector<std::string>& because) {
  std::string result;
  for (const auto& sentence : because)
    if (!sentence.starts_with("Against:")) result += (result.empty() ? "" : " ") + sentence;
  return result;
}

bool family_serves(Ipv4Kind kind) {
  return kind == Ipv4Kind::public_address || kind == Ipv4Kind::nat || kind == Ipv4Kind::double_nat || kind == Ipv4Kind::unknown;
}

const char* code_of(Ipv4Kind kind) {
  switch (kind) {
    case Ipv4Kind::cgnat: return "ipv4.cgnat";
    case Ipv4Kind::ds_lite: return "ipv4.ds-lite";
    case Ipv4Kind::nat64: return "ipv4.nat64";
    case Ipv4Kind::shared_ports: return "ipv4.shared-ports";
    case Ipv4Kind::double_nat: return "ipv4.double-nat";
    case Ipv4Kind::none: return "ipv4.none";
    default: return nullptr;
  }
}

const char* code_of(Ipv6Kind kind) {
  switch (kind) {
    case Ipv6Kind::tunnel: return "ipv6.tunnel";
    case Ipv6Kind::local_only: return "ipv6.local-only";
    case Ipv6Kind::broken: return "ipv6.broken";
    case Ipv6Kind::none: return "ipv6.none";
    default: return nullptr;
  }
}

bool any(const std::vector<ServiceVerdict>& services, Family family, Reachable reachable) {
  for (const auto& verdict : services)
    if (verdict.family == family && verdict.reachable == reachable) return true;
  return false;
}

/// A line that shares its IPv4 address breaks only what was asked for over IPv4 and does not come in all the same.
Severity ipv4_severity(const Case& c, const std::vector<ServiceVerdict>& services) {
  const auto kind = c.ipv4.connection.kind;
  if (kind == Ipv4Kind::none) return six(c.ipv6.connection.kind) == Six::absent ? Severity::warning : Severity::info;
  const bool served = any(services, Family::ipv4, Reachable::yes) && !any(services, Family::ipv4, Reachable::no);
  if (c.evidence.request.services.empty() || served) return Severity::info;
  // What gets in passes both routers, or has a way around the inner one: no service is stopped by them.
  const auto* code = code_of(kind);
  const bool in_the_way = code && std::ranges::any_of(services, [&](const auto& verdict) { return verdict.cause == code; });
  if (c.ipv4.let_in && !in_the_way) return Severity::info;
  if (!any(services, Family::ipv4, Reachable::no)) return Severity::warning;
  return c.ipv4.confidence == Confidence::possible ? std::min(service_severity(c), Severity::warning) : service_severity(c);
}

Severity ipv6_severity(const Case& c) {
  const auto& access = c.ipv6.connection;
  if (access.kind == Ipv6Kind::broken) return c.evidence.request.services.empty() ? Severity::warning : service_severity(c);
  if (access.kind == Ipv6Kind::tunnel) {
    const bool unfit = !access.stable_addresses.empty() && classify(access.stable_addresses.front()) != AddressClass::global;
    return unfit ? Severity::warning : Severity::info;
  }
  return family_serves(c.ipv4.connection.kind) ? Severity::info : Severity::warning;
}

/// What is amiss on this host can be mended; advice about the line would only lead away from it.
void blame_host(const std::optional<LocalFault>& fault, Finding& found) {
  if (!fault) return;
  found.severity = std::max(found.severity, Severity::warning);
  found.remedies.push_back(fault->remedy);
  if (!fault->title.empty()) found.title = fault->title;
}

}  // namespace

bool has_home_router(const Case& c) {
  if (line_ends_here(c.evidence, c.facts)) return false;
  const auto& gateway = c.facts.ipv4.gateway;
  if (gateway && is_private(*gateway)) return true;   // a box that passes the address on to this host is one all the same
  const auto& ipv4 = c.ipv4.connection;
  return ipv4.kind != Ipv4Kind::public_address && !(ipv4.kind == Ipv4Kind::cgnat && ipv4.nat_layers == 1);
}

Connection judge_connection(const Ipv4Access& ipv4, const Ipv6Access& ipv6, const Internet& internet) {
  Connection connection{.ipv4 = ipv4.connection, .ipv6 = ipv6.connection};
  connection.because = ipv4.because;
  connection.because.insert(connection.because.end(), ipv6.because.begin(), ipv6.because.end());
  if (internet.offline || internet.portal) {
    connection.type = ConnectionType::offline;
    connection.confidence = internet.confidence;
    connection.because.push_back(internet.detail);
    return connection;
  }
  const auto fits = [&](const TypeRow& row) { return row.ipv4.has(ipv4.connection.kind) && row.ipv6.has(six(ipv6.connection.kind)); };
  const auto* row = std::ranges::find_if(types, fits);
  connection.type = row->type;
  switch (row->rests) {
    case Rests::on_both: connection.confidence = weaker(ipv4.confidence, ipv6.confidence); break;
    case Rests::on_ipv4: connection.confidence = ipv4.confidence; break;
    case Rests::on_nothing: connection.confidence = Confidence::possible; break;
  }
  connection.because.emplace_back(row->reason);
  return connection;
}

Findings access_findings(const Case& c, const std::vector<ServiceVerdict>& services) {
  Findings result;
  if (c.internet.portal || c.internet.offline) {
    result.push_back(finding(c.internet.portal ? "internet.captive-portal" : "internet.offline", c.internet.confidence, c.internet.detail, {},
                             c.internet.evidence));
    return result;
  }
  // Nothing comes of IPv4 on this host, whatever the line has.
  const bool dead_here = c.ipv4.connection.kind == Ipv4Kind::unknown && c.ipv4.local_fault;
  if (const auto* code = dead_here ? "ipv4.none" : code_of(c.ipv4.connection.kind); code && c.facts.ipv4.wanted) {
    result.push_back(finding(code, dead_here ? Confidence::likely : c.ipv4.confidence, dead_here ? c.ipv4.local_fault->detail : sentences(c.ipv4.because),
                             family_subject(c, Family::ipv4), c.ipv4.evidence));
    if (dead_here) result.back().title = "This host's way to the IPv4 internet (its default route) leads nowhere";
    result.back().severity = ipv4_severity(c, services);
    if (!dead_here && c.ipv4.confidence == Confidence::possible) result.back().title = "Perhaps: " + result.back().title;
    blame_host(c.ipv4.local_fault, result.back());
  }
  if (const auto* code = code_of(c.ipv6.connection.kind); code && c.facts.ipv6.wanted) {
    result.push_back(finding(code, c.ipv6.confidence, sentences(c.ipv6.because), family_subject(c, Family::ipv6), c.ipv6.evidence));
    result.back().severity = ipv6_severity(c);
    blame_host(c.ipv6.local_fault, result.back());
  }
  return result;
}

}  // namespace ringback::diagnosis
