#pragma once
/// `ringback run`: gathers with every probe side by side, diagnoses, reports.
#include "commands/surroundings.hpp"

namespace ringback::commands {

/// The exit status, by the report's findings.
[[nodiscard]] int run(const cli::CommandLine& line, Surroundings& surroundings);

}  // namespace ringback::commands
