#pragma once
/// Which hops lie between this host and the internet, and at which of them an address answers.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::path {

enum class HopReply { silent, time_exceeded, port_unreachable, other_unreachable, packet_too_big, datagram };
constexpr auto enum_names(HopReply) {
  using enum HopReply;
  using N = EnumName<HopReply>;
  return std::array{N{silent, "silent"}, N{time_exceeded, "time-exceeded"}, N{port_unreachable, "port-unreachable"},
                    N{other_unreachable, "unreachable"}, N{packet_too_big, "packet-too-big"}, N{datagram, "datagram"}};
}

struct Hop {
  Ttl ttl = 1;
  HopReply reply = HopReply::silent;
  std::optional<Address> from;
  std::optional<std::chrono::microseconds> round_trip;
  unsigned sent = 0;

  bool operator==(const Hop&) const = default;
  static constexpr auto describe() {
    using H = Hop;
    return std::tuple{field("ttl", &H::ttl), field("reply", &H::reply), field("from", &H::from), field("round_trip_us", &H::round_trip),
                      field("sent", &H::sent)};
  }
};

/// UDP datagrams with TTL 1, 2, 3… towards one address.
struct Trace {
  Address destination;
  Address source;
  std::vector<Hop> hops;              ///< by TTL, ends at the first hop that is the destination or at the last one asked
  std::optional<Ttl> reached_at;      ///< the TTL at which the destination itself answered

  bool operator==(const Trace&) const = default;
  static constexpr auto describe() {
    using T = Trace;
    return std::tuple{field("destination", &T::destination), field("source", &T::source), field("hops", &T::hops),
                      field("reached_at", &T::reached_at)};
  }
};

/// Datagrams of one size that must not be fragmented, towards a server that answers each of them with a small one; or, with a hop
/// limit, towards the hop where that runs out, which says so whatever the size; or ones that ask for an answer of their own size.
struct SizeTrial {
  Endpoint server;
  std::optional<Ttl> ttl;               ///< absent: the whole way
  unsigned size = 0;                    ///< bytes of the whole IP packet
  unsigned sent = 0;
  unsigned answered = 0;
  std::optional<unsigned> told;         ///< somebody on the way called it too big, and this the most that he passes on; or the server had
                                        ///< to answer with a smaller one, of this size

  bool operator==(const SizeTrial&) const = default;
  static constexpr auto describe() {
    using S = SizeTrial;
    return std::tuple{field("server", &S::server), field("ttl", &S::ttl), field("size", &S::size), field("sent", &S::sent), field("answered", &S::answered),
                      field("told", &S::told)};
  }
};

struct FamilyPath {
  std::optional<Address> destination;   ///< of the trace towards the internet
  std::optional<Address> source;
  std::vector<Hop> hops;                ///< of that trace
  std::optional<Ttl> reached_at;
  std::vector<Trace> owners;            ///< towards mapped addresses and addresses that names lead to: who answers for them, and where
  std::optional<unsigned> mtu;          ///< path MTU in bytes, where it was learned
  std::vector<SizeTrial> sizes;         ///< which sizes pass outwards; by server, in the order of asking
  std::vector<SizeTrial> answer_sizes;  ///< which sizes come in: answered are those that were as long as they were asked to be
  std::optional<std::string> trouble;

  bool operator==(const FamilyPath&) const = default;
  static constexpr auto describe() {
    using F = FamilyPath;
    return std::tuple{field("destination", &F::destination), field("source", &F::source), field("hops", &F::hops),
                      field("reached_at", &F::reached_at), field("owners", &F::owners), field("mtu", &F::mtu),
                      field("sizes", &F::sizes), later_field("answer_sizes", &F::answer_sizes), field("trouble", &F::trouble)};
  }
};

struct Evidence {
  FamilyPath ipv4, ipv6;

  [[nodiscard]] const FamilyPath& of(Family family) const { return family == Family::ipv4 ? ipv4 : ipv6; }
  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() { return std::tuple{field("ipv4", &Evidence::ipv4), field("ipv6", &Evidence::ipv6)}; }
};

}  // namespace ringback::path
