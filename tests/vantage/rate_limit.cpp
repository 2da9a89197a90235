#include "vantage/rate_limit.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/fake_clock.hpp"
#include "vantage/requests.hpp"

using namespace ringback;
using namespace ringback::vantage;
using ringback::test::FakeClock;
using ringback::test::plenty;

namespace {

Address caller(std::string_view text) { return Address::parse(text).value(); }

unsigned taken_until_refused(CallerLimiter& limiter, const Address& from, Instant now) {
  unsigned taken = 0;
  while (taken < 1000 && !limiter.refuse(from, now)) ++taken;
  return taken;
}

}  // namespace

TEST_CASE("a bucket gives its burst at once, then one token for each interval") {
  const FakeClock clock;
  const Rate rate{3, seconds{2}};
  Bucket bucket;
  for (int i = 0; i < 3; ++i) {
    CHECK(bucket.wait(rate, clock.now()).count() == 0);
    bucket.take(rate, clock.now());
  }
  CHECK(bucket.wait(rate, clock.now()) == seconds{2});
  clock.advance(milliseconds{500});
  CHECK(bucket.wait(rate, clock.now()) == milliseconds{1500});
  clock.advance(milliseconds{1500});
  CHECK(bucket.wait(rate, clock.now()).count() == 0);
  bucket.take(rate, clock.now());
  CHECK(bucket.wait(rate, clock.now()) == seconds{2});
}

TEST_CASE("a bucket that rested is full and not fuller") {
  const FakeClock clock;
  const Rate rate{3, seconds{2}};
  Bucket bucket;
  bucket.take(rate, clock.now());
  clock.advance(std::chrono::hours{24});
  unsigned taken = 0;
  for (; bucket.wait(rate, clock.now()).count() == 0; ++taken) bucket.take(rate, clock.now());
  CHECK(taken == 3);
}

TEST_CASE("a caller that asks too often waits, and others do not") {
  const FakeClock clock;
  CallerLimiter limiter({{2, seconds{2}}, plenty, plenty}, 64, 7);
  CHECK_FALSE(limiter.refuse(caller("192.0.2.1"), clock.now()));
  CHECK_FALSE(limiter.refuse(caller("192.0.2.1"), clock.now()));
  CHECK(limiter.refuse(caller("192.0.2.1"), clock.now()) == seconds{2});
  CHECK(limiter.refuse(caller("192.0.2.1"), clock.now()) == seconds{2});  // asking while refused costs nothing more
  CHECK_FALSE(limiter.refuse(caller("192.0.2.2"), clock.now()));
  clock.advance(seconds{2});
  CHECK_FALSE(limiter.refuse(caller("192.0.2.1"), clock.now()));
}

TEST_CASE("all callers together have a budget too, and a refusal takes none of it") {
  const FakeClock clock;
  CallerLimiter limiter({{10, seconds{1}}, plenty, {3, seconds{1}}}, 64, 7);
  CHECK(taken_until_refused(limiter, caller("192.0.2.1"), clock.now()) == 3);
  CHECK(limiter.refuse(caller("192.0.2.2"), clock.now()) == seconds{1});
  clock.advance(seconds{1});
  CHECK_FALSE(limiter.refuse(caller("192.0.2.2"), clock.now()));
}

TEST_CASE("the callers of one network have a budget together, so that it cannot use up the one of all") {
  const FakeClock clock;
  for (const auto* form : {"198.51.100.{}", "2001:db8:0:{:x}00::1"}) {
    INFO(form);
    CallerLimiter limiter({{2, seconds{1}}, {5, seconds{1}}, {20, seconds{1}}}, 1024, 7);
    unsigned taken = 0;
    for (unsigned i = 1; i < 100; ++i) taken += limiter.refuse(caller(fmt::format(fmt::runtime(form), i)), clock.now()) ? 0U : 1U;
    CHECK(taken == 5);
    CHECK_FALSE(limiter.refuse(caller("192.0.2.1"), clock.now()));
  }
}

TEST_CASE("a stranger with many addresses neither grows the table nor gets more than its buckets hold") {
  const FakeClock clock;
  constexpr unsigned burst = 4, entries = 16;
  CallerLimiter limiter({{burst, seconds{2}}, plenty, plenty}, entries, 7);
  const auto size = limiter.table_size();
  unsigned taken = 0;
  for (unsigned i = 0; i < 5000; ++i)
    taken += limiter.refuse(caller(fmt::format("2001:db8:{:x}:{:x}::1", i >> 8, (i & 0xff) << 8)), clock.now()) ? 0U : 1U;
  CHECK(taken <= burst * entries);
  CHECK(limiter.table_size() == size);
  // Nor do the many win a household that was refused anything: it is remembered, or goes on with what its place has left.
  CHECK(taken_until_refused(limiter, caller("192.0.2.1"), clock.now()) <= burst);
  clock.advance(seconds{2} * burst);
  CHECK(taken_until_refused(limiter, caller("192.0.2.1"), clock.now()) == burst);
}

TEST_CASE("pushing a refused caller out of the table gives it nothing") {
  const FakeClock clock;
  CallerLimiter limiter({{4, seconds{2}}, plenty, plenty}, 4, 7);  // one set
  CHECK(taken_until_refused(limiter, caller("192.0.2.1"), clock.now()) == 4);
  for (unsigned i = 0; i < 100; ++i) limiter.refuse(caller(fmt::format("198.51.100.{}", i)), clock.now());
  CHECK(limiter.refuse(caller("192.0.2.1"), clock.now()));
}
