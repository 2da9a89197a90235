#include "support/catch.hpp"

#include <fcntl.h>
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
