/// The composition root: argv → Options → Plan → Evidence → Diagnosis → report. Only here are the real clock, network, random source
/// and environment touched.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <langinfo.h>

#include "base/standard_descriptors.hpp"
#include "cli/columns.hpp"
#include "cli/command_line.hpp"
#include "cli/files.hpp"
#include "cli/program.hpp"
#include "commands/check.hpp"
#include "commands/diff.hpp"
#include "commands/explain.hpp"
#include "commands/history.hpp"
#include "commands/read.hpp"
#include "commands/run.hpp"
#include "commands/show.hpp"
#include "commands/wait.hpp"
#include "io/environment.hpp"
#include "io/local_account.hpp"
#include "io/real_network.hpp"
#include "report/as_called.hpp"
#include "report/safe_text.hpp"

namespace {

using namespace ringback;

using commands::exit_internal, commands::exit_usage;

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

std::optional<std::string> from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

/// Can move its cursor and show colours: one that says nothing of itself, or that it cannot, is written to as to a file (terminfo(5), "dumb").
bool is_able_terminal(int descriptor) {
  const auto kind = from_environment("TERM").value_or("");
  return isatty(descriptor) == 1 && !kind.empty() && kind != "dumb";
}

/// Of the terminal that a stream is.
std::optional<unsigned> columns_of(int descriptor) {
  winsize size{};
  if (isatty(descriptor) != 1 || ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

TextStyle terminal_style(const cli::CommandLine& line, const std::string& program) {
  TextStyle style;
  style.program = program;
  style.columns = cli::columns(from_environment("COLUMNS"), columns_of(STDOUT_FILENO));
  const char* no_color = std::getenv("NO_COLOR");
  style.color = is_able_terminal(STDOUT_FILENO) && !line.no_color && (no_color == nullptr || *no_color == '\0');
  std::setlocale(LC_CTYPE, "");
  style.unicode = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  style.verbose = line.verbose;
  return style;
}

/// A daemon such as Icinga has none in its environment.
std::optional<std::string> home() {
  if (const auto told = from_environment("HOME"); told && !told->empty()) return told;
  return io::home_of(::getuid(), io::account_files().passwd);
}

/// What the environment says, otherwise of root the system's and of everybody else his own; a service of systemd is told (systemd.exec(5),
/// StateDirectory=).
std::string state_folder() {
  if (const auto told = from_environment("STATE_DIRECTORY"); told && told->starts_with('/')) return told->substr(0, told->find(':'));
  if (const auto xdg = from_environment("XDG_STATE_HOME"); xdg && xdg->starts_with('/')) return *xdg + "/ringback";   // a relative one counts for nothing there
  if (::getuid() == 0) return commands::state_folder_of_the_system;
  return home().value_or("") + "/.local/state/ringback";
}

io::Caller caller() { return {from_environment("SUDO_UID"), from_environment("SUDO_GID")}; }

std::chrono::seconds utc_offset() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  return std::chrono::seconds(::localtime_r(&now, &local) != nullptr ? local.tm_gmtoff : 0);
}

using Command = int (*)(const cli::CommandLine&, commands::Surroundings&);

int carry_out(Command command, const cli::CommandLine& line, const std::string& program, std::vector<std::string> typed) {
  const io::RealClock clock;
  io::RealRandom random;
  commands::Surroundings surroundings{.clock = clock,
                                      .random = random,
                                      .make_network = [&](const auto& later) { return io::make_real_network(clock, later); },
                                      .caller = caller(),
                                      .state_folder = state_folder(),
                                      .style = {.text = terminal_style(line, program), .utc_offset = utc_offset()},
                                      .progress_columns = is_able_terminal(STDERR_FILENO) ? columns_of(STDERR_FILENO) : std::nullopt,
                                      .typed = std::move(typed)};
  return command(line, surroundings);
}

/// The subcommand whose help it is, where it has one of its own.
std::string help_of(const std::string& program, std::span<const std::string> arguments) {
  const auto named = arguments.empty() ? std::string() : arguments.front();
  const bool has_own = std::ranges::count(std::array{"wait", "read", "diff", "explain", "history"}, named) > 0;
  return as_called(has_own ? "ringback " + named + " --help" : "ringback --help", program);
}

int start(const std::string& called_by, std::span<const std::string> arguments) {
  const auto program = cli::called_as(called_by, from_environment("PATH"));
  std::optional<Error> error;
  std::optional<io::AsCaller> as_caller(std::in_place);   // whose files are read
  const auto files = config_files(arguments, error);
  const auto line = error ? Expected<cli::CommandLine>(tl::unexpected(*error)) : cli::parse(arguments, files);
  const bool is_check = !arguments.empty() && arguments.front() == "check";
  if (!line && is_check) return commands::check_failed(fmt::format("wrong usage: {}", line.error().what), cli::is_for_reports(arguments, files));
  if (!line) {
    fmt::print(stderr, "ringback: {}\nTry: {}\n", safe_text(line.error().what), help_of(program, arguments));
    return exit_usage;
  }
  using enum cli::Subcommand;
  if (std::ranges::count(std::array{run, check, wait, history}, line->subcommand) > 0) as_caller.reset();
  std::vector<std::string> typed{called_by};
  typed.insert(typed.end(), arguments.begin(), arguments.end());
  const auto by = [&](Command command) { return carry_out(command, *line, program, typed); };
  switch (line->subcommand) {
    case cli::Subcommand::help: fmt::print("{}", line->help.empty() ? cli::help_text() : line->help); return 0;
    case cli::Subcommand::version: fmt::print("ringback {}\n", RINGBACK_VERSION); return 0;
    case cli::Subcommand::show: return by(commands::show);
    case cli::Subcommand::diff: return by(commands::diff);
    case cli::Subcommand::explain: return by(commands::explain);
    case cli::Subcommand::run: return by(commands::run);
    case cli::Subcommand::check: return by(commands::check);
    case cli::Subcommand::history: return by(commands::history);
    case cli::Subcommand::wait: return by(commands::wait);
    case cli::Subcommand::read: return by(commands::read);
  }
  return exit_internal;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (!hold_standard_descriptors()) return exit_internal;
  io::distrust_environment();
  io::prepare_for_many_threads();
  // A reader that has gone, or a file that may not become so long (ulimit -f), is an error of the write, not the end of the program: that
  // would leave half a file behind.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::vector<std::string> arguments;
  try {
    arguments.assign(argv + std::min(argc, 1), argv + argc);
    return start(argc > 0 ? argv[0] : "ringback", arguments);
  } catch (const std::exception& error) {
    if (argc > 1 && std::string_view(argv[1]) == "check")
      return commands::check_failed(std::string("internal fault: ") + error.what(), cli::is_for_reports(arguments, {}));
    std::fprintf(stderr, "ringback: internal fault: %s\n", error.what());
    return exit_internal;
  }
}
