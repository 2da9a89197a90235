#include "commands/explain.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#include "commands/output.hpp"
#include "report/as_called.hpp"
#include "report/explain.hpp"

namespace ringback::commands {

int explain(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto& style = surroundings.style.text;
  const auto pages = choose_pages(line.codes);
  if (!pages) {
    complain(pages.error().what);
    fmt::print(stderr, "Try: {}\n", as_called("ringback explain", style.program));
    return exit_usage;
  }
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return exit_internal;
  io::FileWriter writer(paths_of(line.outputs), *later, cli::write_file);
  if (!give_up_privileges(*later)) return exit_internal;
  const auto as = [&](Format format, const TextStyle& how) { return render_pages(*pages, format, how); };
  return write_outputs(line.outputs, as, style, writer);
}

}  // namespace ringback::commands
