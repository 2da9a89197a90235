#include "probes/inbound/inbound.hpp"

#include "base/guarded_threads.hpp"
#include "probes/inbound/session.hpp"

namespace ringback::inbound {
namespace {

struct Attempt {
  std::string url;
  Leg leg;
};

/// A vantage point named by an address is asked over that address's family alone.
std::vector<Attempt> attempts(const InboundPlan& plan) {
  std::vector<Attempt> list;
  for (const auto& url : plan.vantages) {
    const auto host = host_of(url);
    const auto literal = host ? Address::parse(host->host) : Expected<Address>(tl::unexpected(host.error()));
    for (const auto& leg : plan.legs)
      if (!literal || literal->family() == leg.family) list.push_back({url, leg});
  }
  return list;
}

}  // namespace

Expected<Evidence> observe(const InboundPlan& plan, const io::World& world, Deadline deadline) {
  Evidence evidence;
  Card card(plan, world, deadline);
  const auto list = attempts(plan);
  std::vector<SessionResult> results(list.size());
  {
    GuardedThreads threads;
    for (std::size_t i = 0; i < list.size(); ++i) {
      // IPv6 is knocked on where a name should lead: at an address that stays, not at the temporary one that connections leave from.
      const auto& stable = list[i].leg.stable_sources;
      const auto source = stable.empty() ? std::optional<Address>{} : std::optional(stable.front());
      threads.start([&, i, source] {
        results[i] = converse(list[i].url, list[i].leg, source, plan.services, card, world, deadline);
      });
    }
    threads.join();
  }
  for (auto& result : results) {
    evidence.vantages.push_back(std::move(result.vantage));
    for (auto& knock : result.knocks) evidence.knocks.push_back(std::move(knock));
  }
  evidence.capture = card.finish();
  return evidence;
}

}  // namespace ringback::inbound
