#include "io/child_process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace ringback::io {
namespace {

constexpr int moments_to_die = 100;
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

}  // namespace ringback::io
