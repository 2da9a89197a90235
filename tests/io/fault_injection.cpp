/// Every fallible call of the real network is made to fail, one per run: the error names what was attempted, and nothing stays open.
#include <dirent.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <latch>
#include <set>
#include <thread>

#include "io/faults.hpp"
#include "io/nftables.hpp"
#include "support/private_network.hpp"
#include "io/real.hpp"
#include "io/resolver.hpp"
#include "support/server.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

struct Scenario {
  const char* name;
  std::function<Expected<void>(const Real&)> run;
  /// Calls whose failure may go unnoticed, since the answer does not need them.
  std::set<std::string> tolerated;
};

template <class T>
Expected<void> outcome(const Expected<T>& result) {
  if (!result) return tl::unexpected(result.error());
  return {};
}

Expected<void> udp(const Real& real) {
  auto socket = real.network->open_udp({.local = at("127.0.0.1:0"), .interface = "lo", .dont_fragment = true});
  if (!socket) return outcome(socket);
  if (auto sent = (*socket)->send((*socket)->local(), bytes("echo"), Ttl{9}); !sent) return sent;
  auto echo = (*socket)->receive(real.soon());
  if (!echo) return outcome(echo);
  if (auto sent = (*socket)->send(at("127.0.0.1:9"), bytes("closed"), std::nullopt); !sent) return sent;
  return outcome((*socket)->receive(real.soon()));
}

Expected<void> udp6(const Real& real) {
  return outcome(real.network->open_udp({.family = Family::ipv6, .local = at("[::1]:0"), .dont_fragment = true}));
}

Scenario tcp(const Server& server) {
  return {"a TCP stream", [&](const Real& real) -> Expected<void> {
            auto stream = real.network->connect_tcp(server.endpoint(), {.local = address("127.0.0.1"), .interface = "lo"}, real.soon());
            if (!stream) return outcome(stream);
            if (auto sent = (*stream)->send(bytes("x\r\n\r\n"), real.soon()); !sent) return sent;
            return outcome((*stream)->receive(10, real.soon()));
          }};
}

Scenario http(const Server& server) {
  return {"an HTTP request", [&](const Real& real) {
            return outcome(real.network->http(
                {.url = "http://a.example/", .headers = {"A: b"}, .connect_to = server.endpoint(), .local = address("127.0.0.1"), .interface = "lo"}, real.soon()));
          }};
}

Expected<void> capture(const Real& real) {
  auto tap = real.network->open_capture({.interface = "lo", .filter = "udp port 4000"});
  if (!tap) return outcome(tap);
  auto socket = real.network->open_udp({.local = at("127.0.0.1:0")});
  if (!socket) return outcome(socket);
  if (auto sent = (*socket)->send(at("127.0.0.1:4000"), bytes("x"), std::nullopt); !sent) return sent;
  auto packet = (*tap)->next(real.soon());
  if (!packet) return outcome(packet);
  static_cast<void>((*tap)->counters());
  return outcome((*tap)->next(real.in(milliseconds(1))));
}

Expected<void> tables(const Real& real) {
  if (auto got = real.network->interfaces(real.soon()); !got) return outcome(got);
  if (auto got = real.network->routes(real.soon()); !got) return outcome(got);
  if (auto got = real.network->neighbours(real.soon()); !got) return outcome(got);
  return outcome(real.network->route_to(address("127.0.0.1"), "lo"));
}

Expected<void> ruleset(const Real&) {
  if (auto got = io::list_ruleset(io::RulesetForm::json); !got) return outcome(got);
  return outcome(io::list_ruleset(io::RulesetForm::text_with_handles));
}

Scenario http_silence(const Server& server) {
  return {"an HTTP answer that does not come", [&](const Real& real) -> Expected<void> {
            const auto answer = real.network->http({.url = "http://a.example/", .connect_to = server.endpoint()}, real.in(milliseconds(20)));
            if (!answer && answer.error().code == Errc::timed_out) return {};
            return outcome(answer);
          }};
}

/// The reader is made on a thread that no fault is armed for, because its child would inherit it; the child ends with that thread.
Expected<void> ruleset_by_child(const Real& real) {
  std::unique_ptr<io::RulesetReader> reader;
  std::latch made(1);
  std::latch read(1);
  const std::jthread maker([&] {
    reader = std::make_unique<io::RulesetReader>();
    made.count_down();
    read.wait();
  });
  made.wait();
  const struct Done {
    std::latch& read;
    ~Done() { read.count_down(); }
  } done{read};
  if (auto got = reader->read(io::RulesetForm::json, real.soon(), real.clock); !got) return outcome(got);
  return outcome(reader->read(io::RulesetForm::text_with_handles, real.soon(), real.clock));
}

Scenario resolving(const std::string& resolv_conf) {
  return {"a name", [&](const Real& real) -> Expected<void> {
            // Nobody listens on port 53 here: what is looked at is that every failure before that has its own words.
            const auto resolved = io::resolve_host("host.example", real.in(milliseconds(20)), real.clock, resolv_conf);
            if (!resolved && resolved.error().code == Errc::timed_out) return {};
            return outcome(resolved);
          }};
}

/// Runs the scenario once for each of its fallible calls. Returns the calls that were made to fail.
std::set<std::string> walk(const Scenario& scenario, Fault kind) {
  const Real real;
  std::set<std::string> hit;
  const auto before = open_descriptors();
  if (const auto sound = scenario.run(real); !sound) FAIL(scenario.name << " without a fault: " << sound.error().what);
  for (int nth = 1;; ++nth) {
    INFO(scenario.name << ", call " << nth);
    Expected<void> result;
    std::string failed;
    {
      const ArmedFault fault(kind, nth);
      result = scenario.run(real);
      failed = fault.hit();
    }
    if (failed.empty()) return hit;
    INFO(failed);
    hit.insert(failed);
    eventually(real, [&] { return open_descriptors() == before; });  // the server closes its side a moment later
    if (kind == Fault::interrupted || scenario.tolerated.contains(failed)) {
      if (!result) FAIL_CHECK(result.error().what);
    } else {
      REQUIRE_FALSE(result);
      INFO(result.error().what);
      CHECK(result.error().what.find(": ") != std::string::npos);
      CHECK(result.error().what.find("Success") == std::string::npos);
    }
  }
}

struct Everything {
  Namespace space;
  Inside inside{space};
  Server server{at("127.0.0.1:0"), [](Peer& peer) {
                  peer.read_until("\r\n\r\n");
                  peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
                }};
  Server silent{at("127.0.0.1:0"), [](Peer& peer) { peer.read_all(); }};
  std::string resolv_conf = (std::filesystem::temp_directory_path() / ("ringback-faults-" + std::to_string(::getpid()))).string();
  Everything() { std::ofstream(resolv_conf) << "nameserver 127.0.0.1\n"; }
  ~Everything() { std::filesystem::remove(resolv_conf); }
  Everything(const Everything&) = delete;
  Everything& operator=(const Everything&) = delete;

  [[nodiscard]] std::vector<Scenario> scenarios() const {
    return {{"a UDP socket", udp, {"getsockopt"}},
            {"a UDP socket over IPv6", udp6, {}},
            tcp(server),
            http(server),
            http_silence(silent),
            {"a capture", capture, {"getsockopt", "pcap_stats"}},
            {"the tables of the kernel", tables, {"open", "read"}},
            {"the listening sockets", [](const Real& real) { return outcome(real.network->listeners(real.soon())); }, {"opendir", "open", "read"}},
            {"the ruleset", ruleset, {}},
            {"the ruleset, by a child", ruleset_by_child, {}},
            {"a file", [](const Real& real) { return outcome(real.network->read_file("/proc/self/status", 1U << 20U)); }, {}},
            resolving(resolv_conf)};
  }
};

}  // namespace

TEST_CASE("every call that can fail does so once, is named, and leaves nothing open") {
  const Everything everything;
  std::set<std::string> hit;
  for (const auto& scenario : everything.scenarios()) hit.merge(walk(scenario, Fault::error));
  const std::set<std::string> expected = {
      "socket",          "setsockopt",         "getsockopt",        "bind",           "getsockname",      "connect",          "sendmsg",
      "recvmsg",         "recvfrom",           "send",              "recv",           "ppoll",            "open",             "read",
      "opendir",         "mnl_socket_open2",   "mnl_socket_bind",   "mnl_socket_sendto", "mnl_socket_recvfrom", "pcap_create",   "pcap_activate",
      "pcap_setdirection", "pcap_compile",     "pcap_setfilter",    "pcap_setnonblock", "pcap_get_selectable_fd", "pcap_next_ex", "pcap_stats",
      "curl_easy_init",  "curl_multi_init",    "curl_slist_append", "curl_multi_add_handle", "curl_multi_perform", "curl_multi_poll",
      "ares_init_options", "nft_ctx_new",      "nft_ctx_buffer_output", "nft_ctx_buffer_error", "nft_run_cmd_from_buffer"};
  CHECK(hit == expected);
}

TEST_CASE("a call that a signal interrupts is made again") {
  const Everything everything;
  std::set<std::string> hit;
  for (const auto& scenario : everything.scenarios()) hit.merge(walk(scenario, Fault::interrupted));
  CHECK(hit.size() >= 9);
}

TEST_CASE("without libcurl every request says so, and the rest works") {
  const Namespace space;
  const Inside inside(space);
  const io::RealClock clock;
  std::unique_ptr<io::Network> network;
  {
    const ArmedFault fault(Fault::error, 1);
    network = io::make_real_network(clock);
    REQUIRE(fault.hit() == "curl_global_init");
  }
  CHECK(network->http({.url = "http://a.example/", .connect_to = at("127.0.0.1:9")}, {clock.now() + plenty}).error().code == Errc::exhausted);
  CHECK(network->interfaces({clock.now() + plenty}));
}

TEST_CASE("without c-ares every name says so, and the rest works") {
  const Namespace space;
  const Inside inside(space);
  const io::RealClock clock;
  std::unique_ptr<io::Network> network;
  {
    const ArmedFault fault(Fault::error, 2);
    network = io::make_real_network(clock);
    REQUIRE(fault.hit() == "ares_library_init");
  }
  CHECK(network->resolve("a.example", {clock.now() + plenty}).error().code == Errc::exhausted);
  CHECK(network->interfaces({clock.now() + plenty}));
}
