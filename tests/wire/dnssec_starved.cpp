/// Zones made and signed here, of which one is its owner's weapon: what it costs to look at must not be paid by the names of others.
#include <cstring>

#include "support/catch.hpp"
#include "wire/dnssec.hpp"
#include "wire/dnssec_records.hpp"

using namespace ringback;
using namespace ringback::wire::dns;

namespace {

const auto signed_when = Moment::parse("2026-01-31T12:00:00Z").value();
const auto signed_at = static_cast<std::uint32_t>(signed_when.at.time_since_epoch().count());

struct FreeingKeys {
  void operator()(ldns_key_list* keys) const { ldns_key_list_free(keys); }   // with the keys
};

sec::RecordOwner record(const std::string& text) {
  ldns_rr* raw = nullptr;
  REQUIRE(ldns_rr_new_frm_str(&raw, text.c_str(), 300, nullptr, nullptr) == LDNS_STATUS_OK);
  ldns_rr2canonical(raw);
  return sec::RecordOwner(raw);
}

class SignedZone {
 public:
  explicit SignedZone(std::string apex) : apex_(std::move(apex)), keys_(ldns_key_list_new()) {
    auto* key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
    REQUIRE(key != nullptr);
    ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str(apex_.c_str()));
    ldns_key_set_flags(key, 257);
    ldns_key_set_inception(key, signed_at - 86400);
    ldns_key_set_expiration(key, signed_at + 86400);
    dnskey_.reset(ldns_key2rr(key));
    ldns_rr_set_ttl(dnskey_.get(), 300);
    ldns_key_set_keytag(key, ldns_calc_keytag(dnskey_.get()));
    ldns_key_list_push_key(keys_.get(), key);
  }
  [[nodiscard]] const std::string& apex() const { return apex_; }
  [[nodiscard]] ldns_rr* dnskey() const { return dnskey_.get(); }
  [[nodiscard]] sec::RecordOwner ds() const {
    sec::RecordOwner result(ldns_key_rr2ds(dnskey_.get(), LDNS_SHA256));
    ldns_rr_set_ttl(result.get(), 300);
    return result;
  }
  /// The record and a signature over it, behind `false_ones` that do not fit.
  void put(ldns_pkt* into, const ldns_rr* record, unsigned false_ones = 0) const {
    sec::ListOwner set(ldns_rr_list_new());
    ldns_rr_list_push_rr(set.get(), ldns_rr_clone(record));
    sec::ListOwner signatures(ldns_sign_public(set.get(), keys_.get()));
    REQUIRE(ldns_rr_list_rr_count(signatures.get()) == 1);
    auto* fits = ldns_rr_list_rr(signatures.get(), 0);
    ldns_pkt_push_rr(into, LDNS_SECTION_ANSWER, ldns_rr_list_rr(set.get(), 0));
    for (unsigned i = 0; i < false_ones; ++i) {
      auto* copy = ldns_rr_clone(fits);
      ldns_rdf_deep_free(ldns_rr_set_rdf(copy, ldns_native2rdf_int32(LDNS_RDF_TYPE_TIME, signed_at + 200'000 + i), 4));   // its end
      ldns_pkt_push_rr(into, LDNS_SECTION_ANSWER, copy);
    }
    ldns_pkt_push_rr(into, LDNS_SECTION_ANSWER, fits);
  }

 private:
  std::string apex_;
  std::unique_ptr<ldns_key_list, FreeingKeys> keys_;
  sec::RecordOwner dnskey_;
};

class Answers {
 public:
  /// `fill` puts the records into it.
  template <class Fill>
  void add(const std::string& name, ldns_rr_type type, Fill fill) {
    const sec::PacketOwner packet(ldns_pkt_query_new(ldns_dname_new_frm_str(name.c_str()), type, LDNS_RR_CLASS_IN, LDNS_RD | LDNS_QR));
    fill(packet.get());
    std::uint8_t* raw = nullptr;
    std::size_t size = 0;
    REQUIRE(ldns_pkt2wire(&raw, packet.get(), &size) == LDNS_STATUS_OK);
    const auto* bytes = reinterpret_cast<const std::byte*>(raw);
    messages.emplace_back(bytes, bytes + size);
    std::free(raw);   // NOLINT: ldns' own
  }
  void add_keys(const SignedZone& zone) {
    add(zone.apex(), LDNS_RR_TYPE_DNSKEY, [&](ldns_pkt* packet) { zone.put(packet, zone.dnskey()); });
  }
  void add_delegation(const SignedZone& zone, const SignedZone& by) {
    add(zone.apex(), LDNS_RR_TYPE_DS, [&](ldns_pkt* packet) { by.put(packet, zone.ds().get()); });
  }
  std::vector<wire::Bytes> messages;
};

std::string anchor(const SignedZone& root) {
  char* raw = ldns_rr2str(root.dnskey());
  std::string text(raw);
  std::free(raw);   // NOLINT: ldns' own
  text.resize(std::min(text.find_first_of(";\n"), text.size()));
  return text;
}

}  // namespace

TEST_CASE("a name whose signatures take all the work there is takes none from the names of others") {
  const SignedZone root("."), costly("evil."), other("victim.");
  Answers answers;
  for (const auto* zone : {&root, &costly, &other}) answers.add_keys(*zone);
  for (const auto* zone : {&costly, &other}) answers.add_delegation(*zone, root);
  const auto home = record("home.victim. 300 IN A 192.0.2.1");
  answers.add("e0.evil.", LDNS_RR_TYPE_A, [&](ldns_pkt* packet) {
    // So many that of the zone behind the last alias nothing can be looked at any more.
    const unsigned false_ones[] = {7, 7, 7, 7, 7, 4};
    for (unsigned i = 0; i < std::size(false_ones); ++i) {
      const auto next = i + 1 < std::size(false_ones) ? "e" + std::to_string(i + 1) + ".evil." : "home.victim.";
      costly.put(packet, record("e" + std::to_string(i) + ".evil. 300 IN CNAME " + next).get(), false_ones[i]);
    }
    other.put(packet, home.get());
  });
  answers.add("home.victim.", LDNS_RR_TYPE_A, [&](ldns_pkt* packet) { other.put(packet, home.get()); });

  const std::vector<Question> questions{{"e0.evil.", Type::a}, {"home.victim.", Type::a}};
  const std::vector<std::string> anchors{anchor(root)};
  const auto judged = validate_each(questions, answers.messages, anchors, signed_when, {});
  CHECK(judged[0].reason == SecurityReason::not_checked);
  CHECK(judged[1].security == Security::secure);
  CHECK(judged[1] == validate(questions[1], answers.messages, anchors, signed_when));
}
