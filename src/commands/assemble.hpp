#pragma once
/// Evidence becomes a report.
#include "report/report.hpp"

namespace ringback::commands {

[[nodiscard]] Report assemble(std::string started, std::chrono::milliseconds duration, Evidence evidence, std::vector<ProbeRun> probes);

/// The exit status of `run`.
[[nodiscard]] int status_of(const Report& report);

}  // namespace ringback::commands
