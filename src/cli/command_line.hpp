#pragma once
/// argv and the configuration file become values. Nothing is read from the environment here; `main` hands in what it found there.
#include <span>
#include <variant>

#include "net/moment.hpp"
#include "plan/destinations.hpp"
#include "plan/options.hpp"
#include "report/format.hpp"

namespace ringback::cli {

enum class Subcommand { run, check, wait, read, show, diff, explain, history, help, version };

/// Where one rendering of the report goes.
struct Output {
  Format format = Format::text;
  std::string path = "-";        ///< "-": standard output
  bool operator==(const Output&) const = default;
};

struct WaitLine {
  Service service;
  bool ipv4 = true, ipv6 = true;
  std::optional<std::string> interface;
  std::optional<std::uint64_t> count;             ///< of settled attempts from outside
  std::optional<std::chrono::seconds> duration;
  bool operator==(const WaitLine&) const = default;
};

struct ReadLine {
  std::string path;              ///< "-": standard input
  std::optional<Service> service;
  bool ipv4 = true, ipv6 = true;
  bool operator==(const ReadLine&) const = default;
};

/// Of `check`, beside what `run` has.
struct CheckLine {
  bool on_change = false;        ///< say nothing while nothing changed
  unsigned hold = 1;             ///< so many checks in a row have to find something new before it is announced
  unsigned keep_days = 400;
  Destinations destinations;     ///< where else it is told
  bool mqtt_remove = false;      ///< check nothing, and have the broker forget this instance
  bool operator==(const CheckLine&) const = default;
};

/// A point of time, or that long ago.
using HistoryTime = std::variant<std::monostate, Moment, std::chrono::seconds>;

struct HistoryLine {
  HistoryTime since, until;
  bool operator==(const HistoryLine&) const = default;
};

struct CommandLine {
  Subcommand subcommand = Subcommand::run;
  Options options;               ///< of `run` and `check`
  WaitLine wait;
  ReadLine read;
  CheckLine check;
  HistoryLine history;
  std::optional<std::string> state_folder;   ///< of `check` and `history`: where checks are remembered, if it was named
  std::vector<Output> outputs;   ///< never empty
  std::vector<std::string> report_paths;   ///< of `show` one, of `diff` the older and the newer; "-": standard input
  std::vector<std::string> codes;   ///< of `explain`; a group such as "dns", too. Empty: every one
  bool rediagnose = false;       ///< of `show`
  bool redact = false;           ///< of `run`, `check` and `show`
  bool dry_run = false;
  bool no_color = false;
  bool quiet = false;
  bool verbose = false;
  std::string help;              ///< of the subcommand that has one of its own; empty: help_text()
  bool operator==(const CommandLine&) const = default;
};

/// A configuration file: its path, for errors, and its text.
struct ConfigFile {
  std::string path;
  std::string text;
};

/// The file that -c names, if any: it is read before the whole line can be understood.
[[nodiscard]] std::optional<std::string> config_path(std::span<const std::string> arguments);

/// `arguments` without the program's name. The command line goes before the configuration files, the earlier file before the later.
/// Errc::invalid_input says what is wrong and shows the right form.
[[nodiscard]] Expected<CommandLine> parse(std::span<const std::string> arguments, std::span<const ConfigFile> files);

/// Of a line that may be wrong: standard output is for a report in another form than text, as far as it says that.
[[nodiscard]] bool is_for_reports(std::span<const std::string> arguments, std::span<const ConfigFile> files);

[[nodiscard]] std::string help_text();

}  // namespace ringback::cli
