#pragma once
/// A household with one resolver, one public resolver and a zone of two servers.
#include <algorithm>
#include <set>

#include "probes/dns/dns.hpp"
#include "probes/dns/scripted_dns.hpp"
#include "support/catch.hpp"

namespace ringback::test {

using namespace std::chrono_literals;

inline constexpr auto lan_resolver = "192.168.1.1", other_router = "192.168.1.2", outside = "9.9.9.9";
inline constexpr auto ns1 = "198.41.0.1", ns2 = "198.41.0.2", ns1_v6 = "2a01:db8::53";
inline constexpr auto root_server = "198.41.0.253", org_server = "198.41.0.254";

inline Address address(const char* text) { return Address::parse(text).value(); }

struct Household {
  FakeClock clock;
  ScriptedRandom random;
  ScriptedNetwork network{clock};
  DnsPlan plan;
  Instant began = clock.now();
  DnsServer resolver, authority = DnsServer::with_authority();
  DnsServer root{DnsMessage::qr}, org{DnsMessage::qr};   // they refer on

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
    authority.on("example.org.", wire::dns::Type::soa, [](DnsMessage& m) { m.soa("example.org.", 7, DnsMessage::in_answer); });
    resolver.ns(".", {"a.root."}).address("a.root.", root_server);
    root.on("org.", wire::dns::Type::ns, [](DnsMessage& m) {
      m.ns("org.", "a.org.", DnsMessage::in_authority).address("a.org.", org_server, 300, DnsMessage::in_additional);
    });
    delegates({"ns1.example.org.", "ns2.example.org."});
    resolver.address("ns1.example.org.", ns1).address("ns1.example.org.", ns1_v6).address("ns2.example.org.", ns2);
  }

  /// The servers that the zone above names.
  void delegates(const std::vector<std::string>& servers) {
    org.on("example.org.", wire::dns::Type::ns, [servers](DnsMessage& m) {
      for (const auto& server : servers) m.ns("example.org.", server, DnsMessage::in_authority);
      m.address("ns1.example.org.", ns1, 300, DnsMessage::in_additional);
      m.address("ns1.elsewhere.net.", "198.41.0.66", 300, DnsMessage::in_additional);
    });
  }

  void start_servers() {
    network.udp(dns_at(root_server), root.peer());
    network.udp(dns_at(org_server), org.peer());
    for (const auto* at : {lan_resolver, outside}) network.udp(dns_at(at), resolver.peer());
    for (const auto* at : {ns1, ns2, ns1_v6}) network.udp(dns_at(at), authority.peer(20ms));
  }

  dns::Evidence observe(std::chrono::milliseconds limit = 10s) {
    began = clock.now();
    return dns::observe(plan, {network, clock, random}, {clock.now() + limit}).value();
  }
  [[nodiscard]] milliseconds elapsed() const { return std::chrono::duration_cast<milliseconds>(clock.now() - began); }
};

inline const dns::Answer& find(const std::vector<dns::Answer>& answers, const char* server, const char* type) {
  for (const auto& answer : answers)
    if (answer.server == dns_at(server) && answer.type == type) return answer;
  FAIL("no answer of " << server << " for " << type);
  throw std::logic_error("unreachable");
}

inline std::size_t sent_to(const ScriptedNetwork& network, const char* server) {
  return static_cast<std::size_t>(std::ranges::count_if(network.sent, [&](const Sent& s) { return s.to == dns_at(server); }));
}

}  // namespace ringback::test
