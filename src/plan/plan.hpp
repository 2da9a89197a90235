#pragma once
/// Which probe runs, against what: a value that tests print. Made from the options and what this host says of itself.
#include <string>
#include <vector>

#include "evidence/evidence.hpp"
#include "net/service.hpp"

namespace ringback {

/// Over one family: where packets to the home router leave, and from which of our addresses.
struct Leg {
  Family family = Family::ipv4;
  std::string interface;               ///< facing the home router
  std::optional<Address> gateway;
  std::optional<Address> source;       ///< what outgoing connections use, as the kernel says
  bool bind = false;                   ///< the default route leaves elsewhere (a tunnel): bind to `interface`
  std::vector<Address> stable_sources; ///< IPv6: addresses that stay and are worth knocking on; empty for IPv4
  bool operator==(const Leg&) const = default;
};

/// What the link to the home router offers: asked there and nowhere else.
struct LinkPlan {
  std::string interface;
  std::optional<Address> ipv4;         ///< ours; absent: DHCP is not asked for it
  std::optional<MacAddress> mac;
  bool ipv6 = false;                   ///< routers and DHCPv6 servers are asked
  bool operator==(const LinkPlan&) const = default;
};

struct StunPlan {
  std::vector<HostPort> servers;
  std::vector<Leg> legs;
  bool operator==(const StunPlan&) const = default;
};

struct WebTarget {
  web::Kind kind = web::Kind::vantage;
  std::string url;                     ///< "http://HOST:PORT" of a vantage point, or the whole URL of a connectivity page
  int expected_status = 200;           ///< of a connectivity page
  std::string expected_body;           ///< of a connectivity page: the body starts with it
  bool operator==(const WebTarget&) const = default;
};

struct WebPlan {
  std::vector<WebTarget> targets;
  std::vector<Leg> legs;
  bool operator==(const WebPlan&) const = default;
};

/// With --allow-mapping: a port that nothing listens on, opened on the router and closed again.
struct MomentaryOpening {
  Port port = 0;
  std::optional<Address> ipv6;         ///< our address for a pinhole
  bool operator==(const MomentaryOpening&) const = default;
};

struct RouterPlan {
  std::vector<Leg> legs;               ///< the IPv4 leg is asked NAT-PMP, PCP and SSDP
  bool third_party = true;             ///< false: the gateway alone, and not the anycast address behind which a carrier may stand
  std::optional<MomentaryOpening> open_for_a_moment;
  bool operator==(const RouterPlan&) const = default;
};

struct PathPlan {
  std::vector<HostPort> destinations;  ///< far away; the first that resolves in a family is traced to
  std::vector<Leg> legs;
  Ttl farthest = 8;                    ///< hops asked for towards the internet
  bool third_party = true;             ///< false: nothing is sent to where names lead, which whoever edits the zone chose, nor asked of a
                                       ///< second gateway in the carriers' range
  bool operator==(const PathPlan&) const = default;
};

struct DnsPlan {
  std::vector<std::string> names;
  std::vector<Address> public_resolvers;
  std::vector<Leg> legs;               ///< families that can be asked over
  bool ask_zone_servers = true;        ///< false with --no-third-party: the household's own resolvers alone
  bool operator==(const DnsPlan&) const = default;
};

struct FilterPlan {
  std::vector<Service> services;
  std::vector<Leg> legs;
  bool operator==(const FilterPlan&) const = default;
};

/// A service that speaks echoip's /port/N: it tries TCP ports of the caller, and tells no more than whether that worked.
[[nodiscard]] inline bool is_port_checker(std::string_view url) { return url.starts_with("echoip+"); }

struct InboundPlan {
  std::vector<std::string> vantages;   ///< "http://HOST:PORT", or "echoip+http(s)://HOST[:PORT]" of a port checker
  std::vector<Service> services;       ///< named, or the listening sockets
  std::vector<Service> exposure;       ///< what else listens, and a port that nobody opened: each should stay closed to strangers
  std::vector<Leg> legs;
  bool operator==(const InboundPlan&) const = default;
};

/// A probe that will not run, and why ("skipped by --skip", "no default route").
struct Skipped {
  std::string probe;
  std::string reason;
  bool operator==(const Skipped&) const = default;
};

struct Plan {
  Request request;
  std::optional<std::string> interface;   ///< named by the user
  std::optional<LinkPlan> link;
  std::optional<StunPlan> stun;
  std::optional<WebPlan> web;
  std::optional<RouterPlan> router;
  std::optional<PathPlan> path;
  std::optional<DnsPlan> dns;
  std::optional<FilterPlan> filter;
  std::optional<InboundPlan> inbound;
  std::vector<Skipped> skipped;
  bool operator==(const Plan&) const = default;
};

}  // namespace ringback
