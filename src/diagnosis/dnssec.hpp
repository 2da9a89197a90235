#pragma once
/// What ringback's own DNSSEC validation and the resolvers say together of a name's signatures.
#include "diagnosis/records.hpp"

namespace ringback::diagnosis {

/// What the resolvers say. This host's resolvers are one voice: they usually ask one another.
struct Validation {
  std::set<std::string> failing;        ///< voices: SERVFAIL that says "bogus", or that is answered with CD set (RFC 4035 §3.2.2)
  std::vector<CitedAnswer> refusals;    ///< those answers
  bool own_fails = false;               ///< this network's is among them
  bool said = false;                    ///< one of them said why: RFC 8914 §4.7 to §4.13
  bool validated = false;               ///< another one did validate the name: AD
  bool answered = false;                ///< another one answered, whether it validates or not
};

/// resolvers.cpp
[[nodiscard]] Validation validation_of(const Case& c, std::size_t name);

/// By the resolvers' word alone; nullopt: nothing is to be said.
[[nodiscard]] std::optional<Confidence> confidence_of(const Validation& resolvers);

/// dns.bogus by the own validation, where that came to a verdict; otherwise by the resolvers. Where it proved the name right or unsigned, the
/// resolver that refuses it is at fault.
[[nodiscard]] Findings signature_findings(const Case& c, std::size_t name, const Validation& resolvers);

/// host.clock-wrong: signatures that others find right, or the root's own, are out of time by this host's clock.
[[nodiscard]] Findings clock_findings(const Case& c);

}  // namespace ringback::diagnosis
