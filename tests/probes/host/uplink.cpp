#include "probes/host/uplink.hpp"

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::host;

namespace {

Address ip(const char* text) { return Address::parse(text).value(); }
Prefix net(const char* text) { return Prefix::parse(text).value(); }

Interface cable(const char* name) { return {.index = 2, .name = name, .mac = MacAddress::parse("02:00:00:00:00:02").value(), .up = true}; }
Interface tunnel(const char* name, const char* kind) { return {.index = 3, .name = name, .kind = kind, .up = true, .tunnel = true}; }
Interface switched_off(Interface interface) {
  interface.up = false;
  return interface;
}
Route via(const char* to, const char* gateway, const char* interface, unsigned metric = 0, unsigned table = 254) {
  return {.destination = net(to), .gateway = ip(gateway), .interface = interface, .metric = metric, .table = table};
}
Route on_link(const char* to, const char* interface, unsigned metric = 0, unsigned table = 254) {
  return {.destination = net(to), .interface = interface, .metric = metric, .table = table};
}
RouteLookup leaves(const char* interface, const char* gateway = nullptr) {
  return {.destination = ip("198.41.0.4"), .gateway = gateway != nullptr ? std::optional(ip(gateway)) : std::nullopt, .interface = interface};
}

struct Row {
  const char* situation;
  Tables tables;
  std::optional<RouteLookup> now;
  std::optional<std::string> wanted;
  const char* interface;  ///< nullptr: no uplink
  const char* gateway;
  bool through_tunnel;
};

const Route home = via("0.0.0.0/0", "192.168.1.1", "eth0", 100);

const Row rows[] = {
    {"one cable", {{cable("eth0")}, {home}, {}}, leaves("eth0", "192.168.1.1"), {}, "eth0", "192.168.1.1", false},
    {"no route", {{cable("eth0")}, {}, {}}, {}, {}, nullptr, nullptr, false},
    {"cable and radio: the kernel's own choice",
     {{cable("eth0"), cable("wlan0")}, {home, via("0.0.0.0/0", "192.168.2.1", "wlan0", 600)}, {}}, leaves("eth0", "192.168.1.1"), {}, "eth0", "192.168.1.1", false},
    {"cable and radio, and the user's word",
     {{cable("eth0"), cable("wlan0")}, {home, via("0.0.0.0/0", "192.168.2.1", "wlan0", 600)}, {}}, leaves("eth0", "192.168.1.1"), "wlan0", "wlan0", "192.168.2.1", false},
    {"the user's word for an interface that leads nowhere", {{cable("eth0"), cable("eth1")}, {home}, {}}, leaves("eth0", "192.168.1.1"), "eth1", nullptr, nullptr, false},

    {"OpenVPN with def1: two halves over the default route",
     {{cable("eth0"), tunnel("tun0", "tun")},
      {home, via("0.0.0.0/1", "10.8.0.1", "tun0"), via("128.0.0.0/1", "10.8.0.1", "tun0"), via("203.0.113.9/32", "192.168.1.1", "eth0")}, {}},
     leaves("tun0", "10.8.0.1"), {}, "eth0", "192.168.1.1", true},
    {"OpenVPN in place of the default route: the way to the tunnel's far end tells",
     {{cable("eth0"), tunnel("tun0", "tun")}, {via("0.0.0.0/0", "10.8.0.1", "tun0"), via("203.0.113.9/32", "192.168.1.1", "eth0")}, {}},
     leaves("tun0", "10.8.0.1"), {}, "eth0", "192.168.1.1", true},
    {"wg-quick: a table of its own, chosen by a policy rule",
     {{cable("eth0"), tunnel("wg0", "wireguard")}, {home, on_link("0.0.0.0/0", "wg0", 0, 51820)}, {}}, leaves("wg0"), {}, "eth0", "192.168.1.1", true},
    {"NetworkManager's VPN: a default route with a smaller metric",
     {{cable("eth0"), tunnel("wg0", "wireguard")}, {on_link("0.0.0.0/0", "wg0", 50), home}, {}}, leaves("wg0"), {}, "eth0", "192.168.1.1", true},
    {"a VPN beside the default route is none of our business",
     {{cable("eth0"), tunnel("wg0", "wireguard")}, {home, on_link("10.0.0.0/8", "wg0")}, {}}, leaves("eth0", "192.168.1.1"), {}, "eth0", "192.168.1.1", false},
    {"a tunnel over a radio while the cable is unplugged",
     {{switched_off(cable("eth0")), cable("wlan0"), tunnel("tun0", "tun")}, {via("0.0.0.0/0", "192.168.1.1", "eth0", 10), via("0.0.0.0/0", "192.168.2.1", "wlan0", 600), on_link("0.0.0.0/1", "tun0")}, {}},
     leaves("tun0"), {}, "wlan0", "192.168.2.1", true},
    {"the user's word is the tunnel itself",
     {{cable("eth0"), tunnel("wg0", "wireguard")}, {on_link("0.0.0.0/0", "wg0", 50), home}, {}}, leaves("wg0"), "wg0", "wg0", nullptr, true},
    {"the user's word while a tunnel has the default route",
     {{cable("eth0"), tunnel("wg0", "wireguard")}, {on_link("0.0.0.0/0", "wg0", 50), home}, {}}, leaves("wg0"), "eth0", "eth0", "192.168.1.1", true},

    {"a PPPoE line, which the kernel lists: no tunnel at all", {{cable("eth0"), Interface{.name = "ppp0", .kind = "ppp", .up = true}}, {on_link("0.0.0.0/0", "ppp0")}, {}}, leaves("ppp0"), {}, "ppp0", nullptr, false},
    {"a modem's PPP with nothing that could carry it is the line itself", {{tunnel("ppp0", "ppp")}, {on_link("0.0.0.0/0", "ppp0")}, {}}, leaves("ppp0"), {}, "ppp0", nullptr, false},
    {"PPTP over a cable is a tunnel",
     {{cable("eth0"), tunnel("ppp0", "ppp")}, {on_link("0.0.0.0/0", "ppp0"), via("203.0.113.9/32", "192.168.1.1", "eth0")}, {}}, leaves("ppp0"), {}, "eth0", "192.168.1.1", true},
    {"a modem's PPP, and a VPN on top of it",
     {{tunnel("ppp0", "ppp"), tunnel("wg0", "wireguard")}, {on_link("0.0.0.0/0", "wg0", 50), on_link("0.0.0.0/0", "ppp0", 100)}, {}}, leaves("wg0"), {}, "wg0", nullptr, true},
};

}  // namespace

TEST_CASE("the interface that faces the home router is told from the tables") {
  for (const auto& row : rows) {
    INFO(row.situation);
    const auto uplink = find_uplink(row.tables, row.now, row.wanted, Family::ipv4);
    REQUIRE(uplink.has_value() == (row.interface != nullptr));
    if (!uplink) continue;
    CHECK(uplink->interface == row.interface);
    CHECK(uplink->gateway == (row.gateway != nullptr ? std::optional(ip(row.gateway)) : std::nullopt));
    CHECK(uplink->through_tunnel == row.through_tunnel);
    if (row.now) CHECK(uplink->default_interface == row.now->interface);
  }
}

TEST_CASE("IPv6: 2000::/3 through a tunnel does not hide the router's advertisement") {
  const Tables tables{{cable("eth0"), tunnel("wg0", "wireguard")},
                      {via("::/0", "fe80::1", "eth0", 1024), on_link("2000::/3", "wg0"), home},
                      {{ip("fe80::1"), "eth0", MacAddress::parse("02:00:00:00:00:01").value(), true}}};
  const auto uplink = find_uplink(tables, leaves("wg0"), std::nullopt, Family::ipv6);
  REQUIRE(uplink);
  CHECK(*uplink == Uplink{"eth0", ip("fe80::1"), MacAddress::parse("02:00:00:00:00:01").value(), "wg0", true});
}

TEST_CASE("IPv6 through a tunnel broker, with nothing else in that family, is the tunnel's") {
  const Tables tables{{cable("eth0"), tunnel("he", "sit")}, {on_link("::/0", "he"), home}, {}};
  const auto uplink = find_uplink(tables, leaves("he"), std::nullopt, Family::ipv6);
  REQUIRE(uplink);
  CHECK(*uplink == Uplink{"he", std::nullopt, std::nullopt, "he", true});
}

TEST_CASE("the gateway's hardware address is that of its interface") {
  const auto mac = [](const char* text) { return MacAddress::parse(text).value(); };
  const Tables tables{{cable("eth0"), cable("eth1")}, {home},
                      {{ip("192.168.1.1"), "eth1", mac("02:00:00:00:00:99"), false}, {ip("192.168.1.1"), "eth0", mac("02:00:00:00:00:01"), false}}};
  CHECK(find_uplink(tables, leaves("eth0", "192.168.1.1"), std::nullopt, Family::ipv4)->gateway_mac == mac("02:00:00:00:00:01"));
}

TEST_CASE("what covers the internet, or half of it") {
  for (const auto* yes : {"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "::/1", "8000::/1", "2000::/3"}) CHECK(is_default_like(net(yes)));
  for (const auto* no : {"0.0.0.0/2", "10.0.0.0/8", "2000::/4", "fc00::/7", "64.0.0.0/3"}) CHECK_FALSE(is_default_like(net(no)));
}
