#include "vantage/program.hpp"

#include <csignal>
#include <sys/wait.h>

#include <iostream>
#include <sstream>

#include "support/catch.hpp"
#include "vantage/running_server.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

Ran run(const std::vector<std::string>& arguments) {
  const FakeClock clock;
  CountingRandom random;
  std::ostringstream out, err;
  const int status = vantage::run_program(arguments, clock, random, out, err);
  return {status, out.str(), err.str()};
}

std::string read_line(int fd) {
  std::string line;
  char c = 0;
  do {
    await_readable(fd);
    if (::read(fd, &c, 1) != 1) return line;
    line += c;
  } while (c != '\n');
  return line;
}

/// The program in a child process, its standard error on a pipe.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    std::cout << std::flush;
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], STDERR_FILENO);
      const FakeClock clock;
      CountingRandom random;
      ::_exit(vantage::run_program(arguments, clock, random, std::cout, std::cerr));
    }
    ::close(ends[1]);
    err_ = UniqueFd(ends[0]);
  }
  ~Child() {
    if (process_ > 0) ::kill(process_, SIGKILL), wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void await_line(std::string_view text) const {
    for (;;) {
      const auto line = read_line(err_.get());
      if (line.empty()) throw std::runtime_error("the program ended and never said: " + std::string(text));
      if (line.find(text) != std::string::npos) return;
    }
  }
  /// Nobody reads its standard error any more.
  void hang_up() { err_ = UniqueFd(); }
  void signal(int number) const { ::kill(process_, number); }
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_ = -1;
  UniqueFd err_;
};

}  // namespace

TEST_CASE("wrong usage is status 64 with the right form on standard error and nothing on standard output") {
  const auto ran = run({"--http-port", "many"});
  CHECK(ran.status == 64);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("--http-port 8370") != std::string::npos);
}

TEST_CASE("help and version are on standard output") {
  CHECK(run({"--help"}).status == 0);
  CHECK(run({"--help"}).out.find("--allow-special") != std::string::npos);
  CHECK(run({"--version"}).out == "ringback-vantage " RINGBACK_VERSION "\n");
}

TEST_CASE("an address that cannot be used is status 69 and named") {
  enter_own_network();
  const auto listen = run({"--listen", "192.0.2.77"});
  CHECK(listen.status == 69);
  CHECK(listen.err.find("192.0.2.77:8370: Cannot assign requested address") != std::string::npos);
  const auto knock_from = run({"--knock-from", "192.0.2.78"});
  CHECK(knock_from.status == 69);
  CHECK(knock_from.err.find("192.0.2.78") != std::string::npos);
  const RunningServer server;
  const auto taken = run({});
  CHECK(taken.status == 69);
  CHECK(taken.err.find("in use") != std::string::npos);
}

TEST_CASE("SIGTERM and SIGINT end it with status 0") {
  enter_own_network();
  for (const int number : {SIGTERM, SIGINT}) {
    Child child({"--listen", "127.0.0.1", "--allow-special"});
    child.await_line("stun on 127.0.0.1:3478");
    CHECK(get(Endpoint::parse("127.0.0.1:8370").value(), "/v1/address").status == 200);
    child.signal(number);
    child.await_line("stopped");
    CHECK(child.wait() == 0);
  }
}

TEST_CASE("without --listen a missing family is no fault, and both families are served where they are") {
  enter_own_network();
  {
    const Sysctl ipv4_alone("ipv6/conf/all/disable_ipv6", "1");
    Child child({"--allow-special"});
    child.await_line("http on 0.0.0.0:8370");
    CHECK(get(Endpoint::parse("127.0.0.1:8370").value(), "/v1/address").status == 200);
    child.signal(SIGTERM);
    CHECK(child.wait() == 0);
  }
  command("ip address replace ::1/128 dev lo nodad");
  for (unsigned i = 1; i <= 3; ++i) command("ip address replace 2a09:1::" + std::to_string(i) + "/128 dev lo nodad");
  Child child({"--allow-special"});
  child.await_line("http on [::]:8370");
  CHECK(get(Endpoint::parse("[::1]:8370").value(), "/v1/address").status == 200);
}

TEST_CASE("it goes on when nobody reads its log any more") {
  enter_own_network();
  Child child({"--listen", "127.0.0.1", "--allow-special"});
  child.await_line("stun on 127.0.0.1:3478");
  child.hang_up();
  const auto at = Endpoint::parse("127.0.0.1:8370").value();
  CHECK(get(at, "/nowhere").status == 404);  // which it logs
  CHECK(get(at, "/v1/address").status == 200);
  child.signal(SIGTERM);
  CHECK(child.wait() == 0);
}
