#pragma once
/// What routers and DHCP servers offer on the link to the home router: router advertisements (RFC 4861), and DHCP options that say what the
/// line is.
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"
#include "net/prefix.hpp"

namespace ringback::link {

/// Prefix Information, RFC 4861 §4.6.2. Lifetimes in seconds, absent: forever.
struct OfferedPrefix {
  Prefix prefix;
  bool on_link = false;
  bool autonomous = false;                 ///< hosts make addresses of it
  std::optional<unsigned> valid_s;
  std::optional<unsigned> preferred_s;     ///< 0: addresses of it are deprecated

  bool operator==(const OfferedPrefix&) const = default;
  static constexpr auto describe() {
    using O = OfferedPrefix;
    return std::tuple{field("prefix", &O::prefix), field("on_link", &O::on_link), field("autonomous", &O::autonomous),
                      field("valid_s", &O::valid_s), field("preferred_s", &O::preferred_s)};
  }
};

/// PREF64, RFC 8781.
struct OfferedNat64 {
  Prefix prefix;
  unsigned lifetime_s = 0;                 ///< 0: no longer

  bool operator==(const OfferedNat64&) const = default;
  static constexpr auto describe() { return std::tuple{field("prefix", &OfferedNat64::prefix), field("lifetime_s", &OfferedNat64::lifetime_s)}; }
};

/// The last one that was heard of each router.
struct Advertisement {
  Address router;                          ///< its link-local address
  unsigned router_lifetime_s = 0;          ///< 0: it is no default router
  bool managed = false;                    ///< M: addresses by DHCPv6
  bool other_configuration = false;        ///< O
  std::optional<unsigned> mtu;
  std::vector<OfferedPrefix> prefixes;
  std::vector<OfferedNat64> nat64;
  std::vector<Address> resolvers;
  std::optional<std::string> captive_portal;   ///< RFC 8910

  bool operator==(const Advertisement&) const = default;
  static constexpr auto describe() {
    using A = Advertisement;
    return std::tuple{field("router", &A::router), field("router_lifetime_s", &A::router_lifetime_s), field("managed", &A::managed),
                      field("other_configuration", &A::other_configuration), field("mtu", &A::mtu), field("prefixes", &A::prefixes),
                      field("nat64", &A::nat64), field("resolvers", &A::resolvers), field("captive_portal", &A::captive_portal)};
  }
};

/// DHCPACK to a DHCPINFORM (RFC 2131 §4.4.3).
struct Dhcpv4Offer {
  Address server;                          ///< whom it came from
  std::optional<unsigned> ipv6_only_wait_s;    ///< option 108, RFC 8925: this network does without IPv4 where a host can
  std::vector<Address> routers, resolvers, pcp_servers;

  bool operator==(const Dhcpv4Offer&) const = default;
  static constexpr auto describe() {
    using D = Dhcpv4Offer;
    return std::tuple{field("server", &D::server), field("ipv6_only_wait_s", &D::ipv6_only_wait_s), field("routers", &D::routers),
                      field("resolvers", &D::resolvers), field("pcp_servers", &D::pcp_servers)};
  }
};

/// Reply to an Information-request (RFC 8415 §18.2.6). Few home routers pass on what their line is; what is missing means nothing.
struct Dhcpv6Offer {
  Address server;
  std::optional<std::string> aftr_name;    ///< RFC 6334: the line is DS-Lite
  bool map_e = false, map_t = false, lw4o6 = false;   ///< RFC 7598: the line shares IPv4 addresses by ports
  std::vector<Address> resolvers, pcp_servers;

  bool operator==(const Dhcpv6Offer&) const = default;
  static constexpr auto describe() {
    using D = Dhcpv6Offer;
    return std::tuple{field("server", &D::server), field("aftr_name", &D::aftr_name), field("map_e", &D::map_e), field("map_t", &D::map_t),
                      field("lw4o6", &D::lw4o6), field("resolvers", &D::resolvers), field("pcp_servers", &D::pcp_servers)};
  }
};

struct Evidence {
  std::string interface;
  unsigned solicitations = 0;              ///< sent
  unsigned dhcpv4_requests = 0;
  unsigned dhcpv6_requests = 0;
  std::vector<Advertisement> advertisements;   ///< each list: at most 8
  std::vector<Dhcpv4Offer> dhcpv4;
  std::vector<Dhcpv6Offer> dhcpv6;
  std::vector<std::string> rejected;       ///< what was not believed, and why
  std::vector<std::string> troubles;       ///< what could not be asked, and why

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("interface", &E::interface), field("solicitations", &E::solicitations), field("dhcpv4_requests", &E::dhcpv4_requests),
                      field("dhcpv6_requests", &E::dhcpv6_requests), field("advertisements", &E::advertisements), field("dhcpv4", &E::dhcpv4),
                      field("dhcpv6", &E::dhcpv6), field("rejected", &E::rejected), field("troubles", &E::troubles)};
  }
};

}  // namespace ringback::link
