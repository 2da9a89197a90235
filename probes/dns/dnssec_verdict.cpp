#include "probes/dns/dnssec_verdict.hpp"

#include <algorithm>

namespace ringback::dns {
namespace {

using wire::dns::Judgement;

/// Which of two sources' words on the same records counts: a proof over a fault, and a fault over nothing.
int worth(const Judgement& judgement) {
  switch (judgement.security) {
    case Security::secure: return 3;
    case Security::insecure: return 2;
    case Security::bogus: return 1;
    case Security::indeterminate: break;
  }
  return 0;
}

/// Whose word on a fault is the nearest to the zone.
int rank(Role role) { return role == Role::authoritative ? 2 : role == Role::public_resolver ? 1 : 0; }

/// Of two types of one name, which one there is more to be told of.
bool is_worse(const Judgement& one, const Judgement& other) {
  const auto trouble = [](const Judgement& j) {
    switch (j.security) {
      case Security::bogus: return 3;
      case Security::indeterminate: return 2;
      case Security::insecure: return 1;
      case Security::secure: break;
    }
    return 0;
  };
  if (trouble(one) != trouble(other)) return trouble(one) > trouble(other);
  return one.signed_until && other.signed_until && *one.signed_until < *other.signed_until;
}

}  // namespace

void Verdicts::add(Role role, const std::optional<Endpoint>& server, Judgement a, Judgement aaaa) {
  const auto& told = is_worse(aaaa, a) ? aaaa : a;
  const DnssecSource source{.role = role, .server = server, .security = told.security, .reason = told.reason,
                            .zone = told.zone, .record = told.record};
  all_.push_back({source, std::move(a), std::move(aaaa)});
}

Dnssec Verdicts::together() const {
  Dnssec result;
  if (all_.empty()) return result;
  const auto best = [&](Judgement One::*type) -> const Judgement& {
    const auto less = [&](const One& x, const One& y) {
      const auto a = worth(x.*type), b = worth(y.*type);
      return a != b ? a < b : rank(x.source.role) < rank(y.source.role);
    };
    return (*std::ranges::max_element(all_, less)).*type;
  };
  const auto &a = best(&One::a), &aaaa = best(&One::aaaa);
  const auto& told = is_worse(aaaa, a) ? aaaa : a;
  result.security = told.security;
  result.reason = told.reason;
  result.zone = told.zone;
  result.record = told.record;
  result.signed_from = told.signed_from;
  result.signed_until = told.signed_until;
  for (const auto& one : all_) {
    for (const auto* judgement : {&one.a, &one.aaaa})
      if (const auto newest = judgement->newest_signature)
        result.newest_signature = std::max(result.newest_signature.value_or(*newest), *newest);
    result.sources.push_back(one.source);
  }
  if (result.security == Security::secure) add_proven(result);
  return result;
}

void Verdicts::add_proven(Dnssec& to) const {
  for (const auto& one : all_)
    for (const auto* judgement : {&one.a, &one.aaaa})
      for (const auto& address : judgement->addresses)
        if (judgement->security == Security::secure && std::ranges::find(to.proven, address) == to.proven.end()) to.proven.push_back(address);
}

}  // namespace ringback::dns
