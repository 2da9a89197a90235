#pragma once
/// Watches the network card until somebody says stop, and tells what arrives as it arrives.
#include "arrivals/host_judge.hpp"
#include "arrivals/verdict.hpp"
#include "io/network.hpp"

namespace ringback::watch {

struct WaitOptions {
  Service service;
  bool ipv4 = true, ipv6 = true;
  std::optional<std::string> interface;    ///< absent: all
  std::optional<std::uint64_t> count;      ///< ends after so many settled attempts from outside
  std::optional<seconds> duration;
  bool tells_all = false;                  ///< also every attempt that proves nothing, not only the first of each origin
  std::optional<router::Evidence> router;  ///< what the home router says of itself, where it was asked: its own addresses are no visitors'
};

/// The packet filter's rules as they are now. They take as long as they take, within a bound that whoever reads them sets.
using ReadRules = std::function<Expected<filter::Evidence>()>;

/// An attempt with what is known of its end.
struct Told {
  arrivals::Attempt attempt;
  arrivals::Judged judged;
  std::string program;                     ///< whose socket is there; empty: nobody's, or unknown
};

/// Whoever listens. False: nobody does any more, so the watch ends.
class Audience {
 public:
  virtual ~Audience() = default;
  virtual bool arrived(const Told& told) = 0;
  /// One that proves nothing: the first that came from this origin, or each.
  virtual bool ignored(const arrivals::Attempt& attempt) = 0;
};

enum class Ended { by_count, by_time, by_signal, by_reader, by_trouble };
constexpr auto enum_names(Ended) {
  using enum Ended;
  using N = EnumName<Ended>;
  return std::array{N{by_count, "count"}, N{by_time, "time"}, N{by_signal, "signal"}, N{by_reader, "reader"}, N{by_trouble, "trouble"}};
}

struct Waited {
  Ended ended = Ended::by_signal;
  arrivals::Verdict verdict;
  std::optional<Error> trouble;            ///< the capture broke off
};

/// pcap-filter(7) for the service's openings, what answers them, and the ICMP errors that may.
[[nodiscard]] std::string filter_expression(const Service& service);

/// `wall`: what the wall clock is ahead of `world.clock`. `stop` is asked ten times a second, but for as long as rules are read.
[[nodiscard]] Waited wait_for_arrivals(const WaitOptions& options, io::Capture& capture, arrivals::HostJudge& judge, const io::World& world,
                                       std::chrono::nanoseconds wall, const ReadRules& read_rules, const std::function<bool()>& stop,
                                       Audience& audience);

}  // namespace ringback::watch
