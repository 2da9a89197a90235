#pragma once
/// Inside of src/wire alone: the zones from the root down, each with the keys that the one above vouches for (RFC 4035 §5.2).
#include "wire/dnssec_denial.hpp"
#include "wire/dnssec_signatures.hpp"

namespace ringback::wire::dns::sec {

/// The zone that a name is in: its keys, or why nothing can be proven there.
struct Zone {
  NameOwner apex;
  Keys keys;
  std::optional<Judgement> end;
  std::optional<Moment> keys_from, keys_until;  ///< of the signature over its keys
};

class Zones {
 public:
  Zones(std::span<const Bytes> messages, std::span<const std::string> anchors, Signatures& signatures, Work& work);

  [[nodiscard]] const Reply* find(const ldns_rdf* name, ldns_rr_type type) const;
  /// Any message holds an RRSIG record.
  [[nodiscard]] bool signed_at_all() const { return signed_; }
  [[nodiscard]] const Zone& zone_of(const ldns_rdf* name) { return *kept_zone(name); }
  /// Zones that could not be looked at for want of work or time are looked at anew.
  void forget_unchecked();

  /// The proofs of absence in a message that the zone's keys sign, and the signatures over them. `fault`: what is wrong with one that
  /// they do not.
  struct Proofs {
    Denial denial;
    std::vector<Signature> signatures;
    std::optional<Judgement> fault;
  };
  [[nodiscard]] Proofs proofs_in(const Reply& reply, const Zone& zone);
  /// Those over all that stands for an absence in a message.
  [[nodiscard]] static std::vector<Signature> denial_signatures(const Reply& reply);

 private:
  [[nodiscard]] std::vector<RecordOwner> anchors() const;
  [[nodiscard]] Zone zone_with_keys(const ldns_rdf* apex, const Keys& trusted, SecurityReason if_none_fits);
  [[nodiscard]] std::shared_ptr<const Zone> kept_zone(const ldns_rdf* name);
  [[nodiscard]] std::shared_ptr<const Zone> make_zone(const ldns_rdf* name);
  [[nodiscard]] std::shared_ptr<const Zone> step_down(const std::shared_ptr<const Zone>& parent, const ldns_rdf* name);

  std::span<const std::string> anchors_;
  Signatures& signatures_;
  Work& work_;
  std::map<std::pair<std::string, ldns_rr_type>, Reply> replies_;
  std::map<std::string, std::shared_ptr<const Zone>> zones_;  ///< by each name that was looked at
  bool signed_ = false;
};

/// Labels of a name as RRSIG records count them (RFC 4034 §3.1.3).
[[nodiscard]] std::size_t signed_labels(const ldns_rdf* name);

}  // namespace ringback::wire::dns::sec
