#pragma once
/// What the kernel says of this host: interfaces, addresses, routes, neighbours, sockets. Plain values.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"
#include "net/mac_address.hpp"
#include "net/prefix.hpp"

namespace ringback {

/// One address of an interface, with the 32-bit IFA_FLAGS and IFA_CACHEINFO (rtnetlink(7)).
struct InterfaceAddress {
  Address address;
  unsigned prefix_length = 0;
  bool temporary = false;         ///< IFA_F_TEMPORARY, RFC 8981 (IPv6 alone; in IPv4 the same bit means "secondary")
  bool deprecated = false;        ///< IFA_F_DEPRECATED: the preferred lifetime is over, RFC 4862 §5.5.4
  bool tentative = false;         ///< IFA_F_TENTATIVE: duplicate address detection still runs
  bool dad_failed = false;        ///< IFA_F_DADFAILED
  bool permanent = false;         ///< IFA_F_PERMANENT: no lifetime
  bool manage_temporary = false;  ///< IFA_F_MANAGETEMPADDR: temporary addresses are derived from this one
  bool stable_privacy = false;    ///< IFA_F_STABLE_PRIVACY: RFC 7217 by the kernel; its absence proves nothing
  std::optional<std::chrono::seconds> preferred_left;  ///< absent: forever
  std::optional<std::chrono::seconds> valid_left;      ///< absent: forever

  bool operator==(const InterfaceAddress&) const = default;
  static constexpr auto describe() {
    using A = InterfaceAddress;
    return std::tuple{field("address", &A::address), field("prefix_length", &A::prefix_length), field("temporary", &A::temporary),
                      field("deprecated", &A::deprecated), field("tentative", &A::tentative), field("dad_failed", &A::dad_failed),
                      field("permanent", &A::permanent), field("manage_temporary", &A::manage_temporary),
                      field("stable_privacy", &A::stable_privacy), field("preferred_left_s", &A::preferred_left),
                      field("valid_left_s", &A::valid_left)};
  }
};

/// One network interface. `kind` is IFLA_INFO_KIND ("veth", "bridge", "tun", "wireguard", "sit", …), empty for hardware.
struct Interface {
  unsigned index = 0;
  std::string name;
  std::string kind;
  std::optional<MacAddress> mac;  ///< absent where the link layer has none (tunnels)
  unsigned mtu = 0;
  bool up = false;        ///< administratively up and with carrier (IFF_UP and IFF_RUNNING)
  bool loopback = false;
  bool tunnel = false;    ///< point to point or a tunnel kind: not a cable or a radio to the home router
  std::vector<InterfaceAddress> addresses;

  bool operator==(const Interface&) const = default;
  static constexpr auto describe() {
    using I = Interface;
    return std::tuple{field("index", &I::index), field("name", &I::name), field("kind", &I::kind), field("mac", &I::mac),
                      field("mtu", &I::mtu), field("up", &I::up), field("loopback", &I::loopback), field("tunnel", &I::tunnel),
                      field("addresses", &I::addresses)};
  }
};

/// One unicast route of the main, local or another table.
struct Route {
  Prefix destination;                      ///< 0.0.0.0/0 or ::/0: a default route
  std::optional<Address> gateway;          ///< absent: on-link
  std::string interface;
  unsigned metric = 0;
  unsigned table = 254;                    ///< rtnetlink(7) RT_TABLE_MAIN = 254
  std::string protocol;                    ///< who made it: "kernel", "boot", "static", "ra", "dhcp", or the number
  std::optional<Address> preferred_source;
  std::optional<std::chrono::seconds> expires_in;

  bool operator==(const Route&) const = default;
  static constexpr auto describe() {
    using R = Route;
    return std::tuple{field("destination", &R::destination), field("gateway", &R::gateway), field("interface", &R::interface),
                      field("metric", &R::metric), field("table", &R::table), field("protocol", &R::protocol),
                      field("preferred_source", &R::preferred_source), field("expires_in_s", &R::expires_in)};
  }
};

/// One row of the neighbour table (ARP, RFC 826; neighbour discovery, RFC 4861).
struct Neighbour {
  Address address;
  std::string interface;
  std::optional<MacAddress> mac;  ///< absent: incomplete or failed
  bool router = false;            ///< NTF_ROUTER: it sends router advertisements

  bool operator==(const Neighbour&) const = default;
  static constexpr auto describe() {
    using N = Neighbour;
    return std::tuple{field("address", &N::address), field("interface", &N::interface), field("mac", &N::mac), field("router", &N::router)};
  }
};

/// The kernel's own answer to "how would you send to this destination?" (RTM_GETROUTE): source address selection included.
struct RouteLookup {
  Address destination;
  std::optional<Address> source;
  std::optional<Address> gateway;
  std::string interface;
  std::optional<unsigned> mtu;  ///< a path MTU the kernel has learned

  bool operator==(const RouteLookup&) const = default;
  static constexpr auto describe() {
    using R = RouteLookup;
    return std::tuple{field("destination", &R::destination), field("source", &R::source), field("gateway", &R::gateway),
                      field("interface", &R::interface), field("mtu", &R::mtu)};
  }
};

/// A socket that takes connections (TCP LISTEN) or datagrams from anybody (UDP, unconnected); sock_diag(7).
struct Listener {
  Protocol protocol = Protocol::tcp;
  Endpoint local;                        ///< the unspecified address: every address of the family
  bool v6_only = false;                  ///< INET_DIAG_SKV6ONLY; meaningful for IPv6 sockets
  std::optional<std::string> interface;  ///< SO_BINDTODEVICE
  std::optional<unsigned> uid;
  std::optional<std::string> program;    ///< absent without the privilege to look
  std::optional<unsigned> queued;        ///< TCP: connections that wait for the program to accept them
  std::optional<unsigned> backlog;       ///< TCP: how many may wait (listen(2)); beyond that the kernel drops attempts

  bool operator==(const Listener&) const = default;
  static constexpr auto describe() {
    using L = Listener;
    return std::tuple{field("protocol", &L::protocol), field("local", &L::local), field("v6_only", &L::v6_only),
                      field("interface", &L::interface), field("uid", &L::uid), field("program", &L::program),
                      field("queued", &L::queued), field("backlog", &L::backlog)};
  }
};

}  // namespace ringback
