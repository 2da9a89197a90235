#pragma once
/// The lines that `wait` and `read` write for programs, as values: what stands in them and the schema of it are made from here.
#include "arrivals/file_contents.hpp"
#include "arrivals/verdict.hpp"

namespace ringback::lines {

/// Where somebody outside has to knock, as far as the home itself knows that.
struct KnockAt {
  std::optional<Address> ipv4, ipv6;

  bool operator==(const KnockAt&) const = default;
  static constexpr auto describe() { return std::tuple{field("ipv4", &KnockAt::ipv4), field("ipv6", &KnockAt::ipv6)}; }
};

struct Watching {
  std::string schema, kind = "watching";
  Service service;
  std::string interface;
  bool rules_readable = false;
  KnockAt knock_at;
  Remedy how_to_knock;

  bool operator==(const Watching&) const = default;
  static constexpr auto describe() {
    using W = Watching;
    return std::tuple{field("schema", &W::schema),       field("kind", &W::kind),
                      field("service", &W::service),     field("interface", &W::interface),
                      field("rules_readable", &W::rules_readable), field("knock_at", &W::knock_at),
                      field("how_to_knock", &W::how_to_knock)};
  }
};

/// An attempt that proves nothing.
struct Ignored {
  std::string schema, kind = "ignored";
  std::uint64_t id = 0;
  std::string time;                        ///< RFC 3339, UTC, microseconds
  Protocol protocol = Protocol::tcp;
  Family family = Family::ipv4;
  Endpoint from, to;
  Port port = 0;
  arrivals::Origin origin = arrivals::Origin::outside;
  std::optional<std::string> interface;

  bool operator==(const Ignored&) const = default;
  static constexpr auto describe() {
    using I = Ignored;
    return std::tuple{field("schema", &I::schema),   field("kind", &I::kind), field("id", &I::id),     field("time", &I::time),
                      field("protocol", &I::protocol), field("family", &I::family), field("from", &I::from), field("to", &I::to),
                      field("port", &I::port),       field("origin", &I::origin), field("interface", &I::interface)};
  }
};

struct Arrival {
  std::string schema, kind = "arrival";
  std::uint64_t id = 0;
  std::string time;
  Protocol protocol = Protocol::tcp;
  Family family = Family::ipv4;
  Endpoint from, to;
  Port port = 0;
  arrivals::Origin origin = arrivals::Origin::outside;
  std::optional<std::string> interface;
  bool settled = false;
  std::uint32_t tries = 0;
  arrivals::Answer answer = arrivals::Answer::none;
  std::uint32_t answers = 0;
  std::optional<std::string> answered_on;
  bool reached = false;
  std::optional<std::string> program;
  std::optional<unsigned> icmp_type, icmp_code;
  Reachable reachable = Reachable::unknown;
  StoppedAt stopped_at = StoppedAt::unknown;
  std::optional<std::string> cause;
  Confidence confidence = Confidence::possible;
  std::string detail;

  bool operator==(const Arrival&) const = default;
  static constexpr auto describe() {
    using A = Arrival;
    return std::tuple{field("schema", &A::schema),       field("kind", &A::kind),           field("id", &A::id),
                      field("time", &A::time),           field("protocol", &A::protocol),   field("family", &A::family),
                      field("from", &A::from),           field("to", &A::to),               field("port", &A::port),
                      field("origin", &A::origin),       field("interface", &A::interface), field("settled", &A::settled),
                      field("tries", &A::tries),         field("answer", &A::answer),       field("answers", &A::answers),
                      field("answered_on", &A::answered_on), field("reached", &A::reached), field("program", &A::program),
                      field("icmp_type", &A::icmp_type), field("icmp_code", &A::icmp_code), field("reachable", &A::reachable),
                      field("stopped_at", &A::stopped_at), field("cause", &A::cause),       field("confidence", &A::confidence),
                      field("detail", &A::detail)};
  }
};

struct ServiceLine {
  Service service;
  Family family = Family::ipv4;
  Reachable reachable = Reachable::unknown;
  StoppedAt stopped_at = StoppedAt::unknown;
  std::optional<std::string> cause;
  Confidence confidence = Confidence::possible;
  std::optional<std::string> title;
  std::string detail;
  arrivals::Tally attempts;
  std::vector<Remedy> remedies;

  bool operator==(const ServiceLine&) const = default;
  static constexpr auto describe() {
    using S = ServiceLine;
    return std::tuple{field("service", &S::service),       field("family", &S::family), field("reachable", &S::reachable),
                      field("stopped_at", &S::stopped_at), field("cause", &S::cause),   field("confidence", &S::confidence),
                      field("title", &S::title),           field("detail", &S::detail), field("attempts", &S::attempts),
                      field("remedies", &S::remedies)};
  }
};

struct IgnoredCounts {
  std::uint64_t lan = 0, router = 0, near = 0, unroutable = 0, self = 0;

  bool operator==(const IgnoredCounts&) const = default;
  static constexpr auto describe() {
    using I = IgnoredCounts;
    return std::tuple{field("lan", &I::lan), field("router", &I::router), later_field("near", &I::near), field("unroutable", &I::unroutable),
                      field("self", &I::self)};
  }
};

struct File {
  std::string format;
  std::optional<std::string> first, last;  ///< RFC 3339, UTC
  std::uint64_t ipv4 = 0, ipv6 = 0, not_ip = 0, tcp = 0, udp = 0, icmp = 0, openings = 0, malformed = 0, fragments = 0;
  std::vector<arrivals::AddressCount> addresses;
  std::uint64_t more_addresses = 0;

  bool operator==(const File&) const = default;
  static constexpr auto describe() {
    using F = File;
    return std::tuple{field("format", &F::format), field("first", &F::first), field("last", &F::last), field("ipv4", &F::ipv4),
                      field("ipv6", &F::ipv6), field("not_ip", &F::not_ip), field("tcp", &F::tcp), field("udp", &F::udp),
                      field("icmp", &F::icmp), field("openings", &F::openings), field("malformed", &F::malformed),
                      field("fragments", &F::fragments), field("addresses", &F::addresses), field("more_addresses", &F::more_addresses)};
  }
};

struct Verdict {
  std::string schema, kind = "verdict";
  std::string ended;
  int exit_status = 0;
  std::vector<ServiceLine> services;
  std::uint64_t services_left_out = 0, packets = 0, dropped = 0, outside = 0;
  IgnoredCounts ignored;
  std::uint64_t untracked = 0;
  std::vector<std::string> notes;
  std::vector<Remedy> to_try;
  std::optional<File> file;                ///< of `read`

  bool operator==(const Verdict&) const = default;
  static constexpr auto describe() {
    using V = Verdict;
    return std::tuple{field("schema", &V::schema),       field("kind", &V::kind),
                      field("ended", &V::ended),         field("exit_status", &V::exit_status),
                      field("services", &V::services),   field("services_left_out", &V::services_left_out),
                      field("packets", &V::packets),     field("dropped", &V::dropped),
                      field("outside", &V::outside),     field("ignored", &V::ignored),
                      field("untracked", &V::untracked), field("notes", &V::notes),
                      field("to_try", &V::to_try),       field("file", &V::file)};
  }
};

}  // namespace ringback::lines
