#include "io/system.hpp"

#include <fmt/format.h>

#include <system_error>

namespace ringback::io {

Errc code_of(int error) {
  switch (error) {
    case EPERM:
    case EACCES: return Errc::not_permitted;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENONET: return Errc::no_route;
    case ECONNREFUSED:
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE: return Errc::refused;
    case ETIMEDOUT: return Errc::timed_out;
    case EAFNOSUPPORT:
    case EPFNOSUPPORT:
    case EPROTONOSUPPORT:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ENOSYS: return Errc::unsupported;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN: return Errc::exhausted;
    default: return Errc::failed;
  }
}

tl::unexpected<Error> system_failure(const std::string& what, int error) {
  return failure(code_of(error), what + ": " + std::system_category().message(error));
}

Expected<short> wait_for(int fd, short events, Deadline deadline, const Clock& clock, const std::string& what) {
  pollfd entry{.fd = fd, .events = events, .revents = 0};
  const auto any = wait_for({&entry, 1}, deadline, clock, what);
  if (!any) return tl::unexpected(any.error());
  return entry.revents;
}

Expected<bool> wait_for(std::span<pollfd> entries, Deadline deadline, const Clock& clock, const std::string& what) {
  for (;;) {
    const auto left = std::max(std::chrono::nanoseconds{0}, std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.at - clock.now()));
    const auto whole = std::chrono::duration_cast<seconds>(left);
    const timespec timeout{.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
    const int ready = ::ppoll(entries.data(), entries.size(), &timeout, nullptr);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return system_failure("wait for " + what, errno);
    if (ready == 0 && deadline.passed(clock)) return false;
  }
}

}  // namespace ringback::io
