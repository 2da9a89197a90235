/// The composition root: argv → Options → Plan → Evidence → Diagnosis → report. Only here are the real clock, network, random source
/// and environment touched.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <langinfo.h>

#include "base/standard_descriptors.hpp"
#include "cli/command_line.hpp"
#include "cli/files.hpp"
#include "cli/program.hpp"
#include "commands/read.hpp"
#include "commands/wait.hpp"
#include "diagnosis/diagnosis.hpp"
#include "gather/gather.hpp"
#include "io/environment.hpp"
#include "io/file_writer.hpp"
#include "io/real_network.hpp"
#include "report/as_called.hpp"
#include "report/json.hpp"
#include "report/safe_text.hpp"

namespace {

using namespace ringback;

constexpr int exit_usage = 64, exit_internal = 70;

// Diagnosis and report come after the last probe; they are a matter of milliseconds, which the deadline of the whole run includes.
constexpr milliseconds reporting_time{250};

std::vector<cli::ConfigFile> config_files(std::span<const std::string> arguments, std::optional<Error>& error) {
  std::vector<cli::ConfigFile> files;
  if (const auto named = cli::config_path(arguments)) {
    auto text = cli::read_file(*named);
    if (text) files.push_back({*named, std::move(*text)});
    else error = text.error();
    return files;
  }
  std::vector<std::string> paths{"/etc/ringback/ringback.conf"};
  if (const char* xdg = std::getenv("XDG_CONFIG_HOME"); xdg != nullptr && *xdg != '\0') paths.push_back(std::string(xdg) + "/ringback/ringback.conf");
  else if (const char* home = std::getenv("HOME"); home != nullptr) paths.push_back(std::string(home) + "/.config/ringback/ringback.conf");
  for (const auto& path : paths) {
    if (!cli::exists(path)) continue;
    auto text = cli::read_regular_file(path);
    if (text) files.push_back({path, std::move(*text)});
    else error = text.error();   // what it forbids would be done
  }
  return files;
}

TextStyle terminal_style(const cli::CommandLine& line, const std::string& program) {
  TextStyle style;
  style.program = program;
  winsize size{};
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.columns = size.ws_col;
  const char* no_color = std::getenv("NO_COLOR");
  style.color = terminal && !line.no_color && (no_color == nullptr || *no_color == '\0');
  std::setlocale(LC_CTYPE, "");
  style.unicode = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  style.verbose = line.verbose;
  return style;
}

Report assemble(std::string started, milliseconds duration, Gathered gathered) {
  auto diagnosis = diagnose(gathered.evidence);
  Report report;
  report.started = std::move(started);
  report.duration = duration;
  report.connection = std::move(diagnosis.connection);
  report.services = std::move(diagnosis.services);
  report.names = std::move(diagnosis.names);
  report.findings = std::move(diagnosis.findings);
  report.probes = std::move(gathered.runs);
  report.evidence = std::move(gathered.evidence);
  return report;
}

std::optional<std::string> from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

io::Caller caller() { return {from_environment("SUDO_UID"), from_environment("SUDO_GID")}; }

std::vector<std::string> paths_of(const std::vector<cli::Output>& outputs) {
  std::vector<std::string> paths;
  for (const auto& output : outputs) paths.push_back(output.path);
  if (std::ranges::all_of(paths, [](const auto& path) { return path == "-"; })) paths.clear();   // nothing that root would have to write
  return paths;
}

int no_way_down(const Error& error) {
  fmt::print(stderr, "ringback: {}\n", error.what);
  return exit_internal;
}

/// Writes every rendering; the report on standard output comes last, so that a file that cannot be written is said before it.
bool write_outputs(const Report& report, const cli::CommandLine& line, const std::string& program, io::FileWriter& writer) {
  bool written = true;
  const auto style = terminal_style(line, program);
  for (std::size_t i = 0; i < line.outputs.size(); ++i) {
    const auto& output = line.outputs[i];
    if (output.path == "-") continue;
    const auto plain = TextStyle{.columns = 80, .color = false, .unicode = true, .verbose = line.verbose, .program = program};
    if (const auto done = writer.write(i, render(report, output.format, plain)); !done) {
      fmt::print(stderr, "ringback: {}\n", done.error().what);
      written = false;
    }
  }
  for (const auto& output : line.outputs)
    if (output.path == "-") {
      const auto text = render(report, output.format, style);
      static_cast<void>(std::fwrite(text.data(), 1, text.size(), stdout));   // what went wrong the stream remembers
    }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    fmt::print(stderr, "ringback: standard output cannot be written\n");
    written = false;
  }
  return written;
}

int status_of(const Report& report) { return exit_status({report.connection, report.services, report.names, report.findings}); }

/// Also where the host could not be looked at, or none was named.
bool has_interface(const HostFacts& facts, const std::optional<std::string>& name) {
  if (!name || !facts.host) return true;
  return std::ranges::any_of(facts.host->interfaces, [&](const Interface& interface) { return interface.name == *name; });
}

int run(const cli::CommandLine& line, const std::string& program) {
  const io::RealClock clock;
  io::RealRandom random;
  const auto later = io::less_privileged(caller());
  if (!later) return no_way_down(later.error());
  io::FileWriter writer(paths_of(line.outputs), *later, cli::write_file);
  const auto network = io::make_real_network(clock, *later);
  const io::World world{*network, clock, random};
  const auto started_at = cli::utc_now();
  const auto start = clock.now();
  const Deadline deadline{start + line.options.deadline - reporting_time};

  auto host = observe_host(line.options, world, deadline);
  if (!has_interface(host.facts, line.options.interface)) {
    fmt::print(stderr, "ringback: --interface: this host has no interface {}\nTry: ip link\n", *line.options.interface);
    return exit_usage;
  }
  const auto plan = make_plan(line.options, host.facts);
  if (line.dry_run) {
    fmt::print("{}", to_text(plan));
    return 0;
  }
  // What comes from the network is read by somebody who may do nothing.
  network->prepare(captures_of(plan), deadline);
  if (const auto dropped = io::drop_privileges(*later); !dropped) return no_way_down(dropped.error());
  auto gathered = gather(plan, std::move(host), world, deadline);
  const auto duration = std::chrono::duration_cast<milliseconds>(clock.now() - start);
  const auto report = assemble(started_at, duration, std::move(gathered));
  return write_outputs(report, line, program, writer) ? status_of(report) : exit_internal;
}

int show(const cli::CommandLine& line, const std::string& program) {
  const auto text = cli::read_file(line.report_path);
  const auto later = io::less_privileged(caller());
  if (!later) return no_way_down(later.error());
  io::FileWriter writer(paths_of(line.outputs), *later, cli::write_file);
  if (const auto dropped = io::drop_privileges(*later); !dropped) return no_way_down(dropped.error());
  auto report = text ? from_json(*text) : Expected<Report>(tl::unexpected(text.error()));
  if (!report) {
    fmt::print(stderr, "ringback: {}: {}\n", line.report_path, report.error().what);
    return exit_usage;
  }
  if (line.rediagnose) *report = assemble(report->started, report->duration, {std::move(report->evidence), std::move(report->probes)});
  return write_outputs(*report, line, program, writer) ? status_of(*report) : exit_internal;
}

std::chrono::seconds utc_offset() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  return std::chrono::seconds(::localtime_r(&now, &local) != nullptr ? local.tm_gmtoff : 0);
}

/// `wait` and `read` work on their own, out of the same parts.
int watch_or_read(const cli::CommandLine& line, const std::string& program, std::vector<std::string> typed) {
  const io::RealClock clock;
  io::RealRandom random;
  commands::Surroundings surroundings{.clock = clock,
                                      .random = random,
                                      .make_network = [&](const auto& later) { return io::make_real_network(clock, later); },
                                      .caller = caller(),
                                      .style = {.text = terminal_style(line, program), .utc_offset = utc_offset()},
                                      .typed = std::move(typed)};
  return line.subcommand == cli::Subcommand::wait ? commands::wait(line, surroundings) : commands::read(line, surroundings);
}

/// The subcommand whose help it is, where it has one of its own.
std::string help_of(const std::string& program, std::span<const std::string> arguments) {
  const auto named = arguments.empty() ? std::string() : arguments.front();
  return as_called(named == "wait" || named == "read" ? "ringback " + named + " --help" : "ringback --help", program);
}

int start(const std::string& called_by, std::span<const std::string> arguments) {
  const auto program = cli::called_as(called_by, from_environment("PATH"));
  std::optional<Error> error;
  std::optional<io::AsCaller> as_caller(std::in_place);   // whose files are read
  const auto files = config_files(arguments, error);
  const auto line = error ? Expected<cli::CommandLine>(tl::unexpected(*error)) : cli::parse(arguments, files);
  if (!line) {
    fmt::print(stderr, "ringback: {}\nTry: {}\n", safe_text(line.error().what), help_of(program, arguments));
    return exit_usage;
  }
  if (line->subcommand == cli::Subcommand::run || line->subcommand == cli::Subcommand::wait) as_caller.reset();
  switch (line->subcommand) {
    case cli::Subcommand::help: fmt::print("{}", line->help.empty() ? cli::help_text() : line->help); return 0;
    case cli::Subcommand::version: fmt::print("ringback {}\n", RINGBACK_VERSION); return 0;
    case cli::Subcommand::show: return show(*line, program);
    case cli::Subcommand::run: return run(*line, program);
    case cli::Subcommand::wait:
    case cli::Subcommand::read: {
      std::vector<std::string> typed{called_by};
      typed.insert(typed.end(), arguments.begin(), arguments.end());
      return watch_or_read(*line, program, std::move(typed));
    }
  }
  return exit_internal;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (!hold_standard_descriptors()) return exit_internal;
  io::distrust_environment();
  std::signal(SIGPIPE, SIG_IGN);   // a reader that has gone is an error of the write, not the end of the program
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return start(argc > 0 ? argv[0] : "ringback", arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ringback: internal fault: %s\n", error.what());
    return exit_internal;
  }
}
