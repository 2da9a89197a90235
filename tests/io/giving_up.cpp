/// What a process can still do after it has given its privileges up, because it was opened before. Each case in a child of its own.
#ifndef __SANITIZE_THREAD__   // its own thread is one too many for a process that gives up privileges
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <nss.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "io/file_writer.hpp"
#include "io/real.hpp"
#include "support/private_network.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// The first step that went wrong, by its number; 0: none.
template <class Steps>
int in_child(const Steps& steps) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(steps());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

class Folder {
 public:
  explicit Folder(uid_t owner) {
    std::string name = "/tmp/ringback-test-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
    REQUIRE(::chown(name.c_str(), owner, owner) == 0);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

uid_t owner_of(const std::filesystem::path& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 ? found.st_uid : 12345;
}

Expected<void> write_plainly(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  if (!(file << text << std::flush)) return failure(Errc::failed, "write " + path + ": " + std::strerror(errno));
  return {};
}

/// The lines of proc_pid_status(5) that say who this process is and what it may.
std::string own_rights() {
  std::ifstream status("/proc/self/status");
  std::string rights;
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("Uid:") || line.starts_with("Cap") || line.starts_with("NoNewPrivs:")) rights += line + "\n";
  return rights;
}

/// It has this capability alone, in both sets that count, and will never have another.
bool has_only(const std::string& rights, int capability) {
  const auto has = [&](const std::string& line) { return rights.find(line + "\n") != std::string::npos; };
  const auto set = fmt::format("{:016x}", std::uint64_t{1} << capability), none = std::string(16, '0');
  return has("CapPrm:\t" + set) && has("CapEff:\t" + set) && has("CapInh:\t" + none) && has("CapAmb:\t" + none) && has("NoNewPrivs:\t1");
}

const io::Identity nobody{65534, 65534, "nobody"}, daemon_user{1, 1, "daemon"};

}  // namespace

TEST_CASE("a report is written where root alone may write, by a process that has become nobody") {
  const Folder folder(0);
  const auto path = (folder.path / "report.json").string();
  CHECK(in_child([&] {
    io::FileWriter writer({path, folder.path / "no" / "such" / "folder"}, nobody, write_plainly);
    if (!io::drop_privileges(nobody)) return 1;
    if (write_plainly(path, "x")) return 2;   // it may not itself
    if (!writer.write(0, "{}\n")) return 3;
    const auto missing = writer.write(1, "{}\n");
    if (missing || missing.error().what.find("No such file") == std::string::npos) return 4;
    return writer.write(0, "again\n") ? 0 : 5;   // an error does not end it
  }) == 0);
  CHECK(owner_of(path) == 0);
  std::string text;
  std::getline(std::ifstream(path) >> std::ws, text);
  CHECK(text == "again");
}

TEST_CASE("the process that writes root's files is root with one right, to write in anybody's folder") {
  const Folder his(1);
  std::filesystem::permissions(his.path, std::filesystem::perms(0700));
  const auto path = (his.path / "report.json").string();
  CHECK(in_child([&] {
    io::FileWriter writer({path, "rights"}, nobody, [](const std::string& where, const std::string& text) -> Expected<void> {
      if (where == "rights") return failure(Errc::failed, own_rights());
      return write_plainly(where, text);
    });
    if (!io::drop_privileges(nobody)) return 1;
    const auto rights = writer.write(1, "");
    if (rights || rights.error().what.find("Uid:\t0\t0\t0\t0\n") == std::string::npos) return 2;
    if (!has_only(rights.error().what, CAP_DAC_OVERRIDE)) return 3;
    return writer.write(0, "{}\n") ? 0 : 4;
  }) == 0);
  CHECK(owner_of(path) == 0);
}

TEST_CASE("who works in a folder of root's is root with one right, to go through folders on the way there") {
  const Folder roots(0);
  CHECK(in_child([&] {
    if (!io::become_owner_of(roots.path)) return 1;
    if (::geteuid() != 0 || !has_only(own_rights(), CAP_DAC_READ_SEARCH)) return 2;
    return write_plainly(roots.path / "file", "x") ? 0 : 3;
  }) == 0);
}

TEST_CASE("with the set-user-ID bit files are read with the rights of whoever called") {
  const Folder folder(0);
  const auto path = (folder.path / "secret").string();
  std::ofstream(path) << "x";
  std::filesystem::permissions(folder.path, std::filesystem::perms(0755));
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  CHECK(in_child([&] {
    const auto readable = [&] { return std::ifstream(path).good(); };
    if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody.group, 0, 0) != 0 || ::setresuid(nobody.user, 0, 0) != 0) return 1;
    if (!readable()) return 2;
    {
      const io::AsCaller as_caller;
      if (readable()) return 3;
    }
    if (!readable()) return 4;
    const io::AsCaller as_caller;
    return io::drop_privileges(nobody) && !readable() ? 0 : 5;
  }) == 0);
}

TEST_CASE("whoever called by way of sudo owns his report") {
  const Folder his(1), roots(0);
  CHECK(in_child([&] {
    io::FileWriter writer({his.path / "a.json", roots.path / "b.json"}, daemon_user, write_plainly);
    if (!io::drop_privileges(daemon_user)) return 1;
    return !writer.write(0, "x") ? 2 : writer.write(1, "x") ? 3 : 0;   // what he may not write he may not write with sudo's help either
  }) == 0);
  CHECK(owner_of(his.path / "a.json") == 1);
  CHECK_FALSE(std::filesystem::exists(roots.path / "b.json"));
}

TEST_CASE("whom to become is told without the name services, which may wait for a directory on another machine") {
  const auto becomes = [](const char* user, const char* group, const io::Identity& expected) {
    return in_child([&] {
      for (const auto* list : {"passwd", "group"})
        if (::__nss_configure_lookup(list, "no-such-service") != 0) return 1;
      const auto later = io::less_privileged({.sudo_user = user, .sudo_group = group});
      if (!later || !*later) return 2;
      if (**later != expected) return 3;
      if (!io::drop_privileges(*later)) return 4;
      return ::getuid() == expected.user && ::getgid() == expected.group ? ::getgroups(0, nullptr) <= 1 ? 0 : 5 : 6;
    });
  };
  CHECK(becomes("1", "1", daemon_user) == 0);
  CHECK(becomes("0", "0", nobody) == 0);
  CHECK(becomes("61234", "61235", {61234, 61235, ""}) == 0);   // somebody whom a directory knows, and this host does not
  CHECK(becomes("61234", "no number", {61234, 61234, ""}) == 0);
}

TEST_CASE("the packet filter's rules and the card are still there for a process that has become nobody, and nothing else is") {
  const Namespace space;
  space.run("nft add table inet here");
  const Inside inside(space);
  CHECK(in_child([&] {
    const io::RealClock clock;
    const auto network = io::make_real_network(clock, nobody);
    const io::CaptureOptions options{.interface = "any", .filter = "icmp"}, other{.interface = "any", .filter = "tcp"};
    const Deadline soon{clock.now() + seconds(20)};
    network->prepare({options}, soon);
    if (!io::drop_privileges(nobody)) return 1;
    const auto rules = network->nftables_ruleset(soon);
    if (!rules || rules->find("\"here\"") == std::string::npos) return 2;
    if (!network->nftables_listing(soon)) return 3;
    if (!network->open_capture(options)) return 4;
    if (network->open_capture(options)) return 5;   // it was one
    return network->open_capture(other) ? 6 : 0;
  }) == 0);
}
#endif
