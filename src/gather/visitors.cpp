#include "gather/visitors.hpp"

#include <algorithm>

namespace ringback {
namespace {

bool got_in(const inbound::Knock& knock) {
  return knock.result == inbound::Result::connected || knock.result == inbound::Result::replied;
}

/// As it arrived. Without a capture: as it would have, where it was announced.
std::optional<filter::Visitor> visitor_of(const inbound::Knock& knock, bool watched) {
  if (!knock.arrivals.empty()) {
    const auto& arrival = knock.arrivals.front();
    return filter::Visitor{knock.protocol, arrival.from.address, arrival.to, arrival.interface};
  }
  if (watched || !knock.source) return std::nullopt;
  return filter::Visitor{knock.protocol, knock.source->address, {knock.local, knock.service ? knock.service->inside : knock.port}, {}};
}

}  // namespace

std::vector<filter::Visitor> visitors_kept_out(const inbound::Evidence& inbound) {
  std::vector<filter::Visitor> all;
  for (const auto& knock : inbound.knocks) {
    if (knock.protocol == Protocol::icmp || got_in(knock) || all.size() >= filter::most_visits) continue;
    const auto visitor = visitor_of(knock, inbound.capture.running);
    const bool usable = visitor && visitor->from.family() == visitor->to.address.family();
    if (usable && std::ranges::find(all, *visitor) == all.end()) all.push_back(*visitor);
  }
  return all;
}

}  // namespace ringback
