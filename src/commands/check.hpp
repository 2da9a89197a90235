#pragma once
/// `ringback check`: a run for cron and monitoring, which is remembered.
#include "commands/surroundings.hpp"

namespace ringback::commands {

/// By the Monitoring Plugins Development Guidelines: the exit status is 0 to 3, and whatever goes wrong is said in the one line.
[[nodiscard]] int check(const cli::CommandLine& line, Surroundings& surroundings);

/// "UNKNOWN - …" for what keeps a check from being made at all; the exit status.
[[nodiscard]] int check_failed(std::string_view reason);

}  // namespace ringback::commands
