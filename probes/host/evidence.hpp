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
enum class Manager { unknown, network_manager, systemd_networkd, dhcpcd, ifupdown, netplan, kernel };
constexpr auto enum_names(Manager) {
  using enum Manager;
  using N = EnumName<Manager>;
  return std::array{N{unknown, "unknown"},   N{network_manager, "NetworkManager"}, N{systemd_networkd, "systemd-networkd"},
                    N{dhcpcd, "dhcpcd"},     N{ifupdown, "ifupdown"},              N{netplan, "netplan"},
                    N{kernel, "kernel"}};   // nobody else: it takes its addresses from the router's advertisements by itself
}

struct System {
  std::string name;             ///< PRETTY_NAME of os-release(5)
  std::string id;               ///< ID: "debian", "raspbian", …
  std::string version;          ///< VERSION_ID
  std::string kernel;
  bool raspberry_pi_os = false; ///< whose 64-bit releases call themselves Debian
  Manager manager = Manager::unknown;
  std::string manager_file;     ///< where it is told what to do with that interface; empty: not known, or there is none
  std::string renderer;         ///< of netplan: whom it writes for, "NetworkManager" or "networkd"
  std::string connection;       ///< of NetworkManager, which may be told to ignore IPv6: the active connection's name; empty where root alone may read it
  std::string connection_uuid;  ///< the same for everybody
  std::vector<std::string> firewall_tools;  ///< present and active: "ufw", "firewalld", "nftables", "docker", "iptables-legacy"
  bool capture_allowed = false;      ///< effective CAP_NET_RAW
  bool filter_readable = false;      ///< effective CAP_NET_ADMIN

  bool operator==(const System&) const = default;
  static constexpr auto describe() {
    using S = System;
    return std::tuple{field("name", &S::name), field("id", &S::id), field("version", &S::version), field("kernel", &S::kernel),
                      later_field("raspberry_pi_os", &S::raspberry_pi_os), field("manager", &S::manager),
                      later_field("manager_file", &S::manager_file), later_field("renderer", &S::renderer),
                      later_field("connection", &S::connection), later_field("connection_uuid", &S::connection_uuid),
                      field("firewall_tools", &S::firewall_tools),
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

/// How a program that keeps a name up to date (dynamic DNS) finds the address that it publishes.
enum class AddressSource { unknown, none, interface, web, router, command, literal };
constexpr auto enum_names(AddressSource) {
  using enum AddressSource;
  using N = EnumName<AddressSource>;
  return std::array{N{unknown, "unknown"}, N{none, "none"},       N{interface, "interface"}, N{web, "web"},
                    N{router, "router"},   N{command, "command"}, N{literal, "literal"}};
}

/// One family of what an updater publishes.
struct Published {
  AddressSource source = AddressSource::none;   ///< `web`: as it is seen from outside
  std::string interface;   ///< of `interface`; empty: the default route's, or any
  /// The words of the file that say so, such as "usev6=webv6": a keyword and one plain value. Of a script: a parameter of the update URL
  /// ("ipv6=auto"), the variable alone that is filled with the address ("IP6"), or of an interface "ip -6 addr", with "scope global" where it
  /// says so.
  std::string setting;
  unsigned line = 0;       ///< where they stand, from 1, of a user's crontab as "crontab -e" shows it; 0: nowhere, the program does so by itself
  std::optional<bool> skips_temporary;   ///< of `interface` with IPv6: false where it takes the first address that it is shown
  std::string parameter{}; ///< of an update URL that says no address: how its service calls the one of this family; empty: not known
  std::string service{};   ///< of `web`: the host that it asks how it is seen, a name or an address; empty: not known
  std::optional<Address> suffix{};       ///< "::42": puts this lower half in place of that of the IPv6 address that it is seen with

  bool operator==(const Published&) const = default;
  static constexpr auto describe() {
    using P = Published;
    return std::tuple{field("source", &P::source), field("interface", &P::interface), field("setting", &P::setting), field("line", &P::line),
                      field("skips_temporary", &P::skips_temporary), later_field("parameter", &P::parameter),
                      later_field("service", &P::service), later_field("suffix", &P::suffix)};
  }
};

enum class StartedBy { unknown, daemon, cron, timer, hook };
constexpr auto enum_names(StartedBy) {
  using enum StartedBy;
  using N = EnumName<StartedBy>;
  return std::array{N{unknown, "unknown"}, N{daemon, "daemon"}, N{cron, "cron"}, N{timer, "timer"},
                    N{hook, "hook"}};   // a script that is called when the network changes
}

/// A program of this host that keeps names up to date. Of its files nothing else is kept: no login, no secret, no whole URL.
struct Updater {
  std::string program;               ///< "ddclient", "inadyn", "dynv6", "ddns-updater", or what a line of cron or a unit calls: "curl"
  std::string file;                  ///< the one to edit
  bool readable = true;              ///< false: root alone may read it, and nothing below is known of it
  std::vector<std::string> names;    ///< at most 32; empty: not told
  StartedBy started_by = StartedBy::unknown;
  std::string unit;                  ///< of systemd; empty: none
  std::optional<bool> active;        ///< it runs, or is called again and again; absent: cannot be told
  Published ipv4, ipv6;

  bool operator==(const Updater&) const = default;
  static constexpr auto describe() {
    using U = Updater;
    return std::tuple{field("program", &U::program), field("file", &U::file), field("readable", &U::readable), field("names", &U::names),
                      field("started_by", &U::started_by), field("unit", &U::unit), field("active", &U::active), field("ipv4", &U::ipv4),
                      field("ipv6", &U::ipv6)};
  }
};

/// Where this run, or a program that keeps names up to date, speaks with, and how the kernel sends there: a route of its own may choose another
/// source address than the default route does.
struct Destination {
  std::string place;                 ///< the host, by its name or address: a server of this run, or an updater's `service`
  RouteLookup lookup;

  bool operator==(const Destination&) const = default;
  static constexpr auto describe() { return std::tuple{field("place", &Destination::place), field("lookup", &Destination::lookup)}; }
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
  std::vector<Destination> destinations;  ///< each once, at most 32; empty in older reports
  std::optional<Uplink> ipv4;             ///< absent: no default route
  std::optional<Uplink> ipv6;
  std::vector<Updater> updaters;          ///< at most 16; root's own first
  std::vector<std::string> troubles;      ///< what could not be read, and why

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("host_name", &E::host_name), field("system", &E::system), field("interfaces", &E::interfaces),
                      field("routes", &E::routes), field("neighbours", &E::neighbours), field("ipv4_settings", &E::ipv4_settings), field("ipv6_settings", &E::ipv6_settings),
                      field("lookups", &E::lookups), field("ipv4", &E::ipv4), field("ipv6", &E::ipv6),
                      later_field("updaters", &E::updaters), later_field("destinations", &E::destinations), field("troubles", &E::troubles)};
  }
};

}  // namespace ringback::host
