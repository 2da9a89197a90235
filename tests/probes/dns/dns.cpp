#include "probes/dns/dns.hpp"

#include "probes/dns/scripted_dns.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using wire::dns::Type;

namespace {

constexpr auto lan_resolver = "192.168.1.1", other_router = "192.168.1.2", outside = "9.9.9.9";
constexpr auto ns1 = "198.41.0.1", ns2 = "198.41.0.2", ns1_v6 = "2a01:db8::53";

Address address(const char* text) { return Address::parse(text).value(); }

struct Household {
  FakeClock clock;
  ScriptedRandom random;
  ScriptedNetwork network{clock};
  DnsPlan plan;
  Instant began = clock.now();
  DnsServer resolver, authority = DnsServer::with_authority();

  Household() {
    network.host.files["/etc/resolv.conf"] = std::string("nameserver ") + lan_resolver + "\n";
    network.host.default_ipv4 = network.host.default_ipv6 = RouteLookup{.interface = "eth0"};
    plan.names = {"home.example.org"};
    plan.public_resolvers = {address(outside)};
    plan.legs = {Leg{.family = Family::ipv4}, Leg{.family = Family::ipv6}};
    for (auto* server : {&resolver, &authority}) {
      server->address("home.example.org.", "8.8.4.4", 60).address("home.example.org.", "2a00:db8::1", 60);
      server->ns("example.org.", {"ns1.example.org.", "ns2.example.org."});
    }
    resolver.address("ns1.example.org.", ns1).address("ns1.example.org.", ns1_v6).address("ns2.example.org.", ns2);
  }

  void start_servers() {
    for (const auto* at : {lan_resolver, outside}) network.udp(dns_at(at), resolver.peer());
    for (const auto* at : {ns1, ns2, ns1_v6}) network.udp(dns_at(at), authority.peer(20ms));
  }

  dns::Evidence observe(std::chrono::milliseconds limit = 10s) {
    began = clock.now();
    return dns::observe(plan, {network, clock, random}, {clock.now() + limit}).value();
  }
  [[nodiscard]] milliseconds elapsed() const { return std::chrono::duration_cast<milliseconds>(clock.now() - began); }
};

const Answer& find(const std::vector<Answer>& answers, const char* server, const char* type) {
  for (const auto& answer : answers)
    if (answer.server == dns_at(server) && answer.type == type) return answer;
  FAIL("no answer of " << server << " for " << type);
  throw std::logic_error("unreachable");
}

std::size_t sent_to(const ScriptedNetwork& network, const char* server) {
  return static_cast<std::size_t>(std::ranges::count_if(network.sent, [&](const Sent& s) { return s.to == dns_at(server); }));
}

}  // namespace

TEST_CASE("where everything answers, every server is asked and a few round trips do") {
  Household home;
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(home.elapsed() < 100ms);
  CHECK(evidence.resolvers == std::vector{dns_at(lan_resolver)});
  CHECK(evidence.troubles.empty());
  REQUIRE(evidence.names.size() == 1);
  const auto& name = evidence.names[0];
  CHECK(name.name == "home.example.org.");
  CHECK(name.zone == "example.org.");
  CHECK(name.zone_servers == std::vector<std::string>{"ns1.example.org.", "ns2.example.org."});
  REQUIRE(name.answers.size() == 10);  // five servers, A and AAAA
  for (const auto& answer : name.answers) {
    INFO(answer.server.to_string() << " " << answer.type);
    CHECK(answer.rcode == "NOERROR");
    CHECK(answer.question == "home.example.org.");
    CHECK(answer.addresses == std::vector{address(answer.type == "A" ? "8.8.4.4" : "2a00:db8::1")});
    CHECK(answer.ttl_s == 60);
    CHECK(answer.rejected.empty());
    CHECK_FALSE(answer.trouble);
    CHECK(answer.authoritative == (answer.role == Role::authoritative));
    REQUIRE(answer.round_trip);
    CHECK(*answer.round_trip >= (answer.role == Role::authoritative ? 20ms : 10ms));
    CHECK(*answer.round_trip < 25ms);
  }
  CHECK(find(name.answers, lan_resolver, "A").role == Role::system);
  CHECK(find(name.answers, outside, "A").role == Role::public_resolver);
  CHECK(find(name.answers, ns1_v6, "AAAA").server_name == "ns1.example.org.");
}

TEST_CASE("resolvers are asked to recurse, the zone's own servers are not; one socket for each family") {
  Household home;
  home.start_servers();
  home.observe();
  for (const auto& sent : home.network.sent) {
    const bool to_authority = sent.to.address == address(ns1) || sent.to.address == address(ns2) || sent.to.address == address(ns1_v6);
    CHECK(((std::to_integer<unsigned>(sent.payload.at(2)) & 1U) != 0) == !to_authority);
  }
  CHECK(home.network.opened.size() == 2);
  CHECK(home.network.connected.empty());
}

TEST_CASE("without zone servers to ask, the household's own resolvers alone are asked") {
  Household home;
  home.start_servers();
  home.plan.ask_zone_servers = false;
  home.plan.public_resolvers = {};
  const auto evidence = home.observe();
  CHECK(home.network.sent.size() == sent_to(home.network, lan_resolver));
  CHECK(evidence.names[0].answers.size() == 2);
  CHECK_FALSE(evidence.names[0].zone);
  CHECK(evidence.troubles.empty());
}

TEST_CASE("a silent resolver costs two seconds, and is called silent") {
  Household home;
  home.network.host.files["/etc/resolv.conf"] = std::string("nameserver ") + other_router + "\nnameserver " + lan_resolver + "\n";
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(home.elapsed() >= 2000ms);
  CHECK(home.elapsed() < 2100ms);
  const auto& silent = find(evidence.names[0].answers, other_router, "A");
  CHECK_THAT(silent.trouble.value(), StartsWith("no answer"));
  CHECK_FALSE(silent.rcode);
  CHECK(evidence.names[0].zone == "example.org.");
  CHECK(find(evidence.names[0].answers, ns1, "A").rcode == "NOERROR");

  std::vector<milliseconds> asked;
  for (const auto& sent : home.network.sent)
    if (sent.to == dns_at(other_router) && wire::dns::decode(sent.payload).value().question_name == "ipv4only.arpa.")
      asked.push_back(std::chrono::duration_cast<milliseconds>(sent.at - home.began));
  CHECK(asked == std::vector<milliseconds>{0ms, 200ms, 600ms, 1200ms});
}

TEST_CASE("where nothing answers the probe still ends, and never after its deadline") {
  Household home;
  const auto evidence = home.observe(10s);
  CHECK(home.elapsed() <= 5s);
  for (const auto& answer : evidence.names[0].answers) CHECK_THAT(answer.trouble.value(), StartsWith("no answer"));
  CHECK(home.observe(1s).names[0].answers.size() == 4);
  CHECK(home.elapsed() <= 1s);
}

TEST_CASE("a port that nobody listens on is known at once") {
  Household home;
  home.start_servers();
  home.network.udp(dns_at(lan_resolver), [](const Sent& sent) { return std::vector{port_unreachable(sent)}; });
  const auto evidence = home.observe();
  CHECK(home.elapsed() < 100ms);
  CHECK_THAT(find(evidence.names[0].answers, lan_resolver, "AAAA").trouble.value(), Contains("port unreachable, says 192.168.1.1"));
  CHECK(find(evidence.names[0].answers, outside, "A").rcode == "NOERROR");
}

TEST_CASE("a family without a way out is not asked over, and that is said") {
  Household home;
  home.start_servers();
  home.plan.legs = {Leg{.family = Family::ipv4}};
  const auto evidence = home.observe();
  CHECK(sent_to(home.network, ns1_v6) == 0);
  CHECK_THAT(find(evidence.names[0].answers, ns1_v6, "A").trouble.value(), StartsWith("no route"));
  CHECK(find(evidence.names[0].answers, ns1, "A").rcode == "NOERROR");
}

TEST_CASE("a resolver of the local network is asked without a way out of its family, where there is a route to it") {
  Household home;
  home.network.host.files["/etc/resolv.conf"] = "nameserver fd00::53\nnameserver fd00:1::53\n";
  home.network.host.unroutable = {Prefix::parse("fd00:1::/64").value()};
  home.plan.legs = {Leg{.family = Family::ipv4}};
  home.network.udp(dns_at("fd00::53"), home.resolver.peer());
  const auto evidence = home.observe();
  CHECK(find(evidence.names[0].answers, "fd00::53", "A").rcode == "NOERROR");
  CHECK(find(evidence.names[0].answers, "fd00:1::53", "A").trouble == "no route to fd00:1::53");
}

TEST_CASE("a resolver on this host itself is asked whatever ways out there are") {
  Household home;
  home.network.host.files["/etc/resolv.conf"] = "nameserver 127.0.0.53\n";
  home.plan.legs = {Leg{.family = Family::ipv6}};
  home.network.udp(dns_at("127.0.0.53"), home.resolver.peer());
  CHECK(find(home.observe().names[0].answers, "127.0.0.53", "A").rcode == "NOERROR");
}

TEST_CASE("a resolver with a link-local address is asked out of its interface") {
  Household home;
  home.network.host.files["/etc/resolv.conf"] = "nameserver fe80::1%eth7\n";
  home.network.udp(dns_at("fe80::1"), home.resolver.peer());
  home.observe(1s);
  const auto sent = std::ranges::find_if(home.network.sent, [](const Sent& s) { return s.to == dns_at("fe80::1"); });
  REQUIRE(sent != home.network.sent.end());
  CHECK(sent->interface == "eth7");
}

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

TEST_CASE("the NAT64's prefix is looked for even without a name to ask for") {
  Household home;
  home.plan.names = {};
  home.resolver.address("ipv4only.arpa.", "64:ff9b::c000:aa");
  home.start_servers();
  const auto evidence = home.observe();
  REQUIRE(evidence.ipv4only.size() == 1);
  CHECK(evidence.ipv4only[0].question == "ipv4only.arpa.");
  CHECK(evidence.nat64_prefixes == std::vector{Prefix::parse("64:ff9b::/96").value()});
  CHECK(sent_to(home.network, outside) == 0);
}

TEST_CASE("a resolver that lies about the zone is not believed over a public one") {
  Household home;
  DnsServer lying;
  lying.ns("home.example.org.", {"router.lan."}).address("router.lan.", lan_resolver);
  home.start_servers();
  home.network.udp(dns_at(lan_resolver), lying.peer());
  CHECK(home.observe().names[0].zone == "example.org.");
}

TEST_CASE("without a public resolver the household's own one finds the zone") {
  Household home;
  home.plan.public_resolvers = {};
  home.start_servers();
  CHECK(home.observe().names[0].zone == "example.org.");
}

TEST_CASE("a name that no zone is found for says so, and its resolvers' answers stand") {
  Household home;
  home.resolver = DnsServer().address("home.example.org.", "8.8.4.4");
  home.start_servers();
  const auto evidence = home.observe();
  CHECK_FALSE(evidence.names[0].zone);
  CHECK(evidence.names[0].answers.size() == 4);
  REQUIRE(evidence.troubles.size() == 1);
  CHECK_THAT(evidence.troubles[0], Contains("no resolver names the servers"));
}

TEST_CASE("a referral to a zone closer to the name is followed") {
  Household home;
  home.plan.names = {"home.dyn.example.org"};
  constexpr auto ns3 = "198.41.0.3";
  const auto refer = [](DnsMessage& m) { m.ns("dyn.example.org.", "ns3.example.org.", DnsMessage::in_authority); };
  DnsServer parent(DnsMessage::qr), child = DnsServer::with_authority();
  parent.on("home.dyn.example.org.", Type::a, refer).on("home.dyn.example.org.", Type::aaaa, refer);
  child.address("home.dyn.example.org.", "8.8.4.4");
  home.resolver.address("ns3.example.org.", ns3);
  home.start_servers();
  for (const auto* at : {ns1, ns2, ns1_v6}) home.network.udp(dns_at(at), parent.peer());
  home.network.udp(dns_at(ns3), child.peer());
  const auto name = home.observe().names[0];
  CHECK(name.zone == "dyn.example.org.");
  CHECK(find(name.answers, ns3, "A").authoritative);
  CHECK(std::ranges::none_of(name.answers, [](const Answer& a) { return a.server == dns_at(ns1); }));
}

TEST_CASE("servers that refer round in circles are left after a few times") {
  Household home;
  home.plan.names = {"a.b.c.d.e.f.example.org"};
  DnsServer circle(DnsMessage::qr);
  unsigned calls = 0;
  for (const auto type : {Type::a, Type::aaaa})
    circle.on("a.b.c.d.e.f.example.org.", type, [&](DnsMessage& m) {
      static const char* zones[] = {"f.example.org.", "e.f.example.org.", "d.e.f.example.org.", "c.d.e.f.example.org.", "b.c.d.e.f.example.org."};
      m.ns(zones[calls++ / 6 % 5], "ns1.example.org.", DnsMessage::in_authority);
    });
  home.start_servers();
  for (const auto* at : {ns1, ns2, ns1_v6}) home.network.udp(dns_at(at), circle.peer());
  home.observe();
  CHECK(home.elapsed() < 1s);
}

TEST_CASE("a zone's server without an address, or with one that is none, is named or left alone") {
  Household home;
  home.resolver.ns("example.org.", {"ns1.example.org.", "gone.example.org.", "odd.example.org."});
  home.resolver.on("odd.example.org.", Type::a, [](DnsMessage& m) {
    for (const auto* text : {"0.0.0.0", "224.0.0.1", "255.255.255.255", "169.254.0.1"}) m.address("odd.example.org.", text);
  });
  home.start_servers();
  const auto evidence = home.observe();
  REQUIRE(evidence.troubles.size() == 2);
  CHECK_THAT(evidence.troubles[0], Contains("gone.example.org."));
  CHECK_THAT(evidence.troubles[1], Contains("odd.example.org."));
  CHECK(sent_to(home.network, "224.0.0.1") == 0);
}

TEST_CASE("an alias is followed inside the answer") {
  Household home;
  home.plan.ask_zone_servers = false;
  home.resolver.on("home.example.org.", Type::a, [](DnsMessage& m) {
    m.cname("home.example.org.", "box.example.net.").address("box.example.net.", "8.8.4.4", 5);
  });
  home.start_servers();
  const auto evidence = home.observe();
  const auto& answer = find(evidence.names[0].answers, lan_resolver, "A");
  CHECK(answer.names == std::vector<std::string>{"box.example.net."});
  CHECK(answer.addresses == std::vector{address("8.8.4.4")});
  CHECK(answer.ttl_s == 5);
}

TEST_CASE("a name that is none is a trouble, and the others are asked") {
  Household home;
  home.plan.names = {std::string(64, 'x') + ".org", "home.example.org"};
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(evidence.names.size() == 1);
  REQUIRE(evidence.troubles.size() == 1);
  CHECK_THAT(evidence.troubles[0], Contains("63"));
}

TEST_CASE("without a name server in resolv.conf the system asks this host, and so do we") {
  Household home;
  home.network.host.files.clear();
  const auto evidence = home.observe(1s);
  CHECK(evidence.resolvers == std::vector{dns_at("127.0.0.1")});
  CHECK(evidence.troubles.size() >= 2);
}

TEST_CASE("a thousand names use two sockets and keep at most sixty-four questions open") {
  Household home;
  home.plan.names.clear();
  for (int i = 0; i < 1000; ++i) {
    const auto name = "host" + std::to_string(i) + ".example.org";
    home.plan.names.push_back(name);
    for (auto* server : {&home.resolver, &home.authority}) server->address(name + ".", "8.8.4.4");
  }
  std::size_t open = 0, most = 0;
  std::multiset<Instant> closes;
  const auto counted = [&](const DnsServer& server) {
    return [&, peer = server.peer(5ms)](const Sent& sent) {
      for (; !closes.empty() && *closes.begin() <= sent.at; --open) closes.erase(closes.begin());
      closes.insert(sent.at + 5ms);
      most = std::max(most, ++open);
      return peer(sent);
    };
  };
  for (const auto* at : {lan_resolver, outside}) home.network.udp(dns_at(at), counted(home.resolver));
  for (const auto* at : {ns1, ns2, ns1_v6}) home.network.udp(dns_at(at), counted(home.authority));
  const auto evidence = home.observe();
  CHECK(home.network.opened.size() == 2);
  CHECK(most <= 64);
  CHECK(most > 16);
  std::size_t answered = 0;
  for (const auto& name : evidence.names)
    for (const auto& answer : name.answers) answered += answer.rcode == "NOERROR";
  CHECK(answered == 10000);
}

TEST_CASE("a silent resolver among a thousand names is given up once, not a thousand times") {
  Household home;
  home.plan.names.clear();
  for (int i = 0; i < 1000; ++i) home.plan.names.push_back("host" + std::to_string(i) + ".example.org");
  home.plan.ask_zone_servers = false;
  home.network.udp(dns_at(outside), home.resolver.peer());
  const auto evidence = home.observe(60s);
  CHECK(home.elapsed() < 5s);
  CHECK(sent_to(home.network, lan_resolver) <= 16 * 6);
  CHECK_THAT(find(evidence.names[999].answers, lan_resolver, "A").trouble.value(), StartsWith("not asked"));
  CHECK(find(evidence.names[999].answers, outside, "A").rcode == "NOERROR");
}

TEST_CASE("without a single socket the probe cannot work, and says why") {
  Household home;
  home.network.refuse_udp = [](const io::UdpOptions&) { return Error{Errc::not_permitted, "open udp: Operation not permitted"}; };
  const auto evidence = dns::observe(home.plan, {home.network, home.clock, home.random}, {home.clock.now() + 5s});
  REQUIRE_FALSE(evidence);
  CHECK(evidence.error().code == Errc::not_permitted);
}

TEST_CASE("a network that cannot be reached is a trouble of each question") {
  Household home;
  home.start_servers();
  home.network.host.unroutable = {Prefix::parse("9.9.9.9/32").value()};
  const auto evidence = home.observe();
  CHECK_THAT(find(evidence.names[0].answers, outside, "A").trouble.value(), StartsWith("no route"));
  CHECK(find(evidence.names[0].answers, lan_resolver, "A").rcode == "NOERROR");
}
