#include "publish/attempts.hpp"

#include "support/catch.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;
using publish::Attempt;

namespace {
Address parsed(const char* text) { return Address::parse(text).value(); }
}  // namespace

TEST_CASE("what works at once is done") {
  const FakeClock clock;
  int tries = 0;
  CHECK_FALSE(publish::try_until({clock.now() + 5s}, clock, [&](auto, auto) { return ++tries, Attempt{}; }));
  CHECK(tries == 1);
}

TEST_CASE("what fails is tried again after growing pauses, five times at most") {
  const FakeClock clock;
  const auto start = clock.now();
  std::vector<milliseconds> at;
  const auto trouble = publish::try_until({start + 60s}, clock, [&](std::size_t number, auto) {
    CHECK(number == at.size());
    at.push_back(std::chrono::duration_cast<milliseconds>(clock.now() - start));
    return publish::failed("refuses");
  });
  CHECK(trouble == "refuses");
  CHECK(at == std::vector<milliseconds>{0ms, 250ms, 750ms, 1750ms, 3750ms});
}

TEST_CASE("nothing is tried after the deadline") {
  const FakeClock clock;
  const auto start = clock.now();
  int tries = 0;
  CHECK(publish::try_until({start + 600ms}, clock, [&](auto, auto) { return ++tries, publish::failed("refuses"); }) == "refuses");
  CHECK(tries == 2);
  CHECK(clock.now() - start <= 600ms);
  CHECK(publish::try_until({start}, clock, [&](auto, auto) { return ++tries, Attempt{}; }) == "was not told: the time was over");
  CHECK(tries == 2);
}

TEST_CASE("silence costs half of what is left, and the deadline at most") {
  const FakeClock clock;
  const auto start = clock.now();
  std::vector<milliseconds> waited;
  const auto trouble = publish::try_until({start + 10s}, clock, [&](auto, Deadline until) {
    waited.push_back(until.left(clock));
    clock.sleep_until(until.at);
    return Attempt{Attempt::End::silent, {}};
  });
  CHECK(trouble == "did not answer in 10 s");
  CHECK(clock.now() - start <= 10s);
  CHECK(waited.front() == 5s);
  CHECK(waited.size() > 2);
}

TEST_CASE("what an answer said is told, not the silence after it") {
  const FakeClock clock;
  const auto trouble = publish::try_until({clock.now() + 60s}, clock, [&](std::size_t number, auto) {
    return number == 0 ? publish::failed("answered with status 503") : Attempt{Attempt::End::silent, {}};
  });
  CHECK(trouble == "answered with status 503");
}

TEST_CASE("what is hopeless is not tried again") {
  const FakeClock clock;
  int tries = 0;
  CHECK(publish::try_until({clock.now() + 60s}, clock, [&](auto, auto) { return ++tries, publish::hopeless("no such check"); }) == "no such check");
  CHECK(tries == 1);
}

TEST_CASE("attempts go to both families in turn") {
  const FakeClock clock;
  ScriptedNetwork network(clock);
  network.looked_up["broker.example"] = {parsed("2001:db8::1"), parsed("2001:db8::2"), parsed("192.0.2.1"), parsed("192.0.2.2")};
  publish::Addresses addresses("broker.example", network);
  std::vector<std::string> asked;
  for (std::size_t i = 0; i < 5; ++i) asked.push_back(addresses.at(i, {clock.now() + 1s}).value().to_string());
  CHECK(asked == std::vector<std::string>{"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::1"});
}

TEST_CASE("a name that is not found is looked up again, an address never") {
  const FakeClock clock;
  ScriptedNetwork network(clock);
  publish::Addresses addresses("broker.example", network);
  CHECK_FALSE(addresses.at(0, {clock.now() + 1s}));
  network.looked_up["broker.example"] = {parsed("192.0.2.1")};
  CHECK(addresses.at(1, {clock.now() + 1s}).value() == parsed("192.0.2.1"));
  CHECK(publish::Addresses("2001:db8::7", network).at(3, {clock.now()}).value() == parsed("2001:db8::7"));
}
