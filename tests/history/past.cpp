#include "history/past.hpp"

#include "sample.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::history;
using test::at;
using test::reachable_state;

namespace {

Period period(std::int64_t began, std::int64_t last, State state) { return {.began = at(began), .last = at(last), .checks = 10, .level = Level::ok, .state = std::move(state)}; }

}  // namespace

TEST_CASE("without a check there is no past") { CHECK(past_of({}, at(0)) == std::nullopt); }

TEST_CASE("prefixes one after the other, and the same again is there again") {
  const auto past = past_of({period(0, 100, reachable_state(Reachable::yes, "2001:db8:1::/64")), period(200, 300, reachable_state(Reachable::yes, "2001:db8:2::/64")),
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
  const auto past = past_of({period(0, 100, old), period(200, 300, unknown), period(400, 500, old), period(600, 700, later)}, at(800));
  REQUIRE(past);
  CHECK(past->ipv6 == std::vector{past::AddressSeen{*Address::parse("2001:db8:1::42"), at(0), at(500)},
                                  past::AddressSeen{*Address::parse("2001:db8:1::43"), at(600), at(700)}});
}

TEST_CASE("a measurement that failed between two that agree is no change") {
  auto unknown = reachable_state(Reachable::unknown);
  unknown.prefix.reset();
  const auto past = past_of({period(0, 100, reachable_state()), period(200, 200, unknown), period(300, 400, reachable_state())}, at(500));
  REQUIRE(past->prefixes.size() == 1);
  CHECK(past->prefixes[0].first == at(0));
  CHECK(past->prefixes[0].last == at(400));
}

TEST_CASE("a clock that was not set, or was ahead, tells no time") {
  const auto unset = Period{.began = Moment{}, .last = Moment{std::chrono::sys_seconds(std::chrono::seconds(600))}, .checks = 3, .level = Level::ok, .state = reachable_state()};
  auto past = past_of({unset, period(0, 100, reachable_state()), period(10000000, 10000000, reachable_state())}, at(200));
  REQUIRE(past);
  CHECK(past->since == at(0));
  CHECK(past->checks == 10);
  CHECK(past_of({unset}, at(200)) == std::nullopt);
}

TEST_CASE("when a service was reached last, and when the router's list had it last") {
  auto forwarded = reachable_state();
  forwarded.mappings = std::vector{*Service::parse("8443:443/tcp")};
  const auto past = past_of({period(0, 100, forwarded), period(200, 300, reachable_state(Reachable::no))}, at(400));
  CHECK(past->reached == std::vector{past::ReachedService{*Service::parse("443/tcp"), Family::ipv4, at(100)}});
  CHECK(past->mappings == std::vector{past::MappingSeen{*Service::parse("8443:443/tcp"), at(100)}});
}
