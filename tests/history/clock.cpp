#include "history/clock.hpp"

#include "sample.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::history;
using test::at;

namespace {

constexpr std::int64_t ten_years = 10LL * 365 * 86400;

Period period(std::int64_t began, std::int64_t last, std::int64_t checks = 5) { return {.began = at(began), .last = at(last), .checks = checks, .state = {}}; }

}  // namespace

TEST_CASE("a period that begins in the future was between its neighbours") {
  const auto now = at(5000);
  const std::vector right{period(0, 900), period(1200, 1500)};
  CHECK(dated(right, now) == right);
  CHECK(dated({period(0, 900), period(ten_years, ten_years + 600), period(1200, 1500)}, now) == std::vector{period(0, 900), period(900, 900), period(1200, 1500)});
  CHECK(dated({period(ten_years, ten_years + 600), period(1200, 1500)}, now) == std::vector{period(1200, 1200), period(1200, 1500)});
  CHECK(dated({period(ten_years, ten_years + 600)}, now) == std::vector{period(5000, 5000)});
}

TEST_CASE("a period that ends in the future had ended when the next one began") {
  CHECK(dated({period(0, ten_years), period(1200, 1500)}, at(5000)) == std::vector{period(0, 1200), period(1200, 1500)});
  CHECK(dated({period(0, ten_years)}, at(5000)) == std::vector{period(0, 5000)});
}

TEST_CASE("what was announced, and what may be, began by now at the latest") {
  Announced announced{.standing = {}, .since = at(ten_years), .candidate = Candidate{.standing = {}, .since = at(ten_years), .seen = 1}};
  CHECK(dated(announced, at(100)).since == at(100));
  CHECK(dated(announced, at(100)).candidate->since == at(100));
  announced.since = at(50);
  CHECK(dated(announced, at(100)).since == at(50));
}
