#include "wire/dnssec_zones.hpp"

namespace ringback::wire::dns::sec {
namespace {

/// RFC 4509 §3: SHA-1 counts where there is no better digest.
Keys usable_ds(const std::vector<ldns_rr*>& records) {
  Keys result;
  const auto digest = [](const ldns_rr* ds) { return ldns_rdf2native_int8(ldns_rr_rdf(ds, 2)); };
  for (const auto* ds : records)
    if (is_known_algorithm(algorithm_of(ds)) && is_known_digest(digest(ds))) result.push_back(ds);
  if (std::ranges::any_of(result, [&](const ldns_rr* ds) { return digest(ds) != LDNS_SHA1; }))
    std::erase_if(result, [&](const ldns_rr* ds) { return digest(ds) == LDNS_SHA1; });
  return result;
}

/// The child's own "no DS" in place of its parent's, as from forwarders that ask the wrong one of them (RFC 4035 §3.1.4.1).
bool is_signed_by(const Reply& reply, const ldns_rdf* zone) {
  const auto signatures = Zones::denial_signatures(reply);
  return std::ranges::any_of(signatures, [&](const Signature& signature) { return same(signature.signer, zone); });
}

std::shared_ptr<const Zone> ends_at(const ldns_rdf* name, Judgement end) {
  auto zone = std::make_shared<Zone>();
  zone->apex.reset(ldns_rdf_clone(name));
  zone->end = std::move(end);
  return zone;
}

}  // namespace

std::size_t signed_labels(const ldns_rdf* name) { return ldns_dname_label_count(name) - (ldns_dname_is_wildcard(name) ? 1U : 0U); }

Zones::Zones(std::span<const Bytes> messages, std::span<const std::string> anchors, Signatures& signatures, Work& work)
    : anchors_(anchors), signatures_(signatures), work_(work) {
  for (const auto& bytes : messages) {
    auto reply = work.in_time() ? read_reply(bytes) : std::nullopt;
    if (!reply) continue;
    signed_ = signed_ || reply->has_signature();
    std::pair key{reply->name, reply->type};
    replies_.try_emplace(std::move(key), std::move(*reply));
  }
}

const Reply* Zones::find(const ldns_rdf* name, ldns_rr_type type) const {
  const auto found = replies_.find({text_of(name), type});
  return found == replies_.end() ? nullptr : &found->second;
}

std::shared_ptr<const Zone> Zones::kept_zone(const ldns_rdf* name) {
  const auto key = text_of(name);
  if (const auto known = zones_.find(key); known != zones_.end()) return known->second;
  auto made = make_zone(name);
  return zones_[key] = std::move(made);
}

void Zones::forget_unchecked() {
  std::erase_if(zones_, [](const auto& kept) { return kept.second->end && kept.second->end->reason == SecurityReason::not_checked; });
}

std::vector<RecordOwner> Zones::anchors() const {
  std::vector<RecordOwner> result;
  for (const auto& line : anchors_) {
    ldns_rr* raw = nullptr;
    const auto status = ldns_rr_new_frm_str(&raw, line.c_str(), 0, nullptr, nullptr);
    RecordOwner record(raw);
    if (status == LDNS_STATUS_OK && record && ldns_rr_rd_count(record.get()) == 4) result.push_back(std::move(record));
  }
  return result;
}

std::shared_ptr<const Zone> Zones::make_zone(const ldns_rdf* name) {
  if (ldns_dname_label_count(name) == 0) {
    const auto owned = anchors();
    Keys trusted;
    for (const auto& anchor : owned)
      if (is_known_algorithm(algorithm_of(anchor.get()))) trusted.push_back(anchor.get());
    return std::make_shared<Zone>(zone_with_keys(name, trusted, SecurityReason::no_anchor));
  }
  const auto parent = kept_zone(parent_of(name).get());
  return parent->end ? parent : step_down(parent, name);
}

/// The zone's keys, where one of `trusted` (DS or DNSKEY) fits one of them, and that one signs them all.
Zone Zones::zone_with_keys(const ldns_rdf* apex, const Keys& trusted, SecurityReason if_none_fits) {
  Zone zone;
  zone.apex.reset(ldns_rdf_clone(apex));
  const bool is_root = if_none_fits == SecurityReason::no_anchor;
  const auto what = question_text(apex, LDNS_RR_TYPE_DNSKEY);
  const auto* reply = find(apex, LDNS_RR_TYPE_DNSKEY);
  const auto set = reply ? reply->answer(apex, LDNS_RR_TYPE_DNSKEY) : std::nullopt;
  if (!set) {
    const bool said = reply && reply->rcode == LDNS_RCODE_NOERROR && !is_root;
    zone.end = said ? bogus(SecurityReason::untrusted_key, apex, what) : unsettled(SecurityReason::no_answer, apex, what);
    return zone;
  }
  Keys entry;
  bool exhausted = false;
  for (const auto* key : set->records) {
    if (!is_zone_key(key)) continue;
    zone.keys.push_back(key);
    const auto vouched_for = signatures_.vouched_for(key, trusted);
    if (vouched_for.value_or(false)) entry.push_back(key);
    exhausted = exhausted || !vouched_for;
  }
  if (entry.empty()) {
    zone.end = exhausted ? unsettled(SecurityReason::not_checked, apex, what)
               : is_root ? unsettled(if_none_fits, apex, what)
                         : bogus(if_none_fits, apex, what);
    return zone;
  }
  auto checked = signatures_.check(*set, apex, entry);
  zone.end = std::move(checked.fault);
  if (exhausted && zone.end) zone.end = unsettled(SecurityReason::not_checked, apex, what);   // one of the others may sign them
  // The root is signed; who gives its keys alone leaves signatures out, and not each of them (dnsmasq those of answers alone).
  if (is_root && zone.end && zone.end->reason == SecurityReason::no_signature) zone.end = unsettled(SecurityReason::stripped, apex, what);
  zone.keys_from = moment_near(signatures_.now(), checked.signature.from);
  zone.keys_until = moment_near(signatures_.now(), checked.signature.until);
  return zone;
}

/// From a zone whose keys are trusted to the name one label below what was looked at last: the same zone, or one of its own.
std::shared_ptr<const Zone> Zones::step_down(const std::shared_ptr<const Zone>& parent, const ldns_rdf* name) {
  const auto what = question_text(name, LDNS_RR_TYPE_DS);
  const auto* above = parent->apex.get();
  const auto* reply = find(name, LDNS_RR_TYPE_DS);
  if (!reply || (reply->rcode != LDNS_RCODE_NOERROR && reply->rcode != LDNS_RCODE_NXDOMAIN))
    return ends_at(name, unsettled(SecurityReason::no_answer, above, what));
  if (const auto set = reply->answer(name, LDNS_RR_TYPE_DS)) {
    if (auto checked = signatures_.check(*set, above, parent->keys); checked.fault) return ends_at(name, std::move(*checked.fault));
    const auto trusted = usable_ds(set->records);
    if (trusted.empty()) return ends_at(name, judgement(Security::insecure, SecurityReason::unknown_algorithm, name, what));
    return std::make_shared<Zone>(zone_with_keys(name, trusted, SecurityReason::untrusted_key));
  }
  // An alias has nothing beside it, and no zone below (RFC 1034 §3.6.2).
  if (const auto alias = reply->answer(name, LDNS_RR_TYPE_CNAME)) {
    auto checked = signatures_.check(signed_part(*reply, *alias), above, parent->keys);
    if (!checked.fault) return parent;
    if (checked.fault->reason == SecurityReason::not_checked) return ends_at(name, std::move(*checked.fault));
  }
  if (is_signed_by(*reply, name)) return ends_at(name, unsettled(SecurityReason::no_answer, above, what));
  auto proofs = proofs_in(*reply, *parent);
  const auto below = proofs.denial.below(name);
  const bool proven = below == Below::no_cut || below == Below::unsigned_zone;
  if (!proven && proofs.fault && proofs.fault->reason == SecurityReason::not_checked) return ends_at(name, std::move(*proofs.fault));
  switch (below) {
    case Below::no_cut: return parent;
    case Below::unsigned_zone: return ends_at(name, judgement(Security::insecure, SecurityReason::no_ds, name, what));
    case Below::costly: return ends_at(name, judgement(Security::insecure, SecurityReason::costly_denial, name, what));
    case Below::exhausted: return ends_at(name, unsettled(SecurityReason::not_checked, name, what));
    case Below::unproven: break;
  }
  return ends_at(name, proofs.fault ? std::move(*proofs.fault) : bogus(SecurityReason::unproven_denial, above, what));
}

std::vector<Signature> Zones::denial_signatures(const Reply& reply) {
  std::vector<Signature> result;
  for (const auto wanted : {LDNS_RR_TYPE_NSEC, LDNS_RR_TYPE_NSEC3, LDNS_RR_TYPE_SOA})
    for (const auto& set : reply.denials(wanted)) result.insert(result.end(), set.signatures.begin(), set.signatures.end());
  return result;
}

Zones::Proofs Zones::proofs_in(const Reply& reply, const Zone& zone) {
  std::vector<const ldns_rr*> nsec, nsec3;
  std::vector<Signature> signatures;
  std::optional<Judgement> fault;
  for (const auto type : {LDNS_RR_TYPE_NSEC, LDNS_RR_TYPE_NSEC3})
    for (const auto& set : reply.denials(type)) {
      auto checked = signatures_.check(set, zone.apex.get(), zone.keys);
      if (checked.fault) {
        // What was not checked may be what proves it.
        if (!fault || checked.fault->reason == SecurityReason::not_checked) fault = std::move(checked.fault);
      } else if (checked.signature.labels == signed_labels(set.owner)) {  // none is made of a wildcard (RFC 4035 §5.4)
        auto& into = type == LDNS_RR_TYPE_NSEC ? nsec : nsec3;
        into.insert(into.end(), set.records.begin(), set.records.end());
        signatures.push_back(checked.signature);
      }
    }
  return {Denial(zone.apex.get(), std::move(nsec), std::move(nsec3), work_), std::move(signatures), std::move(fault)};
}

}  // namespace ringback::wire::dns::sec
