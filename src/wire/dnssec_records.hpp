#pragma once
/// Inside of src/wire alone: ldns' records with owners, and record sets with their signatures.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wire/dns.hpp"

// Last: it makes "true" and "false" macros where it does not know of the language's own.
#include <ldns/ldns.h>
#undef bool
#undef true
#undef false

namespace ringback::wire::dns::sec {

struct Freeing {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(ldns_rdf* field) const { ldns_rdf_deep_free(field); }
  void operator()(ldns_rr_list* list) const { ldns_rr_list_free(list); }  ///< its records belong to somebody else
};
using PacketOwner = std::unique_ptr<ldns_pkt, Freeing>;
using RecordOwner = std::unique_ptr<ldns_rr, Freeing>;
using NameOwner = std::unique_ptr<ldns_rdf, Freeing>;
using ListOwner = std::unique_ptr<ldns_rr_list, Freeing>;

/// "home.example.org.", lower case.
[[nodiscard]] std::string text_of(const ldns_rdf* name);
/// The hash in an NSEC3 record as the owners of others have it: base32hex, lower case (RFC 5155 §3.3).
[[nodiscard]] std::string hash_text(const ldns_rdf* field);
[[nodiscard]] std::string type_text(ldns_rr_type type);
[[nodiscard]] NameOwner name_from(const std::string& text);
[[nodiscard]] NameOwner parent_of(const ldns_rdf* name);
[[nodiscard]] bool same(const ldns_rdf* a, const ldns_rdf* b);
/// The name itself, or below it.
[[nodiscard]] bool within(const ldns_rdf* name, const ldns_rdf* zone);
/// The last `labels` labels of it.
[[nodiscard]] NameOwner last_labels(const ldns_rdf* name, std::size_t labels);
/// "*." before it; null where that is too long.
[[nodiscard]] NameOwner wildcard_at(const ldns_rdf* name);

/// What an RRSIG record says (RFC 4034 §3.1). All of its fields are there.
struct Signature {
  const ldns_rr* record = nullptr;
  const ldns_rdf* signer = nullptr;
  std::uint8_t algorithm = 0, labels = 0;
  std::uint16_t key_tag = 0;
  std::uint32_t from = 0, until = 0;
};

/// Records of one owner and type, each once, and the signatures over them. Borrowed from the message.
struct RecordSet {
  const ldns_rdf* owner = nullptr;
  ldns_rr_type type{};
  std::vector<ldns_rr*> records;
  std::vector<Signature> signatures;       ///< what ends last comes first
  bool oversized = false;                  ///< more than is looked at
  [[nodiscard]] std::string name() const { return text_of(owner) + " " + type_text(type); }
};

/// A message, decoded; its records have as many fields as their types ask for.
struct Reply {
  std::string name;                        ///< of the question
  ldns_rr_type type{};
  unsigned rcode = 0;
  PacketOwner packet;
  [[nodiscard]] std::optional<RecordSet> answer(const ldns_rdf* owner, ldns_rr_type wanted) const;
  /// Each owner's NSEC or NSEC3 record set of the authority section.
  [[nodiscard]] std::vector<RecordSet> denials(ldns_rr_type wanted) const;
  [[nodiscard]] bool has_signature() const;
};

/// What of an alias carries its signature: the CNAME record itself, or the DNAME record above it that makes it (RFC 6672 §5.3.1).
[[nodiscard]] RecordSet signed_part(const Reply& reply, const RecordSet& alias);

/// nullopt: it cannot be read, or is truncated.
[[nodiscard]] std::optional<Reply> read_reply(ByteView bytes);

/// RFC 4034 §2.1: a zone's key, of a known protocol and not revoked (RFC 5011 §2.1).
[[nodiscard]] bool is_zone_key(const ldns_rr* dnskey);
[[nodiscard]] std::uint8_t algorithm_of(const ldns_rr* dnskey_or_ds);
/// Beyond the bounds of RSA keys that are tried; whoever makes such a key wants that it takes long.
[[nodiscard]] bool takes_too_long(const ldns_rr* dnskey);
/// That signatures are made with today; those that nobody may use any more are unknown here (RFC 8624 §3.1).
[[nodiscard]] bool is_known_algorithm(std::uint8_t algorithm);
/// RFC 8624 §3.3.
[[nodiscard]] bool is_known_digest(std::uint8_t digest);

}  // namespace ringback::wire::dns::sec
