/// Answers and errors in the name of others: what an attacker who cannot see the questions may send.
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;
using wire::dns::Type;

namespace {

constexpr std::uint16_t aaaa = 28;

bool is_for_home(const wire::dns::Message& q, std::uint16_t type) { return q.question_name == "home.example.org." && q.question_type == type; }

io::Bytes lie(const wire::dns::Message& q, std::uint16_t id) {
  const auto* address = q.question_type == aaaa ? "2a00:bad::1" : "6.6.6.6";
  return DnsMessage(id).question(q.question_name, q.question_type).address(q.question_name, address).bytes();
}

/// This network's resolver and a public one are asked, and nobody else.
struct TwoResolvers : Household {
  TwoResolvers() {
    plan.ask_zone_servers = false;
    start_servers();
  }
  Answer said(const char* type) { return find(observe().names[0].answers, lan_resolver, type); }
};

}  // namespace

TEST_CASE("a server cannot answer in the name of another: it does not know that one's port") {
  TwoResolvers home;
  std::map<std::pair<std::string, std::uint16_t>, std::uint16_t> ids;
  home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
    const auto q = wire::dns::decode(sent.payload).value();
    ids[{q.question_name, q.question_type}] = q.id;
    return std::vector{answer(sent, home.resolver.answer(sent.payload), 30ms)};
  });
  home.network.udp(dns_at(outside), [&](const Sent& sent) {
    const auto q = wire::dns::decode(sent.payload).value();
    return std::vector{answer_from(dns_at(lan_resolver), lie(q, ids.at({q.question_name, q.question_type})), 5ms),
                       answer(sent, home.resolver.answer(sent.payload))};
  });
  const auto believed = home.said("A");
  CHECK(believed.addresses == std::vector{address("8.8.4.4")});
  REQUIRE(believed.rejected.size() == 1);
  CHECK_THAT(believed.rejected[0], Contains("the port that another server was asked from"));
}

TEST_CASE("IDs and cookies are drawn from the random source, each on its own") {
  struct Drawn {
    std::vector<std::uint16_t> ids;
    std::set<io::Bytes> cookies;   // ours of them
  };
  const auto draw = [](std::uint64_t seed) {
    TwoResolvers home;
    ScriptedRandom random(seed);
    REQUIRE(dns::observe(home.plan, {home.network, home.clock, random}, {home.clock.now() + 10s}));
    Drawn result;
    for (const auto& sent : home.network.sent) {
      const auto q = wire::dns::decode(sent.payload).value();
      result.ids.push_back(q.id);
      result.cookies.insert(q.cookie.value());
      CHECK(q.cookie->size() == wire::dns::client_cookie_size);
    }
    return result;
  };
  const auto first = draw(1), again = draw(1), other = draw(2);
  REQUIRE(first.ids.size() == 5);   // two to each of the two, and for the prefix of a NAT64 to the first
  CHECK(first.ids == again.ids);
  CHECK(first.cookies == again.cookies);
  // Two of five alike, or one more than the last, by accident alone: not with these seeds, which make the test the same each time.
  CHECK(std::set(first.ids.begin(), first.ids.end()).size() == 5);
  for (std::size_t i = 0; i < first.ids.size(); ++i) {
    CHECK(first.ids[i] != other.ids.at(i));
    if (i > 0) CHECK(std::abs(int{first.ids[i]} - int{first.ids[i - 1]}) > 1);
  }
  CHECK(first.cookies.size() == 2);   // one for each server (RFC 7873 §4.1)
  for (const auto& cookie : first.cookies) CHECK_FALSE(other.cookies.contains(cookie));
}

TEST_CASE("ICMP errors end nothing that they do not concern") {
  SECTION("of a server that has answered") {
    TwoResolvers home;
    home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
      const auto truth = home.resolver.answer(sent.payload);
      if (wire::dns::decode(sent.payload).value().question_type != aaaa) return std::vector{answer(sent, truth, 10ms)};
      return std::vector{port_unreachable(sent, 20ms), answer(sent, truth, 30ms)};
    });
    CHECK(home.said("AAAA").rcode == "NOERROR");
  }
  SECTION("that came to the port of another one") {
    TwoResolvers home;
    home.network.udp(dns_at(outside), [&](const Sent& sent) {
      auto stranger = sent;
      stranger.to = dns_at("6.6.6.6");
      auto other = sent;
      other.to = dns_at(lan_resolver);
      return std::vector{port_unreachable(stranger, 4ms), port_unreachable(other, 5ms), answer(sent, home.resolver.answer(sent.payload))};
    });
    CHECK(home.said("A").rcode == "NOERROR");
  }
}

TEST_CASE("who has given a cookie is not believed without one, and asked over TCP") {
  struct Row {
    const char* what;
    std::function<io::Bytes(const wire::dns::Message&)> forged;
  };
  const Row rows[] = {
      {"an answer", [](const auto& q) { return lie(q, q.id); }},
      {"it could not read the question, and repeats none", [](const auto& q) { return DnsMessage(q.id, DnsMessage::qr, 1).bytes(); }},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    TwoResolvers home;
    home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
      const auto q = wire::dns::decode(sent.payload).value();
      const auto truth = with_cookie(home.resolver.answer(sent.payload), sent.payload);
      if (!is_for_home(q, aaaa)) return std::vector{answer(sent, truth, 10ms)};
      return std::vector{answer(sent, row.forged(q), 15ms), answer(sent, truth, 20ms)};
    });
    home.network.tcp(dns_at(lan_resolver), dns_over_tcp([&](const io::Bytes& query) { return with_cookie(home.resolver.answer(query), query); }));
    const auto believed = home.said("AAAA");
    CHECK(believed.addresses == std::vector{address("2a00:db8::1")});
    CHECK_FALSE(believed.truncated);
    REQUIRE(believed.rejected.size() == 1);
    CHECK_THAT(believed.rejected[0], Contains("no cookie"));
    CHECK(home.network.connected == std::vector{dns_at(lan_resolver)});
  }
}

TEST_CASE("a forwarder whose own cache has no cookies stays a resolver, and is asked over TCP once") {
  for (const bool takes_tcp : {true, false}) {
    INFO(takes_tcp);
    TwoResolvers home;
    home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
      const auto q = wire::dns::decode(sent.payload).value();
      const auto truth = home.resolver.answer(sent.payload);
      return std::vector{q.question_type == aaaa ? answer(sent, truth, 15ms) : answer(sent, with_cookie(truth, sent.payload), 10ms)};
    });
    auto over_tcp = dns_over_tcp([&](const io::Bytes& query) { return home.resolver.answer(query); });
    if (!takes_tcp) over_tcp.refusal = Error{Errc::refused, "connect: refused"};
    home.network.tcp(dns_at(lan_resolver), over_tcp);
    const auto evidence = home.observe();
    CHECK(find(evidence.names[0].answers, lan_resolver, "AAAA").addresses == std::vector{address("2a00:db8::1")});
    CHECK(evidence.ipv4only.at(0).rcode == "NOERROR");
    CHECK(home.network.connected.size() == 1);
    CHECK(home.elapsed() < 100ms);
  }
}

TEST_CASE("a server that refuses even the cookie that it gave is asked over TCP") {
  TwoResolvers home;
  home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
    const auto q = wire::dns::decode(sent.payload).value();
    const auto cookie = wire::Writer().u16(10).u16(16).bytes(std::span(q.cookie.value()).first(8)).text("its own.").take();
    return std::vector{answer(sent, DnsMessage(q.id, DnsMessage::qr, 7).question(q.question_name, q.question_type).opt(cookie, 1).bytes())};
  });
  home.network.tcp(dns_at(lan_resolver), dns_over_tcp([&](const io::Bytes& query) { return home.resolver.answer(query); }));
  CHECK(home.said("A").addresses == std::vector{address("8.8.4.4")});
  CHECK(sent_to(home.network, lan_resolver) == 6);   // each of three questions twice
}

TEST_CASE("after many answers with wrong IDs the question is asked over TCP") {
  struct Row {
    unsigned lies;
    std::size_t connections;
  };
  for (const auto& row : {Row{7, 0}, Row{8, 1}}) {
    INFO(row.lies);
    TwoResolvers home;
    home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
      const auto q = wire::dns::decode(sent.payload).value();
      std::vector<Arrival> all;
      for (unsigned i = 1; i <= row.lies && is_for_home(q, 1); ++i) all.push_back(answer(sent, lie(q, static_cast<std::uint16_t>(q.id + i)), 1ms));
      all.push_back(answer(sent, home.resolver.answer(sent.payload), 20ms));
      return all;
    });
    home.network.tcp(dns_at(lan_resolver), dns_over_tcp([&](const io::Bytes& query) { return home.resolver.answer(query); }));
    CHECK(home.said("A").addresses == std::vector{address("8.8.4.4")});
    CHECK(home.network.connected.size() == row.connections);
  }
}
