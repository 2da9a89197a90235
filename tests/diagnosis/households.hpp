#pragma once
/// Whole households, measured with everything: what the properties are tested on.
#include "signatures.hpp"

namespace ringback::build {

struct Household {
  std::string name;
  Evidence evidence;
};

inline Evidence with_knocks(Evidence e, std::optional<inbound::Knock> four, std::optional<inbound::Knock> six) {
  if (four) add(e, *four);
  if (six) add(e, *six);
  return e;
}

enum class Ports { block, spread, pool };

/// Forty sockets at ports of their own, and where they come out.
inline Evidence sampled(Evidence e, Ports how) {
  for (auto& o : e.stun->observations)
    if (o.mapped && o.mapped->address.is_v4() && how != Ports::pool) o.mapped->port = how == Ports::block ? 4100 : 1234;
  for (unsigned i = 0; i < 40; ++i) {
    const auto local = static_cast<Port>(20000 + i * 97);
    const Endpoint outside = how == Ports::block    ? Endpoint{ip(public_ipv4), static_cast<Port>(4096 + i * 1777 % 4096)}
                             : how == Ports::spread ? Endpoint{ip(public_ipv4), static_cast<Port>((1 + i * 19 % 63) << 10 | 0x34 << 2 | (i & 3))}
                                                    : Endpoint{ip(i % 3 == 0 ? other_ipv4 : public_ipv4), local};
    e.stun->ports.push_back({at(i % 2 == 0 ? "74.125.250.129:3478" : "77.72.169.210:3478"), {ip("192.168.1.10"), local}, outside});
  }
  return e;
}

inline void for_answers(Evidence& e, const std::function<bool(const dns::Answer&)>& of_these, const std::function<void(dns::Answer&)>& change) {
  for (auto* list : {&e.dns->names[0].answers, &e.dns->zones[0].answers})
    for (auto& each : *list)
      if (of_these(each)) change(each);
}

/// The name, looked into from all sides: by resolvers here and outside, by the servers of its zone and of the one above, by programs, by its
/// signatures; and a program keeps it.
inline void name_from_all_sides(Evidence& e, const std::vector<const char*>& a, const std::vector<const char*>& aaaa) {
  name(e, a, aaaa);
  auto& n = e.dns->names[0];
  n.asked_as = "home.example.org.";
  n.zone_servers = {"ns1.example.org.", "ns2.example.org."};
  for (const auto* server : {"9.9.9.9", "1.1.1.1"}) {
    n.answers.push_back(answer(dns::Role::public_resolver, server, "A", a));
    n.answers.push_back(answer(dns::Role::public_resolver, server, "AAAA", aaaa));
  }
  auto& zone = e.dns->zones.emplace_back(dns::Zone{"example.org", {}});
  for (const auto* server : {"195.20.1.1", "195.20.2.2"}) {
    zone.answers.push_back(answer(dns::Role::authoritative, server, "SOA", {}, "example.org."));
    zone.answers.back().serial = 42U;
    zone.answers.push_back(answer(dns::Role::authoritative, server, "NS", {}, "example.org."));
    zone.answers.back().names = n.zone_servers;
  }
  for_answers(e, [](const auto&) { return true; }, [](dns::Answer& each) {
    each.recursion_available = each.role != dns::Role::authoritative;
    if (each.server.address == ip("195.20.2.2")) each.server_name = "ns2.example.org.";
  });
  n.delegations = {{.zone = "org.", .server = at("199.19.56.1:53"), .server_name = "a0.org.", .child = "example.org.", .servers = n.zone_servers}};
  n.applications.emplace();
  n.dnssec = signatures::judged(dns::Security::secure, dns::SecurityReason::fits, {dns::Role::public_resolver, dns::Role::authoritative});
  n.dnssec->proven.clear();
  for (const auto* list : {&aaaa, &a})
    for (const auto* each : *list) n.applications->addresses.push_back(ip(each)), n.dnssec->proven.push_back(ip(each));
  e.host->updaters = {{.program = "ddclient", .file = "/etc/ddclient.conf", .names = {"home.example.org"}, .active = true,
                       .ipv4 = {.source = host::AddressSource::web, .setting = "usev4=webv4", .line = 2},
                       .ipv6 = {.source = host::AddressSource::interface, .interface = "eth0", .setting = "usev6=ifv6", .line = 3, .skips_temporary = true}}};
}

inline std::vector<Household> households() {
  const auto f4 = Family::ipv4;
  const auto f6 = Family::ipv6;
  const auto native = [](Evidence e) {
    if (!e.host->ipv6) native_ipv6(e);
    return e;
  };
  const auto dropped = arrived(knock(f4), std::nullopt, inbound::Result::timeout);
  const auto refused = arrived(knock(f4), inbound::DepartureKind::reset, inbound::Result::refused);
  const auto lost = arrived(knock(f4), inbound::DepartureKind::syn_ack, inbound::Result::timeout);
  auto elsewhere = knock(f4);
  elsewhere.result = inbound::Result::connected;

  std::vector<Household> all{
      {"healthy dual stack", with_knocks(native(plain_nat()), connected(f4), connected(f6))},
      {"no port forward", with_knocks(native(plain_nat()), knock(f4), connected(f6))},
      {"IPv6 firewall of the router", with_knocks(native(plain_nat()), connected(f4), knock(f6))},
      {"DS-Lite", with_knocks(ds_lite(), knock(f4), connected(f6))},
      {"carrier-grade NAT without IPv6", with_knocks(cgnat(), knock(f4), std::nullopt)},
      {"carrier-grade NAT with IPv6", with_knocks(native(cgnat()), knock(f4), connected(f6))},
      {"two home routers", with_knocks(native(double_nat()), knock(f4), connected(f6))},
      {"host firewall", with_knocks(native(plain_nat()), dropped, connected(f6))},
      {"nobody listens", with_knocks(native(plain_nat()), refused, std::nullopt)},
      {"the answer is lost", with_knocks(native(plain_nat()), lost, connected(f6))},
      {"another machine answers", with_knocks(native(plain_nat()), elsewhere, connected(f6))},
      {"IPv6 that leads nowhere", with_knocks(with(plain_nat(), [](auto& e) { native_ipv6(e, false); }), connected(f4), std::nullopt)},
      {"a public address on the host", with_knocks(native(plain_nat()), connected(f4), connected(f6))},
      {"MAP-E, with a set that is spread over all ports", with_knocks(native(sampled(plain_nat(), Ports::spread)), knock(f4), connected(f6))},
      {"lw4o6, with one block of ports", with_knocks(with(native(sampled(plain_nat(), Ports::block)), [](auto& e) { e.path->ipv4.mtu = 1460; }),
                                                     knock(f4), connected(f6))},
      {"a carrier that translates to a pool", with_knocks(native(sampled(cgnat(), Ports::pool)), knock(f4), connected(f6))},
      {"a carrier with blocks of ports", with_knocks(native(sampled(cgnat(), Ports::block)), knock(f4), connected(f6))},
      {"a FRITZ!Box on DS-Lite", with_knocks(with(ds_lite(), [](auto& e) {
         auto& box = e.router->gateways[0].igds[0];
         box.manufacturer = "AVM Berlin";
         box.avm = router::AvmIpv6{.external_address = "2a02:8070:1::1", .prefix = "2a02:8070:1::", .prefix_length = 56U};
         e.link = link::Evidence{.interface = "eth0", .dhcpv6 = {{.server = ip("fe80::1"), .aftr_name = "aftr.example.net"}}};
       }), knock(f4), connected(f6))},
      {"a carrier, and a UPnP that tells an old address", with_knocks(with(native(cgnat()), [](auto& e) { igd(e, other_ipv4); }), knock(f4), connected(f6))},
      {"a plain line, and a UPnP that tells an old address", with_knocks(with(native(plain_nat()), [](auto& e) { igd(e, other_ipv4); }), connected(f4),
                                                                         connected(f6))},
  };
  for (auto& household : all) {
    auto& e = household.evidence;
    if (household.name == "host firewall")
      for (auto& walk : e.filter->walks)
        if (walk.family == f4) walk.action = filter::Action::drop, walk.rule = "policy drop", walk.chain = "input", walk.table = "inet filter";
    if (household.name == "nobody listens") e.listeners->listeners.clear();
    if (household.name == "IPv6 firewall of the router") igd(e, public_ipv4).ipv6_firewall = router::Ipv6Firewall{true, false};
    if (household.name == "a public address on the host") {
      eth0(e).addresses[0].address = ip(public_ipv4);
      e.router->gateways.clear();
      e.path->ipv4 = {};
      for (auto& o : e.stun->observations)
        if (o.local.address == ip("192.168.1.10")) o.local.address = ip(public_ipv4);
      for (auto& k : e.inbound->knocks)
        for (auto& arrival : k.arrivals)
          if (arrival.to.address == ip("192.168.1.10")) arrival.to.address = ip(public_ipv4);
    }
    const bool four = household.name != std::string("DS-Lite");
    name_from_all_sides(e, four ? std::vector<const char*>{public_ipv4} : std::vector<const char*>{},
                        e.host->ipv6 ? std::vector<const char*>{stable} : std::vector<const char*>{});
  }
  return all;
}

/// A plain line, where something is the matter with the name.
inline std::vector<Household> households_of_names() {
  const auto home_with_name = [](const char* aaaa, const std::function<void(Evidence&)>& change) {
    auto e = plain_nat();
    native_ipv6(e);
    e = with_knocks(std::move(e), connected(Family::ipv4), connected(Family::ipv6));
    name_from_all_sides(e, {public_ipv4}, {aaaa});
    return with(std::move(e), change);
  };
  const auto silent_at = [](const std::vector<const char*>& servers) {
    return [=](Evidence& e) {
      const auto is_one = [&](const dns::Answer& each) { return std::ranges::any_of(servers, [&](const char* one) { return each.server.address == ip(one); }); };
      for_answers(e, is_one, [](dns::Answer& each) {
        each.rcode.reset(), each.authoritative = false, each.addresses.clear(), each.names.clear(), each.serial.reset();
        each.trouble = "no answer, asked 4 times in 2000 ms", each.sent_in_vain = 4;
      });
    };
  };
  const auto refuse = [](Evidence& e, dns::Role role) {
    for_answers(e, [&](const dns::Answer& each) { return each.role == role; },
                [](dns::Answer& each) { each.rcode = "SERVFAIL", each.addresses.clear(), each.unchecked_rcode = "NOERROR"; });
  };
  const auto as_seen = [](Evidence& e) {
    e.host->updaters[0].ipv6 = {.source = host::AddressSource::web, .setting = "usev6=webv6", .line = 3};
  };
  return {
      {"one of two name servers is silent", home_with_name(stable, silent_at({"195.20.2.2"}))},
      {"no name server answers", home_with_name(stable, [&](Evidence& e) {
         silent_at({"195.20.1.1", "195.20.2.2"})(e);
         for_answers(e, [](const dns::Answer& each) { return each.role != dns::Role::authoritative; },
                     [](dns::Answer& each) { each.rcode = "SERVFAIL", each.addresses.clear(); });
         e.dns->names[0].dnssec = dns::Dnssec{};
         e.dns->names[0].applications->addresses.clear();
         for (const auto* server : {"185.10.20.40:80", "185.10.20.50:80"})   // the line itself is well
           e.web->observations.push_back({.kind = web::Kind::connectivity, .url = "http://connectivity.example/generate_204", .family = Family::ipv4,
                                          .server = at(server), .local = at("192.168.1.10:40000"), .status = 204, .as_expected = true});
       })},
      {"a temporary address, which an updater publishes", home_with_name(temporary, as_seen)},
      {"an address of yesterday, published for what the name is an alias of", home_with_name("2a02:8070:1:2:77aa:1122:3344:5566", [&](Evidence& e) {
         as_seen(e);
         e.host->updaters[0].names = {"pi.dyn.example"};
         e.dns->names[0].dnssec.reset();
         for (auto& each : e.dns->names[0].answers) each.names = {"pi.dyn.example."};
       })},
      {"another machine's record under an old prefix", home_with_name("2a02:8071:9:9:ba27:ebff:fe4c:19d2", [](Evidence& e) {
         e.host->neighbours.push_back({.address = ip("192.168.1.66"), .interface = "eth0", .mac = mac("b8:27:eb:4c:19:d2")});
       })},
      {"a record beyond what the FRITZ!Box was delegated", home_with_name("2a02:8070:1:109::77", [](Evidence& e) {
         igd(e, public_ipv4).avm = router::AvmIpv6{.prefix = "2a02:8070:1::", .prefix_length = 56U};
       })},
      {"signatures that have expired", home_with_name(stable, [&](Evidence& e) {
         e.dns->names[0].dnssec = signatures::judged(dns::Security::bogus, dns::SecurityReason::expired, {dns::Role::public_resolver, dns::Role::authoritative});
         refuse(e, dns::Role::public_resolver);
       })},
      {"a resolver here that refuses what is proven", home_with_name(stable, [&](Evidence& e) { refuse(e, dns::Role::system); })},
  };
}

/// A host that translates IPv4 itself, over a line of IPv6 alone.
inline Evidence with_clat() {
  auto e = home();
  native_ipv6(e);
  e.host->interfaces.push_back({.index = 3, .name = "clat", .kind = "tun", .mtu = 1260, .up = true, .tunnel = true,
                                .addresses = {{.address = ip("192.0.0.1"), .prefix_length = 32}}});
  e.host->ipv4 = host::Uplink{.interface = "clat", .default_interface = "clat", .through_tunnel = true};
  e.host->lookups.erase(e.host->lookups.begin());
  e.dns = dns::Evidence{.ipv4only = {answer(dns::Role::system, "192.168.1.1", "AAAA", {"64:ff9b::c000:aa"}, "ipv4only.arpa.")},
                        .nat64_prefixes = {Prefix::parse("64:ff9b::/96").value()}};
  ask_stun(e, "74.125.250.129", "192.0.0.1:50001", "93.184.20.30:40001");
  ask_stun(e, "77.72.169.210", "192.0.0.1:50002", "93.184.20.30:40002");
  return e;
}

/// Beside a plain line, another address than the line's own is the way to the IPv6 internet.
inline Evidence with_ipv6_address(const char* address, const char* seen_as) {
  auto e = plain_nat();
  eth0(e).addresses.push_back({.address = ip(address), .prefix_length = 64});
  e.host->ipv6 = host::Uplink{.interface = "eth0", .gateway = ip("fe80::1"), .default_interface = "eth0"};
  const auto local = fmt::format("[{}]:50003", address), mapped = fmt::format("[{}]:50003", seen_as);
  for (const auto* server : {"2001:4860:4864:5:8000::1", "2a01:4f8:1:2::7"}) ask_stun(e, server, local.c_str(), mapped.c_str());
  return e;
}

/// All goes through a tunnel, apart from what is bound to the card.
inline Evidence with_vpn() {
  auto e = plain_nat();
  native_ipv6(e);
  e.host->interfaces.push_back({.index = 3, .name = "wg0", .kind = "wireguard", .mtu = 1420, .up = true, .tunnel = true,
                                .addresses = {{.address = ip("10.8.0.2"), .prefix_length = 32}}});
  e.host->ipv4->default_interface = "wg0";
  e.host->ipv4->through_tunnel = true;
  e.host->lookups[0] = {.destination = ip("8.8.8.8"), .source = ip("10.8.0.2"), .interface = "wg0"};
  for (auto& o : e.stun->observations) o.interface = "eth0";
  ask_stun(e, "74.125.250.129", "10.8.0.2:50001", "185.99.1.1:40000");
  ask_stun(e, "77.72.169.210", "10.8.0.2:50002", "185.99.1.1:40000");
  return e;
}

/// What few homes have, and no record holds.
inline std::vector<Household> households_of_rare_access() {
  return {
      {"464XLAT on the host", with_clat()},
      {"NPTv6", with_ipv6_address("fd00:1:2:3::10", "2a02:8070:1:2::10")},
      {"NAT66", with_ipv6_address("fd00:1:2:3::10", "2a02:8070:1:1::77:1:9")},
      {"6to4", with_ipv6_address("2002:5db8:141e::10", "2002:5db8:141e::10")},
      {"a VPN, and what is bound to the card", with_vpn()},
      {"a carrier, and PCP told an address", with(cgnat(), [](Evidence& e) {
         auto& g = gateway(e, "192.168.1.1", 1);
         g.pcp = {.gateway = g.address, .reply = router::Reply::answered, .version = 2U, .result_code = 0U};
         g.pcp_map = router::MappingTrial{.exchange = g.pcp, .internal_port = 40000, .closed = true};
         g.pcp_map->exchange.external_address = ip("100.72.3.4");
         e.router->anycast = router::Exchange{.gateway = ip("192.0.0.9"), .reply = router::Reply::answered, .version = 2U, .result_code = 12U};
       })},
      {"PCP sees another address than this host's", with(cgnat(), [](Evidence& e) {
         auto& g = gateway(e, "192.168.1.1", 1);
         g.nat_pmp = {};
         g.pcp = {.gateway = g.address, .reply = router::Reply::answered, .version = 2U, .result_code = 12U};
       })},
  };
}

}  // namespace ringback::build
