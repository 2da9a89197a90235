#pragma once
/// Inside of src/wire alone: does a signature fit a record set, at this time? (RFC 4035 §5.3)
#include "wire/dnssec_records.hpp"
#include "wire/dnssec_work.hpp"

namespace ringback::wire::dns::sec {

[[nodiscard]] Judgement judgement(Security security, SecurityReason reason, const ldns_rdf* zone, std::string record);
[[nodiscard]] Judgement bogus(SecurityReason reason, const ldns_rdf* zone, std::string record);
[[nodiscard]] Judgement unsettled(SecurityReason reason, const ldns_rdf* zone, std::string record);
/// "home.example.org. A"
[[nodiscard]] std::string question_text(const ldns_rdf* name, ldns_rr_type type);
/// RFC 4034 §3.1.5: 32 bits, read as the time next to the present one (RFC 1982).
[[nodiscard]] Moment moment_near(Moment now, std::uint32_t seconds);

using Keys = std::vector<const ldns_rr*>;

class Signatures {
 public:
  /// `work` is counted down over all of one answer.
  Signatures(Moment now, Work& work) : now_(now), work_(work) {}

  struct Checked {
    std::optional<Judgement> fault;
    Signature signature;                   ///< that fits, where there is no fault
  };
  /// Signed with one of these keys of `zone`, at this time. One signature that fits is enough (RFC 6840 §5.11).
  [[nodiscard]] Checked check(const RecordSet& set, const ldns_rdf* zone, const Keys& keys);

  /// Whether one of these DS records, or of these keys, is that key's (RFC 4035 §5.2); nullopt: that takes more work than is done.
  [[nodiscard]] std::optional<bool> vouched_for(const ldns_rr* key, const Keys& trusted);

  [[nodiscard]] Moment now() const { return now_; }
  /// When the newest one was made of those that fit, whatever their time.
  [[nodiscard]] std::optional<Moment> newest() const { return newest_; }

 private:
  [[nodiscard]] bool fits(const RecordSet& set, const Signature& signature, const Keys& keys, SecurityReason& why);
  [[nodiscard]] Checked check_time(const RecordSet& set, const ldns_rdf* zone, const Signature& signature);

  Moment now_;
  Work& work_;
  std::optional<Moment> newest_;
};

}  // namespace ringback::wire::dns::sec
