#include "commands/conclude.hpp"

#include "commands/output.hpp"
#include "report/judged.hpp"

namespace ringback::commands {

int conclude(const Report& report, const cli::CommandLine& line, const Surroundings& surroundings, io::FileWriter& writer) {
  const auto shown = line.redact ? redacted(report) : Expected<Report>(report);
  if (!shown) {
    complain(shown.error().what);
    return exit_internal;
  }
  const auto as = [&](Format format, const TextStyle& style) { return render(*shown, format, style); };
  if (const auto failed = write_outputs(line.outputs, as, surroundings.style.text, writer); failed != 0) return failed;
  return exit_status({shown->connection, shown->services, shown->names, shown->findings});
}

}  // namespace ringback::commands
