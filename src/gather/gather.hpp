#pragma once
/// Runs a plan: every probe side by side under one deadline, as long as the longest chain and not the sum.
#include <functional>

#include "io/network.hpp"
#include "plan/make_plan.hpp"

namespace ringback {

struct Gathered {
  Evidence evidence;
  std::vector<ProbeRun> runs;      ///< one for each probe, in the order of `probe_names`
};

/// The facts that the plan is made from, with how their probes ended; what was not read by half of the time is left out, so that the other
/// half is for what the plan then does.
struct ObservedHost {
  HostFacts facts;
  std::vector<ProbeRun> runs;
  std::size_t troubles_of_tables = 0;   ///< so many of the host's troubles, the first ones, are about its tables
};
[[nodiscard]] ObservedHost observe_host(const Options& options, const io::World& world, Deadline deadline);

/// The captures that this plan will open, for whoever gives up the privilege for it before.
[[nodiscard]] std::vector<io::CaptureOptions> captures_of(const Plan& plan);

/// The probes that gather() will start.
[[nodiscard]] std::vector<std::string> probes_of(const Plan& plan);

/// Called from the probe's own thread, when it has ended.
using ProbeEnded = std::function<void(const ProbeRun&)>;

/// Returns by the deadline, with what was observed until then.
[[nodiscard]] Gathered gather(const Plan& plan, ObservedHost host, const io::World& world, Deadline deadline, const ProbeEnded& ended = {});

}  // namespace ringback
