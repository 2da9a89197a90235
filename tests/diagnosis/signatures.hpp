#pragma once
/// A household whose name is signed, what the own validation says of it, and what resolvers do.
#include "build.hpp"

namespace ringback::build::signatures {

using dns::Dnssec;
using dns::Role;
using dns::Security;
using dns::SecurityReason;

inline Moment date(const char* text) { return Moment::parse(text).value(); }
inline const auto today = date("2026-01-31T12:00:00Z");

enum Word { silent, fails, says_bogus, answers, validates };   // of a resolver

inline Evidence signed_household() {
  auto e = plain_nat();
  native_ipv6(e);
  add(e, connected(Family::ipv4));
  add(e, connected(Family::ipv6));
  name(e, {public_ipv4}, {stable});
  for (auto& a : e.dns->names[0].answers) a.recursion_available = a.role != Role::authoritative;
  return e;
}

inline void let_say(Evidence& e, Role role, const char* server, Word word) {
  std::erase_if(e.dns->names[0].answers, [&](const auto& a) { return a.role == role && a.server.address == ip(server); });
  if (word == silent) return;
  for (const auto* type : {"A", "AAAA"}) {
    auto a = answer(role, server, type, {std::string_view(type) == "A" ? public_ipv4 : stable});
    a.recursion_available = true;
    a.authentic = word == validates;
    if (word == fails || word == says_bogus) a.rcode = "SERVFAIL", a.addresses.clear(), a.unchecked_rcode = "NOERROR";
    if (word == says_bogus) a.extended_error = 7;
    e.dns->names[0].answers.push_back(a);
  }
}

inline Dnssec judged(Security security, SecurityReason reason, const std::vector<Role>& by) {
  Dnssec d{.security = security, .reason = reason, .zone = "example.org.", .record = "home.example.org. AAAA",
           .signed_from = date("2026-01-01T00:00:00Z"), .signed_until = date("2026-03-01T00:00:00Z"),
           .newest_signature = date("2026-01-20T00:00:00Z"), .judged_at = today, .anchor = "built in", .sources = {}};
  if (security == Security::secure) d.proven = {ip(public_ipv4), ip(stable)};
  if (reason == SecurityReason::expired) d.signed_until = date("2026-01-25T00:00:00Z");
  if (reason == SecurityReason::not_yet_valid) d.signed_from = date("2026-02-02T00:00:00Z");
  for (const auto role : by) {
    const auto server = role == Role::system ? "192.168.1.1:53" : "9.9.9.9:53";
    d.sources.push_back({.role = role, .server = role == Role::authoritative ? std::nullopt : std::optional(at(server)), .security = security,
                         .reason = reason, .zone = d.zone, .record = d.record});
  }
  return d;
}

inline std::string told(const Diagnosis& d) {
  std::string result;
  for (const auto& f : d.findings)
    if (f.code == "dns.bogus" || f.code == "dns.resolver-broken" || f.code == "dns.signatures-ending" || f.code == "host.clock-wrong")
      result += fmt::format("{}{} {}", result.empty() ? "" : ", ", f.code, to_string(f.confidence));
  return result;
}

struct Heard {
  Word own, first, second;   ///< this network's resolver, and two public ones
};

inline Diagnosis diagnosed(const Dnssec& d, const Heard& heard) {
  auto e = signed_household();
  let_say(e, Role::system, "192.168.1.1", heard.own);
  let_say(e, Role::public_resolver, "9.9.9.9", heard.first);
  let_say(e, Role::public_resolver, "1.1.1.1", heard.second);
  e.dns->names[0].dnssec = d;
  return diagnose(e);
}

inline constexpr Heard nobody_validates{answers, answers, answers}, all_refuse{fails, fails, fails}, others_validate{answers, validates, validates},
    own_refuses{fails, answers, answers}, own_refuses_alone{fails, validates, validates}, public_ones_refuse{answers, fails, fails};
inline const std::vector<Role> everywhere{Role::public_resolver, Role::system, Role::authoritative}, resolvers_alone{Role::public_resolver, Role::system},
    inside_alone{Role::system};

}  // namespace ringback::build::signatures
