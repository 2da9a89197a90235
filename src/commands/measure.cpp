#include "commands/measure.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#include "commands/progress.hpp"
#include "gather/gather.hpp"

namespace ringback::commands {
namespace {

// Diagnosis and report come after the last probe; they are a matter of milliseconds, which the deadline of the whole run includes.
constexpr milliseconds reporting_time{250};

Deadline deadline_of(const cli::CommandLine& line, Instant start) { return {start + line.options.deadline - reporting_time}; }

/// This host, looked at for a plan.
Expected<ObservedHost> found_host(const cli::CommandLine& line, const io::World& world, Deadline deadline) {
  auto host = observe_host(line.options, world, deadline);
  if (has_interface(host.facts, line.options.interface)) return host;
  return failure(Errc::invalid_input, fmt::format("--interface: this host has no interface {}", *line.options.interface));
}

}  // namespace

Expected<std::string> planned(const cli::CommandLine& line, const Surroundings& surroundings, const std::optional<io::Identity>& later) {
  const auto network = surroundings.make_network(later);
  const auto host = found_host(line, {*network, surroundings.clock, surroundings.random}, deadline_of(line, surroundings.clock.now()));
  if (!host) return tl::unexpected(host.error());
  return to_text(make_plan(line.options, host->facts));
}

Expected<Report> measure(const cli::CommandLine& line, const Surroundings& surroundings, io::RealNetwork& network, const std::optional<io::Identity>& later,
                         const std::function<void()>& ready) {
  const auto& clock = surroundings.clock;
  const io::World world{network, clock, surroundings.random};
  Report report;
  report.started = cli::utc_now();
  const auto start = clock.now();
  const auto deadline = deadline_of(line, start);
  auto host = found_host(line, world, deadline);
  if (!host) return tl::unexpected(host.error());
  const auto plan = make_plan(line.options, host->facts);
  // What comes from the network is read by somebody who may do nothing.
  network.prepare(captures_of(plan), deadline);
  if (auto dropped = io::drop_privileges(later); !dropped) return tl::unexpected(dropped.error());
  ready();
  Progress progress(line.quiet ? std::nullopt : surroundings.progress_columns, probes_of(plan));
  auto gathered = gather(plan, std::move(*host), world, deadline, [&](const ProbeRun& probe) { progress.ended(probe.name); });
  progress.clear();
  report.duration = std::chrono::duration_cast<milliseconds>(clock.now() - start);
  report.probes = std::move(gathered.runs);
  report.evidence = std::move(gathered.evidence);
  return report;
}

}  // namespace ringback::commands
