#include "io/child_process.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr int moments_to_die = 2000;   // a killed process needs one; on an overloaded machine, or with much memory to give back, more
void wait_a_moment() { ::usleep(1000); }

}  // namespace

bool ChildProcess::gone(std::optional<int>& status) {
  if (pid_ <= 0) return true;
  int how = 0;
  const auto got = ::waitpid(pid_, &how, WNOHANG);
  if (got == 0) return false;
  if (got > 0) status = how;
  pid_ = -1;
  return true;
}

std::optional<int> ChildProcess::wait(Deadline deadline, const Clock& clock) {
  std::optional<int> status;
  while (!gone(status) && !deadline.passed(clock)) wait_a_moment();
  return status;
}

void ChildProcess::end() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  std::optional<int> status;
  for (int moment = 0; !gone(status) && moment < moments_to_die; ++moment) wait_a_moment();
}

Expected<std::string> read_to_end(int fd, std::size_t most_output, Deadline deadline, const Clock& clock, const std::string& what) {
  std::string all;
  for (;;) {
    const auto ready = wait_for(fd, POLLIN, deadline, clock, what);
    if (!ready) return tl::unexpected(ready.error());
    if (*ready == 0) return failure(Errc::timed_out, what + ": it was not finished by the deadline");
    const std::size_t had = all.size();
    all.resize(had + 65536);
    const auto got = retry([&] { return ::read(fd, all.data() + had, all.size() - had); });
    if (got < 0) return system_failure(what, errno);
    all.resize(had + static_cast<std::size_t>(got));
    if (got == 0) return all;
    if (all.size() > most_output) return failure(Errc::exhausted, fmt::format("{}: what it prints is longer than {} bytes", what, most_output));
    if (deadline.passed(clock)) return failure(Errc::timed_out, what + ": it was not finished by the deadline");
  }
}

}  // namespace ringback::io
