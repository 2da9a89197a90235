/// The own validation: what is asked for it, of whom, and how long that takes. The proofs are those of fixtures/wire/dnssec.
#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "probes/dns/dnssec_verdict.hpp"
#include "probes/dns/household.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using Catch::Contains;
using namespace std::chrono_literals;
using wire::dns::Type;

namespace {

bool asks_for_proof(const io::Bytes& query) {   // DO of the OPT record, which stands behind the question (RFC 3225 §3)
  constexpr std::size_t header = 12, type_and_class = 4, do_in_opt = 7;
  std::size_t at = header;
  while (at < query.size() && query[at] != std::byte{0}) at += std::to_integer<std::size_t>(query[at]) + 1;
  at += 1 + type_and_class + do_in_opt;
  return query.size() > at && query[11] == std::byte{1} && (query[at] & std::byte{0x80}) != std::byte{0};
}

/// Recorded answers by their questions.
class Proofs {
 public:
  explicit Proofs(std::initializer_list<const char*> files) {
    for (const auto* file : files) {
      const auto all = fixture_bytes(std::string("wire/dnssec/") + file + ".messages");
      for (wire::Reader reader(all); reader.left() > 0;) {
        const auto message = reader.bytes(reader.u16());
        const auto decoded = wire::dns::decode(message).value();
        messages_[{decoded.question_name, decoded.question_type}] = io::Bytes(message.begin(), message.end());
      }
    }
  }
  [[nodiscard]] io::Bytes answer(const io::Bytes& query) const {
    const auto q = wire::dns::decode(query).value();
    const auto found = messages_.find({q.question_name, q.question_type});
    auto result = found == messages_.end() ? DnsMessage(0, DnsMessage::qr, 2).question(q.question_name, q.question_type).bytes() : found->second;
    std::copy_n(query.begin(), 2, result.begin());
    return result;
  }
  /// A forwarder that leaves the signatures out: what nobody knows by its type.
  void strip() {
    for (auto& [question, message] : messages_)
      for (std::size_t i = 0; i + 3 < message.size(); ++i)
        if (message[i] == std::byte{0} && message[i + 1] == std::byte{46} && message[i + 2] == std::byte{0} && message[i + 3] == std::byte{1})
          message[i] = std::byte{0xff};
  }

 private:
  std::map<std::pair<std::string, std::uint16_t>, io::Bytes> messages_;
};

struct SignedHousehold : Household {
  std::size_t proofs_asked = 0;

  explicit SignedHousehold(const std::string& name, const std::string& zone) {
    network.host.calendar_time = Moment::parse("2026-01-31T12:00:00Z").value();
    network.host.files["/usr/share/dns/root.key"] = fixture_text("wire/dnssec/root.key");
    plan.names = {name};
    for (auto* server : {&resolver, &authority}) {
      server->address(name + ".", "192.0.2.1").address(name + ".", "2001:db8::1");
      for (const auto* above : {".", "org.", "net."}) server->ns(above, {"ns1.example.org."});
      server->ns(zone, {"ns1.example.org.", "ns2.example.org."});
    }
  }
  /// Answers for proof come from `proofs`, if any; all others from `plain`.
  UdpPeer peer(const DnsServer& plain, const std::optional<Proofs>& proofs, Duration after = 10ms) {
    return [this, plain, proofs, after](const Sent& sent) -> std::vector<Arrival> {
      const bool proof = asks_for_proof(sent.payload);
      proofs_asked += proof;
      if (proof && !proofs) return {};
      return {test::answer(sent, proof ? proofs->answer(sent.payload) : plain.answer(sent.payload), after)};
    };
  }
  void serve(const std::optional<Proofs>& inside, const std::optional<Proofs>& public_one, const std::optional<Proofs>& zone) {
    network.udp(dns_at(lan_resolver), peer(resolver, inside));
    network.udp(dns_at(outside), peer(resolver, public_one));
    for (const auto* at : {ns1, ns2, ns1_v6}) network.udp(dns_at(at), peer(authority, zone, 20ms));
  }
};

std::string said(const std::optional<Dnssec>& d) {
  if (!d) return "nothing";
  std::string result = std::string(to_string(d->security)) + " " + std::string(to_string(d->reason)) + ", " + d->zone + ": " + d->record + ";";
  for (const auto& source : d->sources) result += " " + std::string(to_string(source.role)) + " " + std::string(to_string(source.security));
  return result;
}

milliseconds time_without_proof(SignedHousehold& home) {
  const auto time = std::exchange(home.network.host.calendar_time, std::nullopt);
  home.observe();
  home.network.host.calendar_time = time;
  return home.elapsed();
}

}  // namespace

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

TEST_CASE("of many names all are validated, and the later ones are not asked whether they are zones until that leaves a doubt") {
  const auto is_asked_for_ds = [](const SignedHousehold& home, const std::string& name) {
    return std::ranges::any_of(home.network.sent, [&](const auto& sent) {
      const auto query = wire::dns::decode(sent.payload);
      return query && query->question_name == name && query->question_type == static_cast<std::uint16_t>(wire::dns::Type::ds);
    });
  };
  const Proofs proofs{"good-a", "good-aaaa"};
  for (const bool public_answers : {true, false}) {
    SignedHousehold home("home.good.org", "good.org.");
    for (int i = 0; i < 20; ++i) home.plan.names.insert(home.plan.names.begin(), "host" + std::to_string(i) + ".good.org");
    home.serve(proofs, public_answers ? std::optional(proofs) : std::nullopt, std::nullopt);
    const auto names = home.observe().names;
    REQUIRE(names.size() == 21);
    CHECK_THAT(said(names[20].dnssec), Contains("secure fits, good.org.: home.good.org. A;") && Contains(public_answers ? "public secure" : "system secure"));
    CHECK_THAT(said(names[0].dnssec), Contains("indeterminate no-answer"));   // what nobody answers for stays open
    CHECK_THAT(said(names[15].dnssec), Contains("indeterminate no-answer"));
    CHECK_FALSE(is_asked_for_ds(home, "home.good.org."));
  }
}

namespace {

/// Many names, and one of a signed zone behind them.
struct ManyNames : SignedHousehold {
  explicit ManyNames(int others = 60) : SignedHousehold("home.good.org", "good.org.") {
    for (int i = 0; i < others; ++i) {
      const auto name = fmt::format("host{}.good.org", i);
      plan.names.insert(plan.names.end() - 1, name);
      resolver.address(name + ".", "192.0.2.1").address(name + ".", "2001:db8::1");
    }
  }
  /// The public resolver, which has something else to do with those that ask for the proof along with the answer.
  void serve_later_names(const std::function<std::vector<Arrival>(const Sent&)>& along, Duration after = 10ms) {
    const Proofs proofs{"good-a", "good-aaaa"};
    serve(std::nullopt, proofs, std::nullopt);
    network.udp(dns_at(outside), [along, others = peer(resolver, proofs, after)](const Sent& sent) { return asks_along(sent) ? along(sent) : others(sent); });
  }
  static bool asks_along(const Sent& sent) {
    constexpr std::byte checking_disabled{0x10};   // RFC 4035 §3.2.2
    return asks_for_proof(sent.payload) && (sent.payload[3] & checking_disabled) == std::byte{0};
  }
  [[nodiscard]] long times_asked_along() const { return std::ranges::count_if(network.sent, asks_along); }
};

}  // namespace

TEST_CASE("of the later ones of many names, the public resolver's answers and their proofs are asked for at once") {
  ManyNames home;
  const Proofs proofs{"good-a", "good-aaaa"};
  home.serve(std::nullopt, proofs, std::nullopt);
  const auto evidence = home.observe();
  CHECK(said(evidence.names.back().dnssec) == "secure fits, good.org.: home.good.org. A; public secure");
  CHECK(find(evidence.names.back().answers, outside, "A").addresses == std::vector{address("192.0.2.1")});
  const auto asked = std::ranges::count_if(home.network.sent, [&](const Sent& sent) {
    const auto query = wire::dns::decode(sent.payload).value();
    return sent.to == dns_at(outside) && query.question_name == "home.good.org." && query.question_type == static_cast<std::uint16_t>(Type::a);
  });
  CHECK(asked == 1);
}

TEST_CASE("an answer that is not given with its proof is asked for without it") {
  struct Row {
    const char* what;
    unsigned flags, rcode;
    Duration after;
  };
  const Row rows[] = {
      {"it is too long", DnsMessage::tc, 0, 10ms},
      {"it is too long, and comes twice, as it was asked for twice", DnsMessage::tc, 0, 250ms},
      {"FORMERR", 0, 1, 10ms},
      {"NOTIMP", 0, 4, 10ms},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    ManyNames home;
    home.serve_later_names([&](const Sent& sent) -> std::vector<Arrival> {
      const auto q = wire::dns::decode(sent.payload).value();
      return {test::answer(sent, DnsMessage(q.id, DnsMessage::qr | DnsMessage::ra | row.flags, row.rcode).question(q.question_name, q.question_type).bytes(), row.after)};
    }, row.after);
    const auto evidence = home.observe();
    CHECK(home.times_asked_along() > 0);
    for (const auto& name : evidence.names)
      for (const auto* type : {"A", "AAAA"}) {
        INFO(name.name);
        CHECK(find(name.answers, outside, type).rcode == "NOERROR");
        CHECK_FALSE(find(name.answers, outside, type).truncated);
      }
  }
}

TEST_CASE("the proofs of many names are looked at beside what is still asked, those of few in the end") {
  /// Notes who asks for the time.
  struct WatchedClock : Clock {
    const Clock& real;
    std::thread::id own = std::this_thread::get_id();
    mutable std::atomic<int> asked_by_others = 0;
    explicit WatchedClock(const Clock& clock) : real(clock) {}
    [[nodiscard]] Instant now() const override {
      if (std::this_thread::get_id() != own) ++asked_by_others;
      return real.now();
    }
    void sleep_until(Instant until) const override { real.sleep_until(until); }
  };
  for (const int others : {7, 8}) {
    ManyNames home(others);
    const Proofs proofs{"good-a", "good-aaaa"};
    home.serve(std::nullopt, proofs, std::nullopt);
    const WatchedClock clock(home.clock);
    const auto evidence = dns::observe(home.plan, {home.network, clock, home.random}, {clock.now() + 10s}).value();
    CHECK(said(evidence.names.back().dnssec).starts_with("secure fits"));
    CHECK((clock.asked_by_others > 2) == (others == 8));
  }
}

TEST_CASE("a name that is given twice, among the first and the later ones, is proven all the same") {
  ManyNames home;
  home.plan.names.insert(home.plan.names.begin(), home.plan.names.back());
  const Proofs proofs{"good-a", "good-aaaa"};
  home.serve(std::nullopt, proofs, std::nullopt);
  const auto evidence = home.observe();
  for (const auto* name : {&evidence.names.front(), &evidence.names.back()})
    CHECK(said(name->dnssec) == "secure fits, good.org.: home.good.org. A; public secure");
}

TEST_CASE("where answers with proofs do not get through, the later names are asked for without them, and that is found out once") {
  ManyNames home(300);
  home.serve_later_names([](const Sent&) { return std::vector<Arrival>{}; });
  const auto evidence = home.observe();
  for (const auto& name : evidence.names) CHECK(find(name.answers, outside, "AAAA").rcode == "NOERROR");
  CHECK(home.times_asked_along() > 0);
  CHECK(home.times_asked_along() < 300);   // of six hundred questions, each of which is sent twice before that is known
  CHECK(said(evidence.names.back().dnssec).starts_with("secure fits"));   // proofs alone get through here
}

TEST_CASE("a name that does not validate is told from one that is not there, also of many") {
  ManyNames home;
  home.serve_later_names([](const Sent& sent) -> std::vector<Arrival> {
    const auto q = wire::dns::decode(sent.payload).value();
    return {test::answer(sent, DnsMessage(q.id, DnsMessage::qr | DnsMessage::ra, 2).question(q.question_name, q.question_type).bytes(), 10ms)};
  });
  const auto name = home.observe().names.back();
  CHECK(find(name.answers, outside, "A").rcode == "SERVFAIL");
  CHECK(find(name.answers, outside, "A").unchecked_rcode == "NOERROR");
  CHECK(said(name.dnssec).starts_with("secure fits"));   // asked for again, whether they validate or not
}

TEST_CASE("who answers slowly for very many names is waited for as long as answers come, and what stays open is said") {
  for (const std::size_t answers : {1000U, 60U}) {
    INFO(answers << " answers");
    SignedHousehold home("home.good.org", "good.org.");
    for (int i = 0; i < 60; ++i) home.plan.names.push_back(fmt::format("host{}.good.org", i));
    const Proofs proofs{"good-a", "good-aaaa"};
    home.serve(std::nullopt, std::nullopt, std::nullopt);
    std::map<std::uint16_t, bool> seen;   // by the ID: what is sent again is not answered twice
    home.network.udp(dns_at(outside), [&, plain = home.resolver](const Sent& sent) -> std::vector<Arrival> {
      if (!asks_for_proof(sent.payload)) return {test::answer(sent, plain.answer(sent.payload), 10ms)};
      const auto id = wire::Reader(sent.payload).u16();
      if (!seen.emplace(id, true).second || seen.size() > answers) return {};
      return {test::answer(sent, proofs.answer(sent.payload), 5ms * seen.size())};
    });
    const auto evidence = home.observe();
    const auto left = std::ranges::count_if(evidence.troubles, [](const auto& trouble) { return trouble.find("could not be looked at in time") != std::string::npos; });
    CHECK(left == (answers < 1000));
    CHECK(said(evidence.names[0].dnssec).starts_with("secure fits"));
  }
}
