/// Resolvers that refuse a name although its signatures are right, or although its zone is proven not to be signed.
#include <algorithm>

#include "diagnosis/codes.hpp"
#include "diagnosis/dnssec.hpp"
#include "diagnosis/zone_servers.hpp"

namespace ringback::diagnosis {
namespace {

using dns::Security;
using dns::SecurityReason;

/// One resolver's refusals, of either type.
std::vector<const dns::Answer*> refusals_of(const Validation& resolvers, const Endpoint& server) {
  std::vector<const dns::Answer*> result;
  for (const auto& cited : resolvers.refusals)
    if (cited.answer->server == server) result.push_back(cited.answer);
  return result;
}

/// How it fares with a name that has nothing to do with this one.
enum class OtherName { unknown, refused, answered };

OtherName asked_for_another(const Case& c, const Endpoint& server) {
  for (const auto& answer : c.evidence.dns->ipv4only) {
    if (answer.server != server) continue;
    if (is_valid(answer)) return OtherName::answered;
    if (answer.rcode == "SERVFAIL") return OtherName::refused;
  }
  return OtherName::unknown;
}

/// What the resolver itself has to judge by: its answers with CD set were validated here as well, or it says what is missing (RFC 8914 §4.11,
/// §4.13).
enum class Material { unknown, fits, does_not_fit };

Material given_to(const dns::Name& name, const std::vector<const dns::Answer*>& refusals) {
  for (const auto& source : name.dnssec->sources) {
    if (source.server != refusals.front()->server) continue;
    if (source.security == Security::secure || source.security == Security::insecure) return Material::fits;
    if (source.security == Security::bogus || source.reason == SecurityReason::stripped) return Material::does_not_fit;
  }
  const bool misses = std::ranges::any_of(refusals, [](const auto* refusal) {
    return refusal->extended_error == 10U || refusal->extended_error == 12U;
  });
  return misses ? Material::does_not_fit : Material::unknown;
}

struct Blame {
  Confidence confidence;
  std::string_view words;
};

/// Why a resolver of this network refuses what is proven to be right. nullopt: it answers the other type, so neither its clock nor its trust
/// anchor is wrong; or it failed once, which may have been a passing trouble.
std::optional<Blame> blame_of(const Case& c, std::size_t index, const std::vector<const dns::Answer*>& refusals) {
  const auto& server = refusals.front()->server;
  const auto other = asked_for_another(c, server);
  const bool answers = std::ranges::any_of(of_resolvers(c, index), [&](const auto& cited) {
    return cited.answer->server == server && is_valid(*cited.answer);
  });
  const bool both_types = std::ranges::any_of(refusals, [&](const auto* refusal) { return refusal->type != refusals.front()->type; });
  if (answers || (other != OtherName::refused && !both_types)) return std::nullopt;
  const auto material = given_to(c.evidence.dns->names[index], refusals);
  if (material == Material::does_not_fit)
    return Blame{Confidence::likely, "Those that it asks give it other records, or leave signatures out."};
  const bool says = std::ranges::any_of(refusals, [](const auto* refusal) { return says_bogus(*refusal); });
  if (material == Material::fits && (says || other != OtherName::answered))
    return Blame{Confidence::likely, "Its clock or its copy of the root's key (the trust anchor) is wrong."};
  if (other == OtherName::refused)
    return Blame{Confidence::likely, "Its clock or its copy of the root's key (the trust anchor) is wrong, or those that it asks leave signatures out."};
  return Blame{Confidence::possible, "Those that it asks may give it other records, or its clock or its copy of the root's key (the trust anchor) is wrong."};
}

}  // namespace

Findings undue_refusals(const Case& c, std::size_t index, const Validation& resolvers) {
  Findings result;
  const auto& name = c.evidence.dns->names[index];
  const bool is_signed = name.dnssec->security == Security::secure;
  const auto* proven = is_signed ? "its signatures are right, from the root down" : "its zone is proven not to be signed";
  const auto evidence = together({pointer("dns", "names", index, "dnssec")}, refusals_at(resolvers));
  if (resolvers.failing_outside() >= 2 && !resolvers.validated) {
    const auto server = unlike_the_proof(c, index);
    result.push_back(bogus_finding(c, index, Confidence::possible,
                                   fmt::format("Public resolvers refuse {} as if its signatures did not fit, although {}: {}", name.name, proven,
                                               server.empty() ? "not all servers of the zone may be of the same state." : server),
                                   evidence));
  }
  std::set<Endpoint> told;
  for (const auto& cited : resolvers.refusals) {
    const auto& answer = *cited.answer;
    if (answer.role != dns::Role::system || !told.insert(answer.server).second) continue;
    if (const auto blame = blame_of(c, index, refusals_of(resolvers, answer.server)))
      result.push_back(finding("dns.resolver-broken", blame->confidence,
                               fmt::format("{} refuses {} as if its signatures did not fit, although {}. {}", answer.server.address.to_string(),
                                           name.name, proven, blame->words),
                               {.name = name.name}, evidence));
  }
  return result;
}

}  // namespace ringback::diagnosis
