/// How much is spoken over TCP: one server after the other, so that each of them could take the time of all.
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using namespace std::chrono_literals;
using wire::dns::Type;

namespace {

/// All servers of the zone answer everything with "ask over TCP", and so does every resolver where it is about the name itself.
struct EvasiveHousehold : Household {
  DnsServer whole = resolver;

  explicit EvasiveHousehold(Duration authorities_take) {
    resolver.on("home.example.org.", Type::a, [](DnsMessage&) {}, 0, DnsMessage::tc);
    start_servers();
    for (const auto* at : {lan_resolver, outside})
      network.tcp(dns_at(at), dns_over_tcp([this](const io::Bytes& query) { return whole.answer(query); }));
    for (const auto* at : {ns1, ns2, ns1_v6}) {
      network.udp(dns_at(at), DnsServer(DnsMessage::qr | DnsMessage::aa | DnsMessage::tc).peer());
      network.tcp(dns_at(at), dns_over_tcp([this](const io::Bytes& query) { return authority.answer(query); }, authorities_take));
    }
  }
  [[nodiscard]] std::size_t connected_to(const char* server) const {
    return static_cast<std::size_t>(std::ranges::count(network.connected, dns_at(server)));
  }
};

}  // namespace

TEST_CASE("a zone whose servers are slow over TCP takes little of the time, and leaves the resolvers theirs") {
  EvasiveHousehold home(1000ms);
  const auto name = home.observe().names[0];
  CHECK(home.elapsed() < 3s);
  for (const auto* at : {ns1, ns2, ns1_v6}) CHECK(home.connected_to(at) <= 1);
  for (const auto* at : {lan_resolver, outside}) CHECK(find(name.answers, at, "A").addresses == std::vector{address("8.8.4.4")});
  std::size_t not_asked = 0;
  for (const auto& answer : name.answers) not_asked += answer.trouble == "truncated, and not asked over TCP";
  CHECK(not_asked >= 4);
}

TEST_CASE("a server of a zone is asked three times over TCP, and no more") {
  EvasiveHousehold home(5ms);
  const auto evidence = home.observe();
  CHECK(home.connected_to(ns2) == 3);
  std::size_t answered = 0;
  for (const auto* answers : {&evidence.names[0].answers, &evidence.zones.at(0).answers})
    for (const auto& answer : *answers) answered += answer.server == dns_at(ns2) && answer.rcode == "NOERROR";
  CHECK(answered == 3);
}

TEST_CASE("what answers while TCP is spoken with somebody else is not late") {
  Household home;
  home.plan.ask_zone_servers = false;
  home.network.udp(dns_at(lan_resolver), DnsServer(DnsMessage::qr | DnsMessage::ra | DnsMessage::tc).peer());
  home.network.tcp(dns_at(lan_resolver), dns_over_tcp([&](const io::Bytes& query) { return home.resolver.answer(query); }, 680ms));
  home.network.udp(dns_at(outside), home.resolver.peer(1950ms));   // the third exchange goes on from 1580 to 2270 ms
  const auto evidence = home.observe();
  CHECK(home.network.connected.size() == 3);
  CHECK(find(evidence.names[0].answers, outside, "A").rcode == "NOERROR");
}
