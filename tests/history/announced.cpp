#include "history/announced.hpp"

#include "sample.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::history;
using test::at;

namespace {

const Standing good = standing_of(Level::ok, test::reachable_state());
const Standing bad = standing_of(Level::critical, test::reachable_state(Reachable::no));

Standing with(Level level, const char* code) {
  auto state = test::reachable_state(Reachable::no);
  state.problems.front().code = code;
  return standing_of(level, state);
}

const Standing warned = with(Level::warning, "dns.ttl-long"), untold = with(Level::unknown, "measure.vantage-down");

Announced after(const std::vector<Standing>& checks, unsigned hold, std::int64_t seconds_between = 300) {
  std::optional<Announced> announced;
  std::optional<Moment> before;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const auto now = at(seconds_between * static_cast<std::int64_t>(i));
    announced = announce(announced, {checks[i], now, before}, hold);
    before = now;
  }
  return *announced;
}

}  // namespace

TEST_CASE("the first check is announced at once, also where others have to hold") {
  CHECK(after({bad}, 3) == Announced{bad, at(0), std::nullopt});
}

TEST_CASE("without damping every state is announced with its time") {
  CHECK(after({good, bad}, 1) == Announced{bad, at(300), std::nullopt});
  CHECK(after({good, bad, good}, 1) == Announced{good, at(600), std::nullopt});
}

TEST_CASE("a state has to hold, and is then announced with the time when it was seen first") {
  CHECK(after({good, bad}, 2) == Announced{good, at(0), Candidate{bad, at(300), 1}});
  CHECK(after({good, bad, bad}, 2) == Announced{bad, at(300), std::nullopt});
}

TEST_CASE("what flaps is not announced") {
  CHECK(after({good, bad, good, bad, good, bad}, 2).standing == good);
  CHECK(after({good, bad, good, bad, bad}, 2) == Announced{bad, at(900), std::nullopt});
}

TEST_CASE("another reason for the same level is news, with a time of its own") {
  const auto worse = with(Level::critical, "inbound.host-firewall");
  CHECK(after({good, bad, worse}, 1) == Announced{worse, at(600), std::nullopt});
  CHECK(after({bad, worse, bad, worse}, 2).standing == bad);
  CHECK(after({bad, worse, worse}, 2) == Announced{worse, at(300), std::nullopt});
}

TEST_CASE("an outage whose reason wavers holds all the same") {
  const auto wavering = with(Level::critical, "inbound.not-arriving");
  CHECK(after({good, bad, wavering}, 2) == Announced{wavering, at(300), std::nullopt});
}

TEST_CASE("each level has to hold by itself: an outage did not begin with a warning, or with what could not be measured") {
  for (const auto& other : {warned, untold}) {
    CHECK(after({good, other, bad}, 2) == Announced{good, at(0), Candidate{bad, at(600), 1}});
    CHECK(after({good, other, bad, bad}, 2) == Announced{bad, at(600), std::nullopt});
    CHECK(after({good, bad, other}, 2) == Announced{good, at(0), Candidate{other, at(600), 1}});
    CHECK(after({bad, other, good}, 2) == Announced{bad, at(0), Candidate{good, at(600), 1}});
    CHECK(after({good, bad, other, bad}, 2).standing == good);
  }
}

TEST_CASE("checks with a long gap between them are none in a row") {
  const auto longest = longest_gap.count(), too_long = longest + 1;
  CHECK(after({good, bad, bad}, 2, longest) == Announced{bad, at(longest), std::nullopt});
  CHECK(after({good, bad, bad}, 2, too_long) == Announced{good, at(0), Candidate{bad, at(2 * too_long), 1}});
  CHECK(after({good, bad, bad}, 2, -too_long).standing == good);   // the clock was set back
  CHECK(after({good, bad}, 1, too_long).standing == bad);
  const Announced held{good, at(0), Candidate{bad, at(300), 1}};
  CHECK(announce(held, {bad, at(600), std::nullopt}, 2) == Announced{good, at(0), Candidate{bad, at(600), 1}});   // what was between is forgotten
}

TEST_CASE("what held and was never said is announced by the next check, with its own beginning") {
  const auto first = counted(Announced{good, at(0), std::nullopt}, {bad, at(300), at(0)});
  CHECK(first == Announced{good, at(0), Candidate{bad, at(300), 1}});
  CHECK(announce(first, {bad, at(600), at(300)}, 1) == Announced{bad, at(300), std::nullopt});
  CHECK(announce(first, {good, at(600), at(300)}, 1) == Announced{good, at(0), std::nullopt});
  CHECK_FALSE(counted(std::nullopt, {bad, at(0), std::nullopt}));
}

TEST_CASE("another address is no other standing") {
  CHECK(standing_of(Level::ok, test::reachable_state(Reachable::yes, "2001:db8:9::/64")) == good);
}
