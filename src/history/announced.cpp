#include "history/announced.hpp"

#include "evidence/json.hpp"

namespace ringback::history {

Standing standing_of(Level level, const State& state) {
  json::Value reasons = json::Value::array({json::write(state.services), json::write(state.names), json::write(state.problems)});
  return {level, reasons.dump(-1, ' ', true, json::Value::error_handler_t::replace)};
}

std::optional<Announced> counted(const std::optional<Announced>& before, const Found& check) {
  if (!before) return std::nullopt;
  if (before->standing == check.standing) return Announced{before->standing, before->since, std::nullopt};
  const bool in_a_row = check.before && abs(check.at.at - check.before->at) <= longest_gap;
  const bool is_level = check.standing.level != before->standing.level;
  const auto goes_on = [&](const Standing& earlier) { return is_level ? earlier.level == check.standing.level : earlier == check.standing; };
  Candidate candidate{check.standing, check.at, 1};
  if (const auto& earlier = before->candidate; earlier && in_a_row && goes_on(earlier->standing)) candidate = {check.standing, earlier->since, earlier->seen + 1};
  return Announced{before->standing, before->since, candidate};
}

Announced announce(const std::optional<Announced>& before, const Found& check, unsigned hold) {
  const auto count = counted(before, check);
  if (!count) return {check.standing, check.at, std::nullopt};
  if (!count->candidate || count->candidate->seen < hold) return *count;
  return {check.standing, count->candidate->since, std::nullopt};
}

}  // namespace ringback::history
