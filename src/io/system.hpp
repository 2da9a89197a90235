#pragma once
/// What every system call here needs: errno as an Error, EINTR, and a wait that ends with its deadline.
#include <poll.h>

#include <cerrno>
#include <span>
#include <string>

#include "base/clock.hpp"
#include "base/expected.hpp"

namespace ringback::io {

/// What an errno of a socket call means to a probe.
[[nodiscard]] Errc code_of(int error);

/// "WHAT: Network is unreachable", with the code that belongs to it.
[[nodiscard]] tl::unexpected<Error> system_failure(const std::string& what, int error);

/// Repeats a call that a signal interrupted before it did anything.
template <class Call>
auto retry(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

/// The poll(2) events that came; 0: the deadline came first. A deadline that has passed still finds what is already there.
[[nodiscard]] Expected<short> wait_for(int fd, short events, Deadline deadline, const Clock& clock, const std::string& what);
/// The same of several, into their `revents`; false: the deadline came first.
[[nodiscard]] Expected<bool> wait_for(std::span<pollfd> entries, Deadline deadline, const Clock& clock, const std::string& what);

}  // namespace ringback::io
