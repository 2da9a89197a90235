#include "support/catch.hpp"

#include "build.hpp"
#include "diagnosis/access_table.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

struct AccessCase {
  const char* household;
  Evidence evidence;
  Ipv4Kind kind;
  Confidence confidence;
};

Confidence confidence_of(const Evidence& e) {
  // Where IPv6 is certain, the connection's confidence is IPv4's.
  return diagnose(e).connection.confidence;
}

Evidence mapped_only() {
  auto e = home();
  seen_as(e);
  return e;
}

}  // namespace

TEST_CASE("the kind of IPv4 access follows from who owns the address that the internet sees") {
  using K = Ipv4Kind;
  using C = Confidence;
  const std::vector<AccessCase> cases{
      {"a router that names the public address and answers for it", plain_nat(), K::nat, C::certain},
      {"a router that names the public address, or repeats it", with(mapped_only(), [](auto& e) { igd(e, public_ipv4); }), K::nat, C::likely},
      {"the same by every protocol", with(mapped_only(), [](auto& e) { igd(e, public_ipv4), nat_pmp(e, public_ipv4); }), K::nat, C::likely},
      {"the same, and a knock arrives", with(mapped_only(), [](auto& e) { igd(e, public_ipv4), add(e, connected(Family::ipv4)); }), K::nat, C::certain},
      {"a router that names the public address by a protocol that anybody can forge", with(mapped_only(), [](auto& e) { nat_pmp(e, public_ipv4); }), K::nat, C::likely},
      {"a router that says two things", with(mapped_only(), [](auto& e) { nat_pmp(e, "100.72.3.4"), igd(e, public_ipv4); }), K::cgnat, C::possible},
      {"a silent router that answers for the public address at the first hop", with(mapped_only(), [](auto& e) { owned_at(e, 1); }), K::nat, C::certain},
      {"a router that lies over UPnP and answers for the public address",
       with(mapped_only(), [](auto& e) { igd(e, other_ipv4), owned_at(e, 1); }), K::nat, C::certain},
      {"a carrier's inner range as mere numbering", with(mapped_only(), [](auto& e) { nat_pmp(e, public_ipv4), way_out(e, {"100.64.0.1"}); }), K::nat, C::possible},
      {"a carrier that translates, everything seen", cgnat(), K::cgnat, C::certain},
      {"a router with a shared WAN address", with(mapped_only(), [](auto& e) { igd(e, "100.72.3.4"); }), K::cgnat, C::certain},
      {"a router with a shared WAN address, by a protocol that anybody can forge", with(mapped_only(), [](auto& e) { nat_pmp(e, "100.72.3.4"); }), K::cgnat, C::likely},
      {"a shared hop and an owner beyond the router", with(mapped_only(), [](auto& e) { owned_at(e, 3), way_out(e, {"100.64.0.1"}); }), K::cgnat, C::certain},
      {"a shared hop alone", with(mapped_only(), [](auto& e) { way_out(e, {"100.64.0.1"}); }), K::cgnat, C::likely},
      {"a shared hop behind a router that keeps what is addressed to the public address: the carrier's mere numbering, perhaps",
       with(mapped_only(), [](auto& e) { way_out(e, {"100.64.0.1"}), keeps(e); }), K::unknown, C::possible},
      {"a shared hop behind a router that passes on what is addressed to the public address",
       with(mapped_only(), [](auto& e) { way_out(e, {"100.64.0.1"}), passed_on(e); }), K::cgnat, C::likely},
      {"a router that names the public address, and passes on what is addressed to it",
       with(mapped_only(), [](auto& e) { igd(e, public_ipv4), passed_on(e); }), K::unknown, C::possible},
      {"a home network numbered from the carriers' range",
       with(mapped_only(), [](auto& e) { eth0(e).addresses[0].address = ip("100.66.1.2"), owned_at(e, 1), igd(e, public_ipv4); }), K::nat, C::certain},
      {"a router that repeats what the internet sees, behind a carrier",
       with(mapped_only(), [](auto& e) { igd(e, public_ipv4), owned_at(e, 2), way_out(e, {"100.64.0.1"}); }), K::cgnat, C::likely},
      {"a carrier that numbers privately, three hops away",
       with(mapped_only(), [](auto& e) { nat_pmp(e, "10.20.30.40"), owned_at(e, 3), way_out(e, {"10.20.0.1"}); }), K::cgnat, C::likely},
      {"a private WAN address and the owner next to it: a second router or a carrier",
       with(mapped_only(), [](auto& e) { nat_pmp(e, "10.20.30.40"), owned_at(e, 2), way_out(e, {"10.20.0.1"}); }), K::unknown, C::possible},
      {"a private hop, a dark router, no owner", with(mapped_only(), [](auto& e) { way_out(e, {"10.20.0.1"}); }), K::unknown, C::possible},
      {"two home routers, everything seen", double_nat(), K::double_nat, C::certain},
      {"two home routers, the inner one dark",
       with(mapped_only(), [](auto& e) { nat_pmp(e, public_ipv4, "192.168.178.1", 2), owned_at(e, 2), way_out(e, {"192.168.178.1"}); }), K::double_nat, C::likely},
      {"two home routers, both dark", with(mapped_only(), [](auto& e) { owned_at(e, 2), way_out(e, {"192.168.178.1"}); }), K::double_nat, C::likely},
      {"two home routers and a carrier behind",
       with(mapped_only(), [](auto& e) { nat_pmp(e, "192.168.8.20"), nat_pmp(e, "100.80.1.1", "192.168.8.1", 2), owned_at(e, 3); }), K::cgnat, C::certain},
      {"two home routers, and the network between them is numbered from the carriers' range",
       with(mapped_only(), [](auto& e) { igd(e, "100.79.1.20"), igd(e, public_ipv4, "100.79.1.1", 2), owned_at(e, 2), way_out(e, {"100.79.1.1"}); }), K::double_nat, C::likely},
      {"the same, the inner one dark",
       with(mapped_only(), [](auto& e) { igd(e, public_ipv4, "100.79.1.1", 2), owned_at(e, 2), way_out(e, {"100.79.1.1"}); }), K::double_nat, C::likely},
      {"the same, and the second router does not know its address",
       with(mapped_only(), [](auto& e) { igd(e, "100.79.1.20"), igd(e, "", "100.79.1.1", 2), owned_at(e, 2), way_out(e, {"100.79.1.1"}); }), K::unknown, C::possible},
      {"a carrier's hop that speaks NAT-PMP, as its PCP server may",
       with(mapped_only(), [](auto& e) { igd(e, "100.79.1.20"), nat_pmp(e, public_ipv4, "100.79.1.1", 2), owned_at(e, 2), way_out(e, {"100.79.1.1"}); }), K::cgnat, C::certain},
      {"two home routers numbered from the carriers' range, and a carrier behind",
       with(mapped_only(), [](auto& e) { igd(e, "100.79.1.20"), igd(e, "100.80.1.1", "100.79.1.1", 2), owned_at(e, 3), way_out(e, {"100.79.1.1"}); }), K::cgnat, C::certain},
      {"DS-Lite, everything seen", ds_lite(), K::ds_lite, C::certain},
      {"DS-Lite by its hop", with(mapped_only(), [](auto& e) { native_ipv6(e), way_out(e, {"192.0.0.1"}); }), K::ds_lite, C::certain},
      {"DS-Lite by the router's inner address", with(mapped_only(), [](auto& e) { native_ipv6(e), nat_pmp(e, "192.0.0.2"), owned_at(e, 2); }), K::ds_lite, C::certain},
      {"DS-Lite by packet size and owner", with(mapped_only(), [](auto& e) { native_ipv6(e), owned_at(e, 2), e.path->ipv4.mtu = 1460; }), K::ds_lite, C::likely},
      {"a FRITZ!Box that is connected without an IPv4 address",
       with(mapped_only(), [](auto& e) { native_ipv6(e), igd(e, "").manufacturer = "AVM Berlin"; }), K::ds_lite, C::likely},
      {"an empty UPnP answer alone, which access points give as well", with(mapped_only(), [](auto& e) { native_ipv6(e), igd(e, ""); }), K::unknown, C::possible},
      {"an owner right behind a dark router, without IPv6: perhaps a second router", with(mapped_only(), [](auto& e) { owned_at(e, 2); }), K::unknown, C::possible},
      {"an owner far beyond a dark router, without IPv6", with(mapped_only(), [](auto& e) { owned_at(e, 3); }), K::cgnat, C::likely},
      {"carrier-grade NAT that lets a knock in", with(cgnat(), [](auto& e) { add(e, connected(Family::ipv4)); }), K::cgnat, C::likely},
      {"an owner beyond a dark router, native IPv6, packet size unknown", with(mapped_only(), [](auto& e) { native_ipv6(e), owned_at(e, 2); }), K::unknown, C::possible},
      {"a dark router and nothing seen", mapped_only(), K::unknown, C::possible},
      {"a dark router that lets a knock in", with(mapped_only(), [](auto& e) { add(e, connected(Family::ipv4)); }), K::nat, C::possible},
      {"the same, and the provider's network begins right behind it",
       with(mapped_only(), [](auto& e) { way_out(e, {"62.155.240.1"}), add(e, connected(Family::ipv4)); }), K::nat, C::likely},
      {"the same, and a private network lies behind it",
       with(mapped_only(), [](auto& e) { way_out(e, {"192.168.178.1"}), add(e, connected(Family::ipv4)); }), K::unknown, C::possible},
      {"a first hop that answers for every destination",
       with(mapped_only(), [](auto& e) { owned_at(e, 1), way_out(e, {}), e.path->ipv4.reached_at = Ttl{1}; }), K::unknown, C::possible},
      {"a STUN server that lies against two that do not",
       with(plain_nat(), [](auto& e) { ask_stun(e, "77.1.1.1", "192.168.1.10:50009", "93.184.99.99:40000"); }), K::nat, C::certain},
      {"another machine of the LAN that poses as the router",
       with(mapped_only(), [](auto& e) { owned_at(e, 1), igd(e, "100.64.9.9").responder = ip("192.168.1.66"); }), K::nat, C::certain},
      {"a router with the public address whose IPv4 travels in IPv6 on ports that nobody here chose",
       with(plain_nat(), [](auto& e) { native_ipv6(e), ports_moved(e), e.path->ipv4.mtu = 1460; }), K::shared_ports, C::likely},
      {"the same where it keeps them", with(plain_nat(), [](auto& e) { native_ipv6(e), e.path->ipv4.mtu = 1460; }), K::nat, C::certain},
      {"the same, and nothing is known of packet sizes", with(plain_nat(), [](auto& e) { native_ipv6(e), ports_moved(e); }), K::nat, C::possible},
      {"the same, and full-size packets pass", with(plain_nat(), [](auto& e) { native_ipv6(e), ports_moved(e), e.path->ipv4.mtu = 1500; }), K::nat, C::likely},
      {"the same packet size on a line without IPv6", with(plain_nat(), [](auto& e) { e.path->ipv4.mtu = 1460; }), K::nat, C::certain},
      {"an IPv4 address of the internet on the host itself",
       with(mapped_only(), [](auto& e) { eth0(e).addresses[0].address = ip(public_ipv4); }), K::public_address, C::certain},
      {"a global address that the internet does not see",
       with(mapped_only(), [](auto& e) { eth0(e).addresses[0].address = ip(other_ipv4); }), K::unknown, C::possible},
      {"a modem that hands the carrier's inner address to the host",
       with(mapped_only(), [](auto& e) { eth0(e).addresses[0].address = ip("100.66.1.2"); }), K::cgnat, C::likely},
  };
  for (const auto& c : cases) {
    INFO(c.household);
    const auto d = diagnose(c.evidence);
    INFO(fmt::format("{}", fmt::join(d.connection.because, "\n")));
    CHECK(to_string(d.connection.ipv4.kind) == to_string(c.kind));
    CHECK(to_string(confidence_of(c.evidence)) == to_string(c.confidence));
  }
}

TEST_CASE("what PCP tells where a port was opened for a moment is a word of the router's, and a mismatch is named") {
  auto e = mapped_only();
  auto& trial = gateway(e, "192.168.1.1", 1).pcp_map.emplace();
  trial.exchange = {.gateway = ip("192.168.1.1"), .reply = router::Reply::answered, .result_code = 0U, .external_address = ip("100.72.3.4")};
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::cgnat);
  trial.exchange.external_address = ip(public_ipv4);
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::nat);
  trial.exchange.external_address.reset();
  trial.exchange.result_code = 12U;
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::unknown);
  CHECK_THAT(fmt::format("{}", fmt::join(diagnose(e).connection.because, "\n")), Catch::Contains("ADDRESS_MISMATCH"));
}

TEST_CASE("a PCP server at the well-known address is told where it is not the home router, and decides nothing") {
  const auto heard = [](unsigned result, bool router_speaks, unsigned version = 2) {
    auto e = cgnat();
    if (router_speaks) gateway(e, "192.168.1.1", 1).pcp = {.gateway = ip("192.168.1.1"), .reply = router::Reply::answered, .version = 2U, .result_code = 0U};
    e.router->anycast = router::Exchange{.gateway = ip("192.0.0.9"), .reply = router::Reply::answered, .version = version, .result_code = result};
    const auto d = diagnose(e);
    CHECK(to_string(d.connection.ipv4.kind) == "cgnat");
    CHECK(d.connection.ipv4 == diagnose(cgnat()).connection.ipv4);
    return fmt::format("{}", fmt::join(d.connection.because, "\n"));
  };
  CHECK_THAT(heard(0, false), Contains("A PCP server answers at 192.0.0.9") && Contains("somebody beyond it translates"));
  CHECK_THAT(heard(12, false), Contains("at 192.0.0.9 (RFC 7723) sees another address") && Contains("ADDRESS_MISMATCH"));
  CHECK_THAT(heard(12, true), Contains("ADDRESS_MISMATCH"));
  CHECK_THAT(heard(0, true), !Contains("192.0.0.9"));   // it may be the home router itself
  CHECK_THAT(heard(0, false, 0), !Contains("192.0.0.9"));
  CHECK_THAT(heard(2, false), !Contains("192.0.0.9"));
}

TEST_CASE("translators are counted and the WAN address is the router's own") {
  CHECK(diagnose(plain_nat()).connection.ipv4 == Ipv4Connection{Ipv4Kind::nat, ip(public_ipv4), ip(public_ipv4), 1U});
  CHECK(diagnose(ds_lite()).connection.ipv4 == Ipv4Connection{Ipv4Kind::ds_lite, ip(public_ipv4), std::nullopt, 1U});
  CHECK(diagnose(cgnat()).connection.ipv4 == Ipv4Connection{Ipv4Kind::cgnat, ip(public_ipv4), ip("100.72.3.4"), 2U});
  CHECK(diagnose(double_nat()).connection.ipv4 == Ipv4Connection{Ipv4Kind::double_nat, ip(public_ipv4), ip("192.168.178.20"), 2U});
}

TEST_CASE("a source that is outvoted is named") {
  const auto told = [](const Evidence& e) { return fmt::format("{}", fmt::join(diagnose(e).connection.because, "\n")); };
  const auto against = Contains("Against: the home router says by UPnP that its internet address is 93.184.99.99, outvoted.");
  CHECK_THAT(told(with(plain_nat(), [](auto& e) { igd(e, other_ipv4); })), against);
  // No other word of the router's is right: the first hop is what speaks against it.
  const auto alone = with(mapped_only(), [](auto& e) { owned_at(e, 1), igd(e, other_ipv4); });
  CHECK_THAT(told(alone), against);
  CHECK_THAT(told(with(alone, [](auto& e) { nat_pmp(e, other_ipv4); })), against && Contains("Against: the home router says by NAT-PMP"));
  // Nobody answers for the public address, or somebody outside sees the other one as well: two lines.
  CHECK_THAT(told(with(mapped_only(), [](auto& e) { igd(e, other_ipv4); })), !Contains("outvoted"));
  CHECK_THAT(told(with(alone, [](auto& e) { ask_stun(e, "77.1.1.1", "192.168.1.10:50009", "93.184.99.99:40000"); })),
             Contains("The home router says by UPnP that its internet address is 93.184.99.99."));
}

TEST_CASE("a connected FRITZ!Box with a prefix of the provider's and without IPv4 has DS-Lite, a mesh repeater has not") {
  const auto box = [](const char* prefix, const char* status, std::optional<unsigned> owner) {
    auto e = home();
    seen_as(e);
    auto& device = igd(e, "");
    device.manufacturer = "AVM Berlin";
    device.connections[0].status = status;
    if (prefix) device.avm = router::AvmIpv6{.external_address = "2003:1:2::1", .prefix = prefix, .prefix_length = 56U};
    if (owner) owned_at(e, *owner);
    const auto d = diagnose(e);
    return fmt::format("{} {}", to_string(d.connection.ipv4.kind), to_string(d.connection.confidence));
  };
  CHECK(box("2003:1:2:300::", "Connected", 3) == "ds-lite certain");
  CHECK(box("2003:1:2:300::", "Connected", 2) == "ds-lite likely");
  CHECK(box("2003:1:2:300::", "Connected", std::nullopt) == "ds-lite likely");
  CHECK(box(nullptr, "Connected", 3) == "cgnat likely");
  CHECK(box("", "Connected", 3) == "cgnat likely");
  CHECK(box("fd00::", "Connected", 3) == "cgnat likely");
  CHECK(box("no prefix", "Connected", 3) == "cgnat likely");
  CHECK(box("2003:1:2:300::", "Connected", 1) == "nat certain");
}

TEST_CASE("a machine of the LAN that hands on to the home router is no second translator") {
  const auto judged = [](const char* second_hop) {
    const auto d = diagnose(with(mapped_only(), [&](auto& e) { owned_at(e, 2), way_out(e, {second_hop}), nat_pmp(e, public_ipv4, second_hop, 2); }));
    return std::string(to_string(d.connection.ipv4.kind));
  };
  CHECK(judged("192.168.1.254") == "nat");           // this host is 192.168.1.10/24
  CHECK(judged("192.168.178.1") == "double-nat");
}

TEST_CASE("a knock in vain on an address that this household has but now and then, or not at all, proves nothing") {
  auto e = plain_nat();
  add(e, knock(Family::ipv4));
  e.inbound->knocks.back().target = ip(other_ipv4);
  CHECK(verdict(diagnose(e), Family::ipv4).reachable == Reachable::unknown);
  ask_stun(e, "77.1.1.1", "192.168.1.10:50009", "93.184.99.99:40000");
  CHECK(verdict(diagnose(e), Family::ipv4).reachable == Reachable::unknown);
  for (unsigned i = 0; i < 40; ++i)
    e.stun->ports.push_back({at("77.72.169.210:3478"), {ip("192.168.1.10"), static_cast<Port>(20000 + i)},
                             Endpoint{ip(i % 2 == 0 ? other_ipv4 : public_ipv4), static_cast<Port>(20000 + i)}});
  CHECK(verdict(diagnose(e), Family::ipv4).reachable == Reachable::no);   // one of several addresses of its own
}

TEST_CASE("a public address in the mouth of a router behind a carrier is no address of the router's") {
  for (const auto* claimed : {public_ipv4, other_ipv4}) {
    const auto d = diagnose(with(mapped_only(), [&](auto& e) { owned_at(e, 2), way_out(e, {"100.64.0.1"}), igd(e, claimed); }));
    CHECK(d.connection.ipv4.kind == Ipv4Kind::cgnat);
    CHECK_FALSE(d.connection.ipv4.wan_address);
    CHECK_THAT(fmt::format("{}", fmt::join(d.connection.because, " ")), Contains("Against: the public address that the home router names by UPnP"));
  }
}

TEST_CASE("without IPv4 the line has none, or a translator from IPv6") {
  auto e = home();
  native_ipv6(e);
  e.host->ipv4.reset();
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::none);
  CHECK(diagnose(e).connection.type == ConnectionType::ipv6_only);
  e.dns = dns::Evidence{.nat64_prefixes = {Prefix::parse("64:ff9b::/96").value()}};
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::nat64);
  CHECK(diagnose(e).connection.type == ConnectionType::ipv6_only_nat64);
  CHECK(shown(verdict(diagnose(e), Family::ipv4)) == "no provider ipv4.nat64 certain");
  const auto told = [&] { return fmt::format("{}", fmt::join(diagnose(e).connection.because, " ")); };
  CHECK_THAT(told(), !Contains("option 108"));
  e.link = link::Evidence{.dhcpv4 = {{.server = ip("192.168.1.1"), .ipv6_only_wait_s = 300U}}};
  CHECK_THAT(told(), Contains("The DHCP server 192.168.1.1 says that this network does without IPv4 (option 108, RFC 8925)."));
}

TEST_CASE("a NAT64 that the router advertises is one, also where the resolver says nothing of it") {
  auto e = home();
  native_ipv6(e);
  e.host->ipv4.reset();
  e.link = link::Evidence{.advertisements = {{.router = ip("fe80::1"), .nat64 = {{Prefix::parse("2001:67c:1:64::/96").value(), 1800}}}}};
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::nat64);
  CHECK(diagnose(e).connection.confidence == Confidence::likely);   // that it also works was not seen
  e.host->ipv6->gateway = ip("fe80::2");
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::none);        // another machine of the link says so
  e.host->ipv6->gateway = ip("fe80::1");
  e.link->advertisements[0].nat64[0].lifetime_s = 0;
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::none);
}

TEST_CASE("what the household's DHCPv6 server passes on tells the line") {
  auto e = with(mapped_only(), [](auto& x) { native_ipv6(x), ports_moved(x); });
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::unknown);
  e.link = link::Evidence{.dhcpv6 = {{.server = ip("fe80::1"), .aftr_name = "aftr.example.net."}}};
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::unknown);   // any machine of the link may say so
  owned_at(e, 3);
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::ds_lite);
  CHECK(diagnose(e).connection.confidence == Confidence::likely);
  e.path->ipv4.mtu = 1460;
  CHECK(diagnose(e).connection.confidence == Confidence::certain);
  e.link->dhcpv6[0].server = ip("fe80::bad");
  CHECK(std::ranges::any_of(diagnose(e).connection.because, [](const auto& s) { return s.starts_with("Not counted: fe80::bad"); }));
  e.link->dhcpv6[0] = {.server = ip("fe80::1"), .map_e = true};
  e.path->ipv4.owners.clear();
  owned_at(e, 1);
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::shared_ports);
  // A router that has the public address and keeps every port: the configuration is of another day, or of another line.
  auto open = with(plain_nat(), [](auto& x) { x.link = link::Evidence{.dhcpv6 = {{.server = ip("fe80::1"), .map_e = true}}}; });
  open.stun->observations.clear();
  ask_stun(open, "74.125.250.129", "192.168.1.10:50001", "93.184.20.30:50001");
  ask_stun(open, "77.72.169.210", "192.168.1.10:50002", "93.184.20.30:50002");
  CHECK(diagnose(open).connection.ipv4.kind == Ipv4Kind::nat);
}

TEST_CASE("a set of outside ports is no address of one's own, and a pool of addresses is a carrier's") {
  const auto sampled = [](Evidence e, const std::function<Endpoint(unsigned)>& outside) {
    for (unsigned i = 0; i < 40; ++i)
      e.stun->ports.push_back({at(i % 2 == 0 ? "74.125.250.129:3478" : "77.72.169.210:3478"), {ip("192.168.1.10"), static_cast<Port>(20000 + i * 97)}, outside(i)});
    return e;
  };
  const auto spread = [](unsigned i) { return Endpoint{ip(public_ipv4), static_cast<Port>((1 + i * 19 % 63) << 10 | 0x34 << 2 | (i & 3))}; };
  const auto block = [](unsigned i) { return Endpoint{ip(public_ipv4), static_cast<Port>(4096 + i * 1777 % 4096)}; };
  const auto judged = [](const Evidence& e) { return fmt::format("{} {}", to_string(diagnose(e).connection.ipv4.kind), to_string(diagnose(e).connection.confidence)); };
  CHECK(judged(sampled(plain_nat(), spread)) == "shared-ports certain");
  CHECK(judged(sampled(plain_nat(), block)) == "unknown possible");   // or a router that translates to a narrow range
  CHECK(judged(sampled(with(plain_nat(), [](auto& e) { native_ipv6(e), e.path->ipv4.mtu = 1460; }), block)) == "shared-ports certain");
  CHECK(judged(sampled(cgnat(), block)) == "cgnat certain");   // blocks of ports behind a carrier's translator: RFC 7422
  CHECK(judged(sampled(with(mapped_only(), [](auto& e) { native_ipv6(e); }), spread)) == "shared-ports likely");
  CHECK(judged(sampled(mapped_only(), block)) == "unknown possible");
  auto let_in = sampled(plain_nat(), spread);
  add(let_in, connected(Family::ipv4));
  CHECK(judged(let_in) == "nat certain");   // 443 is not of the set, and came in
  const auto vanished = [&](const char* asked) {
    auto e = sampled(plain_nat(), spread);
    e.request.services = {service(asked)};
    add(e, arrived(knock(Family::ipv4, asked), std::nullopt, inbound::Result::timeout));
    e.inbound->knocks.back().arrivals.clear();
    return shown(verdict(diagnose(e), Family::ipv4));
  };
  CHECK(vanished("443/tcp") == "no provider ipv4.shared-ports certain");
  auto advised = sampled(plain_nat(), block);
  native_ipv6(advised), advised.path->ipv4.mtu = 1460, add(advised, knock(Family::ipv4));
  const auto remedy = found(diagnose(advised), "ipv4.shared-ports")->remedies.at(0);
  CHECK_THAT(remedy.steps.at(0), Contains("4096 to 8191"));
  CHECK_THAT(remedy.commands.at(0), Contains("4539:443/tcp"));
  CHECK(vanished("1232:443/tcp") == "no upstream inbound.not-arriving likely");   // of this home's own ports: the router may not forward it
  const auto pool = [](unsigned i) { return Endpoint{ip(i % 3 == 0 ? other_ipv4 : public_ipv4), static_cast<Port>(20000 + i * 97)}; };
  CHECK(judged(sampled(with(mapped_only(), [](auto& e) { owned_at(e, 3); }), pool)) == "cgnat likely");
  const auto undecided = [](auto& e) { way_out(e, {"100.64.0.1"}), e.stun->observations[0].mapped->address = ip(other_ipv4); };
  CHECK(judged(sampled(with(mapped_only(), undecided), pool)) == "cgnat likely");   // one server for each address: no majority
  CHECK(judged(sampled(plain_nat(), pool)) == "nat certain");   // a router with two lines
}

TEST_CASE("an IPv4 network that leads nowhere while IPv6 works is no IPv4") {
  auto e = home();
  native_ipv6(e);
  ask_stun(e, "74.125.250.129", "192.168.1.10:50001", std::nullopt);
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::unknown);
  ask_stun(e, "77.72.169.210", "192.168.1.10:50002", std::nullopt);
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::none);
}

TEST_CASE("the type of the connection follows from both kinds") {
  const auto type = [](Evidence e, bool six) {
    if (six && !e.host->ipv6) native_ipv6(e);
    return std::string(to_string(diagnose(e).connection.type));
  };
  CHECK(type(plain_nat(), true) == "dual-stack");
  CHECK(type(plain_nat(), false) == "ipv4-only");
  CHECK(type(double_nat(), true) == "dual-stack");
  CHECK(type(cgnat(), true) == "cgnat-dual-stack");
  CHECK(type(cgnat(), false) == "cgnat-ipv4-only");
  CHECK(type(ds_lite(), true) == "ds-lite");
  CHECK(type(mapped_only(), true) == "unknown");
}

TEST_CASE("whatever leaves a doubt about IPv4 names what would settle it") {
  for (const auto& row : diagnosis::access_rows()) {
    INFO(row.reason);
    CHECK(*row.reason != '\0');
    CHECK((*row.settles == '\0') == (row.confidence == Confidence::certain));
    CHECK_THAT(row.reason, !Contains("would tell"));
  }
  const auto last_word = [](const Evidence& e) { return diagnosis::judge_ipv4(e, diagnosis::gather_facts(e), {}).because.back(); };
  CHECK(last_word(with(plain_nat(), [](auto& e) { e.router->gateways.clear(), e.path->ipv4 = {}; })) == "The router's own internet address would tell.");
  CHECK_THAT(last_word(plain_nat()), !Contains("would tell"));
}

TEST_CASE("an unused connection service of the home router says nothing beside the one that is used") {
  // No hop tells who owns the address: the router's word decides.
  const auto told = [](const char* ip_status, const char* ppp_address, const char* ppp_status) {
    auto e = home();
    seen_as(e);
    native_ipv6(e);
    auto& box = igd(e, "");
    box.manufacturer = "AVM Berlin";   // whose empty address of a connection that is up means DS-Lite
    box.connections[0].status = ip_status;
    box.connections.push_back({.service_type = "urn:schemas-upnp-org:service:WANPPPConnection:1", .external_text = ppp_address, .status = ppp_status});
    if (const auto parsed = Address::parse(ppp_address)) box.connections[1].external_address = *parsed;
    return diagnose(e).connection;
  };
  for (const auto* status : {"Unconfigured", "Disconnected", "Connected"}) {
    INFO(status);
    const auto used = told(status, public_ipv4, "Connected");
    CHECK(used.ipv4.kind == Ipv4Kind::nat);
    CHECK(used.ipv4.wan_address == ip(public_ipv4));
    CHECK_THAT(fmt::format("{}", fmt::join(used.because, "\n")), !Contains("it has no internet address"));
  }
  CHECK(told("Unconfigured", "", "Connected").ipv4.kind == Ipv4Kind::ds_lite);
  CHECK(told("Unconfigured", "", "Disconnected").ipv4.kind == Ipv4Kind::unknown);
}
