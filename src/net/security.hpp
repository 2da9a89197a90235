#pragma once
/// What signatures prove of a name (RFC 4035 §4.3), in the words of reports.
#include "base/describe.hpp"

namespace ringback {

enum class Security { indeterminate, secure, insecure, bogus };
constexpr auto enum_names(Security) {
  using N = EnumName<Security>;
  return std::array{N{Security::indeterminate, "indeterminate"}, N{Security::secure, "secure"}, N{Security::insecure, "insecure"},
                    N{Security::bogus, "bogus"}};
}

/// What that rests on.
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
  not_checked,        ///< indeterminate: more work, or time, than is spent on one answer, or the library could not do it
};
constexpr auto enum_names(SecurityReason) {
  using enum SecurityReason;
  using N = EnumName<SecurityReason>;
  return std::array{N{fits, "fits"}, N{no_ds, "no-ds"}, N{unknown_algorithm, "unknown-algorithm"}, N{costly_denial, "costly-denial"},
                    N{expired, "expired"}, N{not_yet_valid, "not-yet-valid"}, N{wrong_signature, "wrong-signature"},
                    N{untrusted_key, "untrusted-key"}, N{no_signature, "no-signature"}, N{unproven_denial, "unproven-denial"},
                    N{stripped, "stripped"}, N{no_anchor, "no-anchor"}, N{no_answer, "no-answer"}, N{not_checked, "not-checked"}};
}

}  // namespace ringback
