#pragma once
/// How STUN servers see this host (RFC 8489).
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::stun {

/// What one server said about one of our sockets. `mapped` is absent when nothing valid came back by the deadline.
struct Observation {
  std::string server_name;                 ///< as the user or the built-in list names it
  Endpoint server;
  Endpoint local;                          ///< our side, as the kernel chose it for this server
  std::optional<std::string> interface;    ///< bound to it (SO_BINDTODEVICE); absent: as the routes say
  std::optional<Endpoint> mapped;          ///< XOR-MAPPED-ADDRESS, RFC 8489 §14.2
  std::optional<std::chrono::microseconds> round_trip;
  unsigned sent = 0;                       ///< requests until the answer or the end
  bool alg_rewrote = false;                ///< MAPPED-ADDRESS differs from XOR-MAPPED-ADDRESS: something rewrites payloads
  std::optional<std::string> trouble;      ///< why there is no answer: "port unreachable from …", "no route", …
  std::vector<std::string> rejected;       ///< answers that were not believed, and why

  bool operator==(const Observation&) const = default;
  static constexpr auto describe() {
    using O = Observation;
    return std::tuple{field("server_name", &O::server_name), field("server", &O::server), field("local", &O::local),
                      field("interface", &O::interface), field("mapped", &O::mapped), field("round_trip_us", &O::round_trip),
                      field("sent", &O::sent), field("alg_rewrote", &O::alg_rewrote), field("trouble", &O::trouble),
                      field("rejected", &O::rejected)};
  }
};

/// How the translators on the way treat one socket, by a server with a second address (RFC 5780 §4). What was not answered is no more
/// than that: a server that does not do as it says looks the same.
struct Behaviour {
  Endpoint server;
  Endpoint other;                          ///< OTHER-ADDRESS: the server's second address and port
  Endpoint local;
  std::optional<Endpoint> mapped;                     ///< asked at `server`
  std::optional<Endpoint> mapped_at_other_address;    ///< the same socket, at the other address and the first port
  std::optional<Endpoint> mapped_at_other_port;       ///< the same socket, at the other address and the other port
  bool filter_tried = false;               ///< a fresh socket asked `server` alone (§4.4), and got its answer
  bool heard_from_other_address = false;   ///< … and an answer came from the other address and port, which it had not sent to
  bool heard_from_other_port = false;      ///< … and from the other port of the same address

  bool operator==(const Behaviour&) const = default;
  static constexpr auto describe() {
    using B = Behaviour;
    return std::tuple{field("server", &B::server), field("other", &B::other), field("local", &B::local), field("mapped", &B::mapped),
                      field("mapped_at_other_address", &B::mapped_at_other_address), field("mapped_at_other_port", &B::mapped_at_other_port),
                      field("filter_tried", &B::filter_tried), field("heard_from_other_address", &B::heard_from_other_address),
                      field("heard_from_other_port", &B::heard_from_other_port)};
  }
};

/// Many sockets at ports chosen at random, all asking one server: which outside ports there are to be had.
struct PortSample {
  Endpoint server;
  Endpoint local;
  std::optional<Endpoint> mapped;

  bool operator==(const PortSample&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("server", &PortSample::server), field("local", &PortSample::local), field("mapped", &PortSample::mapped)};
  }
};

struct Evidence {
  std::vector<Observation> observations;
  std::vector<std::string> unresolved;     ///< server names without an address, and why
  std::vector<Behaviour> behaviours;       ///< at most one for each family
  std::vector<PortSample> ports;           ///< IPv4 alone, at most 48

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("observations", &E::observations), field("unresolved", &E::unresolved),
                      later_field("behaviours", &E::behaviours), later_field("ports", &E::ports)};
  }
};

}  // namespace ringback::stun
