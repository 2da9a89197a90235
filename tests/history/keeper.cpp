#include "history/keeper.hpp"

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
    const auto opened = keeper.open(patience);
    INFO((opened ? "" : opened.error().what));
    REQUIRE(opened);
    CHECK(opened->periods.empty());
    CHECK_FALSE(opened->announced);
    CHECK_FALSE(opened->last_report);
    CHECK(keeper.remember(record_of(at(0), reachable_state(), "a report\nof two lines")).value().empty());
  }
  Keeper keeper(inner, {}, std::nullopt);
  const auto opened = keeper.open(patience);
  REQUIRE(opened);
  REQUIRE(opened->periods.size() == 1);
  CHECK(opened->periods[0].state == reachable_state());
  CHECK(opened->last_report == "a report\nof two lines");
  CHECK(opened->announced->standing.level == Level::ok);
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
  REQUIRE(first->open(patience));
  Keeper second({folder.string()}, {}, std::nullopt);
  const auto refused = second.open(at_once);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::refused);
  CHECK(refused.error().what.find("another check") != std::string::npos);
  first.reset();
  CHECK(second.open(patience));
}

TEST_CASE("who only looks finds what is remembered, and makes nothing") {
  const HistoryFolder folder;
  CHECK(Reader({folder.string()}, std::nullopt).periods(std::nullopt, 10).error().code == Errc::no_route);
  CHECK(Reader({folder.string() + "/none"}, std::nullopt).periods(std::nullopt, 10).error().code == Errc::no_route);
  CHECK(std::filesystem::is_empty(folder.path));
  {
    Keeper keeper({folder.string()}, {}, std::nullopt);
    REQUIRE(keeper.open(patience));
    REQUIRE(keeper.remember(record_of(at(0), reachable_state())));
  }
  CHECK(Reader({folder.string()}, std::nullopt).periods(std::nullopt, 10)->size() == 1);
}

TEST_CASE("a damaged memory is moved aside and said, and the check is remembered in a new one") {
  const HistoryFolder folder;
  std::ofstream(database_path(folder.string())) << std::string(8192, 'x');
  Keeper keeper({folder.string()}, {}, std::nullopt);
  const auto opened = keeper.open(patience);
  REQUIRE(opened);
  REQUIRE(opened->troubles.size() == 1);
  CHECK(opened->troubles[0].find(".damaged") != std::string::npos);
  CHECK(keeper.remember(record_of(at(0), reachable_state())));
  CHECK(std::filesystem::exists(database_path(folder.string()) + ".damaged"));
}

TEST_CASE("a folder that cannot be made is said with its name") {
  const HistoryFolder folder;
  std::ofstream(folder.path / "file") << "x";
  Keeper keeper({folder.string() + "/file/below"}, {}, std::nullopt);
  const auto opened = keeper.open(patience);
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
  const auto opened = keeper.open(patience);
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
  const auto opened = keeper.open(patience);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::not_permitted);
  CHECK_FALSE(std::filesystem::exists(folder.path / "new"));
}
#endif
