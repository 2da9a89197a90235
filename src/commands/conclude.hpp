#pragma once
/// The end of `run` and `show`: the report in the forms that were asked for.
#include "commands/surroundings.hpp"
#include "io/file_writer.hpp"
#include "report/report.hpp"

namespace ringback::commands {

/// With --redact the redacted one, or nothing at all. The exit status, by its findings.
[[nodiscard]] int conclude(const Report& report, const cli::CommandLine& line, const Surroundings& surroundings, io::FileWriter& writer);

}  // namespace ringback::commands
