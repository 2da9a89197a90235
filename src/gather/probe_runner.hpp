#pragma once
/// Starts each probe on a thread of its own and notes how it ended.
#include <fmt/format.h>

#include <deque>
#include <future>
#include <thread>

#include "evidence/evidence.hpp"
#include "io/network.hpp"

namespace ringback {

/// Calls `work` and says how that ended; `into` gets what it observed.
template <class T, class Work>
ProbeRun run_probe(std::string name, std::optional<T>& into, const io::World& world, std::optional<Deadline> deadline, const Work& work) {
  ProbeRun run{.name = std::move(name)};
  const auto started = world.clock.now();
  Expected<T> observed = failure(Errc::failed, "internal fault");
  try {
    observed = work();
  } catch (const std::exception& fault) {   // one probe's fault costs one observation, not the report
    observed = failure(Errc::failed, fmt::format("internal fault: {}", fault.what()));
  }
  const auto ended = world.clock.now();
  run.duration = std::chrono::duration_cast<milliseconds>(ended - started);
  if (!observed) {
    run.status = ProbeStatus::failed;
    run.reason = observed.error().what;
    return run;
  }
  into = std::move(*observed);
  const bool late = deadline && ended >= deadline->at;
  run.status = late ? ProbeStatus::timed_out : ProbeStatus::done;
  if (late) run.reason = "the deadline of the whole run came first; what was observed until then is in the evidence";
  return run;
}

class ProbeRunner {
 public:
  ProbeRunner(const io::World& world, Deadline deadline) : world_(world), deadline_(deadline) {}

  template <class T, class Work>
  void start(const char* name, std::optional<T>& into, Work work) {
    auto& run = runs_.emplace_back();
    threads_.emplace_back([this, name, &into, &run, work = std::move(work)] { run = run_probe<T>(name, into, world_, deadline_, work); });
  }

  /// Waits for all of them.
  std::deque<ProbeRun> finish() {
    threads_.clear();
    return std::move(runs_);
  }

 private:
  const io::World& world_;
  Deadline deadline_;
  std::deque<ProbeRun> runs_;            ///< a deque: references stay valid while others are added
  std::vector<std::jthread> threads_;    ///< last, so that it is joined first
};

/// A value that one probe promises to others; never leaves them waiting, also when that probe does not run.
template <class T>
class Promise {
 public:
  Promise() : future_(promise_.get_future().share()) {}
  ~Promise() { set({}); }
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;

  void set(T value) {
    if (!std::exchange(is_set_, true)) promise_.set_value(std::move(value));
  }
  /// An empty value where it does not come in time.
  [[nodiscard]] T wait(Deadline deadline) const {
    return future_.wait_until(deadline.at) == std::future_status::ready ? future_.get() : T{};
  }

 private:
  std::promise<T> promise_;
  std::shared_future<T> future_;
  bool is_set_ = false;
};

}  // namespace ringback
