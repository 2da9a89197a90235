#include "history/announced.hpp"

#include "sample.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::history;
using test::at;

namespace {

const Standing good = standing_of(Level::ok, test::reachable_state());
const Standing bad = standing_of(Level::critical, test::reachable_state(Reachable::no));

Announced after(const std::vector<Standing>& checks, unsigned hold) {
  std::optional<Announced> announced;
  for (std::size_t i = 0; i < checks.size(); ++i) announced = announce(announced, checks[i], at(300 * static_cast<std::int64_t>(i)), hold);
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
  auto other = test::reachable_state(Reachable::no);
  other.problems.front().code = "inbound.host-firewall";
  const auto worse = standing_of(Level::critical, other);
  CHECK(after({good, bad, worse}, 1) == Announced{worse, at(600), std::nullopt});
  CHECK(after({bad, worse, bad, worse}, 2).standing == bad);
  CHECK(after({bad, worse, worse}, 2) == Announced{worse, at(300), std::nullopt});
}

TEST_CASE("an outage whose reason wavers holds all the same") {
  auto other = test::reachable_state(Reachable::no);
  other.problems.front().code = "inbound.not-arriving";
  const auto wavering = standing_of(Level::critical, other);
  auto warned = wavering;
  warned.level = Level::warning;
  CHECK(after({good, bad, wavering}, 2) == Announced{wavering, at(300), std::nullopt});
  CHECK(after({good, warned, bad}, 2) == Announced{bad, at(300), std::nullopt});
}

TEST_CASE("another address is no other standing") {
  CHECK(standing_of(Level::ok, test::reachable_state(Reachable::yes, "2001:db8:9::/64")) == good);
}
