#pragma once
/// Inside of src/wire alone: what NSEC and NSEC3 records prove, once their signatures are known to fit (RFC 4035 §5.4, RFC 5155 §8).
#include "wire/dnssec_records.hpp"
#include "wire/dnssec_work.hpp"

namespace ringback::wire::dns::sec {

enum class Proof {
  none,
  proven,
  opt_out,   ///< NSEC3 leaves open whether there is an unsigned delegation (RFC 5155 §6)
  costly,    ///< more iterations than are done
  exhausted  ///< more names to hash than are hashed
};

/// Of a DS record: is there a zone below?
enum class Below { unproven, no_cut, unsigned_zone, costly, exhausted };

/// Proofs of one zone, out of one message. All names lie within the zone.
class Denial {
 public:
  Denial(const ldns_rdf* zone, std::vector<const ldns_rr*> nsec, std::vector<const ldns_rr*> nsec3, Work& work);

  /// The name has no such record; by itself or through a wildcard.
  [[nodiscard]] Proof no_data(const ldns_rdf* name, ldns_rr_type type);
  /// There is no such name, and no wildcard that stands for it.
  [[nodiscard]] Proof no_name(const ldns_rdf* name);
  /// The name itself is not there, so that the wildcard below its last `labels` labels may stand for it (RFC 4035 §5.3.4).
  [[nodiscard]] Proof only_wildcard(const ldns_rdf* name, std::size_t labels);
  /// What the zone says of a name that has no DS record (RFC 4035 §5.2, RFC 5155 §8.6, RFC 6840 §4.4).
  [[nodiscard]] Below below(const ldns_rdf* name);

 private:
  struct Encloser {
    NameOwner name;                        ///< the closest ancestor that exists
    const ldns_rr* covering = nullptr;     ///< proves that the next closer name does not
    Proof proof = Proof::none;
  };
  [[nodiscard]] const ldns_rr* nsec_at(const ldns_rdf* name) const;
  [[nodiscard]] const ldns_rr* nsec_over(const ldns_rdf* name) const;
  [[nodiscard]] NameOwner closest(const ldns_rr* nsec, const ldns_rdf* name) const;
  [[nodiscard]] std::optional<std::string> hash(const ldns_rdf* name);
  [[nodiscard]] const ldns_rr* nsec3_at(const ldns_rdf* name);
  [[nodiscard]] const ldns_rr* nsec3_over(const ldns_rdf* name);
  [[nodiscard]] Encloser encloser(const ldns_rdf* name);
  [[nodiscard]] Proof gave_up(Proof otherwise) const;

  const ldns_rdf* zone_;
  std::vector<const ldns_rr*> nsec_, nsec3_;
  Work& work_;
  bool costly_ = false, exhausted_ = false;
};

}  // namespace ringback::wire::dns::sec
