#include "history/past.hpp"

#include <algorithm>

namespace ringback::history {
namespace {

/// What began when the clock was ahead tells nothing; what ended then had ended when the next one began.
template <class SeenOne, class Value>
std::vector<SeenOne> in_time(std::vector<SeenOne> all, Value SeenOne::*what, Moment now, Moment latest) {
  std::erase_if(all, [&](const SeenOne& one) { return one.first > latest; });
  std::vector<SeenOne> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto one = all[i];
    const auto until = i + 1 < all.size() ? all[i + 1].first : now;
    if (one.last > latest) one.last = std::max(one.first, until);
    if (!result.empty() && result.back().*what == one.*what) result.back().last = one.last;   // what was between them tells no time
    else result.push_back(one);
  }
  return result;
}

}  // namespace

std::optional<past::Evidence> past_of(const std::optional<Seen>& seen, Moment now) {
  if (!seen) return std::nullopt;
  constexpr std::chrono::hours tolerance(1);
  const Moment latest{now.at + tolerance};
  auto past = seen->past;
  if (past.since > latest) return std::nullopt;
  past.until = now;
  past.prefixes = in_time(std::move(past.prefixes), &past::PrefixSeen::prefix, now, latest);
  past.ipv4 = in_time(std::move(past.ipv4), &past::AddressSeen::address, now, latest);
  past.ipv6 = in_time(std::move(past.ipv6), &past::AddressSeen::address, now, latest);
  const auto is_ahead = [&](const auto& one) { return one.last > latest; };
  std::erase_if(past.mappings, is_ahead);
  std::erase_if(past.reached, is_ahead);
  return past;
}

}  // namespace ringback::history
