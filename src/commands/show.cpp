#include "commands/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/files.hpp"
#include "commands/conclude.hpp"
#include "commands/output.hpp"
#include "commands/stored_report.hpp"
#include "report/changes.hpp"
#include "report/judged.hpp"

namespace ringback::commands {
namespace {

/// Standard output carries the report and nothing else.
void say_what_differs(const Report& stored, const Report& anew, bool hide_values) {
  const auto differ = judged_otherwise(stored, anew);
  const auto whose = fmt::format("judged anew (it was made by {} {})", stored.tool.name, stored.tool.version);
  if (differ.empty()) return complain(whose + (is_judged_alike(stored, anew) ? ": the same verdicts" : ": the same verdicts, in other words or with other advice"));
  if (hide_values)   // the sentences hold names and addresses
    return complain(fmt::format("{}: {}; without --redact it is said which", whose, differ.size() == 1 ? "one verdict differs" : fmt::format("{} verdicts differ", differ.size())));
  complain(whose + ", these verdicts differ:");
  for (const auto& sentence : differ) complain("  " + sentence);
}

std::set<std::string_view> commands_of(const Report& report) {
  std::set<std::string_view> result;
  for (const auto& finding : report.findings)
    for (const auto& remedy : finding.remedies) result.insert(remedy.commands.begin(), remedy.commands.end());
  return result;
}

/// Whoever sends a report may have written any command into it, and its reader copies what he sees.
void warn_of_foreign_commands(const Report& stored) {
  const auto anew = judged(stored);
  if (!std::ranges::includes(commands_of(anew), commands_of(stored)))
    complain("some commands of this report are not what this version would advise: do not run them unread; --rediagnose shows its own advice");
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
    if (!line.quiet) say_what_differs(*report, anew, line.redact);
    report = std::move(anew);
  } else if (!line.quiet && !line.redact) {   // what is redacted is judged anew
    note_unknown_codes(line.report_paths.front(), *report);
    warn_of_foreign_commands(*report);
  }
  return conclude(*report, line, surroundings, writer);
}

}  // namespace ringback::commands
