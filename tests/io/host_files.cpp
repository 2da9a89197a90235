/// The ruleset, files and directories of this host; the clock and the dice.
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "support/private_network.hpp"
#include "io/nftables.hpp"
#include "io/real.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ringback-test-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

/// Takes every capability from the calling thread for as long as it lives.
class WithoutCapabilities {
 public:
  WithoutCapabilities() {
    REQUIRE(::syscall(SYS_capget, &header_, before_) == 0);
    __user_cap_data_struct none[2] = {before_[0], before_[1]};
    none[0].effective = none[1].effective = 0;
    REQUIRE(::syscall(SYS_capset, &header_, none) == 0);
  }
  ~WithoutCapabilities() { static_cast<void>(::syscall(SYS_capset, &header_, before_)); }
  WithoutCapabilities(const WithoutCapabilities&) = delete;
  WithoutCapabilities& operator=(const WithoutCapabilities&) = delete;

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[2]{};
};

}  // namespace

TEST_CASE("the ruleset is what nft was told, as JSON and as a person reads it") {
  const Namespace space;
  space.run("nft 'add table inet home; add chain inet home input { type filter hook input priority 0; policy drop; }; add rule inet home input tcp dport 443 accept'");
  const Inside inside(space);
  Real real;
  const auto json = value(real.network->nftables_ruleset(real.soon()));
  CHECK(json.find(R"("name": "home")") != std::string::npos);
  CHECK(json.find(R"("policy": "drop")") != std::string::npos);
  const auto text = value(real.network->nftables_listing(real.soon()));
  CHECK(text.find("tcp dport 443 accept # handle 2") != std::string::npos);
}

TEST_CASE("where rules of iptables translate to is listed for both families, whichever comes first") {
  for (const auto* order : {"4 6", "6 4"}) {
    const Namespace space;
    std::istringstream families(order);
    for (char family = 0; families >> family;)
      space.run(family == '4' ? "iptables-nft -t nat -A PREROUTING -p tcp --dport 443 -j DNAT --to-destination 172.17.0.2:80"
                              : "ip6tables-nft -t nat -A PREROUTING -p tcp --dport 443 -j DNAT --to-destination [fd00::2]:80");
    const Inside inside(space);
    Real real;
    const auto text = value(real.network->nftables_listing(real.soon()));
    INFO(text);
    CHECK(text.find("dnat to 172.17.0.2:80 # handle") != std::string::npos);
    CHECK(text.find("dnat to [fd00::2]:80 # handle") != std::string::npos);
    // What the first table of a family says counts, so that the whole one comes first.
    for (const auto* table : {"table ip nat", "table ip6 nat"}) CHECK(text.substr(text.find(table), 200).find("dnat to") != std::string::npos);
  }
}

TEST_CASE("an empty ruleset is readable and empty") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  CHECK(value(real.network->nftables_ruleset(real.soon())).find("metainfo") != std::string::npos);
  CHECK(value(real.network->nftables_listing(real.soon())).empty());
}

TEST_CASE("without the privilege the ruleset is not permitted, which is not the same as empty") {
  const Namespace space;
  const Inside inside(space);
  const WithoutCapabilities dropped;   // before the network is made: what may be read is decided then
  Real real;
  CHECK(real.network->nftables_ruleset(real.soon()).error().code == Errc::not_permitted);
  CHECK(real.network->nftables_listing(real.soon()).error().code == Errc::not_permitted);
}

TEST_CASE("the rules of iptables-legacy come from its own program, those of iptables-nft do not") {
  const Namespace space;
  space.run("iptables-legacy -A INPUT -p tcp --dport 443 -j DROP; iptables-nft -A INPUT -p tcp --dport 80 -j DROP");
  const Inside inside(space);
  Real real;
  const auto rules = value(real.network->legacy_rules(Family::ipv4, real.soon()));
  CHECK(rules.find("-A INPUT -p tcp -m tcp --dport 443 -j DROP\n") != std::string::npos);
  CHECK(rules.find("--dport 80") == std::string::npos);
  CHECK(value(real.network->legacy_rules(Family::ipv6, real.soon())).empty());
  CHECK(::waitpid(-1, nullptr, WNOHANG) <= 0);  // no dead child is left
}

TEST_CASE("rules of iptables-legacy that are not read by the deadline are an error that says so") {
  const Namespace space;
  space.run("iptables-legacy -A INPUT -j DROP");
  const Inside inside(space);
  Real real;
  CHECK(real.network->legacy_rules(Family::ipv4, real.in(milliseconds(0))).error().code == Errc::timed_out);
}

TEST_CASE("without the privilege a capture is not permitted") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  const WithoutCapabilities dropped;
  CHECK(real.network->open_capture({.interface = "lo", .filter = ""}).error().code == Errc::not_permitted);
}

TEST_CASE("the ruleset can be read from several threads at once") {
  const Namespace space;
  space.run("nft 'add table inet home'");
  const Inside inside(space);
  Real real;
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const auto ruleset = real.network->nftables_ruleset(real.soon());
      if (ruleset && ruleset->find("home") != std::string::npos) ++right;
    });
  for (auto& thread : threads) thread.join();
  CHECK(right == 4);
}

TEST_CASE("a ruleset that is not read by the deadline is given up, and the child that reads it with it") {
  const Namespace space;
  // Sorting this many intervals takes the library far longer than it is given.
  std::string elements = "1.0.0.0/25";
  for (std::uint32_t i = 1; i < 60'000; ++i) elements += "," + Prefix(Address::v4(0x01000000 + i * 256), 25).to_string();
  const Folder folder;
  const auto rules = (folder.path / "rules").string();
  std::ofstream(rules) << "table inet home { set countries { type ipv4_addr; flags interval\nelements = {" << elements << "}\n}\n}\n";
  space.run("nft -f " + rules);
  const Inside inside(space);
  const io::RealClock clock;
  io::RulesetReader reader;
  std::ifstream children("/proc/thread-self/children");
  pid_t child = 0;
  REQUIRE(children >> child);
  const auto late = reader.read(io::RulesetForm::json, {clock.now() + milliseconds(5)}, clock);
  REQUIRE_FALSE(late);
  CHECK(late.error() == Error{Errc::timed_out, "list the nftables ruleset: it was not finished by the deadline"});
  CHECK(reader.read(io::RulesetForm::json, {clock.now() + plenty}, clock).error() == late.error());
  // It is off the process table, or on its way there: taking down this much memory takes a busy machine its time.
  int status = 0;
  const auto ended = ::waitpid(child, &status, 0);
  CHECK((ended == -1 || (ended == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)));
}

TEST_CASE("a child that has gone is an error that says so, every time") {
  const Namespace space;
  const Inside inside(space);
  const io::RealClock clock;
  io::RulesetReader reader;
  std::ifstream children("/proc/thread-self/children");
  pid_t child = 0;
  REQUIRE(children >> child);
  REQUIRE(::kill(child, SIGKILL) == 0);
  for (int i = 0; i < 2; ++i) CHECK(reader.read(io::RulesetForm::json, {clock.now() + plenty}, clock).error().code != Errc::timed_out);
}

TEST_CASE("a file is read up to the limit, one of /proc too, and a missing one is an error that names it") {
  const Folder folder;
  Real real;
  const auto path = (folder.path / "os-release").string();
  std::ofstream(path) << std::string(20000, 'a') << "b";
  CHECK(value(real.network->read_file(path, 100000)).size() == 20001);
  CHECK(value(real.network->read_file(path, 20000)) == std::string(20000, 'a'));
  CHECK(value(real.network->read_file(path, 0)).empty());
  CHECK(value(real.network->read_file("/proc/self/status", 64 * 1024)).find("CapEff:") != std::string::npos);
  const auto missing = real.network->read_file((folder.path / "none").string(), 10);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::failed);
  CHECK(missing.error().what.find("none: No such file or directory") != std::string::npos);
  CHECK_FALSE(real.network->read_file(folder.path.string(), 10));  // a directory
  const auto fifo = (folder.path / "fifo").string();
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(value(real.network->read_file(fifo, 10)).empty());  // without waiting for a writer
}

TEST_CASE("a directory is listed in order, and one that is not there is empty") {
  const Folder folder;
  Real real;
  for (const auto* name : {"c", "a", "b"}) std::ofstream(folder.path / name) << "";
  CHECK(real.network->list_directory(folder.path.string()) == std::vector<std::string>{"a", "b", "c"});
  CHECK(real.network->list_directory((folder.path / "none").string()).empty());
}

TEST_CASE("the real clock does not go backwards and waits until its instant") {
  const io::RealClock clock;
  const auto until = clock.now() + milliseconds(2);
  clock.sleep_until(until);
  CHECK(clock.now() >= until);
}

TEST_CASE("the real dice fill every byte and do not repeat") {
  io::RealRandom random;
  std::array<std::byte, 64> first{}, second{};
  random.fill(first);
  random.fill(second);
  CHECK(first != second);
  CHECK(first != std::array<std::byte, 64>{});
}
