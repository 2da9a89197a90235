#include "history/keeper.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "sample.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::history;
using test::at;
using test::HistoryFolder;
using test::reachable_state;
using test::record_of;

namespace {

constexpr std::chrono::seconds patience{20}, at_once{0};

}  // namespace

TEST_CASE("what one check leaves the next one finds") {
  const HistoryFolder folder;
  const Folder inner{folder.string() + "/a/b"};   // made with all above it
  {
    Keeper keeper(inner, {}, std::nullopt);
    const auto opened = keeper.open(at(0), patience);
    INFO((opened ? "" : opened.error().what));
    REQUIRE(opened);
    CHECK_FALSE(opened->newest);
    CHECK_FALSE(opened->seen);
    CHECK_FALSE(opened->announced);
    CHECK_FALSE(opened->last_report);
    CHECK(keeper.remember(record_of(at(0), reachable_state(), "a report\nof two lines")).value().empty());
  }
  Keeper keeper(inner, {}, std::nullopt);
  const auto opened = keeper.open(at(0), patience);
  REQUIRE(opened);
  REQUIRE(opened->newest);
  CHECK(opened->newest->state == reachable_state());
  CHECK(opened->seen->past.checks == 1);
  CHECK(opened->last_report == "a report\nof two lines");
  CHECK(opened->announced->standing.level == Level::ok);   // as the record has it
  struct stat found{};
  REQUIRE(::stat(inner.path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0700);
  for (const auto& file : std::filesystem::directory_iterator(inner.path)) {
    REQUIRE(::stat(file.path().c_str(), &found) == 0);
    CHECK((found.st_mode & 077) == 0);
  }
}

TEST_CASE("one check at a time: the second one hears of it, and has its turn afterwards") {
  const HistoryFolder folder;
  std::optional<Keeper> first(std::in_place, Folder{folder.string()}, Retention{}, std::nullopt);
  REQUIRE(first->open(at(0), patience));
  Keeper second({folder.string()}, {}, std::nullopt);
  const auto refused = second.open(at(0), at_once);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::refused);
  CHECK(refused.error().what.find("another check") != std::string::npos);
  first.reset();
  CHECK(second.open(at(0), patience));
}

TEST_CASE("who has remembered his check leaves the memory to the next one, and need not end for that") {
  const HistoryFolder folder;
  Keeper first({folder.string()}, {}, std::nullopt), second({folder.string()}, {}, std::nullopt);
  REQUIRE(first.open(at(0), patience));
  REQUIRE(first.remember(record_of(at(0), reachable_state())));
  REQUIRE(first.close(std::nullopt));
  CHECK(second.open(at(0), at_once));
}

TEST_CASE("what was said counts as announced, and what was not said does not") {
  const HistoryFolder folder;
  const auto news = record_of(at(0), reachable_state());
  auto unsaid = news;
  unsaid.announced = std::nullopt;
  const auto announced_after = [&](const std::optional<Announced>& said) {
    {
      Keeper keeper({folder.string()}, {}, std::nullopt);
      REQUIRE(keeper.open(at(0), patience));
      REQUIRE(keeper.remember(unsaid));
      REQUIRE(keeper.close(said));
    }
    Keeper keeper({folder.string()}, {}, std::nullopt);
    return keeper.open(at(0), patience).value().announced;
  };
  CHECK(announced_after(std::nullopt) == std::nullopt);
  CHECK(announced_after(news.announced) == news.announced);
  CHECK(announced_after(std::nullopt) == news.announced);
}

TEST_CASE("checks are told elsewhere one after the other, and none after a later one") {
  const HistoryFolder folder;
  const auto made = [&] {
    auto keeper = std::make_unique<Keeper>(Folder{folder.string()}, Retention{}, std::nullopt);
    REQUIRE(keeper->open(at(0), patience));
    REQUIRE(keeper->close(std::nullopt));
    return keeper;
  };
  auto oldest = made(), older = made(), newest = made();
  REQUIRE(oldest->take_turn(at_once));
  CHECK(newest->take_turn(at_once).error().code == Errc::refused);
  oldest.reset();
  REQUIRE(newest->take_turn(patience));
  newest.reset();
  const auto late = older->take_turn(patience);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Errc::refused);
  CHECK(late.error().what == "a later check was quicker");
  CHECK(made()->take_turn(at_once));
}

TEST_CASE("a number that nobody was given keeps nobody from his turn") {
  const HistoryFolder folder;
  for (const auto* nonsense : {"9999999999999999999", "x", "-1", ""}) {
    std::ofstream(folder.path / "telling") << nonsense;
    std::ofstream(folder.path / "lock") << nonsense;
    for (int i = 0; i < 2; ++i) {
      Keeper keeper({folder.string()}, {}, std::nullopt);
      REQUIRE(keeper.open(at(0), patience));
      INFO(nonsense);
      CHECK(keeper.take_turn(at_once));
    }
  }
}

TEST_CASE("without a folder there are no turns") {
  const HistoryFolder folder;
  std::ofstream(folder.path / "file") << "x";
  Keeper keeper({folder.string() + "/file/below"}, {}, std::nullopt);
  CHECK_FALSE(keeper.open(at(0), patience));
  CHECK(keeper.take_turn(at_once).error().code == Errc::no_route);
}

TEST_CASE("who only looks finds what is remembered, and makes nothing") {
  const HistoryFolder folder;
  CHECK(Reader({folder.string()}, std::nullopt).periods(std::nullopt, 10).error().code == Errc::no_route);
  CHECK(Reader({folder.string() + "/none"}, std::nullopt).periods(std::nullopt, 10).error().code == Errc::no_route);
  CHECK(std::filesystem::is_empty(folder.path));
  {
    Keeper keeper({folder.string()}, {}, std::nullopt);
    REQUIRE(keeper.open(at(0), patience));
    REQUIRE(keeper.remember(record_of(at(0), reachable_state())));
  }
  CHECK(Reader({folder.string()}, std::nullopt).periods(std::nullopt, 10)->periods.size() == 1);
}

TEST_CASE("a damaged memory is moved aside and said, and the check is remembered in a new one") {
  const HistoryFolder folder;
  std::ofstream(database_path(folder.string())) << std::string(8192, 'x');
  Keeper keeper({folder.string()}, {}, std::nullopt);
  const auto opened = keeper.open(at(0), patience);
  REQUIRE(opened);
  REQUIRE(opened->troubles.size() == 1);
  CHECK(opened->troubles[0].find(".damaged") != std::string::npos);
  CHECK(keeper.remember(record_of(at(0), reachable_state())));
  CHECK(std::filesystem::exists(database_path(folder.string()) + ".damaged"));
}

TEST_CASE("a memory that was emptied is said, and one that never was is not") {
  const HistoryFolder folder;
  const auto troubles = [&] {
    Keeper keeper({folder.string()}, {}, std::nullopt);
    const auto opened = keeper.open(at(0), patience);
    REQUIRE(opened);
    REQUIRE(keeper.remember(record_of(at(0), reachable_state())));
    return opened->troubles;
  };
  CHECK(troubles().empty());
  CHECK(troubles().empty());
  std::filesystem::resize_file(database_path(folder.string()), 0);
  CHECK(troubles() == std::vector{"The memory of earlier checks, " + database_path(folder.string()) + ", was empty. A new one is begun."});
  CHECK(troubles().empty());
}

TEST_CASE("one damaged period is left out by who looks, and dropped and said by the first check of a day") {
  const HistoryFolder folder;
  {
    Keeper keeper({folder.string()}, {}, std::nullopt);
    REQUIRE(keeper.open(at(0), patience));
    REQUIRE(keeper.remember(record_of(at(0), reachable_state())));
  }
  {
    auto store = Store::open(folder.string(), Access::write);
    for (int i = 1; i < 100; ++i) REQUIRE(store->add(record_of(at(300 * i), reachable_state(i % 2 == 0 ? Reachable::yes : Reachable::no)), {}));
  }
  SQLite::Database(database_path(folder.string()), SQLite::OPEN_READWRITE).exec("UPDATE period SET began = began + 1 WHERE id = 7");
  const auto seen = [&] { return Reader({folder.string()}, std::nullopt).periods(std::nullopt, 1000).value(); };
  CHECK(seen().unreadable == 1);
  CHECK(seen().periods.size() == 99);
  const auto troubles = [&](Moment now) {
    Keeper keeper({folder.string()}, {}, std::nullopt);
    return keeper.open(now, patience)->troubles;
  };
  CHECK(troubles(at(300 * 100)).empty());
  const auto next_day = troubles(at(86400));
  REQUIRE(next_day.size() == 1);
  CHECK(next_day[0].find("1 period was damaged, and dropped") != std::string::npos);
  CHECK(troubles(at(86400)).empty());
  CHECK(seen().unreadable == 0);
  CHECK(seen().periods.size() == 99);
}

TEST_CASE("what was announced with a clock that was ahead has begun by now") {
  const HistoryFolder folder;
  constexpr std::int64_t ten_years = 10LL * 365 * 86400;
  {
    Keeper keeper({folder.string()}, {}, std::nullopt);
    REQUIRE(keeper.open(at(ten_years), patience));
    REQUIRE(keeper.remember(record_of(at(ten_years), reachable_state())));
  }
  Keeper keeper({folder.string()}, {}, std::nullopt);
  CHECK(keeper.open(at(300), patience)->announced->since == at(300));
}

#ifndef __SANITIZE_THREAD__   // its own thread is one too many for a process that gives up privileges
TEST_CASE("where nothing can be written, what is remembered can be read") {
  REQUIRE(::geteuid() == 0);
  const HistoryFolder folder;
  {
    Keeper keeper({folder.string()}, {}, std::nullopt);
    REQUIRE(keeper.open(at(0), patience));
    REQUIRE(keeper.remember(record_of(at(0), reachable_state())));
  }
  // Of another one, who may not write: the folder and the file are root's.
  REQUIRE(::chmod(folder.path.c_str(), 0755) == 0);
  REQUIRE(::chmod(database_path(folder.string()).c_str(), 0644) == 0);
  const auto read = Reader({folder.string(), true}, io::Identity{54321, 54321, ""}).periods(std::nullopt, 10);
  INFO((read ? "" : read.error().what));
  REQUIRE(read);
  CHECK(read->periods.size() == 1);
  REQUIRE(::chmod(folder.path.c_str(), 0700) == 0);
  for (const auto* below : {"", "/below"}) {
    const auto closed = Reader({folder.string() + below, true}, io::Identity{54321, 54321, ""}).periods(std::nullopt, 10);
    REQUIRE_FALSE(closed);
    CHECK(closed.error().code == Errc::not_permitted);
    CHECK(closed.error().what.find("Permission denied") != std::string::npos);
  }
}
#endif

TEST_CASE("a folder that cannot be made is said with its name") {
  const HistoryFolder folder;
  std::ofstream(folder.path / "file") << "x";
  Keeper keeper({folder.string() + "/file/below"}, {}, std::nullopt);
  const auto opened = keeper.open(at(0), patience);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().what.find(folder.string() + "/file") != std::string::npos);
  CHECK_FALSE(keeper.remember(record_of(at(0), reachable_state())));
}

TEST_CASE("root works in somebody else's folder as he does") {
  REQUIRE(::geteuid() == 0);
  constexpr uid_t other = 54321;
  const HistoryFolder folder;
  const auto closed = folder.path / "closed", his = closed / "his";   // he does not get through the one above, as below /var/lib/private
  std::filesystem::create_directories(his);
  REQUIRE(::chmod(closed.c_str(), 0700) == 0);
  REQUIRE(::chown(his.c_str(), other, other) == 0);
  Keeper keeper({his.string()}, {}, std::nullopt);
  const auto opened = keeper.open(at(0), patience);
  INFO((opened ? "" : opened.error().what));
  REQUIRE(opened);
  REQUIRE(keeper.remember(record_of(at(0), reachable_state())));
  struct stat found{};
  REQUIRE(::stat(database_path(his.string()).c_str(), &found) == 0);
  CHECK(found.st_uid == other);
}

#ifndef __SANITIZE_THREAD__   // its own thread is one too many for a process that gives up privileges
TEST_CASE("in a folder that a caller named his rights count") {
  REQUIRE(::geteuid() == 0);
  const HistoryFolder folder;   // root's
  REQUIRE(::chmod(folder.path.c_str(), 0755) == 0);
  Keeper keeper({folder.string() + "/new", true}, {}, io::Identity{54321, 54321, ""});
  const auto opened = keeper.open(at(0), patience);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::not_permitted);
  CHECK_FALSE(std::filesystem::exists(folder.path / "new"));
}
#endif
