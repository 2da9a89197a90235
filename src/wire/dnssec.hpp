#pragma once
/// What signatures prove of an answer, from the trust anchor down (RFC 4033 to 4035, RFC 5155, RFC 6840). Pure: the messages, the anchors
/// and the time come from outside. ldns does the cryptography; nothing of it shows here.
#include <functional>
#include <optional>
#include <span>

#include "net/moment.hpp"
#include "net/security.hpp"
#include "wire/dns.hpp"

namespace ringback::wire::dns {

using ringback::Security;
using ringback::SecurityReason;

struct Judgement {
  Security security = Security::indeterminate;
  SecurityReason reason = SecurityReason::no_answer;
  std::string zone;                        ///< whose signature it is or should be; of `insecure` the topmost zone that is not signed
  std::string record;                      ///< what was looked at last: "home.example.org. AAAA", "example.org. DNSKEY"
  std::optional<Moment> signed_from;       ///< of the signature that it rests on: of `secure` that one over the name's records, or over the
  std::optional<Moment> signed_until;      ///< keys of their zone, which ends first; of `expired` and `not_yet_valid` that one
  std::optional<Moment> newest_signature;  ///< when the newest signature was made that fits its records, whatever its time
  std::vector<Address> addresses;          ///< of `secure`: the A or AAAA records at the end of the aliases, each once
  bool operator==(const Judgement&) const = default;
};

/// More signatures than these are not tried for one answer, nor more keys held against digests (KeyTrap, CVE-2023-50387), nor more names
/// hashed (CVE-2023-50868).
constexpr unsigned most_signatures_tried = 48;
constexpr unsigned most_keys_compared = 48;
constexpr unsigned most_names_hashed = 48;
/// RSA keys beyond these are not tried at all: a signature takes a time that grows with both, and no zone has any (RFC 3110 §2 allows 4096
/// bits, and everybody's exponent is 65537).
constexpr std::size_t most_exponent_octets = 8, most_modulus_octets = 512;
/// NSEC3 with more iterations is taken for no proof at all (RFC 9276 §3.2).
constexpr unsigned most_iterations = 150;
/// Messages beyond these are not looked at: a thousand names have that many.
constexpr std::size_t most_messages = 8192;

/// The answer to `question`, by these messages: it and, of each enclosing name up to the root, DNSKEY and DS, all asked with DO and CD, in
/// any order; of each question the first one counts. CNAME records are followed where the messages lead on. Nothing of a name that no zone
/// of the chain is above is believed.
[[nodiscard]] Judgement validate(const Question& question, std::span<const Bytes> messages, std::span<const std::string> anchors, Moment now);

/// The answers to several questions, in their order: what they have in common is looked at once. `more_time` is asked before each piece of
/// work; where it says no, what is left is not_checked.
[[nodiscard]] std::vector<Judgement> validate_each(std::span<const Question> questions, std::span<const Bytes> messages,
                                                   std::span<const std::string> anchors, Moment now, std::function<bool()> more_time);

/// The root's keys in a file of DS and DNSKEY records in presentation form, such as root.key: one record in a line, other lines left out.
/// Keys that unbound keeps with a state count where it is VALID or MISSING (RFC 5011 §4.2). At most eight.
[[nodiscard]] std::vector<std::string> read_anchors(std::string_view text);

/// The root's keys of 2017 and 2024, as IANA publishes them (https://data.iana.org/root-anchors/root-anchors.xml).
[[nodiscard]] std::vector<std::string> built_in_anchors();

/// Is there any RRSIG record in this message?
[[nodiscard]] bool holds_signatures(ByteView message);

}  // namespace ringback::wire::dns
