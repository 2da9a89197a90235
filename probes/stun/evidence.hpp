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

struct Evidence {
  std::vector<Observation> observations;
  std::vector<std::string> unresolved;     ///< server names without an address, and why

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("observations", &Evidence::observations), field("unresolved", &Evidence::unresolved)};
  }
};

}  // namespace ringback::stun
