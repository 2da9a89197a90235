/// Which answers are believed, and what is made of odd ones.
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using wire::dns::Type;

TEST_CASE("answers from the wrong place, with the wrong ID or question, and garbage are named and not believed") {
  Household home;
  home.start_servers();
  home.plan.ask_zone_servers = false;
  home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
    const auto q = wire::dns::decode(sent.payload).value();
    const auto lie = [&](std::uint16_t id, const std::string& name, std::uint16_t type) {
      return DnsMessage(id).question(name, type).address(name, type == 28 ? "2a00:bad::1" : "6.6.6.6").bytes();
    };
    return std::vector{
        answer_from(dns_at("6.6.6.6"), lie(q.id, q.question_name, q.question_type), 1ms),
        answer_from({sent.to.address, 5353}, lie(q.id, q.question_name, q.question_type), 2ms),
        answer(sent, lie(static_cast<std::uint16_t>(q.id + 1), q.question_name, q.question_type), 3ms),
        answer(sent, lie(q.id, "evil.example.", q.question_type), 4ms),
        answer(sent, lie(q.id, q.question_name, 16), 5ms),
        answer(sent, DnsMessage(q.id).question(pointer(12), 1).bytes(), 6ms),
        answer(sent, sent.payload, 7ms),
        answer(sent, home.resolver.answer(sent.payload), 8ms),
    };
  });
  const auto evidence = home.observe();
  const auto& believed = find(evidence.names[0].answers, lan_resolver, "A");
  CHECK(believed.addresses == std::vector{address("8.8.4.4")});
  REQUIRE(believed.rejected.size() == 7);
  const char* reasons[] = {"from 6.6.6.6:53", "from 192.168.1.1:5353", "the ID is", "evil.example.", "type 16", "broken", "not an answer"};
  for (std::size_t i = 0; i < 7; ++i) CHECK_THAT(believed.rejected[i], Contains(reasons[i]));
}

TEST_CASE("what tells a remembered no from a filtered answer, and a forwarder from a server of the zone, is kept") {
  Household home;
  home.resolver.on("home.example.org.", Type::a, [](DnsMessage& m) { m.soa("example.org."); });
  home.resolver.on("home.example.org.", Type::aaaa, [](DnsMessage&) {});
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(find(evidence.names[0].answers, lan_resolver, "A").negative_ttl_s == 30U);  // the smaller one of its TTL and MINIMUM
  CHECK(find(evidence.names[0].answers, lan_resolver, "AAAA").negative_ttl_s == std::nullopt);
  for (const auto& a : evidence.names[0].answers)
    if (a.rcode) CHECK(a.recursion_available == (a.role != Role::authoritative));
}

TEST_CASE("the zone's own record beside a no, and no other, says how long it is kept and which version of the zone says so") {
  struct Row {
    const char* what;
    std::function<void(DnsMessage&)> says;
    std::optional<unsigned> negative_ttl_s, serial;
  };
  const auto alias = [](DnsMessage& m) -> DnsMessage& { return m.cname("home.example.org.", "me.dyn.example.net."); };
  const Row rows[] = {
      {"of the zone above", [](DnsMessage& m) { m.soa("org.", 7); }, 30U, 7U},
      {"of the root", [](DnsMessage& m) { m.soa(".", 7); }, 30U, 7U},
      {"of a stranger", [](DnsMessage& m) { m.soa("evil.example.", 99); }, {}, {}},
      {"of a zone below", [](DnsMessage& m) { m.soa("www.home.example.org.", 99); }, {}, {}},
      {"of a name that ends alike", [](DnsMessage& m) { m.soa("ample.org.", 99); }, {}, {}},
      {"of a stranger, and then the zone's", [](DnsMessage& m) { m.soa("evil.example.", 99).soa("example.org.", 7); }, 30U, 7U},
      {"where an alias ends", [&](DnsMessage& m) { alias(m).soa("dyn.example.net.", 7); }, 30U, 7U},
      {"where an alias began", [&](DnsMessage& m) { alias(m).soa("example.org.", 99); }, {}, {}},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Household home;
    home.plan.ask_zone_servers = false;
    home.resolver.on("home.example.org.", Type::a, row.says);
    home.start_servers();
    const auto evidence = home.observe();
    const auto& answer = find(evidence.names[0].answers, lan_resolver, "A");
    CHECK(answer.negative_ttl_s == row.negative_ttl_s);
    CHECK(answer.serial == row.serial);
  }
}

TEST_CASE("the serial number of a zone is the one of its own SOA record") {
  Household home;
  home.authority.on("example.org.", Type::soa, [](DnsMessage& m) {
    m.soa("evil.example.", 98, DnsMessage::in_answer).soa("example.org.", 7, DnsMessage::in_answer).soa("evil.example.", 99);
  });
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(find(evidence.zones.at(0).answers, ns1, "SOA").serial == 7U);
}

TEST_CASE("a flood of lies stays bounded and does not keep the answer away") {
  Household home;
  home.start_servers();
  home.plan.ask_zone_servers = false;
  home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
    std::vector<Arrival> all;
    for (int i = 0; i < 500; ++i) all.push_back(answer_from(dns_at("6.6.6.6"), sent.payload, 1ms));
    all.push_back(answer(sent, home.resolver.answer(sent.payload), 9ms));
    all.push_back(answer(sent, home.resolver.answer(sent.payload), 9ms));  // twice: a retransmission's answer
    return all;
  });
  const auto evidence = home.observe();
  const auto& answer = find(evidence.names[0].answers, lan_resolver, "A");
  CHECK(answer.rcode == "NOERROR");
  REQUIRE(answer.rejected.size() == 8);
  CHECK(answer.rejected.back() == "and 493 more");
}

TEST_CASE("a truncated answer comes over TCP") {
  Household home;
  home.plan.ask_zone_servers = false;
  const auto whole = home.resolver;
  home.resolver.on("home.example.org.", Type::a, [](DnsMessage&) {}, 0, DnsMessage::tc);
  home.start_servers();
  std::string asked;
  home.network.tcp(dns_at(lan_resolver), {.on_receive = [&](std::string_view bytes) -> std::vector<TcpPiece> {
    asked += bytes;
    if (asked.size() < 2) return {};
    const auto query = std::as_bytes(std::span(asked).subspan(2));
    const auto message = whole.answer(io::Bytes(query.begin(), query.end()));
    auto framed = wire::Writer().u16(static_cast<std::uint16_t>(message.size())).bytes(message).take();
    const io::Bytes rest(framed.begin() + 20, framed.end());
    framed.resize(20);
    return {{5ms, framed}, {6ms, rest}};
  }});
  const auto evidence = home.observe();
  const auto& answer = find(evidence.names[0].answers, lan_resolver, "A");
  CHECK(answer.truncated);
  CHECK(answer.addresses == std::vector{address("8.8.4.4")});
  const auto& refused = find(evidence.names[0].answers, outside, "A");  // nobody there takes TCP
  CHECK(refused.truncated);
  CHECK_FALSE(refused.rcode);
  CHECK_THAT(refused.trouble.value(), StartsWith("truncated, and over TCP: connect tcp 9.9.9.9:53"));
  CHECK(home.elapsed() < 2s);
}

TEST_CASE("a silent resolver does not hold up what has to be asked over TCP") {
  Household home;
  home.plan.ask_zone_servers = false;
  home.plan.public_resolvers = {};
  home.network.host.files["/etc/resolv.conf"] = std::string("nameserver ") + other_router + "\nnameserver " + lan_resolver + "\n";
  home.resolver.on("home.example.org.", Type::a, [](DnsMessage&) {}, 0, DnsMessage::tc);
  home.start_servers();
  Instant connected;
  home.network.tcp(dns_at(lan_resolver), {.on_receive = [&](std::string_view) -> std::vector<TcpPiece> {
    connected = home.clock.now();
    return {};
  }});
  home.observe();
  CHECK(connected - home.began < 300ms);
  CHECK(home.elapsed() < 2100ms);
}

TEST_CASE("a resolver that refers elsewhere has not said that there is no record") {
  Household home;
  home.plan.ask_zone_servers = false;
  DnsServer root(DnsMessage::qr);
  root.on("home.example.org.", Type::a, [](DnsMessage& m) { m.ns("org.", "ns.nic.org.", DnsMessage::in_authority); });
  home.start_servers();
  home.network.udp(dns_at(outside), root.peer());
  const auto evidence = home.observe();
  const auto& answer = find(evidence.names[0].answers, outside, "A");
  CHECK_FALSE(answer.rcode);
  CHECK_THAT(answer.trouble.value(), Contains("referral"));
}

TEST_CASE("an answer full of what was not asked for is none, and not a \"no such record\"") {
  Household home;
  home.plan.ask_zone_servers = false;
  home.resolver.on("home.example.org.", Type::a, [](DnsMessage& m) { m.cname("home.example.org.", "home.example.org."); });   // a loop
  home.resolver.on("home.example.org.", Type::aaaa, [](DnsMessage& m) { m.address("evil.example.", "2a00:bad::1"); });
  home.start_servers();
  const auto evidence = home.observe();
  for (const auto* type : {"A", "AAAA"}) {
    const auto& answer = find(evidence.names[0].answers, lan_resolver, type);
    CHECK_FALSE(answer.rcode);
    CHECK_THAT(answer.trouble.value(), Contains("none of them answers the question"));
  }
  CHECK(std::ranges::any_of(evidence.troubles, [](const auto& t) { return t.ends_with(" belong to names that nobody asked for, and are not believed"); }));
}

TEST_CASE("what comes over TCP is as little believed") {
  struct Row {
    const char* what;
    io::Bytes bytes;
    const char* trouble;
  };
  const auto framed = [](const io::Bytes& message) {
    return wire::Writer().u16(static_cast<std::uint16_t>(message.size())).bytes(message).take();
  };
  const Row rows[] = {
      {"another ID", framed(DnsMessage(1).question("home.example.org.", 1).bytes()), "no valid answer over TCP"},
      {"a length that never comes", wire::Writer().u16(2000).u8(1).take(), "closed before"},
      {"a length beyond all need", wire::Writer().u16(65535).u8(1).take(), "65535 octets"},
      {"garbage", framed(wire::Writer().zeros(5).take()), "5 octets"},
      {"nothing", {}, "closed before"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Household home;
    home.plan.ask_zone_servers = false;
    home.plan.public_resolvers = {};
    home.resolver.on("home.example.org.", Type::a, [](DnsMessage&) {}, 0, DnsMessage::tc);
    home.start_servers();
    home.network.tcp(dns_at(lan_resolver), {.on_receive = [&](std::string_view bytes) -> std::vector<TcpPiece> {
      if (bytes.empty()) return {};
      return {{1ms, row.bytes, true}};
    }});
    const auto evidence = home.observe();
    CHECK_THAT(find(evidence.names[0].answers, lan_resolver, "A").trouble.value(), Contains(row.trouble));
  }
}

TEST_CASE("a server that refuses EDNS, or drops it, is asked without") {
  Household home;
  home.plan.ask_zone_servers = false;
  home.plan.public_resolvers = {};
  const auto has_opt = [](const Sent& sent) { return sent.payload.at(11) != std::byte{0}; };
  const auto formerr = [&](const Sent& sent) {
    const auto q = wire::dns::decode(sent.payload).value();
    return std::vector{answer(sent, has_opt(sent) ? DnsMessage(q.id, DnsMessage::qr, 1).bytes() : home.resolver.answer(sent.payload))};
  };
  home.network.udp(dns_at(lan_resolver), formerr);
  CHECK(find(home.observe().names[0].answers, lan_resolver, "A").rcode == "NOERROR");
  CHECK(home.elapsed() < 50ms);

  home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
    return has_opt(sent) ? std::vector<Arrival>{} : std::vector{answer(sent, home.resolver.answer(sent.payload))};
  });
  CHECK(find(home.observe().names[0].answers, lan_resolver, "A").rcode == "NOERROR");
  CHECK(home.elapsed() < 700ms);
}

TEST_CASE("what a SERVFAIL hides shows without checking") {
  Household home;
  home.plan.ask_zone_servers = false;
  home.plan.public_resolvers = {};
  home.network.udp(dns_at(lan_resolver), [&](const Sent& sent) {
    const bool checking_disabled = (sent.payload.at(3) & std::byte{0x10}) != std::byte{0};
    if (checking_disabled) return std::vector{answer(sent, home.resolver.answer(sent.payload))};
    const auto q = wire::dns::decode(sent.payload).value();
    return std::vector{answer(sent, DnsMessage(q.id, DnsMessage::qr, 2).question(q.question_name, q.question_type).extended_error(9).bytes())};
  });
  const auto evidence = home.observe();
  const auto& bogus = find(evidence.names[0].answers, lan_resolver, "A");
  CHECK(bogus.rcode == "SERVFAIL");
  CHECK(bogus.extended_error == 9);
  CHECK(bogus.unchecked_rcode == "NOERROR");
  CHECK(bogus.addresses.empty());
}
