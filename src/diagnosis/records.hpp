#pragma once
/// What the servers say of one name, weighed: the zone's own servers first, then public resolvers, then this host's.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

struct Records {
  std::vector<Address> addresses;    ///< sorted, each once
  Pointers evidence;                 ///< of the answers that were used
  bool known = false;                ///< somebody gave a valid answer of this type
  bool missing_name = false;         ///< NXDOMAIN, and nobody of the same rank says otherwise
  std::optional<dns::Role> role;     ///< whose word this is
};

[[nodiscard]] Records records_of(const Evidence& evidence, std::size_t name, Family family);

struct CitedAnswer {
  const dns::Answer* answer = nullptr;
  std::string at;
};
/// The answers to the question for the name itself, of one type and role.
[[nodiscard]] std::vector<CitedAnswer> answers_of(const Evidence& evidence, std::size_t name, std::string_view type, dns::Role role);
/// Authority answered for the name: AA, and NOERROR or NXDOMAIN.
[[nodiscard]] bool is_authoritative_word(const dns::Answer& answer);
[[nodiscard]] constexpr std::string_view type_of(Family family) { return family == Family::ipv4 ? "A" : "AAAA"; }

/// Disagreement between servers, caches and filters: what is wrong with the serving of the name rather than with its records.
[[nodiscard]] Findings serving_findings(const Case& c, std::size_t name);

}  // namespace ringback::diagnosis
