/// Which zone a name is in, and its own servers.
#include <fmt/format.h>

#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using wire::dns::Type;

TEST_CASE("a resolver that lies about the zone is not believed over a public one") {
  Household home;
  DnsServer lying;
  lying.ns("home.example.org.", {"router.lan."}).address("router.lan.", lan_resolver);
  home.start_servers();
  home.network.udp(dns_at(lan_resolver), lying.peer());
  CHECK(home.observe().names[0].zone == "example.org.");
}

TEST_CASE("where one public resolver refuses, the next one is believed over the household's own, however fast that is") {
  Household home;
  DnsServer lying, refusing;
  lying.ns("home.example.org.", {"router.lan."}).address("router.lan.", lan_resolver);
  for (const auto* zone : {"home.example.org.", "example.org."}) refusing.refuses(zone, Type::ns, 5);
  home.start_servers();
  constexpr auto next = "9.9.9.10";
  home.plan.public_resolvers.push_back(address(next));
  home.network.udp(dns_at(lan_resolver), lying.peer(5ms));
  home.network.udp(dns_at(outside), refusing.peer(1ms));
  home.network.udp(dns_at(next), home.resolver.peer(30ms));
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

TEST_CASE("where an alias leads out of the zone, the servers of the zone that it leads to are asked for its end") {
  Household home;
  home.plan.names = {"www.example.org", "wiki.example.org"};
  constexpr auto ns3 = "198.41.0.3";
  const auto alias = [](std::string owner, bool to_the_end) {
    return [owner, to_the_end](DnsMessage& m) {
      m.cname(owner, "me.dyn.example.net.");
      if (to_the_end) m.cname("me.dyn.example.net.", "me2.dyn.example.net.").address("me2.dyn.example.net.", "8.8.8.8");
    };
  };
  for (const std::string name : {"www.example.org.", "wiki.example.org."}) {
    home.authority.on(name, Type::a, alias(name, false)).on(name, Type::aaaa, alias(name, false));
    home.resolver.on(name, Type::a, alias(name, true));
  }
  home.resolver.ns("dyn.example.net.", {"ns3.example.net."}).address("ns3.example.net.", ns3);
  DnsServer dynamic = DnsServer::with_authority();
  dynamic.address("me2.dyn.example.net.", "8.8.4.4");
  home.start_servers();
  home.network.udp(dns_at(ns3), dynamic.peer());
  const auto evidence = home.observe();
  REQUIRE(evidence.names.size() == 2);
  for (const auto& name : evidence.names) {
    INFO(name.name);
    CHECK(name.zone == "example.org.");
    CHECK(find(name.answers, ns1, "A").question == name.asked_as);
    const auto& end = find(name.answers, ns3, "A");
    CHECK(end.question == "me2.dyn.example.net.");
    CHECK(end.addresses == std::vector{address("8.8.4.4")});
    REQUIRE(name.alias_end);
    CHECK(name.alias_end->name == "me2.dyn.example.net.");
    CHECK(name.alias_end->zone == "dyn.example.net.");
  }
  CHECK(sent_to(home.network, ns3) == 4);   // once for both: A and AAAA, SOA and NS
  CHECK(std::ranges::count(evidence.zones, "dyn.example.net.", &Zone::name) == 1);
}

TEST_CASE("what a zone says of names outside of it is not believed, and asked of the servers of theirs") {
  Household home;
  home.plan.names = {"www.example.org"};
  constexpr auto ns3 = "198.41.0.3";
  const auto alias = [](DnsMessage& m) {
    m.cname("www.example.org.", "wiki.example.org.", 600).cname("wiki.example.org.", "me.dyn.example.net.", 900);
    m.cname("me.dyn.example.net.", "me2.dyn.example.net.", 20).address("me2.dyn.example.net.", "8.8.8.8", 30);
  };
  for (auto* server : {&home.authority, &home.resolver}) server->on("www.example.org.", Type::a, alias);
  home.resolver.ns("dyn.example.net.", {"ns3.example.net."}).address("ns3.example.net.", ns3);
  DnsServer dynamic = DnsServer::with_authority();
  dynamic.address("me2.dyn.example.net.", "8.8.4.4");
  home.start_servers();
  home.network.udp(dns_at(ns3), dynamic.peer());
  const auto evidence = home.observe();
  const auto& name = evidence.names.at(0);
  const auto& told = find(name.answers, ns1, "A");
  CHECK(told.addresses.empty());
  CHECK(told.names == std::vector<std::string>{"wiki.example.org.", "me.dyn.example.net."});
  CHECK(told.ttl_s == 600U);
  REQUIRE(name.alias_end);
  CHECK(name.alias_end->name == "me2.dyn.example.net.");
  CHECK(name.alias_end->zone == "dyn.example.net.");
  CHECK(find(name.answers, ns3, "A").addresses == std::vector{address("8.8.4.4")});
  CHECK(find(name.answers, lan_resolver, "A").addresses == std::vector{address("8.8.8.8")});   // a resolver's word is of any zone
  CHECK(std::ranges::count(evidence.troubles, "3 addresses that a zone told of names outside of it are not believed") == 1);
}

TEST_CASE("an alias inside of its own zone needs nobody else") {
  Household home;
  home.plan.names = {"www.example.org"};
  const auto alias = [](DnsMessage& m) { m.cname("www.example.org.", "home.example.org.").address("home.example.org.", "8.8.4.4"); };
  for (auto* server : {&home.authority, &home.resolver}) server->on("www.example.org.", Type::a, alias);
  home.start_servers();
  const auto name = home.observe().names.at(0);
  CHECK(std::ranges::all_of(name.answers, [](const Answer& answer) { return answer.question == "www.example.org."; }));
  CHECK_FALSE(name.alias_end);
}

TEST_CASE("of very many aliases into other zones the first ends are followed, and that others are not is said") {
  Household home;
  home.plan.names.clear();
  for (int i = 0; i < 10; ++i) {
    const auto owner = fmt::format("a{}.example.org", i);
    home.plan.names.push_back(owner);
    // The last one leads where the first one does, which is followed already.
    const auto end = fmt::format("e{}.dyn.example.net.", i == 9 ? 0 : i);
    const auto alias = [owner, end](DnsMessage& m) { m.cname(owner + ".", end); };
    for (const auto type : {Type::a, Type::aaaa}) home.authority.on(owner + ".", type, alias);
  }
  home.start_servers();
  const auto evidence = home.observe();
  REQUIRE(evidence.names.size() == 10);
  CHECK(evidence.names[7].alias_end);
  CHECK_FALSE(evidence.names[8].alias_end);
  CHECK(evidence.names[9].alias_end);
  CHECK(std::ranges::count(evidence.troubles, "of 9 names that aliases lead to, in other zones, the servers of the first 8 are asked") == 1);
}

TEST_CASE("of a zone with very many servers the first are asked, and that others are not is said") {
  Household home;
  home.plan.names = {"home.example.net"};
  std::vector<std::string> servers;
  for (int i = 0; i < 12; ++i) {
    servers.push_back(fmt::format("s{:02}.example.net.", i));
    home.resolver.on(servers.back(), Type::a, [i, server = servers.back()](DnsMessage& m) {
      for (int j = 1; j <= 3; ++j) m.address(server, fmt::format("198.41.{}.{}", 50 + i, j));
    });
  }
  home.resolver.ns("example.net.", servers);
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(std::ranges::count(evidence.troubles, "home.example.net: of the 12 servers of its zone the first 8 were asked") == 1);
  CHECK(std::ranges::count(evidence.troubles, "home.example.net: 8 more addresses of its zone's servers were not asked") == 1);
}
