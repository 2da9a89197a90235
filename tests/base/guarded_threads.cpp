#include "support/catch.hpp"

#include <atomic>
#include <stdexcept>

#include "base/clock.hpp"
#include "base/guarded_threads.hpp"
#include "support/fake_clock.hpp"

using namespace ringback;

TEST_CASE("what a thread throws is thrown again where it is joined, after all have ended") {
  std::atomic<int> ended = 0;
  GuardedThreads threads;
  threads.start([&] { ++ended; });
  threads.start([] { throw std::runtime_error("no memory"); });
  threads.start([&] { ++ended; });
  CHECK_THROWS_WITH(threads.join(), "no memory");
  CHECK(ended == 2);
  CHECK_NOTHROW(threads.join());
}

TEST_CASE("a deadline has passed when the clock says so, and never has less than nothing left") {
  test::FakeClock clock;
  const Deadline deadline{clock.now() + milliseconds(5)};
  CHECK_FALSE(deadline.passed(clock));
  CHECK(deadline.left(clock) == milliseconds(5));
  CHECK(deadline.or_earlier(clock.now() + milliseconds(2)).left(clock) == milliseconds(2));
  clock.advance(milliseconds(9));
  CHECK(deadline.passed(clock));
  CHECK(deadline.left(clock) == milliseconds(0));
}
