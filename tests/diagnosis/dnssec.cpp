/// What is made of the own DNSSEC validation beside what the resolvers say.
#include "support/catch.hpp"

#include "signatures.hpp"

using namespace ringback;
using namespace ringback::build;
using namespace ringback::build::signatures;
using Catch::Contains;

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
      {"expired, and this network's resolver alone refuses it: it may go by the same clock", expired, everywhere, own_refuses, "dns.bogus likely"},
      {"expired, and another resolver finds it right", expired, everywhere, others_validate, "host.clock-wrong likely"},
      {"not yet valid, and resolvers refuse it", not_yet_valid, everywhere, all_refuse, "dns.bogus certain"},
      {"not yet valid, by this clock alone", not_yet_valid, everywhere, nobody_validates, "dns.bogus possible"},
      {"not yet valid, and another resolver finds it right", not_yet_valid, everywhere, others_validate, "host.clock-wrong likely"},
      {"another key, and resolvers refuse it", untrusted_key, everywhere, all_refuse, "dns.bogus certain"},
      {"another key, and this network's resolver refuses it too", untrusted_key, resolvers_alone, own_refuses, "dns.bogus certain"},
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
