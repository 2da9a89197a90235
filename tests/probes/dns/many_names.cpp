/// Bounds on what is under way at a time.
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using wire::dns::Type;

TEST_CASE("a thousand names use a socket for each server, and each holds few questions at first and more as it answers") {
  Household home;
  home.plan.names.clear();
  for (int i = 0; i < 1000; ++i) {
    const auto name = "host" + std::to_string(i) + ".example.org";
    home.plan.names.push_back(name);
    for (auto* server : {&home.resolver, &home.authority}) server->address(name + ".", "8.8.4.4");
  }
  struct Load {
    std::multiset<Instant> open;   // until then
    std::size_t most = 0, most_before_any_answer = 0;
    std::optional<Instant> first_answer;
  };
  std::map<Endpoint, Load> loads;
  const auto counted = [&](const DnsServer& server) {
    return [&, peer = server.peer(5ms)](const Sent& sent) {
      auto& load = loads[sent.to];
      load.open.erase(load.open.begin(), load.open.upper_bound(sent.at));
      load.open.insert(sent.at + 5ms);
      if (!load.first_answer) load.first_answer = sent.at + 5ms;
      load.most = std::max(load.most, load.open.size());
      if (sent.at < *load.first_answer) load.most_before_any_answer = load.open.size();
      return peer(sent);
    };
  };
  for (const auto* at : {lan_resolver, outside}) home.network.udp(dns_at(at), counted(home.resolver));
  for (const auto* at : {ns1, ns2, ns1_v6}) home.network.udp(dns_at(at), counted(home.authority));
  const auto evidence = home.observe();
  std::set<Endpoint> servers;
  for (const auto& sent : home.network.sent) servers.insert(sent.to);
  CHECK(home.network.opened.size() == servers.size());
  CHECK(servers.size() <= 10);
  CHECK(loads.size() == 5);
  for (const auto& [server, load] : loads) {
    INFO(server.to_string());
    const bool at_home = server == dns_at(lan_resolver);   // a router's forwarder
    CHECK(load.most_before_any_answer <= (at_home ? 16 : 32));
    CHECK(load.most >= 60);
    CHECK(load.most <= (at_home ? 60 : 200));
  }
  std::size_t answered = 0;
  for (const auto& name : evidence.names)
    for (const auto& answer : name.answers) answered += answer.rcode == "NOERROR";
  CHECK(answered == 10000);
}

TEST_CASE("a server that loses questions is asked fewer at a time") {
  Household home;
  home.plan.names.clear();
  home.plan.ask_zone_servers = false;
  for (int i = 0; i < 400; ++i) {
    home.plan.names.push_back("host" + std::to_string(i) + ".example.org");
    home.resolver.address(home.plan.names.back() + ".", "8.8.4.4");
  }
  home.start_servers();
  // A forwarder that has room for forty.
  std::multiset<Instant> open;
  std::size_t dropped = 0, taken = 0;
  home.network.udp(dns_at(lan_resolver), [&, peer = home.resolver.peer(50ms)](const Sent& sent) -> std::vector<Arrival> {
    open.erase(open.begin(), open.upper_bound(sent.at));
    if (open.size() >= 40) return ++dropped, std::vector<Arrival>{};
    ++taken;
    open.insert(sent.at + 50ms);
    return peer(sent);
  });
  const auto evidence = home.observe();
  for (const auto& name : evidence.names) CHECK(find(name.answers, lan_resolver, "A").rcode == "NOERROR");
  CHECK(dropped > 0);
  CHECK(dropped < taken);
}

TEST_CASE("of many names the later ones are looked for in the zones that enclose them alone") {
  Household home;
  home.plan.names.clear();
  for (int i = 0; i < 100; ++i) {
    home.plan.names.push_back("host" + std::to_string(i) + ".example.org");
    for (auto* server : {&home.resolver, &home.authority}) server->address(home.plan.names.back() + ".", "8.8.4.4");
  }
  home.start_servers();
  const auto evidence = home.observe();
  std::set<std::string> asked;
  for (const auto& sent : home.network.sent)
    if (const auto query = wire::dns::decode(sent.payload); query && query->question_type == static_cast<std::uint16_t>(Type::ns)) asked.insert(query->question_name);
  CHECK(asked.count("host31.example.org."));
  CHECK(!asked.count("host32.example.org."));
  for (const auto& name : evidence.names) {
    INFO(name.name);
    CHECK(name.zone == "example.org.");
    CHECK(name.delegations.size() == 2);
    CHECK(find(name.answers, ns1, "A").addresses == std::vector{address("8.8.4.4")});
  }
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
