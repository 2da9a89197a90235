#pragma once
#include "commands/surroundings.hpp"

namespace ringback::commands {

/// `ringback read FILE`. The exit status.
[[nodiscard]] int read(const cli::CommandLine& line, Surroundings& surroundings);

}  // namespace ringback::commands
