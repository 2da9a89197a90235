#include "commands/show.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#include "commands/conclude.hpp"
#include "commands/output.hpp"
#include "commands/stored_report.hpp"
#include "report/changes.hpp"
#include "report/judged.hpp"

namespace ringback::commands {
namespace {

/// Standard output carries the report and nothing else.
void say_what_differs(const Report& stored, const Report& anew) {
  const auto differ = judged_otherwise(stored, anew);
  if (differ.empty()) return complain(fmt::format("judged anew (it was made by {} {}): the same verdicts", stored.tool.name, stored.tool.version));
  complain(fmt::format("judged anew (it was made by {} {}), these verdicts differ:", stored.tool.name, stored.tool.version));
  for (const auto& sentence : differ) complain("  " + sentence);
}

}  // namespace

int show(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto text = read_text(line.report_paths.front());
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return exit_internal;
  io::FileWriter writer(paths_of(line.outputs), *later, cli::write_file);
  if (!give_up_privileges(*later)) return exit_internal;
  auto report = parse_report(line.report_paths.front(), text);
  if (!report) return exit_usage;
  if (line.rediagnose) {
    auto anew = judged(*report);
    if (!line.quiet && !line.redact) say_what_differs(*report, anew);   // its sentences hold names and addresses
    report = std::move(anew);
  }
  return conclude(*report, line, surroundings, writer);
}

}  // namespace ringback::commands
