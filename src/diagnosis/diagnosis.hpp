#pragma once
/// What the evidence means: the connection's type, for each service and family where an incoming connection stops, and findings.
#include <optional>
#include <string>
#include <vector>

#include "evidence/evidence.hpp"
#include "net/interface_identifier.hpp"

namespace ringback {

enum class Confidence { possible, likely, certain };
constexpr auto enum_names(Confidence) {
  using N = EnumName<Confidence>;
  return std::array{N{Confidence::possible, "possible"}, N{Confidence::likely, "likely"}, N{Confidence::certain, "certain"}};
}

enum class Severity { info, warning, error };
constexpr auto enum_names(Severity) {
  using N = EnumName<Severity>;
  return std::array{N{Severity::info, "info"}, N{Severity::warning, "warning"}, N{Severity::error, "error"}};
}

enum class ConnectionType {
  unknown, dual_stack, ipv4_only, ds_lite, cgnat_dual_stack, cgnat_ipv4_only, shared_ports, ipv6_only_nat64, ipv6_only, offline
};
constexpr auto enum_names(ConnectionType) {
  using enum ConnectionType;
  using N = EnumName<ConnectionType>;
  return std::array{N{unknown, "unknown"}, N{dual_stack, "dual-stack"}, N{ipv4_only, "ipv4-only"}, N{ds_lite, "ds-lite"},
                    N{cgnat_dual_stack, "cgnat-dual-stack"}, N{cgnat_ipv4_only, "cgnat-ipv4-only"}, N{shared_ports, "shared-ports"},
                    N{ipv6_only_nat64, "ipv6-only-nat64"}, N{ipv6_only, "ipv6-only"}, N{offline, "offline"}};
}

enum class Ipv4Kind { unknown, public_address, nat, double_nat, cgnat, ds_lite, shared_ports, nat64, none };
constexpr auto enum_names(Ipv4Kind) {
  using enum Ipv4Kind;
  using N = EnumName<Ipv4Kind>;
  return std::array{N{unknown, "unknown"}, N{public_address, "public"}, N{nat, "nat"}, N{double_nat, "double-nat"}, N{cgnat, "cgnat"},
                    N{ds_lite, "ds-lite"}, N{shared_ports, "shared-ports"}, N{nat64, "nat64"}, N{none, "none"}};
}

enum class Ipv6Kind { unknown, native, tunnel, local_only, broken, none };
constexpr auto enum_names(Ipv6Kind) {
  using enum Ipv6Kind;
  using N = EnumName<Ipv6Kind>;
  return std::array{N{unknown, "unknown"}, N{native, "native"}, N{tunnel, "tunnel"}, N{local_only, "local-only"}, N{broken, "broken"},
                    N{none, "none"}};
}

struct Ipv4Connection {
  Ipv4Kind kind = Ipv4Kind::unknown;
  std::optional<Address> mapped_address;   ///< how the internet sees the host
  std::optional<Address> wan_address;      ///< of the home router
  std::optional<unsigned> nat_layers;

  bool operator==(const Ipv4Connection&) const = default;
  static constexpr auto describe() {
    using C = Ipv4Connection;
    return std::tuple{field("kind", &C::kind), field("mapped_address", &C::mapped_address), field("wan_address", &C::wan_address),
                      field("nat_layers", &C::nat_layers)};
  }
};

struct Ipv6Connection {
  Ipv6Kind kind = Ipv6Kind::unknown;
  std::optional<Prefix> prefix;            ///< on the link to the home router
  std::vector<Address> stable_addresses;
  std::vector<Address> temporary_addresses;
  std::optional<Address> publish;          ///< where a name should lead: an address that stays
  std::optional<IdentifierKind> publish_kind;   ///< why it stays
  std::optional<std::chrono::seconds> publish_left;    ///< until it ends unless the router renews it; absent: it has no end, or nobody knows
  std::optional<Address> outgoing;         ///< what outgoing connections come from, and so how this host is seen
  std::optional<std::chrono::seconds> outgoing_left;   ///< of a temporary one, until it is gone unless the router renews it

  bool operator==(const Ipv6Connection&) const = default;
  static constexpr auto describe() {
    using C = Ipv6Connection;
    return std::tuple{field("kind", &C::kind), field("prefix", &C::prefix), field("stable_addresses", &C::stable_addresses),
                      field("temporary_addresses", &C::temporary_addresses), later_field("publish", &C::publish),
                      later_field("publish_kind", &C::publish_kind), later_field("publish_left_s", &C::publish_left),
                      later_field("outgoing", &C::outgoing), later_field("outgoing_left_s", &C::outgoing_left)};
  }
};

struct Connection {
  ConnectionType type = ConnectionType::unknown;
  Confidence confidence = Confidence::possible;
  Ipv4Connection ipv4;
  Ipv6Connection ipv6;
  std::vector<std::string> because;        ///< one sentence for each piece of evidence, for and against

  bool operator==(const Connection&) const = default;
  static constexpr auto describe() {
    using C = Connection;
    return std::tuple{field("type", &C::type), field("confidence", &C::confidence), field("ipv4", &C::ipv4), field("ipv6", &C::ipv6),
                      field("because", &C::because)};
  }
};

enum class Reachable { unknown, yes, no };
constexpr auto enum_names(Reachable) {
  using N = EnumName<Reachable>;
  return std::array{N{Reachable::unknown, "unknown"}, N{Reachable::yes, "yes"}, N{Reachable::no, "no"}};
}

enum class StoppedAt { unknown, none, provider, router, upstream, host_firewall, listener, return_path };
constexpr auto enum_names(StoppedAt) {
  using enum StoppedAt;
  using N = EnumName<StoppedAt>;
  return std::array{N{unknown, "unknown"}, N{none, "none"}, N{provider, "provider"}, N{router, "router"}, N{upstream, "upstream"},
                    N{host_firewall, "host-firewall"}, N{listener, "listener"}, N{return_path, "return-path"}};
}

struct ServiceVerdict {
  Service service;
  Family family = Family::ipv4;
  Reachable reachable = Reachable::unknown;
  StoppedAt stopped_at = StoppedAt::unknown;
  std::optional<std::string> cause;        ///< a finding code; absent where reachable
  Confidence confidence = Confidence::possible;

  bool operator==(const ServiceVerdict&) const = default;
  static constexpr auto describe() {
    using V = ServiceVerdict;
    return std::tuple{field("service", &V::service), field("family", &V::family), field("reachable", &V::reachable),
                      field("stopped_at", &V::stopped_at), field("cause", &V::cause), field("confidence", &V::confidence)};
  }
};

enum class NameState { unknown, right, wrong };
constexpr auto enum_names(NameState) {
  using N = EnumName<NameState>;
  return std::array{N{NameState::unknown, "unknown"}, N{NameState::right, "right"}, N{NameState::wrong, "wrong"}};
}

struct NameVerdict {
  std::string name;
  std::vector<Address> a;
  std::vector<Address> aaaa;
  NameState verdict = NameState::unknown;
  std::vector<std::string> findings;
  std::vector<std::string> because;  ///< a sentence for each address, up to eight
  std::vector<std::string> updates;  ///< what a program of this host that keeps the name up to date publishes: a sentence for each family

  bool operator==(const NameVerdict&) const = default;
  static constexpr auto describe() {
    using V = NameVerdict;
    return std::tuple{field("name", &V::name), field("a", &V::a), field("aaaa", &V::aaaa), field("verdict", &V::verdict),
                      field("findings", &V::findings), later_field("because", &V::because), later_field("updates", &V::updates)};
  }
};

struct Remedy {
  std::string title;
  std::vector<std::string> steps;     ///< in words; behind a line end stand lines of a file, to be copied as they are
  std::vector<std::string> commands;  ///< in the order in which they are run
  std::vector<std::size_t> command_steps;   ///< of each command the step at which it is run, counted from 1; 0 or none: behind all steps

  bool operator==(const Remedy&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("title", &Remedy::title), field("steps", &Remedy::steps), field("commands", &Remedy::commands),
                      later_field("command_steps", &Remedy::command_steps)};
  }
};

/// What a finding is about. All absent: the connection as a whole.
struct Subject {
  std::optional<Service> service;
  std::optional<Family> family;
  std::optional<std::string> name;

  bool operator==(const Subject&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("service", &Subject::service), field("family", &Subject::family), field("name", &Subject::name)};
  }
};

struct Finding {
  std::string code;
  Severity severity = Severity::info;
  Confidence confidence = Confidence::possible;
  std::string title;
  std::string detail;
  Subject subject;
  std::vector<std::string> evidence;       ///< RFC 6901 pointers into the report: "/evidence/stun/observations/0/mapped"
  std::vector<Remedy> remedies;            ///< at least one for an error or a warning

  bool operator==(const Finding&) const = default;
  static constexpr auto describe() {
    using F = Finding;
    return std::tuple{field("code", &F::code), field("severity", &F::severity), field("confidence", &F::confidence),
                      field("title", &F::title), field("detail", &F::detail), field("subject", &F::subject),
                      field("evidence", &F::evidence), field("remedies", &F::remedies)};
  }
};

struct Diagnosis {
  Connection connection;
  std::vector<ServiceVerdict> services;
  std::vector<NameVerdict> names;
  std::vector<Finding> findings;           ///< the gravest first; of errors and warnings, what could not be measured last

  bool operator==(const Diagnosis&) const = default;
};

/// Pure: no clock, no network, no environment.
[[nodiscard]] Diagnosis diagnose(const Evidence& evidence);

/// Of `run`: 2 at least one error, 3 nothing about the services could be determined (without services: about the connection),
/// 1 warnings only, 0 nothing wrong.
[[nodiscard]] int exit_status(const Diagnosis& diagnosis);

}  // namespace ringback
