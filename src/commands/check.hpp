#pragma once
/// `ringback check`: a run for cron and monitoring, which is remembered.
#include "commands/surroundings.hpp"

namespace ringback::commands {

/// By the Monitoring Plugins Development Guidelines: the exit status is 0 to 3, and whatever goes wrong is said in the one line.
[[nodiscard]] int check(const cli::CommandLine& line, Surroundings& surroundings);

/// For what keeps a check from being made at all: "UNKNOWN - …", or, where standard output is for reports in another form than text (`in_reports`), the
/// reason on standard error. The exit status.
[[nodiscard]] int check_failed(std::string_view reason, bool in_reports);

}  // namespace ringback::commands
