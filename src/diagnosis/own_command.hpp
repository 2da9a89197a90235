#pragma once
/// Command lines of ringback itself, with what the user gave it. They begin with "ringback", whatever the path of the program: a report stays
/// the same wherever it is made, and whoever renders it knows by which path it is found there (TextStyle::program).
#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {

/// "ringback run --service 443/tcp --vantage URL": as it was called, as far as the report tells; more options may follow.
[[nodiscard]] Command run_command(const Request& request);

/// With root's rights.
[[nodiscard]] Command sudo(const Command& command);

/// "sudo ringback wait 443/tcp"
[[nodiscard]] Command watch_command(const Service& service);

}  // namespace ringback::diagnosis
