#pragma once
/// A process that this one has started: it never outlives its owner.
#include <sys/types.h>

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/expected.hpp"

namespace ringback::io {

/// Of the child `pid`; none where it could not be started.
class ChildProcess {
 public:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() { end(); }

  /// How it ended (waitpid(2)); nothing where it has not by the deadline.
  std::optional<int> wait(Deadline deadline, const Clock& clock);
  /// Kills it, and waits a moment for the kernel to take it down. One that needs longer is waited for once more with the destructor, and
  /// after that belongs to init, which takes it over when this process ends.
  void end();

 private:
  /// Whether it is off the process table; its status then, where it was there until now.
  bool gone(std::optional<int>& status);

  pid_t pid_;
};

/// What a child writes into a pipe, until it closes its end. Errc::timed_out where it has not by the deadline, Errc::exhausted where that is more
/// than `most_output` bytes.
[[nodiscard]] Expected<std::string> read_to_end(int fd, std::size_t most_output, Deadline deadline, const Clock& clock, const std::string& what);

}  // namespace ringback::io
