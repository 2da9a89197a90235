#include "io/last_words.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "io/real.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// In a process of its own: leaves last words, or takes them back, and is then ended by `signal`.
int ended_by(int signal, const io::Message& message, bool taken_back) {
  const auto child = ::fork();
  if (child == 0) {
    std::signal(signal, SIG_DFL);   // not the test program's
    auto words = io::leave_last_words(message);
    if (taken_back) words.reset();
    ::raise(signal);
    ::_exit(0);   // not reached
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

std::string heard(io::UdpSocket& socket, const Real& real) {
  const auto got = value(socket.receive(real.in(milliseconds(200))));
  return got ? text(std::get<io::Datagram>(*got).payload) : "";
}

}  // namespace

TEST_CASE("what was opened elsewhere is closed when a signal ends the program, which then ends as it would have") {
  const Real real;
  const auto server = value(real.network->open_udp({.family = Family::ipv4, .local = at("127.0.0.1:0")}));
  const io::Message message{.protocol = Protocol::udp, .to = server->local(), .local = address("127.0.0.1"), .bytes = bytes("close it")};
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CHECK(ended_by(signal, message, false) == signal);
    CHECK(heard(*server, real) == "close it");
    CHECK(heard(*server, real) == "close it");   // said twice, for one may get lost
    CHECK(heard(*server, real).empty());
  }
  CHECK(ended_by(SIGTERM, message, true) == SIGTERM);
  CHECK(heard(*server, real).empty());
}

TEST_CASE("last words have a bound, and a place for others when they are taken back") {
  const io::Message message{.protocol = Protocol::udp, .to = at("127.0.0.1:9"), .local = {}, .bytes = bytes("x")};
  std::vector<std::unique_ptr<io::LastWords>> all;
  while (auto words = io::leave_last_words(message)) all.push_back(std::move(words));
  CHECK(all.size() == 8);
  all.pop_back();
  CHECK(io::leave_last_words(message));
  CHECK_FALSE(io::leave_last_words({.protocol = Protocol::udp, .to = at("127.0.0.1:9"), .local = {}, .bytes = io::Bytes(2049)}));
}
