#pragma once
/// `ringback show REPORT.json`: a stored report in any form, judged anew where that is asked for.
#include "commands/surroundings.hpp"

namespace ringback::commands {

/// The exit status, by the report's findings.
[[nodiscard]] int show(const cli::CommandLine& line, Surroundings& surroundings);

}  // namespace ringback::commands
