/// Programs that have a file of their own: ddclient, inadyn, ddns-updater.
#include <algorithm>

#include "probes/host/updater_search.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t largest_file = 64 * 1024;
constexpr std::size_t most_includes = 8;

using Parse = std::vector<Updater> (*)(const UpdaterSearch&, std::string_view);

struct DaemonFile {
  std::string path;
  bool in_container = false;   ///< whoever is root there put it there
};
struct Daemon {
  const char* program;         ///< and the unit's name
  std::vector<DaemonFile> files;
  Parse parse;
};

std::vector<Updater> parse_ddclient(const UpdaterSearch&, std::string_view text) { return read_ddclient(text); }
std::vector<Updater> parse_ddns_updater(const UpdaterSearch&, std::string_view text) { return read_ddns_updater(text); }
std::vector<Updater> parse_inadyn(const UpdaterSearch& search, std::string_view text) {
  std::size_t included = 0;
  return read_inadyn(text, [&](const std::string& path) {
    if (!is_plain_path(path) || ++included > most_includes) return std::string();
    return search.read_foreign({.path = path, .limit = largest_script}).value_or("");
  });
}

/// ddclient puts what it does behind its name ("ddclient - sleep").
bool runs(const Processes& processes, const std::string& program) {
  return std::ranges::any_of(processes.names, [&](const std::string& name) { return name == program || name.starts_with(program + " "); });
}

void how_it_runs(const UpdaterSearch& search, const std::string& program, Updater& updater) {
  const auto unit = program + ".service";
  bool known = search.unit_is_active(unit);
  for (const auto* folder : {"/etc/systemd/system/", "/lib/systemd/system/", "/usr/lib/systemd/system/"})
    known = known || search.read(folder + unit, 16).has_value();
  if (known) updater.unit = unit;
  if (runs(search.processes, program) || search.unit_is_active(unit)) {
    updater.started_by = StartedBy::daemon;
    updater.active = true;
  } else if (search.called_by_cron.contains(program)) {
    updater.started_by = StartedBy::cron;
    updater.active = true;
  } else if (search.unit_is_active(program + ".timer")) {
    updater.started_by = StartedBy::timer;
    updater.active = true;
  } else if (runs(search.processes_now(), program)) {
    updater.started_by = StartedBy::daemon;
    updater.active = true;
  } else if (search.processes.complete && !search.is_over()) {
    updater.active = false;
  }
}

Expected<std::string> text_of(const UpdaterSearch& search, const DaemonFile& file) {
  return file.in_container ? search.read_foreign({.path = file.path, .limit = largest_file, .follow_link = false})
                           : search.read(file.path, largest_file);
}

void look_for(const UpdaterSearch& search, const Daemon& daemon, std::vector<Updater>& found) {
  const Updater unread{.readable = false, .ipv4 = {.source = AddressSource::unknown}, .ipv6 = {.source = AddressSource::unknown}};
  for (const auto& file : daemon.files) {
    const auto text = text_of(search, file);
    if (!text && text.error().code != Errc::not_permitted) continue;
    auto updaters = text ? daemon.parse(search, *text) : std::vector<Updater>{unread};
    Updater how;
    how_it_runs(search, daemon.program, how);
    for (auto& updater : updaters) {
      updater.program = daemon.program;
      updater.file = file.path;
      updater.unit = how.unit;
      updater.started_by = how.started_by;
      updater.active = how.active;
      if (updater.readable || updater.active == true) found.push_back(std::move(updater));
    }
  }
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

std::vector<Updater> updaters_with_files(const UpdaterSearch& search) {
  std::vector<Updater> found;
  look_for(search, {"ddclient", {{"/etc/ddclient.conf"}, {"/etc/ddclient/ddclient.conf"}}, parse_ddclient}, found);
  look_for(search, {"inadyn", {{"/etc/inadyn.conf"}}, parse_inadyn}, found);
  look_for(search, {"ddns-updater", ddns_updater_files(search), parse_ddns_updater}, found);
  return found;
}

}  // namespace ringback::host
