#pragma once
/// Whole households, measured with everything: what the properties are tested on.
#include "build.hpp"

namespace ringback::build {

struct Household {
  const char* name;
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
    if (household.name == std::string("host firewall"))
      for (auto& walk : e.filter->walks)
        if (walk.family == f4) walk.action = filter::Action::drop, walk.rule = "policy drop", walk.chain = "input", walk.table = "inet filter";
    if (household.name == std::string("nobody listens")) e.listeners->listeners.clear();
    if (household.name == std::string("IPv6 firewall of the router")) igd(e, public_ipv4).ipv6_firewall = router::Ipv6Firewall{true, false};
    if (household.name == std::string("a public address on the host")) {
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
    name(e, four ? std::vector<const char*>{public_ipv4} : std::vector<const char*>{}, e.host->ipv6 ? std::vector<const char*>{stable} : std::vector<const char*>{});
  }
  return all;
}

}  // namespace ringback::build
