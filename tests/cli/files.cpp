#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/unique_fd.hpp"
#include "cli/files.hpp"

using namespace ringback;

namespace {

struct Folder {
  Folder() {
    char name[] = "/tmp/ringback-files-XXXXXX";
    if (::mkdtemp(name) == nullptr) throw std::runtime_error("mkdtemp");
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a file is written whole under its name, for its owner alone") {
  const Folder folder;
  const auto path = (folder.path / "report.json").string();
  REQUIRE(cli::write_file(path, "old"));
  REQUIRE(cli::write_file(path, "new"));
  CHECK(cli::read_file(path).value() == "new");
  struct stat found{};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("what somebody left who was killed is taken, and what is not ours is left alone") {
  const Folder folder;
  const auto path = (folder.path / "ringback.prom").string(), left = path + ".ringback-new";
  REQUIRE(::close(::open(left.c_str(), O_WRONLY | O_CREAT, 0644)) == 0);
  REQUIRE(::truncate(left.c_str(), 1000) == 0);
  REQUIRE(cli::write_public_file(path, "text"));
  CHECK(cli::read_file(path).value() == "text");
  CHECK_FALSE(std::filesystem::exists(left));
  const auto other = (folder.path / "other").string();
  REQUIRE(cli::write_file(other, "mine"));
  std::filesystem::create_hard_link(other, left);
  REQUIRE(cli::write_public_file(path, "second"));
  CHECK(cli::read_file(other).value() == "mine");
  CHECK(cli::read_file(path).value() == "second");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 3);
}

TEST_CASE("two who write at the same time do not wait for each other") {
  const Folder folder;
  const auto path = (folder.path / "ringback.prom").string(), taken = path + ".ringback-new";
  const UniqueFd writer(::open(taken.c_str(), O_RDWR | O_CREAT, 0600));
  REQUIRE(::flock(writer.get(), LOCK_EX) == 0);
  REQUIRE(cli::write_public_file(path, "text"));
  CHECK(cli::read_file(path).value() == "text");
  CHECK(std::filesystem::exists(taken));
}

TEST_CASE("what cannot be written is named, and nothing is left behind") {
  const Folder folder;
  const auto missing = (folder.path / "none" / "report.json").string();
  const auto done = cli::write_file(missing, "text");
  REQUIRE_FALSE(done);
  CHECK(done.error().what.find(missing) != std::string::npos);
  CHECK_FALSE(cli::read_file(missing));
}

TEST_CASE("a pipe without a reader does not hold the program up") {
  const Folder folder;
  const auto path = (folder.path / "pipe").string();
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK_FALSE(cli::write_file(path, "text"));
  const UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
  REQUIRE(cli::write_file(path, "text"));
  char got[8] = {};
  CHECK(::read(reader.get(), got, sizeof got) == 4);
  CHECK(cli::write_file("/dev/null", "text"));
}
