#include "io/wakeup.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace ringback::io {

Wakeup::Wakeup() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Wakeup::ring() const {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(event_.get(), &one, sizeof one));   // full, and so rung already
}

void Wakeup::clear() const {
  std::uint64_t rung = 0;
  static_cast<void>(!::read(event_.get(), &rung, sizeof rung));
}

}  // namespace ringback::io
