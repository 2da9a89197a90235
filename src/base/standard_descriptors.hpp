#pragma once
/// Standard input, output and error of a program whose caller closed them.
#include <fcntl.h>

#include <cerrno>

namespace ringback {

/// Takes the places of those that are closed, so that no socket or file gets one of these numbers and is written to as if it were the
/// report or the log. Reading and writing them fails (EBADF), as it does when they are closed. To be called before anything is opened.
/// False: that is not possible, and the program must end.
[[nodiscard]] inline bool hold_standard_descriptors() {
  for (const int standard : {0, 1, 2}) {
    if (::fcntl(standard, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is taken. The wrong way round, as glibc does it for programs with the set-user-ID bit.
    if (::open("/dev/null", standard == 0 ? O_WRONLY : O_RDONLY) != standard) return false;
  }
  return true;
}

}  // namespace ringback
