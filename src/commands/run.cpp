#include "commands/run.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#include "commands/conclude.hpp"
#include "commands/measure.hpp"
#include "commands/output.hpp"
#include "report/judged.hpp"

namespace ringback::commands {
namespace {

int say_why(const Error& error) {
  complain(error.what);
  if (error.code != Errc::invalid_input) return exit_internal;
  fmt::print(stderr, "Try: ip link\n");
  return exit_usage;
}

}  // namespace

int run(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return exit_internal;
  if (line.dry_run) {
    const auto plan = planned(line, surroundings, *later);
    return !plan ? say_why(plan.error()) : say(*plan) ? 0 : exit_internal;
  }
  io::FileWriter writer(paths_of(line.outputs), *later, cli::write_file);
  const auto network = surroundings.make_network(*later);
  auto report = measure(line, surroundings, *network, *later);
  return report ? conclude(judged(std::move(*report)), line, surroundings, writer) : say_why(report.error());
}

}  // namespace ringback::commands
