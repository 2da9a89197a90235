#include "diagnosis/dnssec.hpp"

#include <algorithm>

#include "diagnosis/codes.hpp"

namespace ringback::diagnosis {
namespace {

using dns::Security;
using dns::SecurityReason;

bool is_of_time(SecurityReason reason) { return reason == SecurityReason::expired || reason == SecurityReason::not_yet_valid; }

/// Records of another key, or changed since: nobody on the way makes those by leaving something out.
bool is_of_substance(SecurityReason reason) { return reason == SecurityReason::wrong_signature || reason == SecurityReason::untrusted_key; }

/// "2026-01-31T12:00:00Z" as people write it.
std::string day_and_time(const Moment& moment) {
  const auto text = moment.to_string();
  return text.substr(0, 10) + ", " + text.substr(11, 5) + " UTC";
}

/// "home.example.org. AAAA" in words.
std::string record_in_words(const std::string& record) {
  const auto space = record.find(' ');
  if (space == std::string::npos) return record;
  const auto owner = space > 1 ? record.substr(0, space - 1) : std::string("the root");
  const auto type = record.substr(space + 1);
  return type == "DNSKEY" ? fmt::format("the keys of {} (DNSKEY)", owner) : fmt::format("the {} record of {}", type, owner);
}

std::string zone_in_words(const std::string& zone) { return zone.size() > 1 ? zone.substr(0, zone.size() - 1) : "the root"; }

std::string fault_in_words(const dns::Dnssec& d) {
  const auto what = record_in_words(d.record);
  switch (d.reason) {
    case SecurityReason::expired:
      return d.signed_until ? fmt::format("The signature over {} expired on {}.", what, day_and_time(*d.signed_until)) : "";
    case SecurityReason::not_yet_valid:
      return d.signed_from ? fmt::format("The signature over {} is valid from {} on, and it is {} here.", what, day_and_time(*d.signed_from),
                                         d.judged_at ? day_and_time(*d.judged_at) : "earlier")
                           : "";
    case SecurityReason::wrong_signature: return fmt::format("The signature over {} does not fit: it was changed after it was signed.", what);
    case SecurityReason::untrusted_key:
      return fmt::format("{} is not signed with a key that the zone above vouches for: the DS record there is of another key.",
                         zone_in_words(d.zone));
    case SecurityReason::no_signature: return fmt::format("{} is signed, but there is no signature over {}.", zone_in_words(d.zone), what);
    case SecurityReason::unproven_denial:
      return fmt::format("{} is signed, but the proof that {} is not there (NSEC) is missing.", zone_in_words(d.zone), what);
    default: return "";
  }
}

/// Whose messages it was that do not validate.
struct Heard {
  bool zone = false;      ///< the zones' own servers
  bool outside = false;   ///< a public resolver
  unsigned sources = 0;
};

Heard heard_bogus(const dns::Name& name) {
  Heard heard;
  for (const auto& source : name.dnssec->sources) {
    if (source.security != Security::bogus) continue;
    ++heard.sources;
    if (source.role == dns::Role::authoritative) heard.zone = true;
    if (source.role == dns::Role::public_resolver && source.server && !is_intercepted(name, source.server->address.family()))
      heard.outside = true;
  }
  return heard;
}

/// The signature's time was over before another one on the way down was made: no clock has to be right to see that.
bool is_surely_over(const dns::Dnssec& d) {
  return d.reason == SecurityReason::expired && d.signed_until && d.newest_signature && *d.signed_until < *d.newest_signature;
}

/// The root's signatures are renewed by many; where they are out of time, or where somebody else finds the name's right, it is this host's
/// clock.
bool is_clocks_fault(const dns::Dnssec& d, const Validation& resolvers) {
  return d.security == Security::bogus && is_of_time(d.reason) && !is_surely_over(d) && (d.zone == "." || resolvers.validated);
}

/// | heard from             | resolvers refuse it too | another one validates it | neither                                     |
/// |------------------------|-------------------------|--------------------------|---------------------------------------------|
/// | zone, or from outside  | certain                 | possible                 | by the fault: see below                     |
/// | this network alone     | by their word           | nothing                  | nothing: a forwarder may have a hand in it  |
std::optional<Confidence> confidence_of_fault(const dns::Name& name, const Validation& resolvers) {
  const auto& d = *name.dnssec;
  const auto heard = heard_bogus(name);
  if (!heard.zone && !heard.outside) return resolvers.validated ? std::nullopt : confidence_of(resolvers);
  if (resolvers.validated) return Confidence::possible;
  // A resolver of this network may be on this very host, and go by the same clock.
  if (resolvers.failing_outside() > 0 || (resolvers.own_fails && !is_of_time(d.reason))) return Confidence::certain;
  if (is_surely_over(d)) return Confidence::certain;
  if (d.reason == SecurityReason::expired) return Confidence::likely;
  if (d.reason == SecurityReason::not_yet_valid) return Confidence::possible;
  if (is_of_substance(d.reason)) return heard.zone && heard.sources >= 2 ? Confidence::certain : Confidence::likely;
  // What is missing may have been left out on the way: only the zone's own servers' word counts.
  return heard.zone ? std::optional(Confidence::likely) : std::nullopt;
}

void by_own_verdict(const Case& c, std::size_t index, const Validation& resolvers, Findings& into) {
  const auto& name = c.evidence.dns->names[index];
  if (is_clocks_fault(*name.dnssec, resolvers)) return;  // clock_findings()
  const auto confidence = confidence_of_fault(name, resolvers);
  if (!confidence) return;
  auto detail = fault_in_words(*name.dnssec);
  if (resolvers.validated)
    detail += " Another resolver could validate the name: not all servers of the zone may be of the same state.";
  else if (!resolvers.failing.empty())
    detail += fmt::format(" Validating resolvers refuse {}.", name.name);
  else
    detail += fmt::format(" Resolvers that validate refuse {}.", name.name);
  if (name.dnssec->reason == SecurityReason::not_yet_valid && *confidence == Confidence::possible) detail += " Or this host's clock is slow.";
  into.push_back(bogus_finding(c, index, *confidence, std::move(detail),
                               together({pointer("dns", "names", index, "dnssec")}, refusals_at(resolvers))));
}

/// Who signs anew with every answer always has signatures of a day or two; who signs from time to time is late when little of a long time is
/// left. The TTL does not matter: resolvers keep nothing longer than its signature lasts (RFC 4035 §5.3.3).
void ending(const Case& c, std::size_t index, Findings& into) {
  constexpr auto soon = std::chrono::days(2);
  constexpr int small_part = 16;
  const auto& d = *c.evidence.dns->names[index].dnssec;
  if (d.security != Security::secure || !d.signed_from || !d.signed_until || !d.judged_at) return;
  const auto left = d.signed_until->at - d.judged_at->at;
  if (left > soon || left * small_part > d.signed_until->at - d.signed_from->at) return;
  into.push_back(finding("dns.signatures-ending", Confidence::likely,
                         fmt::format("The signatures of {} end on {}; nobody has renewed them yet.", zone_in_words(d.zone),
                                     day_and_time(*d.signed_until)),
                         {.name = c.evidence.dns->names[index].name}, {pointer("dns", "names", index, "dnssec")}));
}

}  // namespace

std::optional<std::vector<Address>> proven_addresses(const dns::Name& name, Family family) {
  if (!name.dnssec || name.dnssec->security != Security::secure || name.dnssec->proven.empty()) return std::nullopt;
  std::vector<Address> result;
  std::ranges::copy_if(name.dnssec->proven, std::back_inserter(result), [&](const Address& address) { return address.family() == family; });
  return sorted(std::move(result));
}

Finding bogus_finding(const Case& c, std::size_t name, Confidence confidence, std::string detail, Pointers evidence) {
  auto report = finding("dns.bogus", confidence, std::move(detail), {.name = c.evidence.dns->names[name].name}, std::move(evidence));
  if (confidence == Confidence::possible) report.severity = Severity::warning;
  return report;
}

Findings signature_findings(const Case& c, std::size_t name, const Validation& resolvers) {
  Findings result;
  const auto& own = c.evidence.dns->names[name].dnssec;
  if (own && own->security == Security::bogus) {
    by_own_verdict(c, name, resolvers, result);
  } else if (own && (own->security == Security::secure || own->reason == SecurityReason::no_ds)) {
    result = undue_refusals(c, name, resolvers);
    ending(c, name, result);
  } else {
    result = bogus_by_resolvers(c, name, resolvers);
  }
  return result;
}

Findings clock_findings(const Case& c) {
  for (std::size_t i = 0; c.evidence.dns && i < c.evidence.dns->names.size(); ++i) {
    const auto& name = c.evidence.dns->names[i];
    const auto resolvers = validation_of(c, i);
    if (!name.dnssec || !is_clocks_fault(*name.dnssec, resolvers)) continue;
    const auto& d = *name.dnssec;
    const bool slow = d.reason == SecurityReason::not_yet_valid;
    const auto edge = slow ? d.signed_from : d.signed_until;
    if (!edge || !d.judged_at) continue;
    auto report = finding(
        "host.clock-wrong", resolvers.validated || heard_bogus(name).sources >= 2 ? Confidence::likely : Confidence::possible,
        fmt::format("It is {} by this host's clock, and by that a signature over {} {} on {}{}. The clock is {}, by that much at least.",
                    day_and_time(*d.judged_at), record_in_words(d.record), slow ? "will be made" : "ended", day_and_time(*edge),
                    resolvers.validated ? ", which another resolver finds right" : "", slow ? "slow" : "fast"),
        {}, {pointer("dns", "names", i, "dnssec")});
    return {std::move(report)};
  }
  return {};
}

}  // namespace ringback::diagnosis
