#pragma once
#include "commands/surroundings.hpp"

namespace ringback::commands {

/// `ringback wait SERVICE`. The exit status.
[[nodiscard]] int wait(const cli::CommandLine& line, Surroundings& surroundings);

}  // namespace ringback::commands
