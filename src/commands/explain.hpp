#pragma once
/// `ringback explain [CODE]`: what a finding means, how it was told apart, what to do.
#include "commands/surroundings.hpp"

namespace ringback::commands {

/// The exit status.
[[nodiscard]] int explain(const cli::CommandLine& line, Surroundings& surroundings);

}  // namespace ringback::commands
