#pragma once
/// Other programs of this host, run for what they print. They get nothing of the caller's environment, and are gone by the deadline.
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/expected.hpp"

namespace ringback::io {

struct Printed {
  std::string text;
  int status = 0;                      ///< as it exited
};

struct ProgramCall {
  std::string program;                 ///< absolute path
  std::vector<std::string> arguments;  ///< without the program's own name
  std::size_t most_output = 0;         ///< bytes; more is Errc::exhausted
};

/// Errc::unsupported where there is no such program, Errc::timed_out where it was not finished, Errc::failed where a signal ended it.
/// `what` is said in front of an error.
[[nodiscard]] Expected<Printed> run_program(const ProgramCall& call, Deadline deadline, const Clock& clock, const std::string& what);

}  // namespace ringback::io
