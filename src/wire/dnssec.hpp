#pragma once
/// What signatures prove of an answer, from the trust anchor down (RFC 4033 to 4035, RFC 5155, RFC 6840). Pure: the messages, the anchors
/// and the time come from outside. ldns does the cryptography; nothing of it shows here.
#include <optional>
#include <span>

#include "net/moment.hpp"
#include "wire/dns.hpp"

namespace ringback::wire::dns {

/// RFC 4035 §4.3.
enum class Security { indeterminate, secure, insecure, bogus };
constexpr auto enum_names(Security) {
  using N = EnumName<Security>;
  return std::array{N{Security::indeterminate, "indeterminate"}, N{Security::secure, "secure"}, N{Security::insecure, "insecure"},
                    N{Security::bogus, "bogus"}};
}

enum class SecurityReason {
  fits,               ///< secure: every signature from the root down
  no_ds,              ///< insecure: proven that the parent vouches for no key (RFC 4035 §5.2)
  unknown_algorithm,  ///< insecure: the parent vouches for keys of algorithms alone that are not known here (RFC 4035 §5.2)
  costly_denial,      ///< insecure: NSEC3 with more iterations than are done for it (RFC 9276 §3.2)
  expired,            ///< bogus: the signature is right, and its time is over
  not_yet_valid,      ///< bogus: the signature is right, and its time has not come
  wrong_signature,    ///< bogus: made with the zone's key, it does not fit the records
  untrusted_key,      ///< bogus: no key that the parent vouches for, or signed by another one
  no_signature,       ///< bogus: records of a signed zone without one
  unproven_denial,    ///< bogus: "no such name", or "no such record", of a signed zone without proof
  stripped,           ///< indeterminate: not a single signature in all the messages, or none over the root's keys
  no_anchor,          ///< indeterminate: no anchor fits the root's keys
  no_answer,          ///< indeterminate: a message that it takes is missing, or says nothing
  not_checked,        ///< indeterminate: more work than is done for one answer, or the library could not do it
};
constexpr auto enum_names(SecurityReason) {
  using enum SecurityReason;
  using N = EnumName<SecurityReason>;
  return std::array{N{fits, "fits"}, N{no_ds, "no-ds"}, N{unknown_algorithm, "unknown-algorithm"}, N{costly_denial, "costly-denial"},
                    N{expired, "expired"}, N{not_yet_valid, "not-yet-valid"}, N{wrong_signature, "wrong-signature"},
                    N{untrusted_key, "untrusted-key"}, N{no_signature, "no-signature"}, N{unproven_denial, "unproven-denial"},
                    N{stripped, "stripped"}, N{no_anchor, "no-anchor"}, N{no_answer, "no-answer"}, N{not_checked, "not-checked"}};
}

struct Judgement {
  Security security = Security::indeterminate;
  SecurityReason reason = SecurityReason::no_answer;
  std::string zone;                        ///< whose signature it is or should be; of `insecure` the topmost zone that is not signed
  std::string record;                      ///< what was looked at last: "home.example.org. AAAA", "example.org. DNSKEY"
  std::optional<Moment> signed_from;       ///< of the signature that it rests on: of `secure` that one over the name's records, or over the
  std::optional<Moment> signed_until;      ///< keys of their zone, which ends first; of `expired` and `not_yet_valid` that one
  std::optional<Moment> newest_signature;  ///< when the newest signature was made that fits its records, whatever its time
  bool operator==(const Judgement&) const = default;
};

/// More signatures than these are not tried for one answer (KeyTrap, CVE-2023-50387), nor more names hashed (CVE-2023-50868).
constexpr unsigned most_signatures_tried = 48;
constexpr unsigned most_names_hashed = 48;
/// NSEC3 with more iterations is taken for no proof at all (RFC 9276 §3.2).
constexpr unsigned most_iterations = 150;
/// Messages beyond these are not looked at.
constexpr std::size_t most_messages = 128;

/// The answer to `question`, by these messages: it and, of each enclosing name up to the root, DNSKEY and DS, all asked with DO and CD, in
/// any order; of each question the first one counts. CNAME records are followed where the messages lead on. Nothing of a name that no zone
/// of the chain is above is believed.
[[nodiscard]] Judgement validate(const Question& question, std::span<const Bytes> messages, std::span<const std::string> anchors, Moment now);

/// The root's keys in a file of DS and DNSKEY records in presentation form, such as root.key: one record in a line, other lines left out.
/// Keys that unbound keeps with a state count where it is VALID or MISSING (RFC 5011 §4.2). At most eight.
[[nodiscard]] std::vector<std::string> read_anchors(std::string_view text);

/// The root's keys of 2017 and 2024, as IANA publishes them (https://data.iana.org/root-anchors/root-anchors.xml).
[[nodiscard]] std::vector<std::string> built_in_anchors();

/// Is there any RRSIG record in this message?
[[nodiscard]] bool holds_signatures(ByteView message);

}  // namespace ringback::wire::dns
