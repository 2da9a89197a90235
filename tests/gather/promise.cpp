#include "gather/promise.hpp"

#include <stdexcept>
#include <thread>

#include "support/catch.hpp"
#include "support/fake_clock.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {
struct Waiting {
  FakeClock clock;
  Promise<int> promise;
  [[nodiscard]] Deadline in(milliseconds time) const { return {clock.now() + time}; }
};
}  // namespace

TEST_CASE("a promised value reaches everybody, before and after it is set, and the first one counts") {
  Waiting w;
  const auto deadline = w.in(seconds(10));
  int got[2] = {0, 0};
  {
    std::jthread one([&] { got[0] = w.promise.wait(deadline, w.clock); });
    std::jthread two([&] { got[1] = w.promise.wait(deadline, w.clock); });
    w.promise.set(7);
  }
  w.promise.set(8);
  CHECK(got[0] == 7);
  CHECK(got[1] == 7);
  CHECK(w.promise.wait(w.in(milliseconds(-1)), w.clock) == 7);
}

TEST_CASE("after the deadline of the injected clock nobody waits for a value") {
  Waiting w;
  CHECK(w.promise.wait(w.in(milliseconds(0)), w.clock) == 0);
  int got = -1;
  const auto deadline = w.in(seconds(10));
  std::jthread waiting([&] { got = w.promise.wait(deadline, w.clock); });
  w.clock.advance(seconds(10));
  waiting.join();
  CHECK(got == 0);
}

TEST_CASE("a promise is kept when the work for it ends, also by an exception") {
  Waiting w;
  const auto work = [&] {
    const Kept kept(w.promise);
    throw std::runtime_error("no value");
  };
  CHECK_THROWS(work());
  CHECK(w.promise.wait(w.in(seconds(10)), w.clock) == 0);   // at once: time does not move here
}
