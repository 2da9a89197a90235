#pragma once
/// A value that one probe promises to others.
#include <future>
#include <utility>

#include "base/clock.hpp"

namespace ringback {

/// Set by one thread, waited for by many.
template <class T>
class Promise {
 public:
  Promise() : future_(promise_.get_future().share()) {}
  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;

  /// The first value counts.
  void set(T value) {
    if (!std::exchange(is_set_, true)) promise_.set_value(std::move(value));
  }
  /// An empty value where it does not come in time.
  [[nodiscard]] T wait(Deadline deadline, const Clock& clock) const {
    // The deadline is the injected clock's, which no condition variable knows: it is looked at ever more seldom, and the value wakes at once.
    constexpr milliseconds seldom{320};
    for (milliseconds look{20}; future_.wait_for(std::min(look, deadline.left(clock))) != std::future_status::ready; look = std::min(2 * look, seldom))
      if (deadline.passed(clock)) return T{};
    return future_.get();
  }

 private:
  std::promise<T> promise_;
  std::shared_future<T> future_;
  bool is_set_ = false;
};

/// For as long as the promising probe works: when it ends, also by an exception, nobody waits any longer.
template <class T>
class Kept {
 public:
  explicit Kept(Promise<T>& promise) : promise_(promise) {}
  ~Kept() { promise_.set({}); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

 private:
  Promise<T>& promise_;
};

}  // namespace ringback
