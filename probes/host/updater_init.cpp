/// Init scripts of ddclient and inadyn, with the options that they hand to start-stop-daemon(8).
#include <algorithm>
#include <iterator>

#include "probes/host/shell_script.hpp"
#include "probes/host/text.hpp"
#include "probes/host/updater_lines.hpp"

namespace ringback::host {
namespace {

/// The script, and what it reads first: a setting there goes before its own.
struct InitScript {
  std::string own, defaults;

  [[nodiscard]] std::string value(std::string_view name) const {
    const auto set = value_of(defaults, name);
    return set ? *set : value_of(own, name).value_or("");
  }
};

/// Where systemd has a unit of that name it passes over the script (systemd-sysv-generator(8)).
bool has_unit(const UpdaterSearch& search, const std::string& program) {
  for (const auto* folder : {"/etc/systemd/system/", "/usr/local/lib/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"})
    if (search.read(folder + program + ".service", 16)) return true;
  return false;
}

/// Of the variables that Debian's scripts, and those made after its example, keep the options in.
std::vector<std::string> command_of(const InitScript& script, const std::string& program) {
  std::vector<std::string> command{program};
  for (const auto* variable : {"OPTIONS", "DAEMON_ARGS", "DAEMON_OPTS"})
    for (const auto& word : words_of(script.value(variable))) {
      const auto name = variable_named_by(word);
      command.push_back(name.empty() ? word : script.value(name));
    }
  return command;
}

}  // namespace

std::vector<Updater> updaters_of_init_scripts(UpdaterSearch& search) {
  std::vector<Updater> found;
  for (const std::string program : {"ddclient", "inadyn"}) {
    const auto own = search.read("/etc/init.d/" + program, largest_script);
    if (!own || has_unit(search, program)) continue;
    const InitScript script{*own, search.read("/etc/default/" + program, largest_script).value_or("")};
    LineTable table{.file = "/etc/init.d/" + program, .most_updaters = 4, .files_left = 2};
    for (const auto& call : daemons_called_in(command_of(script, program)))
      for (auto& updater : updaters_of_own_file(search, table, call, {"root"})) {
        updater.started_by = StartedBy::daemon;
        if (daemon_runs(search.processes, program)) updater.active = true;
        else if (search.processes.complete) updater.active = false;
        if (updater.active == true) search.started_with_other_file.insert(program);
        if (updater.readable || updater.active == true) table.add(std::move(updater));
      }
    std::ranges::move(table.found, std::back_inserter(found));
  }
  return found;
}

}  // namespace ringback::host
