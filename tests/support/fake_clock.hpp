#pragma once
/// A clock that moves only when it is told to, or when somebody waits on it: a two-second time-out is tested without sleeping.
#include <atomic>

#include "base/clock.hpp"

namespace ringback::test {

class FakeClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return Instant(std::chrono::steady_clock::duration(ticks_.load())); }
  void sleep_until(Instant until) const override { advance_to(until); }
  void advance(std::chrono::steady_clock::duration by) const { ticks_ += by.count(); }
  /// Never backwards.
  virtual void advance_to(Instant until) const {
    auto now = ticks_.load();
    const auto wanted = until.time_since_epoch().count();
    while (now < wanted && !ticks_.compare_exchange_weak(now, wanted)) {
    }
  }

 private:
  mutable std::atomic<std::chrono::steady_clock::rep> ticks_{std::chrono::steady_clock::duration(std::chrono::hours(1)).count()};
};

}  // namespace ringback::test
