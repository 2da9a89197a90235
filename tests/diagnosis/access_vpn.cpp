/// The access network behind a tunnel.
#include "support/catch.hpp"

#include "build.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

TEST_CASE("a VPN's address is not the household's") {
  auto e = home();
  e.host->interfaces.push_back({.index = 3, .name = "wg0", .kind = "wireguard", .mtu = 1420, .up = true, .tunnel = true,
                                .addresses = {{.address = ip("10.8.0.2"), .prefix_length = 32}}});
  e.host->ipv4->default_interface = "wg0";
  e.host->ipv4->through_tunnel = true;
  ask_stun(e, "74.125.250.129", "10.8.0.2:50001", "185.99.1.1:40000");
  ask_stun(e, "77.72.169.210", "10.8.0.2:50002", "185.99.1.1:40000");
  owned_at(e, 1, "185.99.1.1");
  e.path->ipv4.owners[0].source = ip("10.8.0.2");
  const auto through = diagnose(e);
  CHECK(through.connection.ipv4.kind == Ipv4Kind::unknown);
  CHECK(through.connection.ipv4.mapped_address == std::nullopt);
  REQUIRE(found(through, "host.vpn-default-route"));
  CHECK(found(through, "host.vpn-default-route")->severity == Severity::warning);

  // Bound to the interface towards the router, the household's own address shows.
  for (auto& o : e.stun->observations) {
    o.interface = "eth0";
    o.local.address = ip("192.168.1.10");
    o.mapped = Endpoint{ip(public_ipv4), 40000};
  }
  owned_at(e, 1);
  CHECK(diagnose(e).connection.ipv4.kind == Ipv4Kind::nat);
}

TEST_CASE("IPv6 that comes through a VPN alone is not the household's") {
  auto e = plain_nat();
  e.host->interfaces.push_back({.index = 3, .name = "wg0", .kind = "wireguard", .mtu = 1420, .up = true, .tunnel = true,
                                .addresses = {{.address = ip("2a0c:1::2"), .prefix_length = 128}}});
  e.host->ipv6 = host::Uplink{.interface = "wg0", .default_interface = "wg0", .through_tunnel = true};
  ask_stun(e, "2001:4860:4864:5:8000::1", "[2a0c:1::2]:50000", "[2a0c:1::2]:50000");
  const auto d = diagnose(e);
  CHECK(d.connection.type == ConnectionType::ipv4_only);
  CHECK(found(d, "host.vpn-default-route"));
}

TEST_CASE("the inner side of a translator on this host is no VPN") {
  auto e = home();
  native_ipv6(e);
  e.host->interfaces.push_back({.index = 3, .name = "clat", .kind = "tun", .mtu = 1260, .up = true, .tunnel = true,
                                .addresses = {{.address = ip("192.0.0.1"), .prefix_length = 32}}});
  e.host->ipv4 = host::Uplink{.interface = "clat", .default_interface = "clat", .through_tunnel = true};
  e.dns = dns::Evidence{.nat64_prefixes = {Prefix::parse("64:ff9b::/96").value()}};
  ask_stun(e, "74.125.250.129", "192.0.0.1:50001", "93.184.20.30:40001");
  const auto d = diagnose(e);
  CHECK(d.connection.type == ConnectionType::ipv6_only_nat64);
  CHECK(d.connection.ipv4.mapped_address == ip("93.184.20.30"));
  CHECK_FALSE(found(d, "host.vpn-default-route"));
}
