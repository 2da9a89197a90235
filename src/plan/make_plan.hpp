#pragma once
/// Options and what this host says of itself become a plan: pure.
#include "plan/options.hpp"
#include "plan/plan.hpp"

namespace ringback {

/// What the plan is made from besides the options: observed first, since everything depends on it and nothing waits for it.
struct HostFacts {
  std::optional<host::Evidence> host;
  std::optional<listeners::Evidence> listeners;
};

[[nodiscard]] Plan make_plan(const Options& options, const HostFacts& facts);

/// The plan as text for people, one line for each thing that would be done (`--dry-run`).
[[nodiscard]] std::string to_text(const Plan& plan);

}  // namespace ringback
