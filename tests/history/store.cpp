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
  CHECK(found->unreadable == 0);
  CHECK_FALSE(found->damage);
  return found->periods;
}

void spoil(const std::string& path, std::streamoff from, std::size_t count) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(from);
  file << std::string(count, '\xa5');
}

/// What a store tells.
struct All {
  std::vector<Period> periods;
  std::optional<std::string> report;
  std::optional<Announced> announced;
  std::optional<Seen> seen;
  bool operator==(const All&) const = default;
};

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
  CHECK(store.periods(at(900), 1000)->periods.size() == 3);
  const auto earlier = store.periods(std::nullopt, 2, at(900))->periods;
  REQUIRE(earlier.size() == 2);
  CHECK(earlier.back().began == at(900));
  const auto newest = store.periods(std::nullopt, 2)->periods;
  REQUIRE(newest.size() == 2);
  CHECK(newest.back().began == at(1500));
}

TEST_CASE("what is older than is kept is forgotten") {
  const HistoryFolder folder;
  auto store = opened(folder);
  const Retention week{.keep = std::chrono::days(7)};
  for (int day = 0; day < 30; ++day) REQUIRE(store.add(record_of(at(86400 * day), reachable_state(day % 2 == 0 ? Reachable::yes : Reachable::no)), week));
  const auto all = periods(store);
  CHECK(all.front().began == at(86400 * 11));   // a week before the twelfth last check: a few clocks alone are not believed
  CHECK(all.size() == 19);
}

TEST_CASE("a few checks in a row with a clock that is ahead make nothing old either") {
  const HistoryFolder folder;
  auto store = opened(folder);
  constexpr std::int64_t ten_years = 10LL * 365 * 86400;
  for (int i = 0; i < 40; ++i) REQUIRE(store.add(record_of(at(300 * i), reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no)), {}));
  for (int i = 0; i < 10; ++i) REQUIRE(store.add(record_of(at(ten_years + 300 * i), reachable_state()), {}));
  CHECK(periods(store).size() == 41);
  CHECK(store.seen().value()->past.prefixes.size() == 1);
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

TEST_CASE("damage anywhere in the file leaves what is read right, or is found") {
  const HistoryFolder folder;
  {
    auto store = opened(folder);
    for (int i = 0; i < 40; ++i) REQUIRE(store.add(record_of(at(300 * i), reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no), std::string(3000, 'r')), {}));
  }
  const auto path = database_path(folder.string());
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
  std::filesystem::copy_file(path, path + ".intact");
  // nullopt: damage was found.
  const auto read_all = [&]() -> std::optional<All> {
    auto store = Store::open(folder.string(), Access::write);
    if (!store) return std::nullopt;
    auto rows = store->periods(std::nullopt, 1000);
    auto report = store->last_report();
    auto announced = store->announced();
    auto seen = store->seen();
    if (!rows || rows->unreadable > 0 || rows->damage || !report || !announced || !seen || !store->find_damage() || store->drop_unreadable() != 0) return std::nullopt;
    return All{rows->periods, *report, *announced, *seen};
  };
  const auto intact = read_all();
  REQUIRE(intact);
  unsigned found_out = 0, harmless = 0;
  for (const std::size_t length : {1U, 40U})
    for (std::streamoff from = 0; from < size; from += 251) {
      CAPTURE(from, length);
      std::filesystem::copy_file(path + ".intact", path, std::filesystem::copy_options::overwrite_existing);
      std::filesystem::remove(path + "-wal");
      spoil(path, from, length);
      const auto read = read_all();
      read ? ++harmless : ++found_out;
      if (read) CHECK(*read == *intact);
    }
  CHECK(found_out > 0);
  CHECK(harmless > 0);
}

TEST_CASE("what is newer than the damage can be read") {
  const HistoryFolder folder;
  {
    auto store = opened(folder);
    for (int i = 0; i < 200; ++i) REQUIRE(store.add(record_of(at(300 * i), reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no)), {}));
  }
  const auto page_of_period = SQLite::Database(database_path(folder.string())).execAndGet("SELECT rootpage FROM sqlite_schema WHERE name = 'period'").getInt();
  for (std::streamoff page = page_of_period; page < page_of_period + 4; ++page) spoil(database_path(folder.string()), 4096 * page, 4096);   // all but its root
  auto store = opened(folder);
  const auto rows = store.periods(std::nullopt, 1000);
  REQUIRE(rows);
  CHECK(rows->damage);
  CHECK(rows->periods.size() > 50);
  CHECK(rows->periods.back().began == at(300 * 199));
  CHECK(store.find_damage().error().code == Errc::malformed);
}

TEST_CASE("what is read only sometimes, or is out of a pool, begins nothing new") {
  const HistoryFolder folder;
  auto store = opened(folder);
  auto listed = reachable_state(), unseen = reachable_state();
  listed.mappings = std::vector{*Service::parse("8443:443/tcp")};
  unseen.ipv4.reset();
  for (int i = 0; i < 9; ++i) REQUIRE(store.add(record_of(at(300 * i), i % 3 == 0 ? unseen : i % 3 == 1 ? listed : reachable_state()), {}));
  auto all = periods(store);
  REQUIRE(all.size() == 1);
  CHECK(all[0].checks == 9);
  CHECK(all[0].state == listed);
  listed.mappings->clear();
  REQUIRE(store.add(record_of(at(2700), listed), {}));
  CHECK(periods(store).size() == 2);
}

TEST_CASE("what was seen is known however often states change") {
  const HistoryFolder folder;
  auto store = opened(folder);
  constexpr int day = 86400;
  for (int night = 0; night < 14; ++night)
    for (int i = 0; i < 20; ++i) {
      auto state = reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no, ("2001:db8:" + std::to_string(night + 1) + "::/64").c_str());
      if (i % 5 == 0) state.prefix.reset();   // a measurement that failed between two that agree is no change
      REQUIRE(store.add(record_of(at(day * night + 300 * i), state), {}));
    }
  const auto seen = store.seen().value();
  REQUIRE(seen);
  CHECK(seen->past.checks == 280);
  CHECK(seen->past.since == at(0));
  REQUIRE(seen->past.prefixes.size() == 14);
  CHECK(seen->past.prefixes[1] == past::PrefixSeen{*Prefix::parse("2001:db8:2::/64"), at(day + 300), at(day + 300 * 19)});
  CHECK(seen->past.ipv4.size() == 1);
  CHECK(seen->past.reached == std::vector{past::ReachedService{*Service::parse("443/tcp"), Family::ipv4, at(13 * day + 300 * 18)}});
}

TEST_CASE("a file of the first version is brought up to date, with what its periods saw, and read as it is by who only looks") {
  const HistoryFolder folder;
  auto forwarded = reachable_state();
  forwarded.mappings = std::vector{*Service::parse("8443:443/tcp")};
  REQUIRE(opened(folder).add(record_of(at(0), forwarded), {}));
  {
    SQLite::Database old(database_path(folder.string()), SQLite::OPEN_READWRITE);
    for (const auto* word : {"DROP TABLE seen", "ALTER TABLE announced DROP COLUMN checksum", "ALTER TABLE period RENAME TO newer",
                             "CREATE TABLE period (id INTEGER PRIMARY KEY, began INTEGER NOT NULL, last INTEGER NOT NULL, checks INTEGER NOT NULL, duration_ms INTEGER NOT NULL, "
                             "level INTEGER NOT NULL, state TEXT NOT NULL, changes TEXT NOT NULL, report BLOB) STRICT",
                             "INSERT INTO period SELECT id, began, last, checks, duration_ms, level, state, changes, report FROM newer", "DROP TABLE newer",
                             "PRAGMA user_version = 1"})
      old.exec(word);
  }
  CHECK(Store::open(folder.string(), Access::read)->periods(std::nullopt, 10)->periods.size() == 1);
  auto store = opened(folder);
  CHECK(periods(store).size() == 1);
  CHECK(store.announced().value()->standing.level == Level::ok);
  CHECK(store.seen().value()->past.mappings == std::vector{past::MappingSeen{*Service::parse("8443:443/tcp"), at(0)}});
  REQUIRE(store.add(record_of(at(300), forwarded), {}));
  CHECK(periods(store).back().checks == 2);
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
    CHECK((rows->unreadable == 1 || !report));
    if (!report) CHECK(report.error().code == Errc::malformed);
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
