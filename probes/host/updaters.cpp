#include "probes/host/updaters.hpp"

#include <algorithm>
#include <sstream>

#include "probes/host/text.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t largest_file = 64 * 1024;
constexpr std::size_t largest_script = 16 * 1024;
constexpr std::size_t most_updaters = 16;
constexpr std::size_t most_files = 64;       // of each folder
constexpr std::size_t most_scripts = 48;     // that lines of cron and units call
constexpr std::size_t most_words = 64;       // of one line

/// Everything that is asked of the system while updaters are looked for.
struct Search {
  io::Network& network;
  const Processes& processes;
  std::vector<std::string> active_units;     ///< links "invocation:UNIT" (systemd)
  std::vector<Updater> found{};
  std::size_t scripts_read = 0;
  std::vector<std::string> called_by_cron{}; ///< "ddclient", "inadyn"

  [[nodiscard]] bool unit_is_active(const std::string& unit) const {
    return std::ranges::find(active_units, "invocation:" + unit) != active_units.end();
  }
  [[nodiscard]] std::vector<std::string> folder(const std::string& path) const {
    auto names = network.list_directory(path);
    if (names.size() > most_files) names.resize(most_files);
    return names;
  }
  void add(Updater updater) {
    if (found.size() < most_updaters) found.push_back(std::move(updater));
  }
};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::istringstream stream{std::string(text)};
  for (std::string word; words.size() < most_words && stream >> word;) words.push_back(std::move(word));
  return words;
}

// Programs with a file of their own.

using Parse = std::vector<Updater> (*)(Search&, std::string_view);

struct Daemon {
  const char* program;      ///< and the unit's name
  std::vector<std::string> files;
  Parse parse;
};

std::vector<Updater> parse_ddclient(Search&, std::string_view text) { return read_ddclient(text); }
std::vector<Updater> parse_ddns_updater(Search&, std::string_view text) { return read_ddns_updater(text); }
std::vector<Updater> parse_inadyn(Search& search, std::string_view text) {
  std::size_t included = 0;
  return read_inadyn(text, [&](const std::string& path) {
    if (!is_plain_path(path) || path.starts_with("/proc/") || path.starts_with("/dev/") || ++included > 8) return std::string();
    return search.network.read_file(path, largest_script).value_or("");
  });
}

/// ddclient puts what it does behind its name ("ddclient - sleep").
bool runs(const Processes& processes, const std::string& program) {
  return std::ranges::any_of(processes.names, [&](const std::string& name) { return name == program || name.starts_with(program + " "); });
}

void how_it_runs(const Search& search, const std::string& program, Updater& updater) {
  const auto unit = program + ".service";
  bool known = search.unit_is_active(unit);
  for (const auto* folder : {"/etc/systemd/system/", "/lib/systemd/system/", "/usr/lib/systemd/system/"})
    known = known || search.network.read_file(folder + unit, 16).has_value();
  if (known) updater.unit = unit;
  if (runs(search.processes, program) || search.unit_is_active(unit)) {
    updater.started_by = StartedBy::daemon;
    updater.active = true;
  } else if (std::ranges::find(search.called_by_cron, program) != search.called_by_cron.end()) {
    updater.started_by = StartedBy::cron;
    updater.active = true;
  } else if (search.unit_is_active(program + ".timer")) {
    updater.started_by = StartedBy::timer;
    updater.active = true;
  } else if (search.processes.complete) {
    updater.active = false;
  }
}

void look_for_daemon(Search& search, const Daemon& daemon) {
  for (const auto& file : daemon.files) {
    const auto text = search.network.read_file(file, largest_file);
    if (!text && text.error().code != Errc::not_permitted) continue;
    auto updaters = text ? daemon.parse(search, *text) : std::vector<Updater>{{.readable = false, .ipv4 = {.source = AddressSource::unknown}, .ipv6 = {.source = AddressSource::unknown}}};
    for (auto& updater : updaters) {
      updater.program = daemon.program;
      updater.file = file;
      how_it_runs(search, daemon.program, updater);
      if (updater.readable || updater.active == true) search.add(std::move(updater));
    }
  }
}

/// A volume of Docker's is the usual place of ddns-updater's file.
std::vector<std::string> ddns_updater_files(const Search& search) {
  std::vector<std::string> files{"/etc/ddns-updater/config.json", "/var/lib/ddns-updater/config.json", "/opt/ddns-updater/data/config.json", "/updater/data/config.json"};
  for (const auto& volume : search.folder("/var/lib/docker/volumes"))
    if (volume.find("ddns") != std::string::npos && is_plain_path("/" + volume)) files.push_back("/var/lib/docker/volumes/" + volume + "/_data/config.json");
  return files;
}

// Lines that are given to a shell.

bool is_candidate(const std::string& path) {
  for (const auto* folder : {"/dev/", "/proc/", "/sys/", "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/var/log/"})
    if (path.starts_with(folder)) return false;
  return is_plain_path(path);
}

/// What the line itself says, or the scripts that it calls.
std::optional<Updater> of_command(Search& search, std::string_view command, const std::string& home, const std::string& file, unsigned line) {
  if (auto updater = read_update_script(command, {})) {
    for (auto* family : {&updater->ipv4, &updater->ipv6})
      if (family->line != 0) family->line = line;
    updater->file = file;
    return updater;
  }
  const auto words = words_of(command);
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto path = words[i];
    for (const auto& own : {std::string("~/"), std::string("$HOME/")})
      if (path.starts_with(own)) path = home + "/" + path.substr(own.size());
    if (!is_candidate(path) || ++search.scripts_read > most_scripts) continue;
    const auto script = search.network.read_file(path, largest_script);
    if (!script || script->find('\0') != std::string::npos) continue;   // duck.sh of DuckDNS's instructions has no first line with "#!"
    std::vector<std::string> arguments;
    for (std::size_t k = 0; k < i; ++k)
      if (words[k].find('=') != std::string::npos) arguments.push_back(words[k]);   // "token=… device=eth0 /path/to/script"
    for (std::size_t k = i + 1; k < words.size() && words[k].find_first_of("><|;&") == std::string::npos; ++k) arguments.push_back(words[k]);
    auto updater = read_update_script(*script, arguments);
    if (!updater) continue;
    updater->file = path;
    return updater;
  }
  return std::nullopt;
}

/// crontab(5): five fields or a word that begins with @; in the system's tables a user stands behind them.
void read_cron_table(Search& search, const std::string& file, bool has_user, const std::string& owner) {
  const auto text = search.network.read_file(file, largest_file);
  if (!text) return;
  unsigned number = 0;
  for (const auto raw : lines(*text)) {
    ++number;
    const auto line = trimmed(raw);
    if (line.empty() || line.front() == '#') continue;
    std::size_t at = 0;
    std::string user = owner;
    const std::size_t fields = (line.front() == '@' ? 1U : 5U) + (has_user ? 1U : 0U);
    std::size_t field = 0;
    for (; field < fields && at < line.size(); ++field) {
      const auto end = line.find_first_of(" \t", at);
      if (has_user && field + 1 == fields) user = std::string(line.substr(at, end == std::string_view::npos ? end : end - at));
      at = line.find_first_not_of(" \t", end);
      if (end == std::string_view::npos || at == std::string_view::npos) at = line.size();
    }
    const auto command = line.substr(std::min(at, line.size()));
    if (command.empty()) continue;
    for (const auto& word : words_of(command))
      for (const auto* program : {"ddclient", "inadyn"})
        if (word == program || word.ends_with("/" + std::string(program))) search.called_by_cron.emplace_back(program);
    const auto home = user == "root" || !is_plain_path("/" + user) ? std::string("/root") : "/home/" + user;
    auto updater = of_command(search, command, home, file, number);
    if (!updater) continue;
    updater->started_by = StartedBy::cron;
    if (search.processes.complete) updater->active = search.processes.names.contains("cron") || search.processes.names.contains("crond");
    search.add(std::move(*updater));
  }
}

void look_into_cron(Search& search) {
  read_cron_table(search, "/etc/crontab", true, "root");
  for (const auto& name : search.folder("/etc/cron.d"))
    if (is_plain_path("/" + name)) read_cron_table(search, "/etc/cron.d/" + name, true, "root");
  for (const auto& name : search.folder("/var/spool/cron/crontabs"))
    if (is_plain_path("/" + name)) read_cron_table(search, "/var/spool/cron/crontabs/" + name, false, name);
  for (const std::string folder : {"/etc/cron.hourly", "/etc/cron.daily"})
    for (const auto& name : search.folder(folder)) {
      auto updater = is_plain_path("/" + name) ? of_command(search, folder + "/" + name, "/root", folder + "/" + name, 0) : std::nullopt;
      if (!updater) continue;
      updater->started_by = StartedBy::cron;
      search.add(std::move(*updater));
    }
}

/// systemd.service(5): "ExecStart=" with marks before the path.
void look_into_units(Search& search) {
  static const std::string folder = "/etc/systemd/system";
  const auto units = search.folder(folder);
  for (const auto& unit : units) {
    if (!unit.ends_with(".service") || !is_plain_path("/" + unit)) continue;
    const auto name = unit.substr(0, unit.size() - std::string_view(".service").size());
    const auto text = search.network.read_file(folder + "/" + unit, largest_script);
    if (!text || name == "ddclient" || name == "inadyn") continue;
    unsigned number = 0;
    for (const auto raw : lines(*text)) {
      ++number;
      auto line = trimmed(raw);
      if (!line.starts_with("ExecStart=")) continue;
      line.remove_prefix(std::string_view("ExecStart=").size());
      while (!line.empty() && std::string_view("-@+!:").find(line.front()) != std::string_view::npos) line.remove_prefix(1);
      auto updater = of_command(search, line, "/root", folder + "/" + unit, number);
      if (!updater) continue;
      const bool timed = std::ranges::find(units, name + ".timer") != units.end();
      updater->started_by = timed ? StartedBy::timer : StartedBy::daemon;
      updater->unit = timed ? name + ".timer" : unit;
      const auto wanted = search.folder(folder + (timed ? "/timers.target.wants" : "/multi-user.target.wants"));
      const bool enabled = std::ranges::find(wanted, updater->unit) != wanted.end();
      if (!search.active_units.empty() || enabled) updater->active = enabled || search.unit_is_active(updater->unit);
      search.add(std::move(*updater));
      break;
    }
  }
}

}  // namespace

std::vector<Updater> find_updaters(io::Network& network, const Processes& processes) {
  Search search{.network = network, .processes = processes, .active_units = network.list_directory("/run/systemd/units")};
  look_into_cron(search);
  look_into_units(search);
  look_for_daemon(search, {"ddclient", {"/etc/ddclient.conf", "/etc/ddclient/ddclient.conf"}, parse_ddclient});
  look_for_daemon(search, {"inadyn", {"/etc/inadyn.conf"}, parse_inadyn});
  look_for_daemon(search, {"ddns-updater", ddns_updater_files(search), parse_ddns_updater});
  return std::move(search.found);
}

}  // namespace ringback::host
