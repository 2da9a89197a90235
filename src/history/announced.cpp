#include "history/announced.hpp"

#include "evidence/json.hpp"

namespace ringback::history {

Standing standing_of(Level level, const State& state) {
  json::Value reasons = json::Value::array({json::write(state.services), json::write(state.names), json::write(state.problems)});
  return {level, reasons.dump(-1, ' ', true, json::Value::error_handler_t::replace)};
}

Announced announce(const std::optional<Announced>& before, const Standing& now, Moment at, unsigned hold) {
  if (!before) return {now, at, std::nullopt};
  if (before->standing == now) return {now, before->since, std::nullopt};
  const bool is_level = now.level != before->standing.level;
  const auto goes_on = [&](const Candidate& earlier) { return is_level ? earlier.standing.level != before->standing.level : earlier.standing == now; };
  Candidate candidate{now, at, 1};
  if (before->candidate && goes_on(*before->candidate)) candidate = {now, before->candidate->since, before->candidate->seen + 1};
  if (candidate.seen < hold) return {before->standing, before->since, candidate};
  return {now, candidate.since, std::nullopt};
}

}  // namespace ringback::history
