#pragma once
/// `ringback diff OLD.json NEW.json`: what changed between two stored reports.
#include "commands/surroundings.hpp"

namespace ringback::commands {

/// The exit status. It says that they were compared, not that they are alike.
[[nodiscard]] int diff(const cli::CommandLine& line, Surroundings& surroundings);

}  // namespace ringback::commands
