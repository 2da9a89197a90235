#pragma once
/// Starts each probe on a thread of its own and notes how it ended.
#include <fmt/format.h>

#include <deque>
#include <functional>
#include <system_error>
#include <thread>

#include "evidence/evidence.hpp"
#include "io/network.hpp"

namespace ringback {

/// Calls `work` and says how that ended; `into` gets what it observed.
template <class T, class Work>
ProbeRun run_probe(std::string name, std::optional<T>& into, const io::World& world, Deadline deadline, const Work& work) {
  ProbeRun run{.name = std::move(name)};
  const auto started = world.clock.now();
  Expected<T> observed = failure(Errc::failed, "internal fault");
  try {
    observed = work();
  } catch (const std::exception& fault) {   // one probe's fault costs one observation, not the report
    observed = failure(Errc::failed, fmt::format("internal fault: {}", fault.what()));
  }
  run.duration = std::chrono::duration_cast<milliseconds>(world.clock.now() - started);
  const bool late = deadline.passed(world.clock);
  if (!observed) {
    run.status = late && observed.error().code == Errc::timed_out ? ProbeStatus::timed_out : ProbeStatus::failed;
    run.reason = observed.error().what;
    return run;
  }
  into = std::move(*observed);
  run.status = late ? ProbeStatus::timed_out : ProbeStatus::done;
  if (late) run.reason = "the deadline came first; what was observed until then is in the evidence";
  return run;
}

class ProbeRunner {
 public:
  using Ended = std::function<void(const ProbeRun&)>;
  ProbeRunner(const io::World& world, Deadline deadline, const Ended& ended) : world_(world), deadline_(deadline), ended_(ended) {}

  template <class T, class Work>
  void start(const char* name, std::optional<T>& into, Work work) {
    auto& run = runs_.emplace_back();
    const auto probe = [this, name, &into, &run, work = std::move(work)] {
      run = run_probe(name, into, world_, deadline_, work);
      if (ended_) ended_(run);
    };
    try {
      threads_.emplace_back(probe);
    } catch (const std::system_error&) {   // the system has no thread left: one after the other then
      probe();
    }
  }

  /// Waits for all of them.
  std::deque<ProbeRun> finish() {
    threads_.clear();
    return std::move(runs_);
  }

 private:
  const io::World& world_;
  Deadline deadline_;
  const Ended& ended_;
  std::deque<ProbeRun> runs_;            ///< a deque: references stay valid while others are added
  std::vector<std::jthread> threads_;    ///< last, so that it is joined first
};

}  // namespace ringback
