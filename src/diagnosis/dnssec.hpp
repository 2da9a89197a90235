#pragma once
/// What ringback's own DNSSEC validation and the resolvers say together of a name's signatures.
#include "diagnosis/records.hpp"

namespace ringback::diagnosis {

/// What the resolvers say. This host's resolvers are one voice: they usually ask one another. So are the addresses of one operator.
struct Validation {
  std::set<std::string> failing;        ///< voices: SERVFAIL that says "bogus", or that is answered with CD set (RFC 4035 §3.2.2)
  std::vector<CitedAnswer> refusals;    ///< those answers
  bool own_fails = false;               ///< this network's is among them
  bool said = false;                    ///< one of them said why: RFC 8914 §4.7 to §4.13
  bool validated = false;               ///< another one did validate the name: AD
  bool answered = false;                ///< another one answered, whether it validates or not
  bool unconfirmed = false;             ///< a public one answered without AD: it found nothing amiss, or does not look

  [[nodiscard]] std::size_t failing_outside() const { return failing.size() - (own_fails ? 1 : 0); }
};

/// The addresses of this family that signatures prove, sorted, each once: none, where that is proven. nullopt: nothing is known to be proven.
[[nodiscard]] std::optional<std::vector<Address>> proven_addresses(const dns::Name& name, Family family);

/// dns.bogus by the own validation, where that came to a verdict; otherwise by the resolvers. Where it proved the name right or unsigned, the
/// resolver that refuses it is at fault.
[[nodiscard]] Findings signature_findings(const Case& c, std::size_t name, const Validation& resolvers);

/// host.clock-wrong: signatures that others find right, or the root's own, are out of time by this host's clock.
[[nodiscard]] Findings clock_findings(const Case& c);

/// dns.bogus; where it is merely possible, a warning.
[[nodiscard]] Finding bogus_finding(const Case& c, std::size_t name, Confidence confidence, std::string detail, Pointers evidence);

// refusals.cpp
/// The answers of all resolvers to the question for the name, of both types.
[[nodiscard]] std::vector<CitedAnswer> of_resolvers(const Case& c, std::size_t name);
/// RFC 8914 §4.7 to §4.13.
[[nodiscard]] bool says_bogus(const dns::Answer& answer);
[[nodiscard]] Validation validation_of(const Case& c, std::size_t name);
/// Where the refusals stand.
[[nodiscard]] Pointers refusals_at(const Validation& resolvers);
/// By the resolvers' word alone; nullopt: nothing is to be said.
[[nodiscard]] std::optional<Confidence> confidence_of(const Validation& resolvers);
/// dns.bogus by that word.
[[nodiscard]] Findings bogus_by_resolvers(const Case& c, std::size_t name, const Validation& resolvers);

/// undue_refusals.cpp: dns.resolver-broken; dns.bogus where several public ones refuse what is proven, as a server of the zone may differ.
[[nodiscard]] Findings undue_refusals(const Case& c, std::size_t name, const Validation& resolvers);

}  // namespace ringback::diagnosis
