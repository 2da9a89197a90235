#include "commands/assemble.hpp"

namespace ringback::commands {

Report assemble(std::string started, std::chrono::milliseconds duration, Evidence evidence, std::vector<ProbeRun> probes) {
  auto diagnosis = diagnose(evidence);
  Report report;
  report.started = std::move(started);
  report.duration = duration;
  report.connection = std::move(diagnosis.connection);
  report.services = std::move(diagnosis.services);
  report.names = std::move(diagnosis.names);
  report.findings = std::move(diagnosis.findings);
  report.probes = std::move(probes);
  report.evidence = std::move(evidence);
  return report;
}

int status_of(const Report& report) { return exit_status({report.connection, report.services, report.names, report.findings}); }

}  // namespace ringback::commands
