#include "wire/dnssec_denial.hpp"

#include <algorithm>

namespace ringback::wire::dns::sec {
namespace {

bool has(const ldns_rr* denial, ldns_rr_type type) {
  const auto* bitmap = ldns_rr_rdf(denial, ldns_rr_get_type(denial) == LDNS_RR_TYPE_NSEC ? 1 : 5);
  return bitmap && ldns_nsec_bitmap_covers_type(bitmap, type);
}

/// The parent's side of a zone cut: it has no say in what is at or below the name, but for DS (RFC 6840 §4.1).
bool is_delegation(const ldns_rr* denial) { return has(denial, LDNS_RR_TYPE_NS) && !has(denial, LDNS_RR_TYPE_SOA); }

/// Denies `type` at its own name.
bool lacks(const ldns_rr* denial, ldns_rr_type type, bool at_root) {
  if (has(denial, type) || has(denial, LDNS_RR_TYPE_CNAME)) return false;
  if (type == LDNS_RR_TYPE_DS) return at_root || !has(denial, LDNS_RR_TYPE_SOA);  // the child's own side says nothing of DS (RFC 6840 §4.4)
  return !is_delegation(denial);
}

std::string first_label(const ldns_rdf* name) {
  const NameOwner label(ldns_dname_label(name, 0));
  auto text = label ? text_of(label.get()) : std::string();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string next_hash(const ldns_rr* nsec3) { return hash_text(ldns_rr_rdf(nsec3, 4)); }

bool lies_between(const std::string& from, const std::string& hash, const std::string& to) {
  return from < to ? from < hash && hash < to : hash > from || hash < to;  // the last one leads back to the first
}

bool same_parameters(const ldns_rr* a, const ldns_rr* b) {
  return ldns_nsec3_algorithm(a) == ldns_nsec3_algorithm(b) && ldns_nsec3_iterations(a) == ldns_nsec3_iterations(b) &&
         ldns_rdf_compare(ldns_rr_rdf(a, 3), ldns_rr_rdf(b, 3)) == 0;
}

}  // namespace

Denial::Denial(const ldns_rdf* zone, std::vector<const ldns_rr*> nsec, std::vector<const ldns_rr*> nsec3, Work& work)
    : zone_(zone), nsec_(std::move(nsec)), nsec3_(std::move(nsec3)), work_(work) {
  // RFC 5155 §8.1 and §8.2: what is not known is left alone. Each lies right below the zone's own name.
  std::erase_if(nsec3_, [&](const ldns_rr* rr) {
    const auto parent = parent_of(ldns_rr_owner(rr));
    return ldns_nsec3_algorithm(rr) != LDNS_SHA1 || (ldns_nsec3_flags(rr) & 0xfeU) != 0 || !parent || !same(parent.get(), zone_);
  });
  costly_ = std::ranges::any_of(nsec3_, [](const ldns_rr* rr) { return ldns_nsec3_iterations(rr) > most_iterations; });
  if (costly_) nsec3_.clear();
  if (!nsec3_.empty())
    std::erase_if(nsec3_, [first = nsec3_.front()](const ldns_rr* rr) { return !same_parameters(first, rr); });
}

Proof Denial::gave_up(Proof otherwise) const { return exhausted_ ? Proof::exhausted : costly_ ? Proof::costly : otherwise; }

const ldns_rr* Denial::nsec_at(const ldns_rdf* name) const {
  for (const auto* rr : nsec_)
    if (same(ldns_rr_owner(rr), name)) return rr;
  return nullptr;
}

const ldns_rr* Denial::nsec_over(const ldns_rdf* name) const {
  for (const auto* rr : nsec_) {
    const auto* owner = ldns_rr_owner(rr);
    const auto* next = ldns_rr_rdf(rr, 0);
    if (!within(owner, zone_) || !within(next, zone_)) continue;
    const bool is_last = ldns_dname_compare(owner, next) >= 0;
    if (ldns_dname_compare(owner, name) >= 0 || (!is_last && ldns_dname_compare(name, next) >= 0)) continue;
    if (within(name, owner) && (is_delegation(rr) || has(rr, LDNS_RR_TYPE_DNAME))) continue;
    return rr;
  }
  return nullptr;
}

/// Of a name that is not there: the closest ancestor that is, as the names on both sides show.
NameOwner Denial::closest(const ldns_rr* nsec, const ldns_rdf* name) const {
  for (auto ancestor = parent_of(name); ancestor && within(ancestor.get(), zone_); ancestor = parent_of(ancestor.get()))
    if (within(ldns_rr_owner(nsec), ancestor.get()) || within(ldns_rr_rdf(nsec, 0), ancestor.get())) return ancestor;
  return nullptr;
}

std::optional<std::string> Denial::hash(const ldns_rdf* name) {
  if (exhausted_ || nsec3_.empty()) return std::nullopt;
  exhausted_ = !work_.take(&Work::names);
  if (exhausted_) return std::nullopt;
  const NameOwner hashed(ldns_nsec3_hash_name_frm_nsec3(nsec3_.front(), name));
  return hashed ? std::optional(first_label(hashed.get())) : std::nullopt;
}

const ldns_rr* Denial::nsec3_at(const ldns_rdf* name) {
  const auto hashed = hash(name);
  for (const auto* rr : nsec3_)
    if (hashed && first_label(ldns_rr_owner(rr)) == *hashed) return rr;
  return nullptr;
}

const ldns_rr* Denial::nsec3_over(const ldns_rdf* name) {
  const auto hashed = hash(name);
  for (const auto* rr : nsec3_)
    if (hashed && lies_between(first_label(ldns_rr_owner(rr)), *hashed, next_hash(rr))) return rr;
  return nullptr;
}

/// RFC 5155 §8.3.
Denial::Encloser Denial::encloser(const ldns_rdf* name) {
  NameOwner next_closer(ldns_rdf_clone(name));
  for (auto ancestor = parent_of(name); ancestor && within(ancestor.get(), zone_); ancestor = parent_of(ancestor.get())) {
    if (const auto* at = nsec3_at(ancestor.get())) {
      if (is_delegation(at) || has(at, LDNS_RR_TYPE_DNAME)) return {};
      const auto* over = nsec3_over(next_closer.get());
      if (!over) return {};
      return {std::move(ancestor), over, ldns_nsec3_optout(over) ? Proof::opt_out : Proof::proven};
    }
    next_closer.reset(ldns_rdf_clone(ancestor.get()));
  }
  return {};
}

Proof Denial::no_data(const ldns_rdf* name, ldns_rr_type type) {
  const bool at_root = ldns_dname_label_count(name) == 0;
  if (const auto* at = nsec_at(name)) return lacks(at, type, at_root) ? Proof::proven : Proof::none;
  if (const auto* over = nsec_over(name)) {
    if (within(ldns_rr_rdf(over, 0), name)) return Proof::proven;  // it has names below it alone
    const auto ancestor = closest(over, name);
    const auto wildcard = ancestor ? wildcard_at(ancestor.get()) : nullptr;
    const auto* at = wildcard ? nsec_at(wildcard.get()) : nullptr;
    return at && lacks(at, type, false) ? Proof::proven : Proof::none;
  }
  if (const auto* at = nsec3_at(name)) return lacks(at, type, at_root) ? Proof::proven : Proof::none;
  const auto found = encloser(name);
  if (!found.name) return gave_up(Proof::none);
  if (type == LDNS_RR_TYPE_DS && found.proof == Proof::opt_out) return Proof::opt_out;
  const auto wildcard = wildcard_at(found.name.get());
  const auto* at = wildcard ? nsec3_at(wildcard.get()) : nullptr;
  if (at && lacks(at, type, false)) return found.proof;
  return gave_up(found.proof == Proof::opt_out ? Proof::opt_out : Proof::none);
}

Proof Denial::no_name(const ldns_rdf* name) {
  if (const auto* over = nsec_over(name)) {
    if (within(ldns_rr_rdf(over, 0), name)) return Proof::none;
    const auto ancestor = closest(over, name);
    const auto wildcard = ancestor ? wildcard_at(ancestor.get()) : nullptr;
    return wildcard && nsec_over(wildcard.get()) ? Proof::proven : Proof::none;
  }
  const auto found = encloser(name);
  const auto wildcard = found.name ? wildcard_at(found.name.get()) : nullptr;
  if (wildcard && nsec3_over(wildcard.get())) return found.proof;
  return gave_up(Proof::none);
}

Proof Denial::only_wildcard(const ldns_rdf* name, std::size_t labels) {
  if (const auto* over = nsec_over(name)) {
    const auto ancestor = closest(over, name);
    return ancestor && ldns_dname_label_count(ancestor.get()) == labels ? Proof::proven : Proof::none;
  }
  const auto next_closer = last_labels(name, labels + 1);
  const auto* over = next_closer ? nsec3_over(next_closer.get()) : nullptr;
  if (!over) return gave_up(Proof::none);
  return ldns_nsec3_optout(over) ? Proof::opt_out : Proof::proven;
}

Below Denial::below(const ldns_rdf* name) {
  const auto* at = nsec_at(name);
  if (!at && nsec_over(name)) return Below::no_cut;  // not there, or with names below it alone: no delegation either way
  if (!at) at = nsec3_at(name);
  if (at) {
    if (!lacks(at, LDNS_RR_TYPE_DS, false)) return has(at, LDNS_RR_TYPE_CNAME) ? Below::no_cut : Below::unproven;
    return has(at, LDNS_RR_TYPE_NS) ? Below::unsigned_zone : Below::no_cut;
  }
  const auto found = encloser(name);
  if (found.name) return found.proof == Proof::opt_out ? Below::unsigned_zone : Below::no_cut;
  return exhausted_ ? Below::exhausted : costly_ ? Below::costly : Below::unproven;
}

}  // namespace ringback::wire::dns::sec
