/// The own validation of many names: what is asked for once, and looked at beside what is still asked.
#include <atomic>
#include <thread>

#include "probes/dns/signed_household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using Catch::Contains;
using namespace std::chrono_literals;
using wire::dns::Type;

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
