/// Names as the programs of this host find them, by its hosts file alone where that is enough.
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "io/real.hpp"
#include "io/system_lookup.hpp"
#include "support/private_mounts.hpp"
#include "support/private_network.hpp"

using namespace ringback;
using namespace ringback::test;
using Catch::Contains;

namespace {

/// Processes whose parent is this one, and theirs.
std::vector<pid_t> descendants() {
  std::vector<pid_t> result{::getpid()};
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::ifstream children("/proc/" + std::to_string(result[i]) + "/task/" + std::to_string(result[i]) + "/children");
    for (pid_t child = 0; children >> child;) result.push_back(child);
  }
  result.erase(result.begin());
  return result;
}

}  // namespace

TEST_CASE("hosts are looked up as programs do, each with its own addresses, however many they are") {
  const Real real;
  std::vector<std::string> hosts;
  for (int i = 0; i < 300; ++i) hosts.push_back(i % 3 == 0 ? "localhost" : "192.0.2." + std::to_string(i % 250));
  const auto found = real.network->look_up(hosts, real.soon());
  REQUIRE(found.size() == hosts.size());
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    INFO(hosts[i]);
    const auto addresses = value(found[i]);
    if (hosts[i] == "localhost")
      CHECK(std::ranges::all_of(addresses, [](const Address& each) { return each.is_loopback(); }));
    else
      CHECK(addresses == std::vector{address(hosts[i])});
  }
}

TEST_CASE("what is no host name is said to be none, beside others that are") {
  const Real real;
  const std::vector<std::string> hosts{"", std::string("a\0b", 3), std::string(300, 'x'), "192.0.2.7"};
  const auto found = real.network->look_up(hosts, real.soon());
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE_FALSE(found[i]);
    CHECK(found[i].error().code == Errc::invalid_input);
    CHECK_THAT(found[i].error().what, Contains("not a host name"));
  }
  CHECK(value(found[3]) == std::vector{address("192.0.2.7")});
  CHECK(real.network->look_up({}, real.soon()).empty());
}

namespace {

/// Where the only resolver there is never says anything. The number of the first step that went wrong; 0: none.
int look_up_beside_silence() {
  if (!own_mounts()) return 1;
  const auto folder = std::filesystem::temp_directory_path() / ("ringback-silent-resolver-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "resolv.conf") << "nameserver 127.0.0.1\n";
  std::ofstream(folder / "nsswitch.conf") << "hosts: files dns\n";
  bool mounted = true;
  for (const auto* file : {"resolv.conf", "nsswitch.conf"})
    mounted = mounted && ::mount((folder / file).c_str(), (std::filesystem::path("/etc") / file).c_str(), nullptr, MS_BIND, nullptr) == 0;
  std::filesystem::remove_all(folder);
  if (!mounted) return 2;
  const Namespace space;
  const Inside inside(space);
  Real real;
  io::UdpOptions options;
  options.local = at("127.0.0.1:53");
  const auto silent = real.network->open_udp(options);
  if (!silent) return 3;

  std::vector<std::string> hosts{"silent.example.org", "localhost"};
  auto found = real.network->look_up(hosts, real.in(milliseconds(500)));
  if (!found[1] || found[1]->empty()) return 4;
  if (found[0] || found[0].error().code != Errc::timed_out || found[0].error().what.find("no answer by the deadline") == std::string::npos) return 5;
  // More than are asked for at a time: the last one is not reached, which is said.
  hosts.clear();
  for (int i = 0; i < 60; ++i) hosts.push_back("silent" + std::to_string(i) + ".example.org");
  hosts.emplace_back("localhost");
  found = real.network->look_up(hosts, real.in(milliseconds(500)));
  if (found.back() || found.back().error().what.find("not asked for") == std::string::npos) return 6;
  // Those that hang still do, and hold up nobody.
  hosts = {"localhost"};
  found = real.network->look_up(hosts, real.soon());
  if (!found[0]) return 7;
  real.network.reset();
  return descendants().empty() ? 0 : 8;
}

}  // namespace

TEST_CASE("a name that nobody answers for ends with the deadline, holds up no other call, and leaves no process behind") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(look_up_beside_silence());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) ? WEXITSTATUS(status) : 255) == 0);
}

TEST_CASE("after a deadline that has passed the next look-up is none the worse") {
  const Real real;
  const std::vector<std::string> hosts{"localhost", "192.0.2.7"};
  (void)real.network->look_up(hosts, real.in(-std::chrono::seconds(1)));
  CHECK(value(real.network->look_up(hosts, real.soon())[1]) == std::vector{address("192.0.2.7")});
}

TEST_CASE("where the child has ended, it is said, and nothing waits") {
  const Real real;
  const auto before = descendants();
  const io::SystemLookups lookups;
  auto children = descendants();
  std::erase_if(children, [&](pid_t child) { return std::ranges::find(before, child) != before.end(); });
  REQUIRE(children.size() == 1);
  ::kill(children[0], SIGKILL);
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(children[0]), &info, WEXITED | WNOWAIT) == 0);
  const std::vector<std::string> hosts{"localhost"};
  const auto found = lookups.look_up(hosts, real.soon(), real.clock);
  REQUIRE_FALSE(found[0]);
  CHECK_THAT(found[0].error().what, Contains("has ended"));
}

TEST_CASE("no process is left when the network is gone") {
  const auto before = descendants();
  {
    const Real real;
    const std::vector<std::string> hosts{"localhost"};
    (void)real.network->look_up(hosts, real.soon());
    CHECK(descendants().size() > before.size());
  }
  const io::RealClock clock;
  const Deadline soon{clock.now() + plenty};
  while (descendants() != before && !soon.passed(clock)) clock.sleep_until(clock.now() + milliseconds(1));   // a worker ends on its own
  CHECK(descendants() == before);
}
