#pragma once
/// The injected steady clock, and the one absolute deadline that reaches every wait.
#include <algorithm>
#include <chrono>

namespace ringback {

using Instant = std::chrono::steady_clock::time_point;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  /// Returns at `until`, not before.
  virtual void sleep_until(Instant until) const = 0;
};

/// An absolute point on the injected clock; a value, passed on by value.
struct Deadline {
  Instant at;
  [[nodiscard]] bool passed(const Clock& clock) const { return clock.now() >= at; }
  /// Never negative.
  [[nodiscard]] milliseconds left(const Clock& clock) const {
    return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(at - clock.now()));
  }
  [[nodiscard]] Deadline or_earlier(Instant other) const { return {std::min(at, other)}; }
  bool operator==(const Deadline&) const = default;
};

}  // namespace ringback
