#include "io/child_process.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/unique_fd.hpp"
#include "io/real_network.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr seconds time_to_die{2};   // a killed process needs a moment; on an overloaded machine, or with much memory to give back, more

/// Until it has ended, or the deadline, or for a moment.
void wait_for_end(pid_t pid, Deadline deadline, const Clock& clock) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
  constexpr milliseconds moment{1}, longest{10'000};
  const auto wait = process ? std::min(deadline.left(clock), longest) : moment;   // none: Linux before 5.3, or a container's rules
  ::poll(&ended, 1, static_cast<int>(wait.count()));
}

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
  while (!gone(status) && !deadline.passed(clock)) wait_for_end(pid_, deadline, clock);
  return status;
}

void ChildProcess::end() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  const RealClock clock;
  (void)wait({clock.now() + time_to_die}, clock);
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
