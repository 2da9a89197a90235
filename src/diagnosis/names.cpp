#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/dnssec.hpp"
#include "diagnosis/public_proxies.hpp"
#include "diagnosis/records.hpp"
#include "diagnosis/silent_servers.hpp"
#include "diagnosis/updaters.hpp"
#include "diagnosis/whose_address.hpp"

namespace ringback::diagnosis {
namespace {

const char* code_of(Whose whose, Family family) {
  const bool v4 = family == Family::ipv4;
  switch (whose) {
    case Whose::not_global: return v4 ? "dns.a-not-global" : "dns.aaaa-not-global";
    case Whose::proxied: return "dns.proxied";
    case Whose::duplicate: return "dns.aaaa-wrong";
    case Whose::another_host: return "dns.aaaa-another-host";
    case Whose::foreign: return v4 ? "dns.a-wrong" : "dns.aaaa-wrong";
    case Whose::router: return "dns.aaaa-router";
    case Whose::temporary: return "dns.aaaa-temporary";
    case Whose::old_prefix: return "dns.aaaa-old-prefix";
    case Whose::useless: return "dns.a-useless";
    default: return nullptr;
  }
}

/// Would a record of this family help anybody? Not where every service that was asked for stops.
enum class Usable { no, untested, yes };

Usable usable(const Case& c, const std::vector<ServiceVerdict>& services, Family family) {
  if (!c.facts.of(family).wanted) return Usable::no;
  const auto is = [&](Reachable reachable) {
    return std::ranges::any_of(services, [&](const auto& verdict) { return verdict.family == family && verdict.reachable == reachable; });
  };
  if (is(Reachable::yes)) return Usable::yes;
  const bool fit = family == Family::ipv4
                       ? (c.ipv4.connection.kind == Ipv4Kind::public_address || c.ipv4.connection.kind == Ipv4Kind::nat) &&
                             c.ipv4.confidence >= Confidence::likely
                       : c.ipv6.connection.kind == Ipv6Kind::native && !c.ipv6.connection.stable_addresses.empty();
  return fit && !is(Reachable::no) ? Usable::untested : Usable::no;
}

/// A resolver may remember what the zone no longer says.
Confidence trust(const Records& records) { return records.role == dns::Role::authoritative ? Confidence::certain : Confidence::likely; }

struct Judged {
  Address address;
  Opinion opinion;
};

std::vector<Judged> judge(const Case& c, const Records& records) {
  std::vector<Judged> result;
  for (const auto& address : records.addresses) result.push_back({address, judge_address(c, address)});
  return result;
}

/// A name all of whose records lead elsewhere may do so on purpose: to a rented server that passes visitors on, the more so where the line
/// has no public IPv4 address.
void consider_rented_server(const Case& c, std::vector<Judged>& a, std::vector<Judged>& aaaa) {
  const auto elsewhere = [](const Judged& one) { return one.opinion.whose == Whose::foreign || one.opinion.whose == Whose::proxied; };
  if (a.empty() || aaaa.empty() || !std::ranges::all_of(a, elsewhere) || !std::ranges::all_of(aaaa, elsewhere)) return;
  const bool needs_one = shared_by_carrier(c.ipv4.connection.kind) && c.ipv4.confidence >= Confidence::likely;
  for (auto& one : a) one.opinion.confidence = weaker(one.opinion.confidence, Confidence::likely);
  for (auto& one : aaaa) {
    if (one.opinion.whose != Whose::foreign || !needs_one) continue;
    one.opinion.confidence = Confidence::possible;
    one.opinion.detail += " Unless that is a rented server that passes visitors on, they do not get here.";
  }
}

/// A program of this host that publishes this host's addresses for the name tells whose it was.
void consider_updater(const Case& c, const std::string& name, std::vector<Judged>& aaaa) {
  if (std::ranges::none_of(aaaa, [](const Judged& one) { return one.opinion.whose == Whose::another_host; })) return;
  const auto publisher = publisher_of_temporary(c, {name});
  const auto kept = publisher ? std::nullopt : kept_by(c.evidence, name, Family::ipv6);
  const bool for_this_host = kept && pick_of(c, *kept->updater, Family::ipv6).picks == Picks::stays;
  for (auto& one : aaaa) {
    if (one.opinion.whose != Whose::another_host) continue;
    if (publisher)
      one.opinion = {Whose::temporary, Confidence::likely,
                     fmt::format("{} lies in this home's network, and this host does not have it, or has it no more: {} publishes temporary addresses.",
                                 one.address.to_string(), shown(*publisher->updater, Family::ipv6)), {publisher->at}};
    else if (for_this_host)
      one.opinion = {Whose::foreign, Confidence::likely,
                     fmt::format("{} lies in this home's network, and this host does not have it, or has it no more, although {} publishes this host's addresses "
                                 "for the name.", one.address.to_string(), shown(*kept->updater, Family::ipv6)), {kept->at}};
  }
}

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

  void say_why(const Judged& one) {
    if (verdict.because.size() == most_told || one.opinion.detail.empty()) return;
    const auto address = one.address.to_string();
    verdict.because.push_back(one.opinion.detail.starts_with(address) ? one.opinion.detail : address + ": " + one.opinion.detail);
  }

  void records(const Records& records, const std::vector<Judged>& judged, Family family) {
    if (!records.known) unknown = true;
    for (const auto& one : judged) {
      // A private answer of this host's own resolver alone may be a view made for the inside.
      if (records.role == dns::Role::system && !is_global(one.address)) {
        unknown = true;
        continue;
      }
      say_why(one);
      const auto& opinion = one.opinion;
      const bool open = opinion.whose == Whose::unknown || opinion.whose == Whose::proxied || opinion.whose == Whose::another_host;
      const auto confidence = weaker(opinion.confidence, trust(records));
      if (opinion.whose != Whose::right) (open || confidence == Confidence::possible ? unknown : wrong) = true;
      if (const auto* code = code_of(opinion.whose, family)) report(code, confidence, opinion.detail, family, together(records.evidence, opinion.evidence));
    }
  }

  /// What visitors by a proxied name can and cannot get.
  void beyond_proxy() {
    const auto found = std::ranges::find(findings, "dns.proxied", &Finding::code);
    if (found == findings.end()) return;
    std::vector<std::string> lost;
    for (const auto& service : c.evidence.request.services)
      if (c.evidence.request.services_named && !passes_proxy(service)) lost.push_back(service.to_string());
    found->subject.family.reset();
    if (lost.empty()) return;
    found->detail += fmt::format(" Nobody gets through to {} by this name.", fmt::join(lost, ", "));
    found->severity = Severity::warning;
  }

  void missing(const Records& a, const Records& aaaa) {
    for (const auto family : {Family::ipv4, Family::ipv6}) {
      const auto& records = family == Family::ipv4 ? a : aaaa;
      const auto use = usable(c, services, family);
      if (!records.known || !records.addresses.empty() || use == Usable::no) continue;
      if (records.role == dns::Role::system) continue;  // the resolver of this network may filter what the world sees
      const auto* protocol = family == Family::ipv4 ? "IPv4" : "IPv6";
      const auto* code = family == Family::ipv4 ? "dns.a-missing" : "dns.aaaa-missing";
      const bool tested = use == Usable::yes;
      const auto* what = tested ? "{} has no {} record, and {} can come in here."
                                : "{} has no {} record. Whether {} is let in here could not be tested.";
      report(code, tested ? trust(records) : Confidence::possible, fmt::format(fmt::runtime(what), name(), type_of(family), protocol), family, records.evidence);
      if (!tested) findings.back().severity = Severity::info;
    }
    if (a.known && aaaa.known && a.addresses.empty() && aaaa.addresses.empty()) (a.role == dns::Role::system ? unknown : wrong) = true;
  }

  void no_such_name(const Records& a, const Records& aaaa) {
    const auto& records = a.missing_name ? a : aaaa;
    wrong = true;
    const auto why = known_at_home_alone(queried(c.evidence.dns->names[index]));
    const auto detail = records.alias_of.empty() ? fmt::format("{} does not exist (NXDOMAIN).{}", name(), why ? " " + *why : "")
                                                 : fmt::format("{} is an alias of {}, which does not exist (NXDOMAIN).", name(), records.alias_of);
    report("dns.name-missing", trust(records), detail, std::nullopt, together(a.evidence, aaaa.evidence));
  }
};

NameCase judge_name(const Case& c, const std::vector<ServiceVerdict>& services, const Silences& silent, std::size_t index) {
  NameCase result{c, services, index, {}, {}};
  const auto a = records_of(c.evidence, index, Family::ipv4);
  const auto aaaa = records_of(c.evidence, index, Family::ipv6);
  result.verdict.name = result.name();
  result.verdict.a = a.addresses;
  result.verdict.aaaa = aaaa.addresses;
  const bool missing = (a.missing_name && (aaaa.missing_name || !aaaa.known)) || (aaaa.missing_name && !a.known);
  if (missing) {
    result.no_such_name(a, aaaa);
  } else {
    auto judged_a = judge(c, a), judged_aaaa = judge(c, aaaa);
    consider_rented_server(c, judged_a, judged_aaaa);
    consider_updater(c, result.name(), judged_aaaa);
    result.records(a, judged_a, Family::ipv4);
    result.records(aaaa, judged_aaaa, Family::ipv6);
    result.beyond_proxy();
    result.missing(a, aaaa);
  }
  std::ranges::move(zone_server_findings(c, index), std::back_inserter(result.findings));
  std::ranges::move(silent_server_findings(c, index, silent), std::back_inserter(result.findings));
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
  const auto silent = silences(c);
  for (std::size_t i = 0; c.evidence.dns && i < c.evidence.dns->names.size(); ++i) {
    auto judged = judge_name(c, services, silent, i);
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
