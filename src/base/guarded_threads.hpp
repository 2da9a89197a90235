#pragma once
/// Threads whose exceptions are not lost and do not end the process: the first is thrown again where they are joined.
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ringback {

class GuardedThreads {
 public:
  GuardedThreads() = default;
  ~GuardedThreads() = default;   ///< joins; what was thrown and never asked for is dropped
  GuardedThreads(const GuardedThreads&) = delete;
  GuardedThreads& operator=(const GuardedThreads&) = delete;

  /// Throws std::system_error where the system has no thread left.
  template <class Work>
  void start(Work work) {
    threads_.emplace_back([this, work = std::move(work)]() mutable {
      try {
        work();
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (!thrown_) thrown_ = std::current_exception();
      }
    });
  }

  /// Waits for all, then throws what the first of them threw, if any did.
  void join() {
    threads_.clear();
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

 private:
  std::mutex mutex_;
  std::exception_ptr thrown_;
  std::vector<std::jthread> threads_;   ///< last, so that it is joined before what its threads use goes
};

}  // namespace ringback
