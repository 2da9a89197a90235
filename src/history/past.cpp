#include "history/past.hpp"

#include <algorithm>

namespace ringback::history {
namespace {

/// A measurement that failed between two that agree says nothing.
template <class Seen, class Value>
void seen(std::vector<Seen>& all, Value Seen::*what, const std::optional<Value>& value, const Period& period) {
  if (!value) return;
  if (all.empty() || all.back().*what != *value) {
    all.push_back({});
    all.back().*what = *value;
    all.back().first = period.began;
  }
  all.back().last = period.last;
}

template <class Seen, class Same>
Seen& one_of(std::vector<Seen>& all, const Same& is_same) {
  const auto found = std::ranges::find_if(all, is_same);
  return found != all.end() ? *found : all.emplace_back();
}

}  // namespace

std::optional<past::Evidence> past_of(const std::vector<Period>& periods, Moment now) {
  // A clock that was not set yet, or was ahead, tells no time.
  constexpr std::chrono::sys_seconds before_all{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}};
  constexpr std::chrono::hours tolerance(1);
  const auto has_time = [&](const Period& period) { return period.began.at >= before_all && period.last.at <= now.at + tolerance; };
  past::Evidence past{.until = now};
  for (const auto& period : periods) {
    if (!has_time(period)) continue;
    if (past.checks == 0) past.since = period.began;
    past.checks += period.checks;
    seen(past.prefixes, &past::PrefixSeen::prefix, period.state.prefix, period);
    seen(past.ipv4, &past::AddressSeen::address, period.state.ipv4, period);
    seen(past.ipv6, &past::AddressSeen::address, period.state.ipv6, period);
    for (const auto& service : period.state.mappings.value_or(std::vector<Service>{})) {
      auto& mapping = one_of(past.mappings, [&](const auto& m) { return m.service == service; });
      mapping = {service, period.last};
    }
    for (const auto& service : period.state.services) {
      if (service.reachable != Reachable::yes) continue;
      auto& reached = one_of(past.reached, [&](const auto& r) { return r.service == service.service && r.family == service.family; });
      reached = {service.service, service.family, period.last};
    }
  }
  return past.checks > 0 ? std::optional(past) : std::nullopt;
}

}  // namespace ringback::history
