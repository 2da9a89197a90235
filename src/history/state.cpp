#include "history/state.hpp"

namespace ringback::history {
namespace {

/// What was not seen is no other one.
template <class T>
void complete(std::optional<T>& value, const std::optional<T>& earlier) {
  if (!value) value = earlier;
}

}  // namespace

std::optional<State> joined(const State& earlier, const State& now) {
  auto both = now, before = earlier;
  complete(both.ipv4, earlier.ipv4);
  complete(both.mappings, earlier.mappings);
  complete(before.ipv4, both.ipv4);
  complete(before.mappings, both.mappings);
  return before == both ? std::optional(std::move(both)) : std::nullopt;
}

}  // namespace ringback::history
