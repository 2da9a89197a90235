#include "commands/diff.hpp"

#include "cli/files.hpp"
#include "commands/output.hpp"
#include "commands/stored_report.hpp"
#include "report/comparison.hpp"

namespace ringback::commands {

int diff(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto before = read_text(line.report_paths[0]), after = read_text(line.report_paths[1]);
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return exit_internal;
  io::FileWriter writer(paths_of(line.outputs), *later, cli::write_file);
  if (!give_up_privileges(*later)) return exit_internal;
  const auto one = parse_report(line.report_paths[0], before), other = parse_report(line.report_paths[1], after);
  if (!one || !other) return exit_usage;
  if (!line.quiet) {
    note_unknown_codes(line.report_paths[0], *one);
    note_unknown_codes(line.report_paths[1], *other);
  }
  const auto comparison = compare(*one, *other);
  const auto as = [&](Format format, const TextStyle& style) { return render(comparison, *one, *other, format, style); };
  return write_outputs(line.outputs, as, surroundings.style.text, writer);
}

}  // namespace ringback::commands
