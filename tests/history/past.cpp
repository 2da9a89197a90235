#include "history/past.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include "sample.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::history;
using test::at;
using test::reachable_state;

namespace {

/// As the store keeps it.
std::optional<past::Evidence> past_after(const std::vector<Period>& periods, Moment now) {
  SQLite::Database sqlite(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  sqlite.exec(seen_table);
  for (const auto& period : periods) note_seen(sqlite, period.state, period.began, period.last, period.checks);
  return history::past_of(read_seen(sqlite).value(), now);
}

Period period(std::int64_t began, std::int64_t last, State state) { return {.began = at(began), .last = at(last), .checks = 10, .level = Level::ok, .state = std::move(state)}; }

}  // namespace

TEST_CASE("without a check there is no past") { CHECK(past_after({}, at(0)) == std::nullopt); }

TEST_CASE("prefixes one after the other, and the same again is there again") {
  const auto past = past_after({period(0, 100, reachable_state(Reachable::yes, "2001:db8:1::/64")), period(200, 300, reachable_state(Reachable::yes, "2001:db8:2::/64")),
                             period(400, 500, reachable_state(Reachable::yes, "2001:db8:1::/64"))},
                            at(600));
  REQUIRE(past);
  REQUIRE(past->prefixes.size() == 3);
  CHECK(past->prefixes[1] == past::PrefixSeen{*Prefix::parse("2001:db8:2::/64"), at(200), at(300)});
  CHECK(past->checks == 30);
  CHECK(past->since == at(0));
  CHECK(past->until == at(600));
  REQUIRE(past->ipv4.size() == 1);   // it never changed
  CHECK(past->ipv4[0].last == at(500));
}

TEST_CASE("addresses of this host that names should have led to, one after the other") {
  auto old = reachable_state(), unknown = reachable_state(), later = reachable_state();
  old.ipv6 = *Address::parse("2001:db8:1::42");
  unknown.ipv6.reset();
  later.ipv6 = *Address::parse("2001:db8:1::43");
  const auto past = past_after({period(0, 100, old), period(200, 300, unknown), period(400, 500, old), period(600, 700, later)}, at(800));
  REQUIRE(past);
  CHECK(past->ipv6 == std::vector{past::AddressSeen{*Address::parse("2001:db8:1::42"), at(0), at(500)},
                                  past::AddressSeen{*Address::parse("2001:db8:1::43"), at(600), at(700)}});
}

TEST_CASE("a measurement that failed between two that agree is no change") {
  auto unknown = reachable_state(Reachable::unknown);
  unknown.prefix.reset();
  const auto past = past_after({period(0, 100, reachable_state()), period(200, 200, unknown), period(300, 400, reachable_state())}, at(500));
  REQUIRE(past->prefixes.size() == 1);
  CHECK(past->prefixes[0].first == at(0));
  CHECK(past->prefixes[0].last == at(400));
}

TEST_CASE("a clock that was not set, or was ahead, tells no time") {
  const auto unset = Period{.began = Moment{}, .last = Moment{std::chrono::sys_seconds(std::chrono::seconds(600))}, .checks = 3, .level = Level::ok, .state = reachable_state()};
  auto past = past_after({unset, period(0, 100, reachable_state()), period(10000000, 10000000, reachable_state())}, at(200));
  REQUIRE(past);
  CHECK(past->since == at(0));
  REQUIRE(past->prefixes.size() == 1);
  CHECK(past->prefixes[0].last == at(200));   // until now at the latest
  CHECK(past_after({period(10000000, 10000000, reachable_state())}, at(200)) == std::nullopt);
  past = past_after({period(0, 100, reachable_state()), period(10000000, 10000000, reachable_state(Reachable::yes, "2001:db8:9::/64")), period(300, 400, reachable_state())}, at(500));
  CHECK(past->prefixes == std::vector{past::PrefixSeen{*Prefix::parse("2001:db8:1:2::/64"), at(0), at(400)}});
  past = past_after({period(10000000, 10000000, reachable_state()), period(300, 400, reachable_state())}, at(500));
  CHECK(past->since == at(300));
  CHECK(past_after({unset}, at(200)) == std::nullopt);
}

TEST_CASE("when a service was reached last, and when the router's list had it last") {
  auto forwarded = reachable_state();
  forwarded.mappings = std::vector{*Service::parse("8443:443/tcp")};
  const auto past = past_after({period(0, 100, forwarded), period(200, 300, reachable_state(Reachable::no))}, at(400));
  CHECK(past->reached == std::vector{past::ReachedService{*Service::parse("443/tcp"), Family::ipv4, at(100)}});
  CHECK(past->mappings == std::vector{past::MappingSeen{*Service::parse("8443:443/tcp"), at(100)}});
}

TEST_CASE("a hundred addresses of a pool leave room for the prefixes") {
  std::vector<Period> periods;
  for (int i = 0; i < 300; ++i) {
    auto state = reachable_state(Reachable::yes, i < 100 ? "2001:db8:1::/64" : "2001:db8:2::/64");
    state.ipv4 = *Address::parse("198.51.100." + std::to_string(i % 2));
    periods.push_back(period(i * 300, i * 300, state));
  }
  const auto past = past_after(periods, at(300 * 300));
  CHECK(past->prefixes.size() == 2);
  CHECK(past->ipv4.size() == 64);
}
