#pragma once
/// A recursive mutex that can be let go of in whole while its owner waits.
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

namespace ringback::test {

class Turn {
 public:
  void lock() {
    if (owner_ == std::this_thread::get_id()) {
      ++depth_;
      return;
    }
    mutex_.lock();
    owner_ = std::this_thread::get_id();
    depth_ = 1;
  }
  void unlock() {
    if (--depth_ == 0) release();
  }
  /// How often it was held, for `retake`.
  unsigned release() {
    const auto held = std::exchange(depth_, 0);
    owner_ = std::thread::id();
    mutex_.unlock();
    return held;
  }
  void retake(unsigned held) {
    lock();
    depth_ = held;
  }

 private:
  std::mutex mutex_;
  std::atomic<std::thread::id> owner_;   ///< read by those who do not hold it
  unsigned depth_ = 0;
};

}  // namespace ringback::test
