#include "wire/dnssec_signatures.hpp"

namespace ringback::wire::dns::sec {
namespace {

constexpr std::size_t most_keys_of_one_tag = 2;  // more is no accident

std::uint16_t key_tag_of(const ldns_rr* dnskey_or_ds) {
  const bool ds = ldns_rr_get_type(dnskey_or_ds) == LDNS_RR_TYPE_DS;
  return ds ? ldns_rdf2native_int16(ldns_rr_rdf(dnskey_or_ds, 0)) : ldns_calc_keytag(dnskey_or_ds);
}

}  // namespace

Judgement judgement(Security security, SecurityReason reason, const ldns_rdf* zone, std::string record) {
  return {.security = security, .reason = reason, .zone = zone ? text_of(zone) : "", .record = std::move(record)};
}

Judgement bogus(SecurityReason reason, const ldns_rdf* zone, std::string record) {
  return judgement(Security::bogus, reason, zone, std::move(record));
}

Judgement unsettled(SecurityReason reason, const ldns_rdf* zone, std::string record) {
  return judgement(Security::indeterminate, reason, zone, std::move(record));
}

std::string question_text(const ldns_rdf* name, ldns_rr_type type) { return text_of(name) + " " + type_text(type); }

Moment moment_near(Moment now, std::uint32_t seconds) {
  const auto present = static_cast<std::uint32_t>(now.at.time_since_epoch().count());
  return std::max(Moment{now.at + std::chrono::seconds(static_cast<std::int32_t>(seconds - present))}, Moment{});  // none is before 1970
}

Signatures::Checked Signatures::check_time(const RecordSet& set, const ldns_rdf* zone, const Signature& signature) {
  const auto from = moment_near(now_, signature.from), until = moment_near(now_, signature.until);
  newest_ = std::max(newest_.value_or(from), from);
  if (now_ >= from && now_ <= until) return {std::nullopt, signature};
  auto fault = bogus(now_ > until ? SecurityReason::expired : SecurityReason::not_yet_valid, zone, set.name());
  fault.signed_from = from;
  fault.signed_until = until;
  return {std::move(fault), signature};
}

/// false: it fits none of these keys, for the reason that is left in `why`.
bool Signatures::fits(const RecordSet& set, const Signature& signature, const Keys& keys, SecurityReason& why) {
  const ListOwner records(ldns_rr_list_new());
  for (auto* record : set.records) ldns_rr_list_push_rr(records.get(), record);
  std::size_t tried = 0;
  for (const auto* key : keys) {
    if (algorithm_of(key) != signature.algorithm || key_tag_of(key) != signature.key_tag) continue;
    if (takes_too_long(key)) {   // it may be the zone's own, so that nothing is known of what it signs
      why = SecurityReason::not_checked;
      continue;
    }
    if (++tried > most_keys_of_one_tag || !work_.take(&Work::signatures)) {
      why = SecurityReason::not_checked;
      return false;
    }
    const ListOwner one(ldns_rr_list_new()), good(ldns_rr_list_new());
    ldns_rr_list_push_rr(one.get(), key);
    const auto status = ldns_verify_rrsig_keylist_notime(records.get(), signature.record, one.get(), good.get());
    if (status == LDNS_STATUS_OK) return true;
    // Anything else than "it does not fit" is the library's trouble: a system may forbid SHA-1, for one.
    if (why != SecurityReason::not_checked)
      why = status == LDNS_STATUS_CRYPTO_BOGUS ? SecurityReason::wrong_signature : SecurityReason::not_checked;
  }
  return false;
}

std::optional<bool> Signatures::vouched_for(const ldns_rr* key, const Keys& trusted) {
  const auto tag = key_tag_of(key);
  for (const auto* one : trusted) {
    if (algorithm_of(one) != algorithm_of(key) || key_tag_of(one) != tag) continue;
    if (!work_.take(&Work::keys)) return std::nullopt;
    if (ldns_rr_compare_ds(one, key)) return true;
  }
  return false;
}

Signatures::Checked Signatures::check(const RecordSet& set, const ldns_rdf* zone, const Keys& keys) {
  if (set.oversized) return {unsettled(SecurityReason::not_checked, zone, set.name()), {}};
  if (set.signatures.empty()) return {bogus(SecurityReason::no_signature, zone, set.name()), {}};
  auto why = SecurityReason::untrusted_key;
  std::optional<Checked> out_of_time;
  for (const auto& signature : set.signatures) {
    // RFC 4035 §5.3.1
    if (!same(signature.signer, zone) || !within(set.owner, zone) || signature.labels > ldns_dname_label_count(set.owner)) continue;
    if (!is_known_algorithm(signature.algorithm) || !fits(set, signature, keys, why)) continue;
    auto checked = check_time(set, zone, signature);
    if (!checked.fault) return checked;
    if (!out_of_time) out_of_time = std::move(checked);
  }
  if (why == SecurityReason::not_checked) return {unsettled(why, zone, set.name()), {}};   // that one may be right
  if (out_of_time) return std::move(*out_of_time);
  return {bogus(why, zone, set.name()), {}};
}

}  // namespace ringback::wire::dns::sec
