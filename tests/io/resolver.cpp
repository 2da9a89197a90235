#include "io/resolver.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "support/private_network.hpp"
#include "io/real.hpp"
#include "io/sockaddr.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// So that the mounts of this thread reach nobody else. In a chroot "/" is no mount point, and the mount it lies on has to be reached from
/// above: with the root moved below the working directory, ".." leads past it.
int make_mounts_private() {
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) return 0;
  const UniqueFd root(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int failed = ::chroot("/proc") | ::fchdir(root.get());
  for (int level = 0; level < 64; ++level) failed |= ::chdir("..");
  failed |= ::mount("none", ".", nullptr, MS_REC | MS_PRIVATE, nullptr);
  return failed | ::fchdir(root.get()) | ::chroot(".");
}

/// A resolver on 127.0.0.1:53 of this test's namespace. It answers each question as `answers` says: by query type, none for silence.
class NameServer {
 public:
  struct Behaviour {
    std::optional<Address> a, aaaa;
    bool answers_a = true, answers_aaaa = true;
    std::uint8_t rcode = 0;
    unsigned slow_by = 0;  ///< so many repetitions of a question come before the answer to the first of them leaves
  };

  explicit NameServer(Behaviour behaviour) : behaviour_(behaviour), fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const auto local = io::to_sockaddr(at("127.0.0.1:53"), 0);
    REQUIRE(::bind(fd_.get(), local.get(), local.length) == 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    ::shutdown(fd_.get(), SHUT_RDWR);  // wakes recvfrom
    thread_.join();
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

 private:
  void serve() {
    for (;;) {
      io::SocketAddress from;
      from.length = sizeof from.storage;
      std::vector<std::uint8_t> message(1500);
      const auto got = ::recvfrom(fd_.get(), message.data(), message.size(), 0, from.get(), &from.length);
      if (got <= 0) return;
      message.resize(static_cast<std::size_t>(got));
      auto& asked = asked_[is_aaaa(message)];
      asked.push_back(std::move(message));
      if (asked.size() <= behaviour_.slow_by) continue;
      if (auto answer = reply(asked[asked.size() - 1 - behaviour_.slow_by])) ::sendto(fd_.get(), answer->data(), answer->size(), 0, from.get(), from.length);
    }
  }

  static std::size_t end_of_name(const std::vector<std::uint8_t>& message) {
    std::size_t end = 12;
    while (end < message.size() && message[end] != 0) end += 1U + message[end];
    return end;
  }
  static bool is_aaaa(const std::vector<std::uint8_t>& message) { return message.at(end_of_name(message) + 2) == 28; }

  /// The question with an answer behind it (RFC 1035 §4.1), as far as these tests need one.
  std::optional<std::vector<std::uint8_t>> reply(std::vector<std::uint8_t> message) const {
    const auto end = end_of_name(message);
    const bool six = is_aaaa(message);
    if (!(six ? behaviour_.answers_aaaa : behaviour_.answers_a)) return std::nullopt;
    message.resize(end + 5);
    const auto& address = six ? behaviour_.aaaa : behaviour_.a;
    message[2] = 0x81;
    message[3] = static_cast<std::uint8_t>(0x80 | behaviour_.rcode);
    message[6] = 0, message[7] = address ? 1 : 0;
    message[8] = message[9] = message[10] = message[11] = 0;
    if (!address) return message;
    const auto data = address->bytes();
    for (const int byte : {0xc0, 0x0c, 0, six ? 28 : 1, 0, 1, 0, 0, 0, 60, 0, static_cast<int>(data.size())}) message.push_back(static_cast<std::uint8_t>(byte));
    message.insert(message.end(), data.begin(), data.end());
    return message;
  }

  std::map<bool, std::vector<std::vector<std::uint8_t>>> asked_;   ///< by type: is it AAAA?
  Behaviour behaviour_;
  UniqueFd fd_;
  std::thread thread_;
};

struct Household {
  Namespace space;
  Inside inside{space};
  Real real;
  std::string resolv_conf;
  Household() {
    resolv_conf = (std::filesystem::temp_directory_path() / ("ringback-resolv-" + std::to_string(::getpid()))).string();
    std::ofstream(resolv_conf) << "nameserver 127.0.0.1\n";
  }
  ~Household() { std::filesystem::remove(resolv_conf); }
  Household(const Household&) = delete;
  Household& operator=(const Household&) = delete;
  Expected<std::vector<Address>> resolve(const std::string& host, std::chrono::nanoseconds time = plenty) const {
    return io::resolve_host(host, real.in(time), real.clock, resolv_conf);
  }
};

}  // namespace

TEST_CASE("an address literal needs nobody's help") {
  Real real;
  CHECK(value(real.network->resolve("192.0.2.1", real.in(-seconds(1)))) == std::vector{address("192.0.2.1")});
  CHECK(value(real.network->resolve("2001:db8::1", real.in(-seconds(1)))) == std::vector{address("2001:db8::1")});
}

TEST_CASE("a name has the addresses of both families, IPv6 first") {
  const Household home;
  const NameServer server({.a = address("192.0.2.7"), .aaaa = address("2001:db8::7")});
  CHECK(value(home.resolve("host.example")) == std::vector{address("2001:db8::7"), address("192.0.2.7")});
}

TEST_CASE("localhost is this host, whoever else claims it") {
  const Household home;
  const NameServer server({.a = address("192.0.2.7"), .aaaa = address("2001:db8::7")});
  for (const auto* name : {"localhost", "LOCALHOST.", "printer.localhost"}) CHECK(value(home.resolve(name)) == std::vector{address("::1"), address("127.0.0.1")});
}

TEST_CASE("the hosts file comes before the servers of resolv.conf, and both are the system's own") {
  const Household home;
  const NameServer server({.a = address("192.0.2.7")});
  const auto hosts = home.resolv_conf + ".hosts";
  std::ofstream(hosts) << "192.0.2.99 nas.example\n";
  std::optional<Expected<std::vector<Address>>> nas, other;
  int failed = 0;
  std::thread with_own_files([&] {  // a thread may have mounts of its own
    const auto cover = [&](const std::string& with, const char* path) { failed |= ::mount(with.c_str(), path, nullptr, MS_BIND, nullptr); };
    failed = ::unshare(CLONE_NEWNS) | make_mounts_private();
    cover(hosts, "/etc/hosts");
    cover(home.resolv_conf, "/etc/resolv.conf");
    if (failed != 0) return;
    nas = home.real.network->resolve("nas.example", home.real.soon());
    other = home.real.network->resolve("other.example", home.real.soon());
  });
  with_own_files.join();
  std::filesystem::remove(hosts);
  INFO("this test needs mounts of its own (run it as root)");
  REQUIRE(failed == 0);
  CHECK(value(*nas) == std::vector{address("192.0.2.99")});
  CHECK(value(*other) == std::vector{address("192.0.2.7")});
}

TEST_CASE("a server that is silent about one family does not take the other away") {
  const Household home;
  const NameServer server({.a = address("192.0.2.7"), .answers_aaaa = false});
  CHECK(value(home.resolve("host.example", milliseconds(300))) == std::vector{address("192.0.2.7")});
}

TEST_CASE("a name without addresses, a name that is none, and a server that fails are told apart") {
  const Household home;
  {
    const NameServer server({});
    CHECK(home.resolve("empty.example").error().code == Errc::refused);
  }
  {
    const NameServer server({.rcode = 3});
    CHECK(home.resolve("none.example").error().code == Errc::refused);
  }
  {
    const NameServer server({.rcode = 2});
    CHECK(home.resolve("broken.example").error().code != Errc::timed_out);
  }
  CHECK(home.resolve("").error().code == Errc::invalid_input);
  CHECK(home.resolve(std::string(300, 'a')).error().code == Errc::invalid_input);
  CHECK_FALSE(home.resolve(std::string(70, 'a') + ".example"));
  CHECK_FALSE(home.resolve("a..example", milliseconds(50)));
}

TEST_CASE("an answer that comes after the question was repeated is believed: the line is slow, not dead") {
  const Household home;
  const NameServer server({.a = address("192.0.2.7"), .aaaa = address("2001:db8::7"), .slow_by = 1});
  CHECK(value(home.resolve("host.example")) == std::vector{address("2001:db8::7"), address("192.0.2.7")});
}

TEST_CASE("a silent server is left at the deadline") {
  const Household home;
  const NameServer server({.answers_a = false, .answers_aaaa = false});
  const auto resolved = home.resolve("host.example", milliseconds(30));
  REQUIRE_FALSE(resolved);
  CHECK(resolved.error().code == Errc::timed_out);
  CHECK(resolved.error().what.starts_with("resolve host.example: no answer in "));
}

namespace {
/// Seconds pass in hundredths of one.
class FastClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return start_ + 100 * (std::chrono::steady_clock::now() - start_); }
  void sleep_until(Instant) const override { FAIL("nobody sleeps here"); }

 private:
  Instant start_ = std::chrono::steady_clock::now();
};
}  // namespace

TEST_CASE("a server that stays silent is dead long before a far deadline") {
  const Household home;
  const NameServer server({.answers_a = false, .answers_aaaa = false});
  const FastClock clock;
  const auto began = clock.now();
  const auto resolved = io::resolve_host("host.example", {began + std::chrono::hours(24)}, clock, home.resolv_conf);
  REQUIRE_FALSE(resolved);
  CHECK(resolved.error().code == Errc::timed_out);
  CHECK(clock.now() - began >= seconds(4));
  CHECK(clock.now() - began < std::chrono::hours(1));
}
