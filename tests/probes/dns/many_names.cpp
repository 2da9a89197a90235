/// Bounds on what is under way at a time.
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using wire::dns::Type;

TEST_CASE("a thousand names use a socket for each server and keep at most sixty-four questions open") {
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
  std::set<Endpoint> servers;
  for (const auto& sent : home.network.sent) servers.insert(sent.to);
  CHECK(home.network.opened.size() == servers.size());
  CHECK(servers.size() <= 10);
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
