#include "wire/dnssec.hpp"

#include "wire/dnssec_zones.hpp"

namespace ringback::wire::dns {
namespace {

using namespace sec;

constexpr std::size_t most_aliases = 8;
constexpr std::size_t most_depth = 40;  // labels of one name

/// Each once, as the set has them; none of another type.
std::vector<Address> addresses_in(const RecordSet& set) {
  std::vector<Address> result;
  if (set.type != LDNS_RR_TYPE_A && set.type != LDNS_RR_TYPE_AAAA) return result;
  const auto family = set.type == LDNS_RR_TYPE_A ? Family::ipv4 : Family::ipv6;
  for (const auto* record : set.records) {
    const auto* field = ldns_rr_rdf(record, 0);
    Reader bytes({reinterpret_cast<const std::byte*>(ldns_rdf_data(field)), ldns_rdf_size(field)});
    if (const auto address = bytes.address(family); bytes.ok()) result.push_back(address);
  }
  return result;
}

/// One answer, held against the zones that it goes through.
class Validator {
 public:
  Validator(std::span<const Bytes> messages, std::span<const std::string> anchors, Moment now, std::function<bool()> more_time)
      : work_{.more_time = std::move(more_time)}, signatures_(now, work_), zones_(messages, anchors, signatures_, work_) {}

  Judgement judge(const Question& question) {
    const auto name = name_from(question.name);
    const auto type = static_cast<ldns_rr_type>(question.type);
    if (!name) return unsettled(SecurityReason::no_answer, nullptr, question.name);
    if (!work_.in_time()) return unsettled(SecurityReason::not_checked, nullptr, question_text(name.get(), type));
    work_.refill();
    zones_.forget_unchecked();   // by what an earlier question used up
    ends_.reset();
    zone_.clear();
    auto result = answer(name.get(), type);
    result.newest_signature = signatures_.newest();
    return result;
  }

 private:
  Judgement answer(const ldns_rdf* name, ldns_rr_type type) {
    const auto what = question_text(name, type);
    const auto* reply = zones_.find(name, type);
    if (!zones_.signed_at_all()) return unsettled(reply ? SecurityReason::stripped : SecurityReason::no_answer, nullptr, what);
    if (ldns_dname_label_count(name) > most_depth) return unsettled(SecurityReason::not_checked, nullptr, what);
    if (reply && (reply->rcode == LDNS_RCODE_NOERROR || reply->rcode == LDNS_RCODE_NXDOMAIN)) return follow_aliases(*reply, *name, type);
    const auto& end = zones_.zone_of(name).end;  // what is not signed needs no answer to be that
    const bool settled = end && (end->security == Security::insecure || end->reason == SecurityReason::not_checked);
    return settled ? *end : unsettled(SecurityReason::no_answer, nullptr, what);
  }

  /// Through aliases to the records, or to the proof that there are none. Each has to stand.
  Judgement follow_aliases(const Reply& reply, const ldns_rdf& asked, ldns_rr_type type) {
    NameOwner name(ldns_rdf_clone(&asked));
    for (std::size_t aliases = 0; aliases <= most_aliases && ldns_dname_label_count(name.get()) <= most_depth; ++aliases) {
      const auto set = reply.answer(name.get(), type);
      const auto alias = set ? std::nullopt : reply.answer(name.get(), LDNS_RR_TYPE_CNAME);
      auto fault = set ? check_records(reply, *set) : alias ? check_records(reply, signed_part(reply, *alias)) : check_absence(reply, name.get(), type);
      if (fault) return std::move(*fault);
      if (!alias) return stands(question_text(name.get(), type), set ? addresses_in(*set) : std::vector<Address>{});
      name.reset(ldns_rdf_clone(ldns_rr_rdf(alias->records.front(), 0)));
    }
    return unsettled(SecurityReason::not_checked, nullptr, question_text(name.get(), type));
  }

  /// Whose keys a set should be signed with: those of the closest zone above it that a signature names. Nothing has to be known of what
  /// lies in between (RFC 4035 §5.3.1); without any signature it does.
  const Zone& responsible(const ldns_rdf* owner, const std::vector<Signature>& signatures) {
    const ldns_rdf* closest = nullptr;
    for (const auto& signature : signatures)
      if (within(owner, signature.signer) && (!closest || within(signature.signer, closest))) closest = signature.signer;
    return zones_.zone_of(closest ? closest : owner);
  }

  std::optional<Judgement> check_records(const Reply& reply, const RecordSet& set) {
    const auto& zone = responsible(set.owner, set.signatures);
    if (zone.end) return zone.end;
    auto checked = signatures_.check(set, zone.apex.get(), zone.keys);
    if (checked.fault) return checked.fault;
    rests_on(zone, {checked.signature});
    if (checked.signature.labels >= signed_labels(set.owner)) return std::nullopt;
    auto proofs = zones_.proofs_in(reply, zone);  // made from a wildcard
    rests_on(zone, proofs.signatures);
    return by(proofs.denial.only_wildcard(set.owner, checked.signature.labels), zone, set.name(), std::move(proofs.fault));
  }

  std::optional<Judgement> check_absence(const Reply& reply, const ldns_rdf* name, ldns_rr_type type) {
    const auto& zone = responsible(name, Zones::denial_signatures(reply));
    if (zone.end) return zone.end;
    auto proofs = zones_.proofs_in(reply, zone);
    rests_on(zone, proofs.signatures);
    const bool missing = reply.rcode == LDNS_RCODE_NXDOMAIN;
    const auto proof = missing ? proofs.denial.no_name(name) : proofs.denial.no_data(name, type);
    return by(proof, zone, question_text(name, type), std::move(proofs.fault));
  }

  /// What a proof makes of the answer; nullopt: it stands.
  static std::optional<Judgement> by(Proof proof, const Zone& zone, const std::string& what, std::optional<Judgement> fault) {
    const auto* apex = zone.apex.get();
    if (proof == Proof::proven) return std::nullopt;
    if (fault && fault->reason == SecurityReason::not_checked) return fault;
    switch (proof) {
      case Proof::opt_out: return judgement(Security::insecure, SecurityReason::no_ds, apex, what);  // RFC 5155 §9.2
      case Proof::costly: return judgement(Security::insecure, SecurityReason::costly_denial, apex, what);
      case Proof::exhausted: return unsettled(SecurityReason::not_checked, apex, what);
      case Proof::proven:
      case Proof::none: break;
    }
    return fault ? std::move(fault) : bogus(SecurityReason::unproven_denial, apex, what);
  }

  void rests_on(const Zone& zone, const std::vector<Signature>& signatures) {
    const auto add = [&](Moment from, Moment until) {
      if (!ends_ || until < ends_->second) ends_ = {from, until};
    };
    const auto now = signatures_.now();
    for (const auto& signature : signatures) add(moment_near(now, signature.from), moment_near(now, signature.until));
    if (zone.keys_from && zone.keys_until) add(*zone.keys_from, *zone.keys_until);
    zone_ = text_of(zone.apex.get());
  }

  Judgement stands(std::string what, std::vector<Address> addresses) const {
    Judgement result{.security = Security::secure, .reason = SecurityReason::fits, .zone = zone_, .record = std::move(what)};
    result.addresses = std::move(addresses);
    if (ends_) result.signed_from = ends_->first, result.signed_until = ends_->second;
    return result;
  }

  Work work_;
  Signatures signatures_;
  Zones zones_;
  std::optional<std::pair<Moment, Moment>> ends_;  ///< of the signatures that the answer rests on, the one that ends first
  std::string zone_;                               ///< that signs the answer
};

}  // namespace

Judgement validate(const Question& question, std::span<const Bytes> messages, std::span<const std::string> anchors, Moment now) {
  return validate_each(std::span(&question, 1), messages, anchors, now, {}).front();
}

std::vector<Judgement> validate_each(std::span<const Question> questions, std::span<const Bytes> messages, std::span<const std::string> anchors,
                                     Moment now, std::function<bool()> more_time) {
  Validator validator(messages.first(std::min(messages.size(), most_messages)), anchors, now, std::move(more_time));
  std::vector<Judgement> result;
  for (const auto& question : questions) result.push_back(validator.judge(question));
  return result;
}

}  // namespace ringback::wire::dns
