#include "wire/dnssec_records.hpp"

#include <algorithm>
#include <cstdlib>

#include "wire/dns_name.hpp"
#include "wire/dnssec.hpp"

namespace ringback::wire::dns::sec {
namespace {

constexpr std::size_t largest_set = 64;     // records of one set; ldns compares them with one another
constexpr std::size_t most_signatures = 8;  // over one set

struct FreeText {
  void operator()(void* memory) const { std::free(memory); }
};

std::string taken(char* text) {
  const std::unique_ptr<char, FreeText> owned(text);
  return owned ? std::string(owned.get()) : std::string();
}

/// Records of the network may end early; ldns then leaves fields out. The last one of NSEC3 is rightly empty where a name has names below it
/// alone (RFC 5155 §7.1).
bool is_whole(const ldns_rr* record) {
  const auto fields = ldns_rr_rd_count(record);
  switch (ldns_rr_get_type(record)) {
    case LDNS_RR_TYPE_RRSIG: return fields >= 9;
    case LDNS_RR_TYPE_DNSKEY:
    case LDNS_RR_TYPE_DS: return fields >= 4 && ldns_rdf_size(ldns_rr_rdf(record, 3)) > 0;
    case LDNS_RR_TYPE_NSEC: return fields >= 2;
    case LDNS_RR_TYPE_NSEC3: return fields >= 5 && ldns_rdf_size(ldns_rr_rdf(record, 4)) > 1;
    default: return fields >= 1;
  }
}

Signature read_signature(const ldns_rr* record) {
  const auto field = [&](std::size_t i) { return ldns_rr_rdf(record, i); };
  return {.record = record,
          .signer = field(7),
          .algorithm = ldns_rdf2native_int8(field(1)),
          .labels = ldns_rdf2native_int8(field(2)),
          .key_tag = ldns_rdf2native_int16(field(6)),
          .from = ldns_rdf2native_int32(field(5)),
          .until = ldns_rdf2native_int32(field(4))};
}

void add_record(RecordSet& set, ldns_rr* record) {
  for (const auto* known : set.records)
    if (ldns_rr_compare(known, record) == 0) return;  // RFC 2181 §5: a set has each record once
  if (set.records.size() < largest_set)
    set.records.push_back(record);
  else
    set.oversized = true;
}

void add_signatures(RecordSet& set, const ldns_rr_list* section) {
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(section); ++i) {
    const auto* record = ldns_rr_list_rr(section, i);
    if (ldns_rr_get_type(record) != LDNS_RR_TYPE_RRSIG || !is_whole(record) || !same(ldns_rr_owner(record), set.owner)) continue;
    if (ldns_rdf2rr_type(ldns_rr_rdf(record, 0)) != set.type || set.signatures.size() >= most_signatures) continue;
    set.signatures.push_back(read_signature(record));
  }
  const auto ends_later = [](const Signature& a, const Signature& b) { return static_cast<std::int32_t>(a.until - b.until) > 0; };
  std::ranges::stable_sort(set.signatures, ends_later);
}

bool is_of_internet(const ldns_rr* record) { return ldns_rr_get_class(record) == LDNS_RR_CLASS_IN; }

/// Whether `alias` is what this DNAME record makes of its name (RFC 6672 §2.2).
bool makes(const RecordSet& dname, const RecordSet& alias) {
  if (dname.records.size() != 1) return false;   // more than one is a mistake (RFC 6672 §2.4)
  const auto name = text_of(alias.owner), above = text_of(dname.owner);
  const auto made = name.substr(0, name.size() - above.size()) + text_of(ldns_rr_rdf(dname.records.front(), 0));
  return made == text_of(ldns_rr_rdf(alias.records.front(), 0));
}

}  // namespace

std::string text_of(const ldns_rdf* name) {
  return text_of_name({reinterpret_cast<const std::byte*>(ldns_rdf_data(name)), ldns_rdf_size(name)});
}

std::string hash_text(const ldns_rdf* field) {
  auto text = taken(ldns_rdf2str(field));
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

std::string type_text(ldns_rr_type type) { return taken(ldns_rr_type2str(type)); }

NameOwner name_from(const std::string& text) { return NameOwner(ldns_dname_new_frm_str(text.c_str())); }

NameOwner parent_of(const ldns_rdf* name) { return NameOwner(ldns_dname_left_chop(name)); }

bool same(const ldns_rdf* a, const ldns_rdf* b) { return ldns_dname_compare(a, b) == 0; }

bool within(const ldns_rdf* name, const ldns_rdf* zone) { return same(name, zone) || ldns_dname_is_subdomain(name, zone); }

NameOwner last_labels(const ldns_rdf* name, std::size_t labels) {
  const std::size_t all = ldns_dname_label_count(name);
  return NameOwner(ldns_dname_clone_from(name, static_cast<std::uint16_t>(all - std::min(all, labels))));
}

NameOwner wildcard_at(const ldns_rdf* name) {
  const auto star = name_from("*.");
  if (!star || ldns_rdf_size(name) + 2 > LDNS_MAX_DOMAINLEN) return nullptr;
  return NameOwner(ldns_dname_cat_clone(star.get(), name));
}

std::optional<RecordSet> Reply::answer(const ldns_rdf* owner, ldns_rr_type wanted) const {
  RecordSet set{.owner = owner, .type = wanted, .records = {}, .signatures = {}};
  const auto* section = ldns_pkt_answer(packet.get());
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(section); ++i) {
    auto* record = ldns_rr_list_rr(section, i);
    if (ldns_rr_get_type(record) != wanted || !is_of_internet(record) || !is_whole(record)) continue;
    if (same(ldns_rr_owner(record), owner)) add_record(set, record);
  }
  if (set.records.empty()) return std::nullopt;
  add_signatures(set, section);
  return set;
}

std::vector<RecordSet> Reply::denials(ldns_rr_type wanted) const {
  constexpr std::size_t most_denials = 8;  // three prove the most that there is to prove (RFC 5155 §7.2.2)
  std::vector<RecordSet> result;
  const auto* section = ldns_pkt_authority(packet.get());
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(section); ++i) {
    auto* record = ldns_rr_list_rr(section, i);
    if (ldns_rr_get_type(record) != wanted || !is_of_internet(record) || !is_whole(record)) continue;
    const auto known = std::ranges::find_if(result, [&](const RecordSet& set) { return same(set.owner, ldns_rr_owner(record)); });
    if (known != result.end()) {
      add_record(*known, record);
    } else if (result.size() < most_denials) {
      result.push_back({.owner = ldns_rr_owner(record), .type = wanted, .records = {record}, .signatures = {}});
    }
  }
  for (auto& set : result) add_signatures(set, section);
  return result;
}

bool Reply::has_signature() const {
  for (const auto* section : {ldns_pkt_answer(packet.get()), ldns_pkt_authority(packet.get())})
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(section); ++i)
      if (ldns_rr_get_type(ldns_rr_list_rr(section, i)) == LDNS_RR_TYPE_RRSIG) return true;
  return false;
}

RecordSet signed_part(const Reply& reply, const RecordSet& alias) {
  NameOwner above(ldns_rdf_clone(alias.owner));
  while (alias.signatures.empty() && ldns_dname_label_count(above.get()) > 1) {
    above = parent_of(above.get());
    auto dname = reply.answer(above.get(), LDNS_RR_TYPE_DNAME);
    if (!dname || !makes(*dname, alias)) continue;
    dname->owner = ldns_rr_owner(dname->records.front());   // of the message, as all of it is
    return std::move(*dname);
  }
  return alias;
}

std::optional<Reply> read_reply(ByteView bytes) {
  const auto message = decode(bytes);  // holds the bounds
  if (!message || !message->response || message->truncated || message->question_name.empty() || message->question_class != LDNS_RR_CLASS_IN)
    return std::nullopt;
  ldns_pkt* packet = nullptr;
  const auto status = ldns_wire2pkt(&packet, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  PacketOwner owned(packet);
  if (status != LDNS_STATUS_OK || !owned) return std::nullopt;
  return Reply{message->question_name, static_cast<ldns_rr_type>(message->question_type), message->rcode, std::move(owned)};
}

bool is_zone_key(const ldns_rr* dnskey) {
  constexpr std::uint16_t zone_key = 0x0100, revoked = 0x0080;
  const auto flags = ldns_rdf2native_int16(ldns_rr_rdf(dnskey, 0));
  return (flags & zone_key) != 0 && (flags & revoked) == 0 && ldns_rdf2native_int8(ldns_rr_rdf(dnskey, 1)) == 3;
}

std::uint8_t algorithm_of(const ldns_rr* dnskey_or_ds) {
  const bool ds = ldns_rr_get_type(dnskey_or_ds) == LDNS_RR_TYPE_DS;
  return ldns_rdf2native_int8(ldns_rr_rdf(dnskey_or_ds, ds ? 1 : 2));
}

bool takes_too_long(const ldns_rr* dnskey) {
  switch (algorithm_of(dnskey)) {
    case LDNS_RSASHA1:
    case LDNS_RSASHA1_NSEC3:
    case LDNS_RSASHA256:
    case LDNS_RSASHA512: break;
    default: return false;   // the others' keys have one size
  }
  // RFC 3110 §2: the exponent's length in one octet, or in two behind a zero; the exponent; the modulus.
  const auto* field = ldns_rr_rdf(dnskey, 3);
  Reader key({reinterpret_cast<const std::byte*>(ldns_rdf_data(field)), ldns_rdf_size(field)});
  std::size_t exponent = key.u8();
  if (exponent == 0) exponent = key.u16();
  key.skip(exponent);
  return exponent > most_exponent_octets || key.left() > most_modulus_octets;
}

bool is_known_algorithm(std::uint8_t algorithm) {
  switch (algorithm) {
    case LDNS_RSASHA1:
    case LDNS_RSASHA1_NSEC3:
    case LDNS_RSASHA256:
    case LDNS_RSASHA512:
    case LDNS_ECDSAP256SHA256:
    case LDNS_ECDSAP384SHA384:
    case LDNS_ED25519:
    case LDNS_ED448: return ldns_key_algo_supported(algorithm) != 0;
    default: return false;
  }
}

bool is_known_digest(std::uint8_t digest) { return digest == LDNS_SHA1 || digest == LDNS_SHA256 || digest == LDNS_SHA384; }

}  // namespace ringback::wire::dns::sec
