#include "support/shared_clock.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

namespace ringback::test {
namespace {

/// Of each thread but the calling one how often it has gone to sleep, if all of them sleep (proc(5), /proc/PID/task/TID/status).
std::optional<std::map<std::string, std::string>> sleeps() {
  std::map<std::string, std::string> counts;
  std::error_code gone;   // a thread that ends while it is looked at
  const auto own = std::to_string(::gettid());
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", gone)) {
    const auto name = entry.path().filename().string();
    if (name == own) continue;
    std::ifstream status(entry.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("State:") && line.find("(sleeping)") == std::string::npos) return std::nullopt;
      if (line.starts_with("voluntary_ctxt_switches:")) counts[name] = line;
    }
    if (!counts.contains(name)) return std::nullopt;
  }
  return counts;
}

/// Looked at twice: one that was woken between being looked at and its waker's going to sleep has slept once more by then, or is awake.
bool everybody_sleeps() {
  const auto before = sleeps();
  return before && sleeps() == before;
}

}  // namespace

void SharedClock::advance_to(Instant until) const {
  if (now() >= until) return;
  std::unique_lock lock(mutex_);
  const auto own = wanted_.insert(until);
  moved_.wait(lock, [&] { return now() >= until; });
  wanted_.erase(own);
}

void SharedClock::keep(const std::stop_token& stop) const {
  while (!stop.stop_requested()) {
    std::this_thread::yield();
    if (!everybody_sleeps()) continue;
    const std::scoped_lock lock(mutex_);
    if (wanted_.empty() || *wanted_.begin() <= now()) continue;
    FakeClock::advance_to(*wanted_.begin());
    moved_.notify_all();
  }
}

}  // namespace ringback::test
