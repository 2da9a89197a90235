#include "probes/inbound/inbound.hpp"

#include "probes/inbound/session.hpp"

namespace ringback::inbound {

Expected<Evidence> observe(const InboundPlan& plan, const io::World& world, Deadline deadline) {
  Evidence evidence;
  Card card(plan, world, deadline);
  std::vector<SessionResult> results(plan.vantages.size() * plan.legs.size());
  {
    std::vector<std::jthread> threads;
    std::size_t slot = 0;
    for (const auto& url : plan.vantages)
      for (const auto& leg : plan.legs) {
        auto& result = results[slot++];
        // IPv6 is knocked on where a name should lead: at an address that stays, not at the temporary one that connections leave from.
        const auto source = leg.stable_sources.empty() ? std::optional<Address>{} : std::optional(leg.stable_sources.front());
        threads.emplace_back([&, source] { result = converse(url, leg, source, plan.services, card, world, deadline); });
      }
  }
  for (auto& result : results) {
    evidence.vantages.push_back(std::move(result.vantage));
    for (auto& knock : result.knocks) evidence.knocks.push_back(std::move(knock));
  }
  evidence.capture = card.finish();
  return evidence;
}

}  // namespace ringback::inbound
