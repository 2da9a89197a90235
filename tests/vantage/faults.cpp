#include <sys/resource.h>
#include <unistd.h>

#include "vantage/faults.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include "vantage/allocations.hpp"
#include "vantage/requests.hpp"
#include "vantage/socket.hpp"
#include "wire/stun.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

constexpr const char* every_protocol =
    R"({"knocks":[{"id":"t","protocol":"tcp","port":4444},{"id":"u","protocol":"udp","port":5556},{"id":"i","protocol":"icmp"}]})";

vantage::Options with_metrics() {
  auto options = lab_options();
  options.metrics = Endpoint{Address::parse("127.0.0.1").value(), 9370};
  return options;
}

/// Few slots, so that one that is not given back is missed soon.
vantage::Limits few() {
  vantage::Limits limits;
  limits.connections = 8;
  limits.knocks = 16;
  limits.connections_part = limits.knocks_part = 1;
  limits.knock_rates = limits.question_rates = limits.stun_rates = {plenty, plenty, plenty};
  return limits;
}

std::string metric(const std::string& name) {
  const auto text = get(*with_metrics().metrics, "/metrics").body;
  const auto at = text.find("\nringback_vantage_" + name + " ") + name.size() + 19;
  return text.substr(at, text.find('\n', at) - at);
}

/// No descriptor can be opened by this process, as long as this lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    const UniqueFd next(::dup(0));
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto none = before_;
    none.rlim_cur = static_cast<rlim_t>(next.get());
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("an exception while a request is handled is answered 503, counted and logged, and the server goes on") {
  RunningServer server(with_metrics());
  server.random().fail_once();
  const auto broken = post(server.http(), "/v1/knock", good_knock);
  check_problem(broken, 503, "fault");
  CHECK(broken.headers.contains("retry-after"));
  CHECK(broken.headers.at("connection") == "close");
  CHECK(knock(server.http(), good_knock)["k"]["result"] == "refused");
  CHECK(metric("faults_total") == "1");
  CHECK(metric("knocks_running") == "0");
  server.stop();
  CHECK(server.log().find("1 fault: no randomness?at all\n") != std::string::npos);
}

TEST_CASE("whichever allocation fails while a connection is served, it ends that connection at most, and nothing is left behind") {
  RunningServer server(with_metrics(), few());
  const auto request = post_text("/v1/knock", every_protocol, "Connection: close\r\n");
  long n = 0;
  for (bool failed = true; failed; ) {
    INFO("allocation " << ++n);
    fail_allocation(n);
    const auto answer = [&] {
      Connection connection(server.http());
      connection.send(request);
      return connection.whatever_comes();
    }();
    failed = stop_failing();
    // What is missing is seen to be missing.
    std::size_t results = 0;
    for (auto at = answer.find("\"result\":\""); at != std::string::npos; at = answer.find("\"result\":\"", at + 1)) ++results;
    if (answer.ends_with("\r\n0\r\n\r\n")) CHECK(results == 3);
    CHECK(ask_while_busy(server.http(), post_text("/v1/knock", good_knock)).lines().at(1)["result"] == "refused");
    const auto patience = std::chrono::steady_clock::now() + seconds{10};
    while (metric("connections_open") != "0" || metric("knocks_running") != "0") REQUIRE(std::chrono::steady_clock::now() < patience);
  }
  CHECK(n > 100);
}

TEST_CASE("STUN requests are answered, or dropped, without any allocation") {
  RunningServer server(lab_options(), few());
  const auto to = vantage::to_socket(Endpoint::parse("127.0.0.1:3478").value());
  const auto socket = bound(SOCK_DGRAM, {Address::parse("127.0.0.9").value(), 6000});
  fail_allocation(1);
  for (std::uint8_t i = 0; i < 100; ++i) {
    for (const auto& bytes : {wire::Bytes(100), wire::stun::build_binding_request({std::byte{i}}),
                              wire::stun::build_binding_request({std::byte{i}}, 120)})
      REQUIRE(::sendto(socket.get(), bytes.data(), bytes.size(), 0, to.get(), to.length) == static_cast<ssize_t>(bytes.size()));
    await_readable(socket.get());
    std::array<std::byte, 1500> answer;
    const auto size = ::recv(socket.get(), answer.data(), answer.size(), 0);
    REQUIRE(size > 0);
    CHECK(wire::stun::parse(std::span(answer).first(static_cast<std::size_t>(size))).value().transaction[0] == std::byte{i});
  }
  CHECK_FALSE(stop_failing());
}

TEST_CASE("while no descriptor is left connections wait, without turning round and round, and then they are served") {
  RunningServer server(with_metrics());
  Connection waiting(server.http());
  waiting.send(get_address);
  REQUIRE(waiting.reply().status == 200);
  UniqueFd late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto at = vantage::to_socket(server.http());
  {
    const NoDescriptors none;
    REQUIRE(::connect(late.get(), at.get(), at.length) == 0);
    waiting.send(get_address);
    REQUIRE(waiting.reply().status == 200);  // those that are there are served on
  }
  REQUIRE(::send(late.get(), get_address.data(), get_address.size(), MSG_NOSIGNAL) > 0);
  await_readable(late.get());
  const auto failed = std::stoul(metric("accepts_failed_total"));
  CHECK(failed >= 1);
  CHECK(failed < 20);
}

TEST_CASE("faults are logged once a minute, with how many there were and without what could break a line") {
  const FakeClock clock;
  std::ostringstream out;
  vantage::Counters counters;
  vantage::Faults faults(out, clock, counters);
  const auto throw_one = [&](const std::string& what) {
    try {
      throw std::runtime_error(what);
    } catch (...) {
      faults.note();
    }
  };
  throw_one("a\nb\x1b[0m");
  for (int i = 0; i < 9; ++i) throw_one("again");
  CHECK(out.str() == "ringback-vantage: 1 fault: a?b?[0m\n");
  out.str("");
  clock.advance(seconds{60});
  throw_one(std::string(1000, 'x'));
  CHECK(out.str() == "ringback-vantage: 10 faults, the last one: " + std::string(200, 'x') + "\n");
  CHECK(counters.faults == 11);
}
