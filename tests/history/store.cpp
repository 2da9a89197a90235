#include "history/store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <fstream>

#include "history/compressed.hpp"
#include "sample.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::history;
using test::at;
using test::HistoryFolder;
using test::reachable_state;
using test::record_of;

namespace {

Store opened(const HistoryFolder& folder) {
  auto store = Store::open(folder.string(), Access::write);
  INFO((store ? "" : store.error().what));
  REQUIRE(store);
  return std::move(*store);
}

/// Not `opened(folder).periods(…)`: the rows are read before the store ends.
std::vector<Period> periods(Store& store) {
  auto found = store.periods(std::nullopt, 1000);
  INFO((found ? "" : found.error().what));
  REQUIRE(found);
  return *found;
}

void spoil(const std::string& path, std::streamoff from, std::size_t count) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(from);
  file << std::string(count, '\xa5');
}

}  // namespace

TEST_CASE("checks of the same state are one period, whose report is the first one's") {
  const HistoryFolder folder;
  {
    auto store = opened(folder);
    REQUIRE(store.add(record_of(at(0), reachable_state(), "first"), {}));
    REQUIRE(store.add(record_of(at(300), reachable_state(), "second"), {}));
    REQUIRE(store.add(record_of(at(600), reachable_state(Reachable::no), "third"), {}));
  }
  auto store = opened(folder);
  const auto all = periods(store);
  REQUIRE(all.size() == 2);
  CHECK(all[0].checks == 2);
  CHECK(all[0].began == at(0));
  CHECK(all[0].last == at(300));
  CHECK(all[0].state == reachable_state());
  CHECK(all[1].level == Level::critical);
  CHECK(all[1].changes == std::vector<std::string>{"443/tcp can no longer be reached over IPv4."});
  CHECK(all[1].has_report);
  CHECK(store.last_report().value() == "third");
  CHECK(store.announced().value()->standing.level == Level::critical);
}

TEST_CASE("where nothing was checked for hours a new period begins, without a report") {
  const HistoryFolder folder;
  auto store = opened(folder);
  REQUIRE(store.add(record_of(at(0), reachable_state(), "first"), {}));
  REQUIRE(store.add(record_of(at(86400), reachable_state(), "second"), {}));
  const auto all = periods(store);
  REQUIRE(all.size() == 2);
  CHECK(all[0].last == at(0));
  CHECK_FALSE(all[1].has_report);
  CHECK(all[1].changes.empty());
  CHECK(store.last_report().value() == "first");
}

TEST_CASE("since when, and how many") {
  const HistoryFolder folder;
  auto store = opened(folder);
  for (int i = 0; i < 6; ++i) REQUIRE(store.add(record_of(at(300 * i), reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no)), {}));
  CHECK(store.periods(at(900), 1000)->size() == 3);
  const auto newest = store.periods(std::nullopt, 2);
  REQUIRE(newest->size() == 2);
  CHECK(newest->back().began == at(1500));
}

TEST_CASE("what is older than is kept is forgotten") {
  const HistoryFolder folder;
  auto store = opened(folder);
  const Retention week{.keep = std::chrono::days(7)};
  for (int day = 0; day < 30; ++day) REQUIRE(store.add(record_of(at(86400 * day), reachable_state(day % 2 == 0 ? Reachable::yes : Reachable::no)), week));
  const auto all = periods(store);
  CHECK(all.front().began == at(86400 * 21));   // a week before the last check but one: one clock alone is not believed
  CHECK(all.size() == 9);
}

TEST_CASE("one check with a clock that is ahead makes nothing old, and belongs to no other period") {
  const HistoryFolder folder;
  auto store = opened(folder);
  constexpr std::int64_t ten_years = 10LL * 365 * 86400;
  for (int i = 0; i < 3; ++i) REQUIRE(store.add(record_of(at(300 * i), reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no)), {}));
  REQUIRE(store.add(record_of(at(ten_years), reachable_state()), {}));
  REQUIRE(store.add(record_of(at(900), reachable_state()), {}));
  const auto all = periods(store);
  REQUIRE(all.size() == 5);
  CHECK(all[4].began == at(900));
  CHECK(all[4].last == at(900));
}

TEST_CASE("the file stays within its bound, whatever flaps, and the newest reports stay") {
  const HistoryFolder folder;
  auto store = opened(folder);
  const Retention small{.most_bytes = 400 << 10};
  std::string noise;   // does not shrink
  std::minstd_rand random(1);
  for (int i = 0; i < 20000; ++i) noise += static_cast<char>('!' + random() % 90);
  for (int i = 0; i < 400; ++i) REQUIRE(store.add(record_of(at(300 * i), reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no), noise), small));
  CHECK(std::filesystem::file_size(database_path(folder.string())) <= (600 << 10));
  const auto all = periods(store);
  CHECK(all.size() > 300);
  CHECK_FALSE(all.front().has_report);
  CHECK(std::ranges::count(all, true, &Period::has_report) >= 8);
  CHECK(store.last_report().value() == noise);
}

TEST_CASE("one state for ever stays within the bound, too") {
  const HistoryFolder folder;
  auto store = opened(folder);
  const Retention small{.most_bytes = 64 << 10};
  for (int i = 0; i < 6000; ++i) REQUIRE(store.add(record_of(at(i), reachable_state()), small));
  CHECK(periods(store).back().duration == std::chrono::milliseconds(812));
  CHECK(std::filesystem::file_size(database_path(folder.string())) <= (96 << 10));
  CHECK(periods(store).back().checks == 6000);
}

TEST_CASE("a folder without a database has nothing to read, and reading makes none") {
  const HistoryFolder folder;
  const auto store = Store::open(folder.string(), Access::read);
  REQUIRE_FALSE(store);
  CHECK(store.error().code == Errc::no_route);
  CHECK(std::filesystem::is_empty(folder.path));
}

TEST_CASE("the folder may lie behind a link, and the file may not") {
  const HistoryFolder folder, elsewhere;
  std::filesystem::create_directory_symlink(folder.path, elsewhere.path / "link");
  const auto linked = (elsewhere.path / "link").string();
  {
    auto store = Store::open(linked, Access::write);
    INFO((store ? "" : store.error().what));
    REQUIRE(store);
    REQUIRE(store->add(record_of(at(0), reachable_state()), {}));
  }
  auto store = opened(folder);
  CHECK(periods(store).size() == 1);
  std::filesystem::create_symlink(database_path(folder.string()), database_path(elsewhere.string()));
  CHECK(Store::open(elsewhere.string(), Access::write).error().code == Errc::not_permitted);
}

TEST_CASE("what is no such database is said, and moving it aside makes room") {
  const HistoryFolder folder;
  std::ofstream(database_path(folder.string())) << std::string(8192, 'x');
  const auto store = Store::open(folder.string(), Access::write);
  REQUIRE_FALSE(store);
  CHECK(store.error().code == Errc::malformed);
  CHECK(store.error().what.find(database_path(folder.string())) != std::string::npos);
  REQUIRE(move_aside(folder.string()));
  CHECK(std::filesystem::exists(database_path(folder.string()) + ".damaged"));
  REQUIRE(opened(folder).add(record_of(at(0), reachable_state()), {}));
}

TEST_CASE("who reads does not wait for who writes: the log is written ahead") {
  const HistoryFolder folder;
  REQUIRE(opened(folder).add(record_of(at(0), reachable_state()), {}));
  CHECK(SQLite::Database(database_path(folder.string()), SQLite::OPEN_READWRITE).execAndGet("PRAGMA journal_mode").getString() == "wal");
}

TEST_CASE("another program's database is none") {
  const HistoryFolder folder;
  {
    SQLite::Database other(database_path(folder.string()), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("CREATE TABLE photos (id INTEGER)");
  }
  CHECK(Store::open(folder.string(), Access::write).error().code == Errc::invalid_input);
}

TEST_CASE("a newer version's database is left alone") {
  const HistoryFolder folder;
  (void)opened(folder);
  SQLite::Database(database_path(folder.string()), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 9");
  CHECK(Store::open(folder.string(), Access::write).error().code == Errc::unsupported);
}

TEST_CASE("damage anywhere in the file ends in an error or in values, never in anything else") {
  std::string intact;
  const HistoryFolder folder;
  {
    auto store = opened(folder);
    for (int i = 0; i < 40; ++i) REQUIRE(store.add(record_of(at(300 * i), reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no), std::string(3000, 'r')), {}));
  }
  const auto path = database_path(folder.string());
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
  std::filesystem::copy_file(path, path + ".intact");
  unsigned found_out = 0;
  for (std::streamoff from = 0; from < size; from += 509) {
    std::filesystem::copy_file(path + ".intact", path, std::filesystem::copy_options::overwrite_existing);
    spoil(path, from, 40);
    auto store = Store::open(folder.string(), Access::write);
    if (!store || !store->periods(std::nullopt, 1000) || !store->last_report() || !store->announced() || !store->add(record_of(at(1000000), reachable_state()), {}))
      ++found_out;
  }
  CHECK(found_out > 0);
}

TEST_CASE("a crafted row is told from a time, a level and a state") {
  for (const auto* crime : {"UPDATE period SET began = 999999999999999", "UPDATE period SET level = 7", "UPDATE period SET state = '{}'", "UPDATE period SET changes = '['",
                            "UPDATE period SET report = x'00010203'", "UPDATE period SET checks = 9223372036854775807", "UPDATE period SET checks = 0",
                            "UPDATE period SET duration_ms = -1", "UPDATE period SET last = began - 1"}) {
    CAPTURE(crime);
    const HistoryFolder folder;
    REQUIRE(opened(folder).add(record_of(at(0), reachable_state()), {}));
    SQLite::Database(database_path(folder.string()), SQLite::OPEN_READWRITE).exec(crime);
    auto store = opened(folder);
    const auto rows = store.periods(std::nullopt, 10);
    const auto report = store.last_report();
    CHECK((!rows || !report));
    CHECK((rows ? report.error().code : rows.error().code) == Errc::malformed);
  }
}

TEST_CASE("compressed text comes back, and what is no such thing does not") {
  const std::string text(100000, 'a');
  CHECK(expanded(compressed(text)).value() == text);
  CHECK(expanded(compressed("")).value().empty());
  CHECK(compressed(text).size() < 1000);
  CHECK_FALSE(expanded("nonsense"));
  CHECK_FALSE(expanded(compressed(text).substr(0, 50)));
  CHECK(expanded(compressed(std::string((64U << 20U) + 1, 'a'))).error().code == Errc::malformed);
}
