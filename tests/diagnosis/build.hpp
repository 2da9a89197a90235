#pragma once
/// Households out of small pieces. Addresses look global because a documentation prefix is rightly "not global".
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>

#include "diagnosis/diagnosis.hpp"

namespace ringback::build {

inline Address ip(const char* text) { return Address::parse(text).value(); }
inline Endpoint at(const char* text) { return Endpoint::parse(text).value(); }
inline Service service(const char* text) { return Service::parse(text).value(); }

inline const char* const public_ipv4 = "93.184.20.30";      ///< how the internet sees the household
inline const char* const other_ipv4 = "93.184.99.99";
inline const char* const stable = "2a02:8070:1:2:5054:ff:fe12:3456";
inline const char* const temporary = "2a02:8070:1:2:1d0c:88aa:7b3f:9a01";
inline const char* const stranger4 = "185.10.20.30";
inline const char* const stranger6 = "2a0b:1:2::30";

inline MacAddress mac(const char* text) { return MacAddress::parse(text).value(); }

/// A host at 192.168.1.10 behind 192.168.1.1, link-local IPv6 alone, 443/tcp wanted and listened on, an open filter. Nothing measured.
inline Evidence home() {
  Evidence e;
  e.request.services = {service("443/tcp")};
  e.request.services_named = true;
  e.request.families = {Family::ipv4, Family::ipv6};
  host::Evidence host;
  host.system = {.name = "Debian GNU/Linux 12", .id = "debian", .version = "12", .kernel = "6.1", .manager = host::Manager::network_manager,
                 .firewall_tools = {"nftables"}, .capture_allowed = true, .filter_readable = true};
  host.interfaces.push_back({.index = 1, .name = "lo", .kind = "", .mtu = 65536, .up = true, .loopback = true,
                             .addresses = {{.address = ip("127.0.0.1"), .prefix_length = 8}, {.address = ip("::1"), .prefix_length = 128}}});
  host.interfaces.push_back({.index = 2, .name = "eth0", .kind = "", .mac = mac("52:54:00:12:34:56"), .mtu = 1500, .up = true,
                             .addresses = {{.address = ip("192.168.1.10"), .prefix_length = 24},
                                           {.address = ip("fe80::5054:ff:fe12:3456"), .prefix_length = 64}}});
  host.ipv4 = host::Uplink{.interface = "eth0", .gateway = ip("192.168.1.1"), .gateway_mac = mac("02:00:5e:10:00:01"), .default_interface = "eth0"};
  host.lookups.push_back({.destination = ip("8.8.8.8"), .source = ip("192.168.1.10"), .gateway = ip("192.168.1.1"), .interface = "eth0"});
  e.host = host;
  e.listeners = listeners::Evidence{{{.protocol = Protocol::tcp, .local = at("0.0.0.0:443"), .program = "nginx"},
                                     {.protocol = Protocol::tcp, .local = at("[::]:443"), .v6_only = true, .program = "nginx"}}};
  e.filter = filter::Evidence{.readable = true, .trouble = {}, .ruleset = "{}", .walks = {}};
  for (const auto family : {Family::ipv4, Family::ipv6})
    e.filter->walks.push_back({.protocol = Protocol::tcp, .family = family, .port = 443, .action = filter::Action::accept});
  e.stun = stun::Evidence{};
  e.web = web::Evidence{};
  e.path = path::Evidence{};
  e.router = router::Evidence{};
  e.inbound = inbound::Evidence{.capture = {.running = true, .interface = "eth0", .received = 10}};
  return e;
}

inline Interface& eth0(Evidence& e) { return e.host->interfaces[1]; }

inline void ask_stun(Evidence& e, const char* server, const char* local, std::optional<const char*> mapped) {
  stun::Observation o{.server_name = server, .server = {ip(server), 3478}, .local = at(local), .sent = 1};
  if (mapped) o.mapped = at(*mapped);
  e.stun->observations.push_back(o);
}

/// Two servers see the household as `address`, and the ports as this host chose them.
inline void seen_as(Evidence& e, const char* address = public_ipv4) {
  ask_stun(e, "74.125.250.129", "192.168.1.10:50001", (std::string(address) + ":50001").c_str());
  ask_stun(e, "77.72.169.210", "192.168.1.10:50002", (std::string(address) + ":50002").c_str());
}

/// The translator chooses ports of its own.
inline void ports_moved(Evidence& e) {
  for (auto& o : e.stun->observations)
    if (o.mapped && o.mapped->address.is_v4()) o.mapped->port = 40001;
}

/// A stable and, if wanted, a temporary address, a gateway, and two servers that answer.
inline void native_ipv6(Evidence& e, bool answers = true) {
  eth0(e).addresses.push_back({.address = ip(stable), .prefix_length = 64, .manage_temporary = true});
  eth0(e).addresses.push_back({.address = ip(temporary), .prefix_length = 64, .temporary = true});
  e.host->ipv6 = host::Uplink{.interface = "eth0", .gateway = ip("fe80::1"), .gateway_mac = mac("02:00:5e:10:00:01"), .default_interface = "eth0"};
  e.host->lookups.push_back({.destination = ip("2001:4860:4860::8888"), .source = ip(temporary), .gateway = ip("fe80::1"), .interface = "eth0"});
  const auto local = fmt::format("[{}]:50003", temporary);
  for (const auto* server : {"2001:4860:4864:5:8000::1", "2a01:4f8:1:2::7"})
    ask_stun(e, server, local.c_str(), answers ? std::optional(local.c_str()) : std::nullopt);
}

inline path::Hop hop(unsigned ttl, const char* from) {
  return {.ttl = static_cast<Ttl>(ttl), .reply = path::HopReply::time_exceeded, .from = ip(from), .sent = 1};
}
inline path::Hop silent_hop(unsigned ttl) { return {.ttl = static_cast<Ttl>(ttl), .sent = 3}; }

/// The trace towards the internet: 192.168.1.1 first, then these.
inline void way_out(Evidence& e, const std::vector<const char*>& further) {
  auto& path = e.path->ipv4;
  path.destination = ip("8.8.8.8");
  path.source = ip("192.168.1.10");
  path.hops = {hop(1, "192.168.1.1")};
  unsigned ttl = 2;
  for (const auto* from : further) {
    path.hops.push_back(*from ? hop(ttl, from) : silent_hop(ttl));
    ++ttl;
  }
}

/// Probed from inside, `address` answers at this hop.
inline void owned_at(Evidence& e, unsigned ttl, const char* address = public_ipv4) {
  path::Trace trace{.destination = ip(address), .source = ip(ip(address).is_v4() ? "192.168.1.10" : temporary)};
  if (ttl > 1) trace.hops.push_back(hop(1, ip(address).is_v4() ? "192.168.1.1" : "fe80::1"));
  trace.hops.push_back({.ttl = static_cast<Ttl>(ttl), .reply = path::HopReply::port_unreachable, .from = ip(address), .sent = 1});
  trace.reached_at = static_cast<Ttl>(ttl);
  (ip(address).is_v4() ? e.path->ipv4 : e.path->ipv6).owners.push_back(trace);
}

/// The router passes on what is addressed to the public address, and nobody answers.
inline void passed_on(Evidence& e) {
  e.path->ipv4.owners.push_back({.destination = ip(public_ipv4), .source = ip("192.168.1.10"), .hops = {hop(1, "192.168.1.1")}});
}

/// The router answers on the way out, and is silent about what is addressed to the public address.
inline void keeps(Evidence& e) {
  e.path->ipv4.owners.push_back({.destination = ip(public_ipv4), .source = ip("192.168.1.10"),
                                 .hops = {{.ttl = 1, .reply = path::HopReply::silent, .sent = 3}}});
}

inline router::Gateway& gateway(Evidence& e, const char* address, unsigned distance) {
  for (auto& known : e.router->gateways)
    if (known.address == ip(address)) return known;
  e.router->gateways.push_back({.address = ip(address), .distance = distance});
  return e.router->gateways.back();
}

inline void nat_pmp(Evidence& e, const char* external, const char* router = "192.168.1.1", unsigned distance = 1) {
  auto& g = gateway(e, router, distance);
  g.nat_pmp = {.gateway = ip(router), .reply = router::Reply::answered, .version = 0U, .result_code = 0U, .external_address = ip(external)};
}

inline router::Igd& igd(Evidence& e, const char* external, const char* router = "192.168.1.1", unsigned distance = 1) {
  auto& g = gateway(e, router, distance);
  router::WanConnection connection{.service_type = "urn:schemas-upnp-org:service:WANIPConnection:1", .external_text = external, .status = "Connected"};
  if (auto parsed = Address::parse(external)) connection.external_address = *parsed;
  g.igds.push_back({.responder = ip(router), .location = "http://192.168.1.1:5000/rootDesc.xml", .friendly_name = "Router", .manufacturer = "Maker",
                    .connections = {connection}});
  return g.igds.back();
}

/// A knock over IPv4 or IPv6 on 443/tcp from a stranger: nothing at the card, the vantage point waited in vain.
inline inbound::Knock knock(Family family, const char* wanted = "443/tcp") {
  const bool v4 = family == Family::ipv4;
  const auto s = service(wanted);
  return {.vantage = "http://vantage.example:8370", .id = "a", .protocol = s.protocol, .service = s, .port = s.knock_port(family), .family = family,
          .target = ip(v4 ? public_ipv4 : stable), .local = ip(v4 ? "192.168.1.10" : stable),
          .source = Endpoint{ip(v4 ? stranger4 : stranger6), 41000}, .result = inbound::Result::timeout,
          .watched = std::chrono::milliseconds(3000)};
}

inline inbound::Knock arrived(inbound::Knock k, std::optional<inbound::DepartureKind> answer, std::optional<inbound::Result> result) {
  const auto to = k.family == Family::ipv4 ? Endpoint{ip("192.168.1.10"), k.service ? k.service->inside : k.port}
                                           : Endpoint{k.target, k.service ? k.service->inside : k.port};
  k.arrivals = {{.from = *k.source, .to = to, .hop_limit = 50}};
  k.departures.clear();
  // What nobody hears is said again: by this host, and in answer to the next attempt.
  if (answer) k.departures.assign(result == inbound::Result::timeout ? 6 : 1, {.kind = *answer, .interface = "eth0"});
  k.result = result;
  return k;
}

inline inbound::Knock connected(Family family) {
  return arrived(knock(family), inbound::DepartureKind::syn_ack, inbound::Result::connected);
}

inline void vantage(Evidence& e, Family family) {
  const bool v4 = family == Family::ipv4;
  if (e.request.vantages.empty()) e.request.vantages = {"http://vantage.example:8370"};
  e.inbound->vantages.push_back({.url = "http://vantage.example:8370", .family = family, .server = Endpoint{ip(v4 ? stranger4 : stranger6), 8370},
                                 .local = ip(v4 ? "192.168.1.10" : stable), .seen_as = ip(v4 ? public_ipv4 : stable), .knocked = true});
}

inline void add(Evidence& e, inbound::Knock k) {
  bool known = false;
  for (const auto& v : e.inbound->vantages) known = known || v.family == k.family;
  if (!known) vantage(e, k.family);
  e.inbound->knocks.push_back(std::move(k));
}

/// One home router that owns the public address, and says so.
inline Evidence plain_nat() {
  auto e = home();
  seen_as(e);
  nat_pmp(e, public_ipv4);
  owned_at(e, 1);
  way_out(e, {"62.155.240.1", "62.155.1.1"});
  return e;
}

inline Evidence ds_lite() {
  auto e = home();
  seen_as(e);
  native_ipv6(e);
  igd(e, "");
  owned_at(e, 2);
  way_out(e, {"192.0.0.1", "62.155.1.1"});
  e.path->ipv4.mtu = 1460;
  return e;
}

inline Evidence cgnat() {
  auto e = home();
  seen_as(e);
  nat_pmp(e, "100.72.3.4");
  owned_at(e, 2);
  way_out(e, {"100.64.0.1", "62.155.1.1"});
  return e;
}

inline Evidence double_nat() {
  auto e = home();
  seen_as(e);
  nat_pmp(e, "192.168.178.20");
  nat_pmp(e, public_ipv4, "192.168.178.1", 2);
  owned_at(e, 2);
  way_out(e, {"192.168.178.1", "62.155.1.1"});
  return e;
}

inline dns::Answer answer(dns::Role role, const char* server, const char* type, const std::vector<const char*>& addresses,
                          const char* name = "home.example.org.") {
  dns::Answer a{.role = role, .server = {ip(server), 53}, .question = name, .type = type, .rcode = "NOERROR",
                .authoritative = role == dns::Role::authoritative, .ttl_s = 300U};
  if (role == dns::Role::authoritative) a.server_name = "ns1.example.org.";
  for (const auto* each : addresses) a.addresses.push_back(ip(each));
  return a;
}

/// The zone's own servers say this.
inline void name(Evidence& e, const std::vector<const char*>& a, const std::vector<const char*>& aaaa) {
  e.request.names = {"home.example.org"};
  e.dns = dns::Evidence{.resolvers = {at("192.168.1.1:53")}};
  dns::Name n{.name = "home.example.org", .zone = "example.org", .zone_servers = {"ns1.example.org"}};
  for (const auto* server : {"195.20.1.1", "195.20.2.2"}) {
    n.answers.push_back(answer(dns::Role::authoritative, server, "A", a));
    n.answers.push_back(answer(dns::Role::authoritative, server, "AAAA", aaaa));
  }
  n.answers.push_back(answer(dns::Role::system, "192.168.1.1", "A", a));
  n.answers.push_back(answer(dns::Role::system, "192.168.1.1", "AAAA", aaaa));
  e.dns->names = {n};
}

inline Evidence with(Evidence e, const std::function<void(Evidence&)>& change) {
  change(e);
  return e;
}

// What a diagnosis says, for CHECK.
inline const ServiceVerdict& verdict(const Diagnosis& d, Family family, std::size_t nth = 0) {
  for (const auto& v : d.services)
    if (v.family == family && nth-- == 0) return v;
  throw std::runtime_error("no verdict for this family");
}

inline const Finding* found(const Diagnosis& d, std::string_view code) {
  for (const auto& f : d.findings)
    if (f.code == code) return &f;
  return nullptr;
}

inline std::string shown(const ServiceVerdict& v) {
  return fmt::format("{} {} {} {}", to_string(v.reachable), to_string(v.stopped_at), v.cause.value_or("-"), to_string(v.confidence));
}

}  // namespace ringback::build
