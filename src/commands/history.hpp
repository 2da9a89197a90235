#pragma once
/// `ringback history`: what checks remember.
#include "commands/surroundings.hpp"

namespace ringback::commands {

[[nodiscard]] int history(const cli::CommandLine& line, Surroundings& surroundings);

}  // namespace ringback::commands
