/// Files whose path somebody else chose: what is opened, and with whose rights.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "io/files.hpp"
#include "io/real.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// Everybody may look into it.
struct OpenFolder {
  std::filesystem::path path;
  OpenFolder() {
    std::string name = "/tmp/ringback-test-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    std::filesystem::permissions(path, std::filesystem::perms(0755));
  }
  ~OpenFolder() { std::filesystem::remove_all(path); }
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;

  [[nodiscard]] std::string file(const char* name, const std::string& text, unsigned mode = 0644) const {
    const auto at = path / name;
    std::ofstream(at) << text;
    std::filesystem::permissions(at, std::filesystem::perms(mode));
    return at.string();
  }
  [[nodiscard]] std::string link(const char* name, const std::string& to) const {
    std::filesystem::create_symlink(to, path / name);
    return (path / name).string();
  }
};

std::string text_of(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a regular file at a stranger's path is read up to the limit, by way of a link too") {
  const OpenFolder folder;
  const Real real;
  const auto files = real.network->foreign_files();
  const auto path = folder.file("script", std::string(20000, 'a') + "b");
  CHECK(value(files->read({.path = path, .limit = 100000}, real.soon())) == std::string(20000, 'a') + "b");
  CHECK(value(files->read({.path = path, .limit = 20000}, real.soon())) == std::string(20000, 'a'));
  CHECK(value(files->read({.path = path, .limit = 0}, real.soon())).empty());
  CHECK(value(files->read({.path = folder.file("empty", ""), .limit = 10}, real.soon())).empty());
  CHECK(value(files->read({.path = folder.link("link", path), .limit = 3}, real.soon())) == "aaa");
  CHECK(::waitpid(-1, nullptr, WNOHANG) <= 0);   // no dead child is left
}

TEST_CASE("what is no regular file at a stranger's path is not opened at all") {
  const OpenFolder folder;
  const Real real;
  const auto files = real.network->foreign_files();
  const auto fifo = (folder.path / "fifo").string();
  REQUIRE(::mkfifo(fifo.c_str(), 0666) == 0);
  for (const auto& path : {fifo, folder.path.string(), std::string("/dev/null"), folder.link("device", "/dev/null"), folder.link("elsewhere", "/etc/../dev/null")}) {
    INFO(path);
    const auto text = files->read({.path = path, .limit = 10}, real.soon());
    REQUIRE_FALSE(text);
    CHECK(text.error().code == Errc::failed);
    CHECK(text.error().what.find("it is no regular file") != std::string::npos);
  }
  const auto missing = files->read({.path = (folder.path / "none").string(), .limit = 10}, real.soon());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what.find("none: No such file or directory") != std::string::npos);
}

TEST_CASE("a link in the last place is not followed where nobody said that it may be one") {
  const OpenFolder folder;
  const Real real;
  const auto files = real.network->foreign_files();
  const auto path = folder.file("config.json", "{}");
  CHECK(value(files->read({.path = path, .limit = 10, .follow_link = false}, real.soon())) == "{}");
  CHECK_FALSE(files->read({.path = folder.link("link", path), .limit = 10, .follow_link = false}, real.soon()));
}

TEST_CASE("a file is read with the rights of the account that pointed at it") {
  const OpenFolder folder;
  const Real real;
  const auto files = real.network->foreign_files();
  const auto own = folder.file("roots", "secret", 0600), everybodys = folder.file("everybodys", "script");
  const auto of_group = folder.file("groups", "secret", 0640);   // root's group is not everybody's, although this process has it
  const auto as_nobody = [&](const std::string& path) { return files->read({.path = path, .limit = 10, .reader = "nobody"}, real.soon()); };
  CHECK(value(as_nobody(everybodys)) == "script");
  for (const auto& path : {own, of_group, folder.link("link", own)}) {
    INFO(path);
    const auto refused = as_nobody(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::not_permitted);
    CHECK(refused.error().what.find("as nobody") != std::string::npos);
  }
  CHECK(value(files->read({.path = own, .limit = 10}, real.soon())) == "secret");
  CHECK(value(files->read({.path = own, .limit = 10, .reader = "root"}, real.soon())) == "secret");
  const auto strange = files->read({.path = everybodys, .limit = 10, .reader = "no such account"}, real.soon());
  REQUIRE_FALSE(strange);
  CHECK(strange.error().code == Errc::unsupported);
  CHECK(strange.error().what.ends_with("as no such account: there is no such account in /etc/passwd"));   // nobody else was asked
  CHECK(::geteuid() == 0);   // this process is who it was
  CHECK(value(real.network->read_file(own, 10)) == "secret");
}

TEST_CASE("a stranger's file that is not read by the deadline is given up") {
  const OpenFolder folder;
  const Real real;
  const auto files = real.network->foreign_files();
  const auto late = files->read({.path = folder.file("script", "text"), .limit = 10}, real.in(seconds(-1)));
  // A child that is faster than the first look at the clock has done it all the same.
  if (!late) CHECK(late.error().code == Errc::timed_out);
}

TEST_CASE("one child reads for a reader, another one for the next, and none is left at the end") {
  const OpenFolder folder;
  const Real real;
  const auto own = folder.file("roots", "secret", 0600), everybodys = folder.file("everybodys", "script");
  const auto children = [] { return text_of("/proc/thread-self/children"); };
  const auto before = children();
  auto files = real.network->foreign_files();
  CHECK(children() == before);   // none for nothing
  CHECK(value(files->read({.path = own, .limit = 10}, real.soon())) == "secret");
  const auto first = children();
  CHECK_FALSE(files->read({.path = (folder.path / "none").string(), .limit = 10}, real.soon()));
  CHECK(value(files->read({.path = everybodys, .limit = 10}, real.soon())) == "script");
  CHECK(children() == first);
  CHECK_FALSE(files->read({.path = own, .limit = 10, .reader = "nobody"}, real.soon()));
  const auto second = children();
  CHECK(second != first);
  CHECK(std::ranges::count(second, ' ') == std::ranges::count(first, ' '));   // in its place
  CHECK(value(files->read({.path = own, .limit = 10}, real.soon())) == "secret");
  files.reset();
  CHECK(children() == before);
}

TEST_CASE("a path that no system call would take is none") {
  const Real real;
  const auto files = real.network->foreign_files();
  const auto refused = files->read({.path = "/" + std::string(5000, 'a'), .limit = 10}, real.soon());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what.ends_with("File name too long"));
}

TEST_CASE("the file that was looked at is the one that is read") {
  const OpenFolder folder;
  const auto path = folder.file("script", "text");
  const auto opened = io::open_regular_file(path.c_str(), false);
  REQUIRE(opened.fd >= 0);
  char text[8] = {};
  CHECK(::read(opened.fd, text, sizeof text) == 4);
  ::close(opened.fd);
  CHECK(io::open_regular_file("/dev/null", true).error == io::OpenedFile::not_regular);
  CHECK(io::open_regular_file((folder.path / "none").c_str(), true).error == ENOENT);
}

TEST_CASE("where the child that reads has ended since the last file, another one reads the next") {
  const OpenFolder folder;
  const Real real;
  const auto path = folder.file("script", "text");
  const auto children = [] { return text_of("/proc/thread-self/children"); };
  const auto before = children();
  const auto files = real.network->foreign_files();
  CHECK(value(files->read({.path = path, .limit = 10}, real.soon())) == "text");
  REQUIRE(children().starts_with(before));
  const auto child = std::stoi(children().substr(before.size()));
  REQUIRE(::kill(child, SIGKILL) == 0);
  siginfo_t ended{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) == 0);
  CHECK(value(files->read({.path = path, .limit = 10}, real.soon())) == "text");
}
