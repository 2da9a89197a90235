#include <unistd.h>

#include <algorithm>

#include "support/private_network.hpp"
#include "io/real.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

const Interface& named(const std::vector<Interface>& interfaces, const std::string& name) {
  const auto found = std::find_if(interfaces.begin(), interfaces.end(), [&](const Interface& i) { return i.name == name; });
  INFO(name);
  REQUIRE(found != interfaces.end());
  return *found;
}

const InterfaceAddress& address_of(const Interface& interface, const char* text) {
  const auto found =
      std::find_if(interface.addresses.begin(), interface.addresses.end(), [&](const InterfaceAddress& a) { return a.address == address(text); });
  INFO(text);
  REQUIRE(found != interface.addresses.end());
  return *found;
}

const Route& route_to(const std::vector<Route>& routes, const char* prefix, unsigned table = 254) {
  const auto wanted = value(Prefix::parse(prefix));
  const auto found = std::find_if(routes.begin(), routes.end(), [&](const Route& r) { return r.destination == wanted && r.table == table; });
  INFO(prefix);
  REQUIRE(found != routes.end());
  return *found;
}

/// A host with a cable and, beside it, a tunnel.
struct Host {
  Namespace space;
  Inside inside{space};
  Real real;
  Host() {
    space.run("ip link add eth0 address 02:00:00:00:00:02 type veth peer name gone && ip link set gone up && ip link set eth0 up mtu 1492");
    space.run("ip tuntap add dev tun0 mode tun && ip link set tun0 up && ip addr add 10.8.0.2 peer 10.8.0.1 dev tun0");
    space.run("ip addr add 192.168.1.5/24 dev eth0");
  }
};

}  // namespace

TEST_CASE("interfaces are as ip was told to make them") {
  Host host;
  host.space.run("ip link add down0 type veth peer name down1");
  eventually(host.real, [&] { return named(value(host.real.network->interfaces(host.real.soon())), "eth0").up; });
  const auto interfaces = value(host.real.network->interfaces(host.real.soon()));
  const auto& eth0 = named(interfaces, "eth0");
  CHECK(eth0.kind == "veth");
  CHECK(eth0.mac == value(MacAddress::parse("02:00:00:00:00:02")));
  CHECK(eth0.mtu == 1492);
  CHECK_FALSE(eth0.tunnel);
  CHECK_FALSE(eth0.loopback);
  CHECK(eth0.index > 0);
  const auto& tun0 = named(interfaces, "tun0");
  CHECK(tun0.kind == "tun");
  CHECK(tun0.tunnel);
  CHECK_FALSE(tun0.mac);
  CHECK(address_of(tun0, "10.8.0.2").prefix_length == 32);  // its own address, not the peer's
  CHECK(named(interfaces, "lo").loopback);
  CHECK_FALSE(named(interfaces, "down0").up);
}

TEST_CASE("an address carries its flags and what is left of its lifetimes") {
  Host host;
  host.space.run("ip -6 addr add 2001:db8::1/64 dev eth0 nodad");
  host.space.run("ip -6 addr add 2001:db8::2/64 dev eth0 nodad valid_lft 1000 preferred_lft 500");
  host.space.run("ip -6 addr add 2001:db8::3/128 dev eth0 nodad valid_lft 1000 preferred_lft 0");
  host.space.run("ip addr add 192.168.1.6/24 dev eth0");  // a second one of the same prefix: IFA_F_SECONDARY has TEMPORARY's bit
  const auto interfaces = value(host.real.network->interfaces(host.real.soon()));
  const auto& eth0 = named(interfaces, "eth0");
  const auto& forever = address_of(eth0, "2001:db8::1");
  CHECK(forever.permanent);
  CHECK(forever.prefix_length == 64);
  CHECK_FALSE(forever.valid_left);
  CHECK_FALSE(forever.preferred_left);
  CHECK_FALSE(forever.deprecated);
  const auto& limited = address_of(eth0, "2001:db8::2");
  CHECK_FALSE(limited.permanent);
  CHECK(limited.valid_left > seconds(900));
  CHECK(limited.valid_left <= seconds(1000));
  CHECK(limited.preferred_left <= seconds(500));
  const auto& old = address_of(eth0, "2001:db8::3");
  CHECK(old.deprecated);
  CHECK(old.preferred_left == seconds(0));
  CHECK_FALSE(address_of(eth0, "192.168.1.6").temporary);
}

TEST_CASE("a temporary address is marked, and the one it is derived from too") {
  Host host;
  host.space.run("sysctl -qw net.ipv6.conf.eth0.use_tempaddr=2");
  host.space.run("ip -6 addr add 2001:db8:0:1:0:ff:fe00:2/64 dev eth0 mngtmpaddr nodad valid_lft 90000 preferred_lft 80000");
  const auto temporary = [&] {
    const auto interfaces = value(host.real.network->interfaces(host.real.soon()));
    const auto& addresses = named(interfaces, "eth0").addresses;
    return std::count_if(addresses.begin(), addresses.end(), [](const InterfaceAddress& a) { return a.temporary; });
  };
  eventually(host.real, [&] { return temporary() == 1; });
  CHECK(address_of(named(value(host.real.network->interfaces(host.real.soon())), "eth0"), "2001:db8:0:1:0:ff:fe00:2").manage_temporary);
}

TEST_CASE("routes of every table are as ip was told to make them") {
  Host host;
  host.space.run("ip route add default via 192.168.1.1 dev eth0 metric 100 proto dhcp src 192.168.1.5");
  host.space.run("ip route add 0.0.0.0/1 dev tun0 proto static");
  host.space.run("ip route add default dev tun0 table 51820");
  host.space.run("ip route add 10.20.0.0/16 nexthop via 192.168.1.7 dev eth0 nexthop via 192.168.1.8 dev eth0");
  host.space.run("ip route add 10.30.0.0/16 via inet6 fe80::7 dev eth0");
  host.space.run("ip route add blackhole 10.99.0.0/16");
  host.space.run("ip -6 route add default via fe80::1 dev eth0 proto ra metric 1024 expires 1800");
  const auto routes = value(host.real.network->routes(host.real.soon()));
  const Route expected{value(Prefix::parse("0.0.0.0/0")), address("192.168.1.1"), "eth0", 100, 254, "dhcp", address("192.168.1.5"), std::nullopt};
  CHECK(route_to(routes, "0.0.0.0/0") == expected);
  CHECK(route_to(routes, "0.0.0.0/1").interface == "tun0");
  CHECK_FALSE(route_to(routes, "0.0.0.0/1").gateway);
  CHECK(route_to(routes, "0.0.0.0/0", 51820).interface == "tun0");
  CHECK(route_to(routes, "10.20.0.0/16").gateway == address("192.168.1.7"));
  CHECK(route_to(routes, "10.30.0.0/16").gateway == address("fe80::7"));
  CHECK(route_to(routes, "192.168.1.0/24").protocol == "kernel");
  const auto& six = route_to(routes, "::/0");
  CHECK(six.gateway == address("fe80::1"));
  CHECK(six.protocol == "ra");
  CHECK(six.metric == 1024);
  REQUIRE(six.expires_in);
  CHECK(*six.expires_in > seconds(1700));
  CHECK(*six.expires_in <= seconds(1800));
  CHECK(std::none_of(routes.begin(), routes.end(), [](const Route& r) { return r.destination == value(Prefix::parse("10.99.0.0/16")); }));
}

TEST_CASE("more routes than fit into one piece of a dump are all read") {
  Host host;
  host.space.run("for i in $(seq 1 250); do for j in 1 2 3 4; do echo route add 10.$i.$j.0/24 via 192.168.1.1; done; done | ip -batch -");
  const auto routes = value(host.real.network->routes(host.real.soon()));
  CHECK(std::count_if(routes.begin(), routes.end(), [](const Route& r) { return r.gateway == address("192.168.1.1"); }) == 1000);
}

TEST_CASE("the neighbour table tells routers, and leaves out a hardware address that is not known") {
  Host host;
  host.space.run("ip neigh add 192.168.1.1 lladdr 02:00:00:00:00:01 dev eth0 nud reachable");
  host.space.run("ip neigh add fe80::1 lladdr 02:00:00:00:00:01 dev eth0 router nud stale");
  host.space.run("ip neigh add 192.168.1.9 dev eth0 nud failed");
  const auto neighbours = value(host.real.network->neighbours(host.real.soon()));
  const auto find = [&](const char* text) {
    const auto found = std::find_if(neighbours.begin(), neighbours.end(), [&](const Neighbour& n) { return n.address == address(text); });
    INFO(text);
    REQUIRE(found != neighbours.end());
    return *found;
  };
  const auto mac = value(MacAddress::parse("02:00:00:00:00:01"));
  CHECK(find("192.168.1.1") == Neighbour{address("192.168.1.1"), "eth0", mac, false});
  CHECK(find("fe80::1") == Neighbour{address("fe80::1"), "eth0", mac, true});
  CHECK(find("192.168.1.9") == Neighbour{address("192.168.1.9"), "eth0", std::nullopt, false});
}

TEST_CASE("a route look-up is the kernel's own answer, source address included") {
  Host host;
  host.space.run("ip route add default via 192.168.1.1 dev eth0 && ip route add 0.0.0.0/1 dev tun0");
  host.space.run("ip -6 addr add 2001:db8::5/64 dev eth0 nodad && ip -6 route add default via fe80::1 dev eth0");
  const auto look = [&](const char* to, std::optional<std::string> out) { return host.real.network->route_to(address(to), out); };
  CHECK(value(look("198.51.100.1", std::nullopt)) == RouteLookup{address("198.51.100.1"), address("192.168.1.5"), address("192.168.1.1"), "eth0", std::nullopt});
  CHECK(value(look("9.9.9.9", std::nullopt)).interface == "tun0");
  CHECK(value(look("9.9.9.9", std::nullopt)).source == address("10.8.0.2"));
  CHECK(value(look("9.9.9.9", "eth0")).gateway == address("192.168.1.1"));
  const auto six = value(look("2001:db8:ffff::1", std::nullopt));
  CHECK(six.source == address("2001:db8::5"));
  CHECK(six.gateway == address("fe80::1"));
  CHECK(value(look("127.0.0.1", std::nullopt)).interface == "lo");
}

TEST_CASE("no route is Errc::no_route, out of an interface that has none too") {
  Host host;
  host.space.run("ip route add blackhole 203.0.113.0/24 && ip route add prohibit 198.51.100.0/24 && ip -6 route add unreachable 2001:db8:bad::/48");
  const auto code = [&](const char* to, std::optional<std::string> out) {
    const auto found = host.real.network->route_to(address(to), out);
    REQUIRE_FALSE(found);
    CHECK(found.error().what.find(to) != std::string::npos);
    return found.error().code;
  };
  CHECK(code("9.9.9.9", std::nullopt) == Errc::no_route);
  CHECK(code("9.9.9.9", "eth0") == Errc::no_route);  // where IPv4 would otherwise take the stranger to be on the link
  CHECK(code("2001:db8::1", std::nullopt) == Errc::no_route);
  CHECK(code("2001:db8::1", "eth0") == Errc::no_route);
  CHECK(code("203.0.113.1", std::nullopt) == Errc::no_route);
  CHECK(code("198.51.100.1", std::nullopt) == Errc::no_route);
  CHECK(code("2001:db8:bad::1", std::nullopt) == Errc::no_route);
  CHECK(code("9.9.9.9", "nosuch0") == Errc::no_route);
}

TEST_CASE("the way back is asked for as the answer itself would ask: with its source, protocol and ports") {
  Host host;
  host.space.run("ip route add default via 192.168.1.1 dev eth0 && ip route add default dev tun0 table 100");
  host.space.run("ip rule add from 10.8.0.2 lookup 100 && ip rule add ipproto tcp sport 443 blackhole");
  const auto back = [&](Protocol protocol, const char* from) {
    return host.real.network->route_back(protocol, Endpoint::parse(from).value(), Endpoint::parse("198.51.100.1:40000").value());
  };
  CHECK(value(back(Protocol::tcp, "192.168.1.5:80")).interface == "eth0");
  CHECK(value(back(Protocol::udp, "10.8.0.2:443")).interface == "tun0");
  CHECK(back(Protocol::tcp, "192.168.1.5:443").error().code == Errc::no_route);
}

TEST_CASE("a path MTU that the kernel has learned is part of the look-up") {
  Host host;
  host.space.run("ip route add default via 192.168.1.1 dev eth0 mtu lock 1400");
  CHECK(value(host.real.network->route_to(address("198.51.100.1"), std::nullopt)).mtu == 1400U);
}

TEST_CASE("tables whose end is not reached by the deadline are not half a table but an error that says so") {
  const Host host;
  const auto over = host.real.in(-milliseconds(1));
  host.space.run("for i in $(seq 0 255); do echo route add 10.9.$i.0/24 dev eth0; done | ip -batch -");  // more than one piece of an answer
  const auto routes = host.real.network->routes(over);
  REQUIRE_FALSE(routes);
  CHECK(routes.error() == Error{Errc::timed_out, "list routes: not finished by the deadline"});
  CHECK(value(host.real.network->routes(host.real.soon())).size() > 256);
}
