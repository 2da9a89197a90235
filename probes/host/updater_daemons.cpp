/// Programs that have a file of their own: ddclient, inadyn, ddns-updater.
#include <algorithm>

#include "probes/host/updater_lines.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_includes = 8;

struct DaemonFile {
  std::string path;
  bool in_container = false;   ///< whoever is root there put it there
};
struct UsualFile {
  std::string_view program;    ///< and the unit's name
  std::string_view path;
};
/// Of those that may be told to take another one.
constexpr UsualFile usual_files[] = {{"ddclient", "/etc/ddclient.conf"},
                                     {"ddclient", "/etc/ddclient/ddclient.conf"},
                                     {"inadyn", "/etc/inadyn.conf"}};

std::vector<Updater> inadyn_and_what_it_includes(const UpdaterSearch& search, std::string_view text, const std::string& reader) {
  std::size_t included = 0;
  return read_inadyn(text, [&](const std::string& path) {
    if (!is_plain_path(path) || ++included > most_includes) return std::string();
    return search.read_foreign({.path = path, .limit = largest_script, .reader = reader}).value_or("");
  });
}

void how_it_runs(const UpdaterSearch& search, const std::string& program, Updater& updater) {
  const auto unit = program + ".service";
  const bool own = !search.started_with_other_file.contains(program);
  bool known = search.unit_is_active(unit);
  for (const auto* folder : {"/etc/systemd/system/", "/lib/systemd/system/", "/usr/lib/systemd/system/"})
    known = known || search.read(folder + unit, 16).has_value();
  if (known && own) updater.unit = unit;
  if (own && (daemon_runs(search.processes, program) || search.unit_is_active(unit))) {
    updater.started_by = StartedBy::daemon;
    updater.active = true;
  } else if (search.called_by_cron.contains(program)) {
    updater.started_by = StartedBy::cron;
    updater.active = true;
  } else if (own && search.unit_is_active(program + ".timer")) {
    updater.started_by = StartedBy::timer;
    updater.active = true;
  } else if (own && daemon_runs(search.processes_now(), program)) {
    updater.started_by = StartedBy::daemon;
    updater.active = true;
  } else if (own && !search.called_by_hooks.contains(program) && search.processes.complete && !search.is_over()) {
    updater.active = false;
  }
}

Expected<std::string> text_of(const UpdaterSearch& search, const DaemonFile& file) {
  return file.in_container ? search.read_foreign({.path = file.path, .limit = largest_daemon_file, .follow_link = false})
                           : search.read(file.path, largest_daemon_file);
}

void look_for(const UpdaterSearch& search, const std::string& program, const std::vector<DaemonFile>& files, std::vector<Updater>& found) {
  for (const auto& file : files) {
    const auto text = text_of(search, file);
    if (!text && text.error().code != Errc::not_permitted) continue;
    auto updaters = text ? read_daemon_file(search, program, *text, "") : std::vector<Updater>{unread_updater()};
    Updater how;
    how_it_runs(search, program, how);
    for (auto& updater : updaters) {
      updater.program = program;
      updater.file = file.path;
      updater.unit = how.unit;
      updater.started_by = how.started_by;
      updater.active = how.active;
      if (updater.readable || updater.active == true) found.push_back(std::move(updater));
    }
  }
}

std::vector<DaemonFile> usual_files_of(std::string_view program) {
  std::vector<DaemonFile> files;
  for (const auto& usual : usual_files)
    if (usual.program == program) files.push_back({std::string(usual.path)});
  return files;
}

/// A volume of Docker's is the usual place of ddns-updater's file.
std::vector<DaemonFile> ddns_updater_files(const UpdaterSearch& search) {
  std::vector<DaemonFile> files{{"/etc/ddns-updater/config.json"}, {"/var/lib/ddns-updater/config.json"}, {"/opt/ddns-updater/data/config.json"},
                                {"/updater/data/config.json"}};
  for (const auto& volume : search.folder("/var/lib/docker/volumes"))
    if (volume.find("ddns") != std::string::npos && is_plain_path("/" + volume))
      files.push_back({"/var/lib/docker/volumes/" + volume + "/_data/config.json", true});
  return files;
}

}  // namespace

bool daemon_runs(const Processes& processes, const std::string& program) {
  return std::ranges::any_of(processes.names, [&](const std::string& name) { return name == program || name.starts_with(program + " "); });
}

bool is_usual_file(std::string_view program, std::string_view path) {
  return std::ranges::any_of(usual_files, [&](const UsualFile& usual) { return usual.program == program && usual.path == path; });
}

std::vector<Updater> read_daemon_file(const UpdaterSearch& search, std::string_view program, std::string_view text,
                                      const std::string& reader) {
  if (program == "ddclient") return read_ddclient(text);
  return program == "inadyn" ? inadyn_and_what_it_includes(search, text, reader) : read_ddns_updater(text);
}

Updater unread_updater() {
  return {.readable = false, .ipv4 = {.source = AddressSource::unknown}, .ipv6 = {.source = AddressSource::unknown}};
}

std::vector<Updater> updaters_with_files(const UpdaterSearch& search) {
  std::vector<Updater> found;
  for (const auto* program : {"ddclient", "inadyn"}) look_for(search, program, usual_files_of(program), found);
  look_for(search, "ddns-updater", ddns_updater_files(search), found);
  return found;
}

/// ddclient overwrites its command line (perlvar(1), $0), inadyn leaves it.
std::vector<Updater> updaters_of_processes(UpdaterSearch& search, const std::vector<Updater>& known) {
  const std::string program = "inadyn";
  if (!daemon_runs(search.processes, program)) return {};
  bool usual = false, other = false;
  LineTable table;
  for (const auto& words : search.command_lines_of_root(program))
    for (const auto& call : daemons_called_in(words)) {
      if (call.program != program) continue;
      (call.file.empty() || is_usual_file(program, call.file) ? usual : other) = true;
      if (std::ranges::find(known, call.file, &Updater::file) != known.end()) continue;
      for (auto& updater : updaters_of_own_file(search, table, call, {"root"})) {
        updater.started_by = StartedBy::daemon;
        updater.active = true;
        table.add(std::move(updater));
      }
    }
  if (other && !usual) search.started_with_other_file.insert(program);
  return std::move(table.found);
}

}  // namespace ringback::host
