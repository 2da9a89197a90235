#pragma once
/// Knocks from outside, and what this host's network card saw of them.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/service.hpp"

namespace ringback::inbound {

/// What the vantage point got back, in the words of its protocol.
/// `failed`: no connection, and why is not told, as by a port checker that knows "reachable" alone.
enum class Result { connected, refused, reset, replied, timeout, unreachable, failed };
constexpr auto enum_names(Result) {
  using enum Result;
  using N = EnumName<Result>;
  return std::array{N{connected, "connected"}, N{refused, "refused"}, N{reset, "reset"},
                    N{replied, "replied"},     N{timeout, "timeout"}, N{unreachable, "unreachable"},
                    N{failed, "failed"}};
}

/// Why this knock was made.
enum class Purpose {
  named,    ///< the user asked for this service
  control,  ///< ICMP echo or a closed port: does this path let anything through at all?
  exposure, ///< a listening service that was not named, or a port that nobody opened: what gets through although nobody asked for it
};
constexpr auto enum_names(Purpose) {
  using N = EnumName<Purpose>;
  return std::array{N{Purpose::named, "named"}, N{Purpose::control, "control"}, N{Purpose::exposure, "exposure"}};
}

/// A packet of this knock at the card, before any local filter.
struct Arrival {
  std::chrono::microseconds after_announce{};
  Endpoint from;
  Endpoint to;                             ///< after the router's translation; port 0 for ICMP echo
  unsigned hop_limit = 0;                  ///< as it arrived
  std::string interface;                   ///< where it arrived
  bool source_rewritten = false;           ///< not the announced source: a router translated it
  std::optional<unsigned> mss;             ///< of a TCP opening, as it arrived (RFC 9293 §3.7.1): a router may have lowered it

  bool operator==(const Arrival&) const = default;
  static constexpr auto describe() {
    using A = Arrival;
    return std::tuple{field("after_announce_us", &A::after_announce), field("from", &A::from), field("to", &A::to),
                      field("hop_limit", &A::hop_limit), field("interface", &A::interface),
                      field("source_rewritten", &A::source_rewritten), field("mss", &A::mss)};
  }
};

enum class DepartureKind { syn_ack, reset, datagram, echo_reply, unreachable };
constexpr auto enum_names(DepartureKind) {
  using enum DepartureKind;
  using N = EnumName<DepartureKind>;
  return std::array{N{syn_ack, "syn-ack"}, N{reset, "reset"}, N{datagram, "datagram"}, N{echo_reply, "echo-reply"},
                    N{unreachable, "unreachable"}};
}

/// A packet that this host sent in answer.
struct Departure {
  std::chrono::microseconds after_announce{};
  DepartureKind kind = DepartureKind::syn_ack;
  std::optional<unsigned> icmp_code;       ///< of `unreachable`
  std::string interface;                   ///< where it left

  bool operator==(const Departure&) const = default;
  static constexpr auto describe() {
    using D = Departure;
    return std::tuple{field("after_announce_us", &D::after_announce), field("kind", &D::kind), field("icmp_code", &D::icmp_code),
                      field("interface", &D::interface)};
  }
};

struct Knock {
  std::string vantage;                     ///< URL, as given
  std::string id;
  Purpose purpose = Purpose::named;
  Protocol protocol = Protocol::tcp;
  std::optional<Service> service;          ///< absent for ICMP echo
  Port port = 0;                           ///< knocked on; 0 for ICMP echo
  Family family = Family::ipv4;
  Address target;                          ///< the address knocked on: how the vantage point saw our request
  Address local;                           ///< our side of that request
  std::optional<Endpoint> source;          ///< announced; absent: the vantage point never announced it (port checkers do not)
  std::optional<Result> result;            ///< absent: the vantage point never said, or we stopped waiting
  std::optional<unsigned> icmp_type, icmp_code;  ///< of `unreachable`
  std::optional<std::chrono::milliseconds> result_time;
  std::vector<Arrival> arrivals;           ///< at most 16
  std::vector<Departure> departures;       ///< at most 16
  std::optional<std::string> way_back;     ///< the interface that the kernel would answer by; empty: no route leads back; absent: not asked
  std::optional<Address> way_back_by;      ///< the gateway that it would hand the answer to; absent: none, or not asked
  std::chrono::milliseconds watched{};     ///< how long the card was watched after the announcement

  bool operator==(const Knock&) const = default;
  static constexpr auto describe() {
    using K = Knock;
    return std::tuple{field("vantage", &K::vantage), field("id", &K::id), field("purpose", &K::purpose), field("protocol", &K::protocol),
                      field("service", &K::service), field("port", &K::port), field("family", &K::family), field("target", &K::target),
                      field("local", &K::local), field("source", &K::source), field("result", &K::result),
                      field("icmp_type", &K::icmp_type), field("icmp_code", &K::icmp_code), field("result_time_ms", &K::result_time),
                      field("arrivals", &K::arrivals), field("departures", &K::departures),
                      field("way_back", &K::way_back), field("way_back_by", &K::way_back_by), field("watched_ms", &K::watched)};
  }
};

/// One vantage point over one family.
struct Vantage {
  std::string url;                         ///< "echoip+http(s)://": a port checker, which announces nothing
  Family family = Family::ipv4;
  std::optional<Endpoint> server;
  std::optional<Address> local;            ///< the source address of the request, which is the knocks' way back
  std::optional<Address> seen_as;
  bool knocked = false;                    ///< it took the request and announced the knocks
  std::optional<int> refused_with;         ///< HTTP status of a refusal
  bool lossy = false;                      ///< packets of the conversation with it were lost: silent knocks were repeated once
  std::optional<bool> knocker_answers;     ///< asked where no knock arrived: do packets of the address that it knocks from get here at all?
  std::optional<std::string> trouble;
  bool cut_short = false;                  ///< this run's deadline came before it had the time that such a conversation takes

  bool operator==(const Vantage&) const = default;
  static constexpr auto describe() {
    using V = Vantage;
    return std::tuple{field("url", &V::url), field("family", &V::family), field("server", &V::server), field("local", &V::local),
                      field("seen_as", &V::seen_as), field("knocked", &V::knocked), field("refused_with", &V::refused_with),
                      later_field("lossy", &V::lossy), field("knocker_answers", &V::knocker_answers), field("trouble", &V::trouble),
                      later_field("cut_short", &V::cut_short)};
  }
};

struct CaptureState {
  bool running = false;                    ///< false: arrivals are unknown, not absent
  std::string interface;
  std::optional<std::string> trouble;
  unsigned received = 0;
  unsigned dropped = 0;                    ///< silence proves nothing unless this is zero
  unsigned malformed = 0;                  ///< packets that no honest host sends, ignored

  bool operator==(const CaptureState&) const = default;
  static constexpr auto describe() {
    using C = CaptureState;
    return std::tuple{field("running", &C::running), field("interface", &C::interface), field("trouble", &C::trouble),
                      field("received", &C::received), field("dropped", &C::dropped), field("malformed", &C::malformed)};
  }
};

struct Evidence {
  CaptureState capture;
  std::vector<Vantage> vantages;
  std::vector<Knock> knocks;

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("capture", &E::capture), field("vantages", &E::vantages), field("knocks", &E::knocks)};
  }
};

}  // namespace ringback::inbound
