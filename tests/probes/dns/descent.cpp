/// From the root down: who delegates to whom, and what helps where resolvers do not.
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;

namespace {

std::string in_words(const std::vector<Delegation>& steps) {
  std::string result;
  for (const auto& step : steps) {
    result += step.zone + " at " + step.server.address.to_string() + " -> " + step.child + " (";
    for (const auto& server : step.servers) result += server + " ";
    result.back() = ')';
    result += "; ";
  }
  return result;
}

}  // namespace

TEST_CASE("the way down from the root is kept, with the server that said each step") {
  Household home;
  home.start_servers();
  const auto name = home.observe().names[0];
  CHECK(in_words(name.delegations) == ". at 198.41.0.253 -> org. (a.org.); org. at 198.41.0.254 -> example.org. (ns1.example.org. ns2.example.org.); ");
}

TEST_CASE("of the name no more is told than each server needs to know") {
  Household home;
  home.start_servers();
  home.observe();
  for (const auto& sent : home.network.sent)
    if (sent.to == dns_at(root_server)) CHECK(wire::dns::decode(sent.payload).value().question_name == "org.");
}

TEST_CASE("a server that the zone above alone names is asked as well") {
  Household home;
  home.delegates({"ns1.example.org.", "ns9.example.org."});
  constexpr auto ns9 = "198.41.0.9";
  home.resolver.address("ns9.example.org.", ns9);
  home.start_servers();
  home.network.udp(dns_at(ns9), DnsServer::with_authority().address("home.example.org.", "9.9.9.8").peer());
  const auto name = home.observe().names[0];
  CHECK(std::ranges::count(name.zone_servers, "ns9.example.org.") == 1);
  CHECK(find(name.answers, ns9, "A").addresses == std::vector{address("9.9.9.8")});
}

TEST_CASE("where no resolver knows the zone, the way down from the root leads to it, and the glue to its servers") {
  Household home;
  home.resolver = DnsServer().ns(".", {"a.root."}).address("a.root.", root_server);
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(evidence.names[0].zone == "example.org.");
  CHECK(find(evidence.names[0].answers, ns1, "A").addresses == std::vector{address("8.8.4.4")});
  CHECK(find(evidence.zones.at(0).answers, ns1, "SOA").serial == 7U);
}

TEST_CASE("what a zone says of names outside of it is not believed") {
  Household home;
  home.delegates({"ns1.example.org.", "ns1.elsewhere.net."});
  home.start_servers();
  home.observe();
  CHECK(sent_to(home.network, "198.41.0.66") == 0);
}

TEST_CASE("where resolvers name no root, or one that leads nowhere, the real one is asked") {
  for (const bool lies : {false, true}) {
    INFO(lies);
    Household home;
    home.resolver.ns(".", {});
    if (lies) home.resolver.ns(".", {"router.lan."}).address("router.lan.", lan_resolver);
    home.start_servers();
    home.network.udp(dns_at("199.7.91.13"), home.root.peer());
    CHECK(home.observe().names[0].delegations.size() == 2);
  }
}

TEST_CASE("servers of the root that are silent hold nothing up for long") {
  Household home;
  home.start_servers();
  home.network.udp(dns_at(root_server), [](const Sent&) { return std::vector<Arrival>{}; });
  const auto evidence = home.observe();
  CHECK(evidence.names[0].delegations.empty());
  CHECK(find(evidence.names[0].answers, ns1, "A").rcode == "NOERROR");
  CHECK(home.elapsed() <= 1300ms);
}
