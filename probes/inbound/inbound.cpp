#include "probes/inbound/inbound.hpp"

#include "base/guarded_threads.hpp"
#include "probes/inbound/port_checker.hpp"
#include "probes/inbound/session.hpp"

namespace ringback::inbound {
namespace {

struct Attempt {
  std::string url;
  Leg leg;
  std::optional<Address> source;   ///< to be knocked on; absent: whatever the kernel chooses
  bool first = false;              ///< of this vantage point over this leg: what ought to stay closed is tried at one address
};

// Each address costs the vantage point one more request, and it answers a household only so many.
constexpr std::size_t most_addresses = 4;
constexpr std::size_t most_knocks_on_others = 32;
// Who has had this much and said nothing is not there.
constexpr milliseconds time_for_a_conversation{4000};

/// IPv6 is knocked on where a name may lead: at the addresses that stay, not at the temporary one that connections leave from. A pinhole or a
/// firewall rule may stand for one of them alone.
std::vector<std::optional<Address>> sources(const Leg& leg, std::size_t services) {
  std::vector<std::optional<Address>> list;
  for (const auto& address : leg.stable_sources)
    if (list.empty() || (list.size() < most_addresses && list.size() * services < most_knocks_on_others)) list.emplace_back(address);
  if (list.empty()) list.emplace_back();
  return list;
}

/// A vantage point named by an address is asked over that address's family alone.
std::vector<Attempt> attempts(const InboundPlan& plan) {
  std::vector<Attempt> list;
  for (const auto& url : plan.vantages) {
    const auto host = host_of(url);
    const auto literal = host ? Address::parse(host->host) : Expected<Address>(tl::unexpected(host.error()));
    for (const auto& leg : plan.legs)
      if (!literal || literal->family() == leg.family)
        for (const auto& source : sources(leg, plan.services.size())) {
          const bool first = list.empty() || list.back().url != url || list.back().leg != leg;
          if (first || !is_port_checker(url)) list.push_back({url, leg, source, first});
        }
  }
  return list;
}

/// Asked of the kernel after the fact: nothing is sent, and the reverse-path filter asked itself the same (RFC 3704 §2.2).
void find_way_back(Knock& knock, io::Network& network) {
  if (knock.arrivals.empty()) return;
  const auto& arrival = knock.arrivals.front();
  const auto route = network.route_back(knock.protocol, arrival.to, arrival.from);
  if (route) {
    knock.way_back = route->interface;
    knock.way_back_by = route->gateway;
  } else if (route.error().code == Errc::no_route) {
    knock.way_back = "";
  }
}

}  // namespace

io::CaptureOptions capture_options(const InboundPlan& plan) {
  // Every interface at once: an answer may leave through another one than the knock came in by, and that is a verdict of its own.
  constexpr unsigned headers = 192;        // with extensions, and what an ICMP error quotes
  return {.interface = "any", .filter = filter_expression(plan), .snap_length = headers, .buffer_bytes = 3U << 17U};   // more than a thousand packets
}

Expected<Evidence> observe(const InboundPlan& plan, const io::World& world, Deadline deadline) {
  Evidence evidence;
  Card card(capture_options(plan), world, deadline);
  const auto list = attempts(plan);
  const auto began = world.clock.now();
  std::vector<SessionResult> results(list.size());
  {
    GuardedThreads threads;
    for (std::size_t i = 0; i < list.size(); ++i) {
      threads.start([&, i] {
        const auto& [url, leg, source, first] = list[i];
        results[i] = is_port_checker(url)
                         ? ask_port_checker(url, leg, source, plan.services, card, world, deadline)
                         : converse(url, leg, source, plan.services, first ? plan.exposure : std::vector<Service>{}, card, world, deadline);
      });
    }
    threads.join();
  }
  const bool cut_short = deadline.passed(world.clock) && deadline.at - began < time_for_a_conversation;
  for (auto& result : results) {
    result.vantage.cut_short = cut_short && result.vantage.trouble;
    evidence.vantages.push_back(std::move(result.vantage));
    for (auto& knock : result.knocks) {
      find_way_back(knock, world.network);
      evidence.knocks.push_back(std::move(knock));
    }
  }
  evidence.capture = card.finish();
  return evidence;
}

}  // namespace ringback::inbound
