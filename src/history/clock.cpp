#include "history/clock.hpp"

#include <algorithm>

namespace ringback::history {

bool was_set(Moment moment) {
  constexpr std::chrono::sys_seconds before_all{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}};
  return moment.at >= before_all;
}

std::vector<Period> dated(std::vector<Period> periods, Moment now) {
  constexpr std::chrono::hours tolerance(1);
  const Moment latest{now.at + tolerance};
  const auto in_time = [&](const Period& period) { return period.began <= latest; };
  for (std::size_t i = 0; i < periods.size(); ++i) {
    auto& period = periods[i];
    const auto next = std::find_if(periods.begin() + static_cast<std::ptrdiff_t>(i) + 1, periods.end(), in_time);
    const auto until = next != periods.end() ? next->began : now;
    if (!in_time(period)) period.began = period.last = i > 0 ? periods[i - 1].last : until;
    else if (period.last > latest) period.last = std::max(period.began, until);
  }
  return periods;
}

Announced dated(Announced announced, Moment now) {
  announced.since = std::min(announced.since, now);
  if (announced.candidate) announced.candidate->since = std::min(announced.candidate->since, now);
  return announced;
}

}  // namespace ringback::history
