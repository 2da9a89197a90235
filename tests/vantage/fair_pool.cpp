#include "vantage/fair_pool.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::vantage;

namespace {

constexpr std::size_t slots = 512, part = 4;

Caller caller(std::string_view text) { return caller_from(Address::parse(text).value()); }
Caller neighbour(unsigned network, unsigned household) { return caller(fmt::format("198.51.{}.{}", network, household)); }

/// Slots that are kept for the rest of a test.
class Taker {
 public:
  explicit Taker(FairPool& pool) : pool_(pool) {}
  bool take(const Caller& who, std::size_t count = 1) {
    auto hold = pool_.take(who, count);
    if (hold) holds_.push_back(std::move(*hold));
    return hold.has_value();
  }
  /// One at a time until there is nothing more to be had; how many.
  std::size_t take_all(const Caller& who) {
    std::size_t taken = 0;
    while (take(who)) ++taken;
    return taken;
  }

 private:
  FairPool& pool_;
  std::vector<FairPool::Hold> holds_;
};

}  // namespace

TEST_CASE("a caller alone gets a ninth of the pool, and a network of many callers a fifth, in either family") {
  struct Row {
    const char* form;
    unsigned households;
    std::size_t taken;
  };
  for (const auto& row : {Row{"198.51.100.{}", 1, 57}, Row{"198.51.100.{}", 256, 102}, Row{"2001:db8:0:{:x}00::1", 1, 57},
                          Row{"2001:db8:0:{:x}00::1", 256, 102}}) {
    INFO(row.form << " " << row.households);
    FairPool pool(slots, part);
    Taker taker(pool);
    std::size_t taken = 0;
    for (unsigned i = 0; i < row.households; ++i) taken += taker.take_all(caller(fmt::format(fmt::runtime(row.form), i)));
    CHECK(taken == row.taken);
    CHECK(pool.taken() == taken);
  }
}

TEST_CASE("networks in concert each take less than the one before, and leave slots to whoever comes next") {
  FairPool pool(slots, part);
  Taker taker(pool);
  std::size_t before = slots;
  for (unsigned network = 1; network <= 9; ++network) {
    INFO(network);
    std::size_t taken = 0;
    for (unsigned household = 0; household < 256; ++household) taken += taker.take_all(neighbour(network, household));
    CHECK(taken < before);
    before = taken;
    CHECK(pool.take(caller("203.0.113.1"), 16));  // a whole request of somebody new
  }
  CHECK(slots - pool.taken() >= 64);
}

TEST_CASE("as slots come back, who holds much gets no more of them until all hold the same") {
  FairPool pool(slots, part);
  std::vector<std::vector<FairPool::Hold>> holds(12);
  const auto take_turns = [&] {
    for (unsigned network = 0; network < holds.size(); ++network)
      for (;;) {
        auto hold = pool.take(neighbour(network, 1));
        if (!hold) break;
        holds[network].push_back(std::move(*hold));
      }
  };
  take_turns();
  CHECK(holds.front().size() > 3 * holds.back().size());
  for (unsigned i = 0; i < 1000; ++i) {  // connections end, here one of each network, and are asked for again
    for (auto& held : holds) held.pop_back();
    take_turns();
  }
  for (const auto& held : holds) CHECK(held.size() >= slots / part / holds.size());
  CHECK(pool.take(caller("203.0.113.1"), 16));
}

TEST_CASE("a neighbour of a greedy caller is served") {
  FairPool pool(slots, part);
  Taker taker(pool);
  taker.take_all(neighbour(1, 1));
  CHECK(taker.take(neighbour(1, 2), 16));
}

TEST_CASE("households that knock on four addresses side by side are served in full, four of them") {
  FairPool pool(slots, part);
  Taker taker(pool);
  for (unsigned household = 1; household <= 4; ++household)
    for (unsigned request = 0; request < 3; ++request) CHECK(taker.take(neighbour(household, 1), 16));
}

TEST_CASE("the last slot is given to whoever has none") {
  FairPool pool(2, part);
  Taker taker(pool);
  CHECK(taker.take(neighbour(1, 1)));
  CHECK_FALSE(taker.take(neighbour(1, 1)));
  CHECK(taker.take(neighbour(2, 1)));
  CHECK_FALSE(taker.take(neighbour(3, 1)));
}

TEST_CASE("all or none is taken, and what is given back can be taken again") {
  FairPool pool(8, 1);
  const auto who = neighbour(1, 1);
  CHECK_FALSE(pool.take(who, 9));
  CHECK_FALSE(pool.has_any(who));
  {
    auto hold = pool.take(who, 4);
    REQUIRE(hold);
    CHECK(pool.taken() == 4);
    hold->give_back_one();
    CHECK(pool.taken() == 3);
    const auto moved = std::move(*hold);
    CHECK(pool.taken() == 3);
    CHECK(pool.has_any(who));
  }
  CHECK(pool.taken() == 0);
  CHECK(pool.take(who, 4));
}
