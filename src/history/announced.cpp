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
  Candidate candidate{now, at, 0};
  if (before->candidate && before->candidate->standing == now) candidate = *before->candidate;
  ++candidate.seen;
  if (candidate.seen < hold) return {before->standing, before->since, candidate};
  return {now, before->standing.level == now.level ? before->since : candidate.since, std::nullopt};
}

}  // namespace ringback::history
