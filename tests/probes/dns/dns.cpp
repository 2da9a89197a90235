#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using wire::dns::Type;

TEST_CASE("where everything answers, every server is asked and a few round trips do") {
  Household home;
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(home.elapsed() < 100ms);
  CHECK(evidence.resolvers == std::vector{dns_at(lan_resolver)});
  CHECK(evidence.troubles.empty());
  REQUIRE(evidence.names.size() == 1);
  const auto& name = evidence.names[0];
  CHECK(name.name == "home.example.org");
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

TEST_CASE("resolvers are asked to recurse, the zone's own servers are not; each is asked from a port of its own") {
  Household home;
  home.start_servers();
  home.observe();
  for (const auto& sent : home.network.sent) {
    const bool to_authority = sent.to.address == address(ns1) || sent.to.address == address(ns2) || sent.to.address == address(ns1_v6) ||
                              sent.to.address == address(root_server) || sent.to.address == address(org_server);
    CHECK(((std::to_integer<unsigned>(sent.payload.at(2)) & 1U) != 0) == !to_authority);
  }
  std::map<Endpoint, std::set<Port>> ports;
  std::set<Port> all;
  for (const auto& sent : home.network.sent) {
    ports[sent.to].insert(sent.from.port);
    all.insert(sent.from.port);
  }
  CHECK(ports.size() == 7);   // two resolvers; the root's, the top-level domain's and the zone's servers
  CHECK(all.size() == ports.size());
  CHECK(std::ranges::all_of(ports, [](const auto& of_server) { return of_server.second.size() == 1; }));
  CHECK(home.network.opened.size() == ports.size());
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

TEST_CASE("those that the stub of systemd-resolved asks are asked as well") {
  Household home;
  home.network.host.files["/etc/resolv.conf"] = "nameserver 127.0.0.53\n";
  home.network.host.files["/run/systemd/resolve/resolv.conf"] = std::string("nameserver ") + lan_resolver + "\nnameserver 127.0.0.1\n";
  for (const auto* at : {"127.0.0.53", lan_resolver}) home.network.udp(dns_at(at), home.resolver.peer());
  const auto evidence = home.observe();
  CHECK(evidence.resolvers == std::vector{dns_at("127.0.0.53"), dns_at(lan_resolver)});
  CHECK(find(evidence.names[0].answers, "127.0.0.53", "A").rcode == "NOERROR");
  CHECK(find(evidence.names[0].answers, lan_resolver, "A").rcode == "NOERROR");
}

TEST_CASE("what systemd-resolved left behind is not read where its stub is not asked") {
  Household home;
  home.network.host.files["/run/systemd/resolve/resolv.conf"] = "nameserver 192.0.2.77\n";
  CHECK(home.observe().resolvers == std::vector{dns_at(lan_resolver)});
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
