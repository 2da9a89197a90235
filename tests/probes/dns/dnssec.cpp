/// The own validation: what is asked for it, of whom, and how long that takes.
#include "probes/dns/signed_household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using Catch::Contains;
using namespace std::chrono_literals;
using wire::dns::Type;

TEST_CASE("a signed name is proven right, and an unsigned one proven to be unsigned, beside the ordinary questions") {
  struct Row {
    const char* name;
    const char* zone;
    std::initializer_list<const char*> proofs;
    const char* expected;
    std::vector<Address> proven;
  };
  const Row rows[] = {
      {"home.good.org", "good.org.", {"good-a", "good-aaaa"}, "secure fits, good.org.: home.good.org. A; public secure",
       {address("192.0.2.1"), address("2001:db8::1")}},
      {"home.plain.net", "plain.net.", {"no-ds"}, "insecure no-ds, plain.net.: plain.net. DS; public insecure", {}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    SignedHousehold home(row.name, row.zone);
    const Proofs proofs(row.proofs);
    home.serve(proofs, proofs, proofs);
    const auto without = time_without_proof(home);
    CHECK(home.proofs_asked == 0);
    const auto name = home.observe().names[0];
    CHECK(home.elapsed() <= without + 10ms);
    CHECK(said(name.dnssec) == row.expected);
    CHECK(name.dnssec->proven == row.proven);
    CHECK(name.dnssec->judged_at == home.network.host.calendar_time);
    CHECK(name.dnssec->anchor == "/usr/share/dns/root.key");
  }
}

TEST_CASE("who is silent to questions with DO is waited for a moment alone") {
  SignedHousehold home("home.good.org", "good.org.");
  home.serve(std::nullopt, std::nullopt, std::nullopt);
  const auto without = time_without_proof(home);
  CHECK(said(home.observe().names[0].dnssec) == "indeterminate no-answer, : home.good.org. A; public indeterminate system indeterminate");
  CHECK(home.elapsed() <= without + 450ms);

  SignedHousehold half("home.good.org", "good.org.");
  half.serve(std::nullopt, Proofs{"good-a", "good-aaaa"}, std::nullopt);
  CHECK(said(half.observe().names[0].dnssec) == "secure fits, good.org.: home.good.org. A; public secure");
  CHECK(half.elapsed() <= without + 10ms);
}

TEST_CASE("where resolvers leave the signatures out, the zones' own servers are asked, from the root down") {
  const Proofs whole{"good-a", "good-aaaa"};
  auto stripped = whole;
  stripped.strip();
  SignedHousehold home("home.good.org", "good.org.");
  home.serve(stripped, stripped, whole);
  CHECK(said(home.observe().names[0].dnssec) ==
        "secure fits, good.org.: home.good.org. A; public indeterminate system indeterminate authoritative secure");

  SignedHousehold unsigned_home("home.good.org", "good.org.");
  unsigned_home.serve(stripped, stripped, stripped);
  CHECK(said(unsigned_home.observe().names[0].dnssec) == "indeterminate stripped, : home.good.org. A; public indeterminate system indeterminate");
}

TEST_CASE("a fault is asked for again where it was made") {
  SignedHousehold home("home.expired.org", "expired.org.");
  const Proofs proofs{"expired"};
  home.serve(proofs, proofs, proofs);
  const auto d = home.observe().names[0].dnssec;
  CHECK(said(d) == "bogus expired, expired.org.: expired.org. DNSKEY; public bogus system bogus authoritative bogus");
  CHECK(d->signed_until == Moment::parse("2026-01-15T00:00:00Z").value());
  CHECK(d->newest_signature == Moment::parse("2026-01-01T00:00:00Z").value());

  SignedHousehold alone("home.expired.org", "expired.org.");
  alone.plan.ask_zone_servers = false;
  alone.plan.public_resolvers = {};
  alone.serve(proofs, proofs, proofs);
  CHECK(said(alone.observe().names[0].dnssec) == "bogus expired, expired.org.: expired.org. DNSKEY; system bogus");
  CHECK(alone.network.sent.size() == sent_to(alone.network, lan_resolver));
}

TEST_CASE("an alias is followed into the zone that it leads to") {
  SignedHousehold home("far.good.org", "good.org.");
  const Proofs proofs{"good-alias-far"};
  home.serve(proofs, proofs, proofs);
  CHECK(said(home.observe().names[0].dnssec) == "secure fits, hashed.org.: home.hashed.org. A; public secure");
}

TEST_CASE("the first file with a key of the root counts, and without one what IANA published") {
  struct Row {
    std::vector<std::pair<const char*, std::string>> files;
    const char* anchor;
    Security security;
  };
  const auto key = fixture_text("wire/dnssec/root.key");
  const Row rows[] = {
      {{{"/usr/share/dns/root.key", key}, {"/var/lib/unbound/root.key", "; empty\n"}}, "/usr/share/dns/root.key", Security::secure},
      {{{"/usr/share/dns/root.key", "; empty\n"}, {"/var/lib/unbound/root.key", key}}, "/var/lib/unbound/root.key", Security::secure},
      {{{"/etc/trusted-key.key", key}}, "/etc/trusted-key.key", Security::secure},
      {{}, "built in", Security::indeterminate},   // this root is not the internet's
  };
  for (const auto& row : rows) {
    SignedHousehold home("home.good.org", "good.org.");
    home.network.host.files.erase("/usr/share/dns/root.key");
    for (const auto& [path, text] : row.files) home.network.host.files[path] = text;
    const Proofs proofs{"good-a", "good-aaaa"};
    home.serve(proofs, proofs, proofs);
    const auto d = home.observe().names[0].dnssec;
    CHECK(d->anchor == row.anchor);
    CHECK(d->security == row.security);
  }
}

TEST_CASE("a resolver that is silent is left for the next one of resolv.conf") {
  SignedHousehold home("home.good.org", "good.org.");
  home.network.host.files["/etc/resolv.conf"] = std::string("nameserver ") + other_router + "\nnameserver " + lan_resolver + "\n";
  home.plan.public_resolvers = {};
  const Proofs proofs{"good-a", "good-aaaa"};
  home.serve(proofs, proofs, proofs);
  const auto d = home.observe().names[0].dnssec;
  CHECK(said(d) == "secure fits, good.org.: home.good.org. A; system secure");
  CHECK(d->sources[0].server == dns_at(lan_resolver));
}

TEST_CASE("addresses are proven where both types are, by whichever source") {
  const auto secure = [](std::vector<Address> addresses) {
    wire::dns::Judgement result{.security = Security::secure, .reason = SecurityReason::fits};
    result.addresses = std::move(addresses);
    return result;
  };
  const auto one = address("192.0.2.1"), other = address("192.0.2.2"), six = address("2001:db8::1");
  Verdicts verdicts;
  verdicts.add(Role::public_resolver, std::nullopt, secure({one}), {});
  CHECK(verdicts.together().proven.empty());
  verdicts.add(Role::system, std::nullopt, secure({other, one}), secure({six}));
  CHECK(verdicts.together().security == Security::secure);
  CHECK(verdicts.together().proven == std::vector{one, other, six});
}
