#include "vantage/rate_limit.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/fake_clock.hpp"

using namespace ringback;
using namespace ringback::vantage;
using ringback::test::FakeClock;

namespace {

constexpr Rate plenty{1000000, microseconds{1}};

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

TEST_CASE("one caller is an IPv4 address or an IPv6 /56") {
  struct Row {
    const char* a;
    const char* b;
    bool same;
  };
  const Row rows[] = {
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"192.0.2.1", "::ffff:192.0.2.1", true},
      {"2001:db8:0:1200::1", "2001:db8:0:12ff:ffff::2", true},
      {"2001:db8:0:1200::1", "2001:db8:0:1300::1", false},
      {"0.0.0.0", "::", false},
      {"0.32.1.13", "0:0:20:10d::", false},
  };
  for (const auto& row : rows) {
    INFO(row.a << " and " << row.b);
    CHECK((caller_key(caller(row.a)) == caller_key(caller(row.b))) == row.same);
  }
}

TEST_CASE("a caller that asks too often waits, and others do not") {
  const FakeClock clock;
  CallerLimiter limiter({2, seconds{2}}, plenty, 64, 7);
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
  CallerLimiter limiter({10, seconds{1}}, {3, seconds{1}}, 64, 7);
  CHECK(taken_until_refused(limiter, caller("192.0.2.1"), clock.now()) == 3);
  CHECK(limiter.refuse(caller("192.0.2.2"), clock.now()) == seconds{1});
  clock.advance(seconds{1});
  CHECK_FALSE(limiter.refuse(caller("192.0.2.2"), clock.now()));
}

TEST_CASE("a stranger with many addresses neither grows the table nor gets more than its buckets hold") {
  const FakeClock clock;
  constexpr unsigned burst = 4, entries = 16;
  CallerLimiter limiter({burst, seconds{2}}, plenty, entries, 7);
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
  CallerLimiter limiter({4, seconds{2}}, plenty, 4, 7);  // one set
  CHECK(taken_until_refused(limiter, caller("192.0.2.1"), clock.now()) == 4);
  for (unsigned i = 0; i < 100; ++i) limiter.refuse(caller(fmt::format("198.51.100.{}", i)), clock.now());
  CHECK(limiter.refuse(caller("192.0.2.1"), clock.now()));
}
