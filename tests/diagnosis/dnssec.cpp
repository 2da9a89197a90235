/// What is made of the own DNSSEC validation beside what the resolvers say.
#include "support/catch.hpp"

#include "build.hpp"

using namespace ringback;
using namespace ringback::build;
using dns::Dnssec;
using dns::Role;
using dns::Security;
using dns::SecurityReason;
using Catch::Contains;

namespace {

Moment date(const char* text) { return Moment::parse(text).value(); }
const auto today = date("2026-01-31T12:00:00Z");

enum Word { silent, fails, says_bogus, answers, validates };   // of a resolver

Evidence signed_household() {
  auto e = plain_nat();
  native_ipv6(e);
  add(e, connected(Family::ipv4));
  add(e, connected(Family::ipv6));
  name(e, {public_ipv4}, {stable});
  for (auto& a : e.dns->names[0].answers) a.recursion_available = a.role != Role::authoritative;
  return e;
}

void let_say(Evidence& e, Role role, const char* server, Word word) {
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

Dnssec judged(Security security, SecurityReason reason, const std::vector<Role>& by) {
  Dnssec d{.security = security, .reason = reason, .zone = "example.org.", .record = "home.example.org. AAAA",
           .signed_from = date("2026-01-01T00:00:00Z"), .signed_until = date("2026-03-01T00:00:00Z"),
           .newest_signature = date("2026-01-20T00:00:00Z"), .judged_at = today, .anchor = "built in", .sources = {}};
  if (reason == SecurityReason::expired) d.signed_until = date("2026-01-25T00:00:00Z");
  if (reason == SecurityReason::not_yet_valid) d.signed_from = date("2026-02-02T00:00:00Z");
  for (const auto role : by) {
    const auto server = role == Role::system ? "192.168.1.1:53" : "9.9.9.9:53";
    d.sources.push_back({.role = role, .server = role == Role::authoritative ? std::nullopt : std::optional(at(server)), .security = security,
                         .reason = reason, .zone = d.zone, .record = d.record});
  }
  return d;
}

std::string told(const Diagnosis& d) {
  std::string result;
  for (const auto& f : d.findings)
    if (f.code == "dns.bogus" || f.code == "dns.resolver-broken" || f.code == "dns.signatures-ending" || f.code == "host.clock-wrong")
      result += fmt::format("{}{} {}", result.empty() ? "" : ", ", f.code, to_string(f.confidence));
  return result;
}

struct Heard {
  Word own, first, second;   ///< this network's resolver, and two public ones
};

Diagnosis diagnosed(const Dnssec& d, const Heard& heard) {
  auto e = signed_household();
  let_say(e, Role::system, "192.168.1.1", heard.own);
  let_say(e, Role::public_resolver, "9.9.9.9", heard.first);
  let_say(e, Role::public_resolver, "1.1.1.1", heard.second);
  e.dns->names[0].dnssec = d;
  return diagnose(e);
}

constexpr Heard nobody_validates{answers, answers, answers}, all_refuse{fails, fails, fails}, others_validate{answers, validates, validates},
    own_refuses{fails, answers, answers}, own_refuses_alone{fails, validates, validates}, public_ones_refuse{answers, fails, fails};
const std::vector<Role> everywhere{Role::public_resolver, Role::system, Role::authoritative}, resolvers_alone{Role::public_resolver, Role::system},
    inside_alone{Role::system};

}  // namespace

TEST_CASE("a name is called bogus by what its signatures prove, and the more surely the less else explains it") {
  using enum SecurityReason;
  struct Row {
    const char* what;
    SecurityReason reason;
    std::vector<Role> by;
    Heard heard;
    const char* expected;
  };
  const Row rows[] = {
      {"expired, and resolvers refuse it", expired, everywhere, all_refuse, "dns.bogus certain"},
      {"the same, and the zone's servers could not be asked", expired, resolvers_alone, all_refuse, "dns.bogus certain"},
      {"expired, and no resolver looks at signatures", expired, everywhere, nobody_validates, "dns.bogus likely"},
      {"expired, and another resolver finds it right", expired, everywhere, others_validate, "host.clock-wrong likely"},
      {"not yet valid, and resolvers refuse it", not_yet_valid, everywhere, all_refuse, "dns.bogus certain"},
      {"not yet valid, by this clock alone", not_yet_valid, everywhere, nobody_validates, "dns.bogus possible"},
      {"not yet valid, and another resolver finds it right", not_yet_valid, everywhere, others_validate, "host.clock-wrong likely"},
      {"another key, and resolvers refuse it", untrusted_key, everywhere, all_refuse, "dns.bogus certain"},
      {"another key, the zone's servers say", untrusted_key, everywhere, nobody_validates, "dns.bogus certain"},
      {"another key, resolvers alone say", untrusted_key, resolvers_alone, nobody_validates, "dns.bogus likely"},
      {"another key, and another resolver finds it right", untrusted_key, everywhere, others_validate, "dns.bogus possible"},
      {"changed records, this network's resolver alone says", wrong_signature, inside_alone, nobody_validates, ""},
      {"changed records, and this network's resolver alone refuses them", wrong_signature, inside_alone, own_refuses_alone, ""},
      {"no signature, the zone's servers say", no_signature, everywhere, nobody_validates, "dns.bogus likely"},
      {"no signature, but nobody asked the zone's servers", no_signature, resolvers_alone, nobody_validates, ""},
      {"no signature, and resolvers refuse it", no_signature, resolvers_alone, all_refuse, "dns.bogus certain"},
      {"no signature inside: a view of the router's own", no_signature, inside_alone, nobody_validates, ""},
      {"no proof that there is none, resolvers alone say", unproven_denial, resolvers_alone, nobody_validates, ""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto d = diagnosed(judged(Security::bogus, row.reason, row.by), row.heard);
    CHECK(told(d) == row.expected);
    CHECK(d.names[0].verdict == NameState::right);   // its records are
  }
}

TEST_CASE("who refuses what is proven right is at fault, and never the name") {
  using enum SecurityReason;
  struct Row {
    const char* what;
    Security security;
    SecurityReason reason;
    Heard heard;
    const char* expected;
  };
  const Row rows[] = {
      {"all is well", Security::secure, fits, nobody_validates, ""},
      {"this network's resolver refuses", Security::secure, fits, own_refuses, "dns.resolver-broken likely"},
      {"it says why, and nobody else was asked", Security::secure, fits, {says_bogus, silent, silent}, "dns.resolver-broken likely"},
      {"one public resolver refuses", Security::secure, fits, {answers, says_bogus, answers}, ""},
      {"two do: one of the zone's servers may be behind", Security::secure, fits, public_ones_refuse, "dns.bogus possible"},
      {"two do, and a third one validates", Security::secure, fits, {validates, fails, fails}, ""},
      {"it is not signed, and this network's resolver refuses", Security::insecure, no_ds, {says_bogus, answers, answers}, "dns.resolver-broken likely"},
      {"signed in a way that is not known here: the resolvers' word counts", Security::insecure, unknown_algorithm, public_ones_refuse, "dns.bogus certain"},
      {"nothing is known here: the resolvers' word counts", Security::indeterminate, stripped, all_refuse, "dns.bogus certain"},
      {"nor do resolvers say anything", Security::indeterminate, stripped, nobody_validates, ""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(told(diagnosed(judged(row.security, row.reason, resolvers_alone), row.heard)) == row.expected);
  }
}

TEST_CASE("it is this host's clock where the root's own signatures are out of time") {
  auto d = judged(Security::bogus, SecurityReason::expired, resolvers_alone);
  d.zone = ".", d.record = ". DNSKEY", d.newest_signature = date("2026-01-10T00:00:00Z");
  CHECK(told(diagnosed(d, nobody_validates)) == "host.clock-wrong likely");
  CHECK(told(diagnosed(d, {silent, silent, silent})) == "host.clock-wrong likely");
  CHECK_THAT(found(diagnosed(d, nobody_validates), "host.clock-wrong")->detail, Contains("the keys of the root (DNSKEY)") && Contains("The clock is fast"));
  d.sources.pop_back();
  CHECK(told(diagnosed(d, nobody_validates)) == "host.clock-wrong possible");
}

TEST_CASE("a signature that was over when its parent signed is over by any clock") {
  auto d = judged(Security::bogus, SecurityReason::expired, resolvers_alone);
  d.signed_until = date("2026-01-15T00:00:00Z");   // the newest one is of January 20
  CHECK(told(diagnosed(d, nobody_validates)) == "dns.bogus certain");
  CHECK(told(diagnosed(d, others_validate)) == "dns.bogus possible");
}

TEST_CASE("what is wrong with the signatures is said in words") {
  using enum SecurityReason;
  const auto detail = [](SecurityReason reason) { return found(diagnosed(judged(Security::bogus, reason, everywhere), all_refuse), "dns.bogus")->detail; };
  CHECK_THAT(detail(expired), Contains("The signature over the AAAA record of home.example.org expired on 2026-01-25, 00:00 UTC."));
  CHECK_THAT(detail(not_yet_valid), Contains("is valid from 2026-02-02, 00:00 UTC on, and it is 2026-01-31, 12:00 UTC here."));
  CHECK_THAT(detail(wrong_signature), Contains("does not fit"));
  CHECK_THAT(detail(untrusted_key), Contains("example.org is not signed with a key that the zone above vouches for"));
  CHECK_THAT(detail(no_signature), Contains("there is no signature over the AAAA record of home.example.org"));
  CHECK_THAT(detail(unproven_denial), Contains("(NSEC) is missing"));
}

TEST_CASE("signatures that nobody renewed in time are told of, those of who signs with every answer are not") {
  struct Row {
    const char* what;
    const char* from;
    const char* until;
    const char* expected;
  };
  const Row rows[] = {
      {"two months, of which one day is left", "2025-12-02T00:00:00Z", "2026-02-01T12:00:00Z", "dns.signatures-ending likely"},
      {"two months, of which three days are left", "2025-12-02T00:00:00Z", "2026-02-03T12:00:00Z", ""},
      {"two weeks, of which two days are left", "2026-01-19T12:00:00Z", "2026-02-02T12:00:00Z", ""},
      {"two days, made with every answer", "2026-01-30T12:00:00Z", "2026-02-01T12:00:00Z", ""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    auto d = judged(Security::secure, SecurityReason::fits, resolvers_alone);
    d.signed_from = date(row.from), d.signed_until = date(row.until);
    CHECK(told(diagnosed(d, nobody_validates)) == row.expected);
  }
}

TEST_CASE("where port 53 is intercepted, a public resolver's word is this network's") {
  auto e = signed_household();
  for (auto& a : e.dns->names[0].answers)
    if (a.role == Role::authoritative) a.authoritative = false, a.recursion_available = true;
  e.dns->names[0].dnssec = judged(Security::bogus, SecurityReason::wrong_signature, resolvers_alone);
  CHECK(told(diagnose(e)).empty());
}
