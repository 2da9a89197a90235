/// From the root down: who delegates to whom, and what helps where resolvers do not.
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using wire::dns::Type;

namespace {

constexpr auto internets_root = "199.7.91.13", rogue = "6.6.6.6";

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
  const auto evidence = home.observe();
  CHECK(sent_to(home.network, "198.41.0.66") == 0);
  CHECK(std::ranges::count(evidence.troubles, "1 address that a zone told of name servers outside of it is not believed") == 1);
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

TEST_CASE("another root than the internet's is believed where all who answer name it") {
  using Names = std::vector<std::string>;
  struct Row {
    const char* what;
    Names inside, outside;
    bool outside_is_silent;
    const char* asked;
  };
  const Names internets{"a.root-servers.net.", "m.root-servers.net."}, own{"a.root."}, none;
  const Row rows[] = {
      {"the internet's", internets, internets, false, internets_root},
      {"a laboratory's", own, own, false, root_server},
      {"this network's resolver has a root of its own", {"router.lan."}, internets, false, internets_root},
      {"they differ", {"router.lan."}, own, false, internets_root},
      {"the public one names none", {"router.lan."}, none, false, internets_root},
      {"this network's names none", none, own, false, root_server},
      {"a company's, and nobody outside can be asked", own, none, true, root_server},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Household home;
    auto inside = home.resolver, elsewhere = home.resolver;
    inside.ns(".", row.inside).address("router.lan.", rogue);
    elsewhere.ns(".", row.outside);
    home.start_servers();
    home.network.udp(dns_at(internets_root), home.root.peer());
    home.network.udp(dns_at(lan_resolver), inside.peer());
    home.network.udp(dns_at(outside), elsewhere.peer());
    if (row.outside_is_silent) home.network.udp(dns_at(outside), [](const Sent&) { return std::vector<Arrival>{}; });
    CHECK(home.observe().names[0].delegations.size() == 2);
    for (const auto* root : {internets_root, root_server}) CHECK((sent_to(home.network, root) > 0) == (std::string_view(root) == row.asked));
    CHECK(sent_to(home.network, rogue) == 0);
    CHECK(home.elapsed() < (row.outside_is_silent ? 2200ms : 100ms));
  }
}

TEST_CASE("where a zone's server is nobody's glue, a public resolver says its address, and this network's where that one is silent") {
  for (const bool silent : {false, true}) {
    INFO(silent);
    Household home;
    home.root.on("org.", Type::ns, [](DnsMessage& m) { m.ns("org.", "a.org.", DnsMessage::in_authority); });
    auto inside = home.resolver, elsewhere = home.resolver;
    elsewhere.address("a.org.", org_server);
    inside.address("a.org.", silent ? org_server : rogue);
    home.start_servers();
    home.network.udp(dns_at(lan_resolver), inside.peer());
    home.network.udp(dns_at(outside), elsewhere.peer());
    if (silent) home.network.udp(dns_at(outside), [](const Sent&) { return std::vector<Arrival>{}; });
    CHECK(home.observe().names[0].delegations.size() == 2);
    CHECK(sent_to(home.network, rogue) == 0);
  }
}

TEST_CASE("a delegation of what was said to be no zone ends the way") {
  Household home;
  home.plan.names = {"home.deep.example.org"};
  home.org.on("example.org.", Type::ns, [](DnsMessage&) {}, 0, DnsMessage::aa);
  home.org.on("deep.example.org.", Type::ns, [](DnsMessage& m) { m.ns("example.org.", "ns1.example.org.", DnsMessage::in_authority); });
  home.start_servers();
  CHECK(in_words(home.observe().names[0].delegations) == ". at 198.41.0.253 -> org. (a.org.); ");
}

TEST_CASE("of very many servers of the root a few are tried") {
  Household home;
  home.resolver.on(".", Type::ns, [](DnsMessage& m) {
    for (int i = 1; i <= 100; ++i) m.ns(".", "s" + std::to_string(i) + ".root.");
    for (int i = 1; i <= 100; ++i) m.address("s" + std::to_string(i) + ".root.", "198.41.1." + std::to_string(i), 300, DnsMessage::in_additional);
  });
  home.start_servers();
  home.observe();
  std::set<Endpoint> tried;
  for (const auto& sent : home.network.sent)
    if (Prefix::parse("198.41.1.0/24").value().contains(sent.to.address)) tried.insert(sent.to);
  CHECK(tried.size() == 2);   // two at a time, and these are silent for longer than is waited
}
