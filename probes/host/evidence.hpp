#pragma once
/// What this host says of itself: interfaces, addresses, routes, how it would send, who configures it.
#include <map>

#include "net/link.hpp"

namespace ringback::host {

/// net.ipv6.conf.<interface>.*; absent where the file could not be read.
struct Ipv6Settings {
  std::string interface;
  std::optional<int> use_tempaddr;   ///< ≤0 off, 1 create, ≥2 prefer
  std::optional<int> addr_gen_mode;  ///< 0 EUI-64, 1 none, 2 stable secret, 3 random
  std::optional<int> accept_ra;
  std::optional<int> forwarding;
  std::optional<int> disable_ipv6;

  bool operator==(const Ipv6Settings&) const = default;
  static constexpr auto describe() {
    using S = Ipv6Settings;
    return std::tuple{field("interface", &S::interface), field("use_tempaddr", &S::use_tempaddr),
                      field("addr_gen_mode", &S::addr_gen_mode), field("accept_ra", &S::accept_ra),
                      field("forwarding", &S::forwarding), field("disable_ipv6", &S::disable_ipv6)};
  }
};

/// net.ipv4.conf.<interface>.*
struct Ipv4Settings {
  std::string interface;
  std::optional<int> rp_filter;      ///< as it works, the greater of "all" and the interface's own (ip-sysctl.rst): 0 off, 1 strict, 2 loose

  bool operator==(const Ipv4Settings&) const = default;
  static constexpr auto describe() {
    using S = Ipv4Settings;
    return std::tuple{field("interface", &S::interface), field("rp_filter", &S::rp_filter)};
  }
};

/// The software that configures the interface facing the router: its own commands go into the remedy.
enum class Manager { unknown, network_manager, systemd_networkd, dhcpcd, ifupdown, netplan };
constexpr auto enum_names(Manager) {
  using enum Manager;
  using N = EnumName<Manager>;
  return std::array{N{unknown, "unknown"}, N{network_manager, "NetworkManager"}, N{systemd_networkd, "systemd-networkd"},
                    N{dhcpcd, "dhcpcd"},   N{ifupdown, "ifupdown"},              N{netplan, "netplan"}};
}

struct System {
  std::string name;             ///< PRETTY_NAME of os-release(5)
  std::string id;               ///< ID: "debian", "raspbian", …
  std::string version;          ///< VERSION_ID
  std::string kernel;
  Manager manager = Manager::unknown;
  std::vector<std::string> firewall_tools;  ///< present and active: "ufw", "firewalld", "nftables", "docker", "iptables-legacy"
  bool capture_allowed = false;      ///< effective CAP_NET_RAW
  bool filter_readable = false;      ///< effective CAP_NET_ADMIN

  bool operator==(const System&) const = default;
  static constexpr auto describe() {
    using S = System;
    return std::tuple{field("name", &S::name), field("id", &S::id), field("version", &S::version), field("kernel", &S::kernel),
                      field("manager", &S::manager), field("firewall_tools", &S::firewall_tools),
                      field("capture_allowed", &S::capture_allowed), field("filter_readable", &S::filter_readable)};
  }
};

/// How this host reaches the internet over one family.
struct Uplink {
  std::string interface;             ///< that faces the home router
  std::optional<Address> gateway;    ///< absent: a point-to-point link, or none
  std::optional<MacAddress> gateway_mac;
  std::string default_interface;     ///< where the kernel sends to the internet now; differs with a tunnel's default route
  bool through_tunnel = false;       ///< `default_interface` is a tunnel

  bool operator==(const Uplink&) const = default;
  static constexpr auto describe() {
    using U = Uplink;
    return std::tuple{field("interface", &U::interface), field("gateway", &U::gateway), field("gateway_mac", &U::gateway_mac),
                      field("default_interface", &U::default_interface), field("through_tunnel", &U::through_tunnel)};
  }
};

struct Evidence {
  std::string host_name;
  System system;
  std::vector<Interface> interfaces;
  std::vector<Route> routes;              ///< default routes and on-link prefixes; at most 256
  std::vector<Neighbour> neighbours;      ///< at most 256
  std::vector<Ipv4Settings> ipv4_settings;
  std::vector<Ipv6Settings> ipv6_settings;
  std::vector<RouteLookup> lookups;       ///< towards the internet, one for each family that has a route
  std::optional<Uplink> ipv4;             ///< absent: no default route
  std::optional<Uplink> ipv6;
  std::vector<std::string> troubles;      ///< what could not be read, and why

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("host_name", &E::host_name), field("system", &E::system), field("interfaces", &E::interfaces),
                      field("routes", &E::routes), field("neighbours", &E::neighbours), field("ipv4_settings", &E::ipv4_settings), field("ipv6_settings", &E::ipv6_settings),
                      field("lookups", &E::lookups), field("ipv4", &E::ipv4), field("ipv6", &E::ipv6), field("troubles", &E::troubles)};
  }
};

}  // namespace ringback::host
