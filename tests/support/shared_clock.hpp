#pragma once
/// A fake clock for several threads: time moves only when every thread of this program sleeps, to the earliest instant that one of them waits
/// for. So what several threads do is as exact as what one does, however busy the machine is; only what happens at one and the same instant
/// has no order. One of them at a time: they would wait for each other's keepers.
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "support/fake_clock.hpp"

namespace ringback::test {

class SharedClock : public FakeClock {
 public:
  SharedClock() : keeper_([this](const std::stop_token& stop) { keep(stop); }) {}
  /// Blocks until the time has come.
  void advance_to(Instant until) const override;

 private:
  void keep(const std::stop_token& stop) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  mutable std::multiset<Instant> wanted_;
  std::jthread keeper_;
};

}  // namespace ringback::test
