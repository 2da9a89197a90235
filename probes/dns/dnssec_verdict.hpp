#pragma once
/// Several sources' proofs of one name, as one verdict. Pure.
#include "probes/dns/evidence.hpp"
#include "wire/dnssec.hpp"

namespace ringback::dns {

/// Nobody can forge these two.
[[nodiscard]] constexpr bool is_proof(Security security) { return security == Security::secure || security == Security::insecure; }

class Verdicts {
 public:
  void add(Role role, const std::optional<Endpoint>& server, wire::dns::Judgement a, wire::dns::Judgement aaaa);
  /// Of each type the best that a source gave; of the two types the worse one. Where both are secure, the addresses that any source proved.
  [[nodiscard]] Dnssec together() const;

 private:
  void add_proven(Dnssec& to) const;

  struct One {
    DnssecSource source;
    wire::dns::Judgement a, aaaa;
  };
  std::vector<One> all_;
};

}  // namespace ringback::dns
