#include "commands/run.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#include "commands/conclude.hpp"
#include "commands/output.hpp"
#include "commands/progress.hpp"
#include "gather/gather.hpp"
#include "report/judged.hpp"

namespace ringback::commands {
namespace {

// Diagnosis and report come after the last probe; they are a matter of milliseconds, which the deadline of the whole run includes.
constexpr milliseconds reporting_time{250};

}  // namespace

int run(const cli::CommandLine& line, Surroundings& surroundings) {
  const auto& clock = surroundings.clock;
  const auto later = whom_to_become(surroundings.caller);
  if (!later) return exit_internal;
  io::FileWriter writer(paths_of(line.outputs), *later, cli::write_file);
  const auto network = surroundings.make_network(*later);
  const io::World world{*network, clock, surroundings.random};
  const auto started_at = cli::utc_now();
  const auto start = clock.now();
  const Deadline deadline{start + line.options.deadline - reporting_time};

  auto host = observe_host(line.options, world, deadline);
  if (!has_interface(host.facts, line.options.interface)) {
    complain(fmt::format("--interface: this host has no interface {}", *line.options.interface));
    fmt::print(stderr, "Try: ip link\n");
    return exit_usage;
  }
  const auto plan = make_plan(line.options, host.facts);
  if (line.dry_run) return say(to_text(plan)) ? 0 : exit_internal;
  // What comes from the network is read by somebody who may do nothing.
  network->prepare(captures_of(plan), deadline);
  if (!give_up_privileges(*later)) return exit_internal;
  Progress progress(line.quiet ? std::nullopt : surroundings.progress_columns, probes_of(plan));
  auto gathered = gather(plan, std::move(host), world, deadline, [&](const ProbeRun& probe) { progress.ended(probe.name); });
  progress.clear();
  const auto duration = std::chrono::duration_cast<milliseconds>(clock.now() - start);
  Report report;
  report.started = started_at;
  report.duration = duration;
  report.probes = std::move(gathered.runs);
  report.evidence = std::move(gathered.evidence);
  return conclude(judged(std::move(report)), line, surroundings, writer);
}

}  // namespace ringback::commands
