#pragma once
/// What routers say of themselves: NAT-PMP (RFC 6886), PCP (RFC 6887), UPnP IGD. Each source is kept apart.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::router {

enum class Reply { silent, refused, answered, malformed };
constexpr auto enum_names(Reply) {
  using enum Reply;
  using N = EnumName<Reply>;
  return std::array{N{silent, "silent"}, N{refused, "refused"}, N{answered, "answered"}, N{malformed, "malformed"}};
}

/// NAT-PMP public address request (RFC 6886 §3.2), or PCP ANNOUNCE (RFC 6887 §14.1), which tells no external address.
struct Exchange {
  Address gateway;
  Reply reply = Reply::silent;               ///< refused: ICMP port unreachable
  std::optional<unsigned> version;           ///< of the answer: 0 NAT-PMP, 2 PCP
  std::optional<unsigned> result_code;       ///< RFC 6886 §3.5, RFC 6887 §7.4
  std::optional<unsigned> epoch_s;           ///< seconds since the router's mapping table was new
  std::optional<Address> external_address;   ///< of NAT-PMP and of PCP MAP; 0.0.0.0 is kept as it came
  std::optional<std::chrono::microseconds> round_trip;
  std::vector<std::string> rejected;         ///< answers that were not believed, and why

  bool operator==(const Exchange&) const = default;
  static constexpr auto describe() {
    using X = Exchange;
    return std::tuple{field("gateway", &X::gateway), field("reply", &X::reply), field("version", &X::version),
                      field("result_code", &X::result_code), field("epoch_s", &X::epoch_s),
                      field("external_address", &X::external_address), field("round_trip_us", &X::round_trip),
                      field("rejected", &X::rejected)};
  }
};

/// A port that was opened for a moment and closed again, because the user allowed it: PCP MAP (RFC 6887 §11).
struct MappingTrial {
  Exchange exchange;                        ///< `external_address` is what the server assigned
  Protocol protocol = Protocol::udp;
  Port internal_port = 0;                   ///< one that nothing on this host listens on
  std::optional<Port> external_port;
  std::optional<unsigned> lifetime_s;
  bool closed = false;                      ///< the server confirmed the deletion, or there was nothing to delete

  bool operator==(const MappingTrial&) const = default;
  static constexpr auto describe() {
    using M = MappingTrial;
    return std::tuple{field("exchange", &M::exchange), field("protocol", &M::protocol), field("internal_port", &M::internal_port),
                      field("external_port", &M::external_port), field("lifetime_s", &M::lifetime_s), field("closed", &M::closed)};
  }
};

/// AddPinhole of WANIPv6FirewallControl:1 for a port that nothing listens on, and DeletePinhole; because the user allowed it.
struct PinholeTrial {
  std::optional<unsigned> upnp_error;       ///< 606 not authorised, 702 firewall disabled, 703 pinholes not allowed, …
  std::string error_description;
  std::optional<unsigned> unique_id;        ///< of the pinhole
  bool closed = false;                      ///< deleted, or never opened

  bool operator==(const PinholeTrial&) const = default;
  static constexpr auto describe() {
    using P = PinholeTrial;
    return std::tuple{field("upnp_error", &P::upnp_error), field("error_description", &P::error_description),
                      field("unique_id", &P::unique_id), field("closed", &P::closed)};
  }
};

/// What a FRITZ!Box says beyond the standard (X_AVM_DE_GetExternalIPv6Address, X_AVM_DE_GetIPv6Prefix), as it came: "" is an answer.
struct AvmIpv6 {
  std::optional<std::string> external_address;
  std::optional<std::string> prefix;
  std::optional<unsigned> prefix_length;
  std::optional<unsigned> valid_s;
  std::optional<unsigned> preferred_s;

  bool operator==(const AvmIpv6&) const = default;
  static constexpr auto describe() {
    using A = AvmIpv6;
    return std::tuple{field("external_address", &A::external_address), field("prefix", &A::prefix), field("prefix_length", &A::prefix_length),
                      field("valid_s", &A::valid_s), field("preferred_s", &A::preferred_s)};
  }
};

/// One WANIPConnection or WANPPPConnection service.
struct WanConnection {
  std::string service_type;
  std::string control_url;
  std::optional<std::string> external_text;    ///< NewExternalIPAddress as it came; "" is an answer (DS-Lite boxes say that)
  std::optional<Address> external_address;     ///< the same, where it is an address
  std::optional<std::string> status;           ///< NewConnectionStatus: "Connected", …
  std::optional<unsigned> upnp_error;          ///< of GetExternalIPAddress

  bool operator==(const WanConnection&) const = default;
  static constexpr auto describe() {
    using W = WanConnection;
    return std::tuple{field("service_type", &W::service_type), field("control_url", &W::control_url),
                      field("external_text", &W::external_text), field("external_address", &W::external_address),
                      field("status", &W::status), field("upnp_error", &W::upnp_error)};
  }
};

/// One row of the router's port mapping table.
struct Mapping {
  Protocol protocol = Protocol::tcp;
  Port external_port = 0;
  Address internal_client;
  Port internal_port = 0;
  bool enabled = true;
  std::optional<unsigned> lease_s;  ///< 0: until deleted
  std::string description;

  bool operator==(const Mapping&) const = default;
  static constexpr auto describe() {
    using M = Mapping;
    return std::tuple{field("protocol", &M::protocol), field("external_port", &M::external_port),
                      field("internal_client", &M::internal_client), field("internal_port", &M::internal_port),
                      field("enabled", &M::enabled), field("lease_s", &M::lease_s), field("description", &M::description)};
  }
};

/// WANIPv6FirewallControl:1 GetFirewallStatus.
struct Ipv6Firewall {
  bool enabled = false;
  bool pinhole_allowed = false;

  bool operator==(const Ipv6Firewall&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("enabled", &Ipv6Firewall::enabled), field("pinhole_allowed", &Ipv6Firewall::pinhole_allowed)};
  }
};

struct Igd {
  Address responder;                        ///< who answered the search
  std::string location;                     ///< URL of the device description
  std::string friendly_name, manufacturer, model;
  std::vector<WanConnection> connections;
  std::vector<Mapping> mappings;            ///< at most 128
  std::optional<Ipv6Firewall> ipv6_firewall;
  std::optional<PinholeTrial> pinhole;      ///< with --allow-mapping alone
  std::optional<AvmIpv6> avm;               ///< of a FRITZ!Box
  std::vector<std::string> troubles;        ///< what was asked and not answered as the standard says, and hostile answers by name

  bool operator==(const Igd&) const = default;
  static constexpr auto describe() {
    using I = Igd;
    return std::tuple{field("responder", &I::responder), field("location", &I::location), field("friendly_name", &I::friendly_name),
                      field("manufacturer", &I::manufacturer), field("model", &I::model), field("connections", &I::connections),
                      field("mappings", &I::mappings), field("ipv6_firewall", &I::ipv6_firewall),
                      later_field("pinhole", &I::pinhole), later_field("avm", &I::avm), field("troubles", &I::troubles)};
  }
};

/// All that was asked of one gateway.
struct Gateway {
  Address address;
  unsigned distance = 1;                    ///< 1: the home router; 2: the gateway behind it, when that may be at home
  Exchange nat_pmp;
  Exchange pcp;
  std::optional<MappingTrial> pcp_map;      ///< with --allow-mapping alone
  std::vector<Igd> igds;
  std::vector<std::string> rejected;        ///< SSDP answers that were not believed, and why

  bool operator==(const Gateway&) const = default;
  static constexpr auto describe() {
    using G = Gateway;
    return std::tuple{field("address", &G::address), field("distance", &G::distance), field("nat_pmp", &G::nat_pmp),
                      field("pcp", &G::pcp),
                      later_field("pcp_map", &G::pcp_map), field("igds", &G::igds), field("rejected", &G::rejected)};
  }
};

struct Evidence {
  std::vector<Gateway> gateways;
  std::optional<Exchange> anycast;          ///< PCP ANNOUNCE to 192.0.0.9 (RFC 7723): whoever translates nearest by may answer, also a carrier

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() { return std::tuple{field("gateways", &Evidence::gateways), later_field("anycast", &Evidence::anycast)}; }
};

}  // namespace ringback::router
