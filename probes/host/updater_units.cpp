/// Units of systemd (systemd.service(5), systemd.exec(5)).
#include <algorithm>
#include <iterator>
#include <ranges>

#include "probes/host/shell_script.hpp"
#include "probes/host/text.hpp"
#include "probes/host/updater_lines.hpp"

namespace ringback::host {
namespace {

const std::string roots_units = "/etc/systemd/system";
/// A unit of the first that has it counts (systemd.unit(5)).
const std::string unit_folders[] = {roots_units, "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                    "/lib/systemd/system"};
constexpr std::size_t most_starts = 16;
constexpr std::size_t most_environments = 16;
constexpr std::size_t most_instances = 4;

using Names = std::vector<std::string>;

struct Start {
  std::string command;
  std::string file;
  unsigned line = 0;
};
struct Unit {
  std::vector<Start> starts;
  std::vector<std::string> assignments;         ///< "NAME=value", of Environment=
  std::vector<std::string> environment_files;
};

/// Separated by white space, unless quotes hold them together.
std::vector<std::string> assignments_in(std::string_view text) {
  std::vector<std::string> words(1);
  char quote = 0;
  for (const char ch : text) {
    if (quote != 0 ? ch == quote : ch == '"' || ch == '\'')
      quote = quote != 0 ? '\0' : ch;
    else if (quote == 0 && (ch == ' ' || ch == '\t'))
      words.emplace_back();
    else
      words.back() += ch;
  }
  std::erase(words, std::string());
  return words;
}

/// "ExecStart=" with marks before the path; with nothing behind it, it takes back those before.
void take_line(std::string_view line, const std::string& file, unsigned number, Unit& unit) {
  const auto is = [&](std::string_view key) {
    if (!line.starts_with(key)) return false;
    line = trimmed(line.substr(key.size()));
    return true;
  };
  if (is("ExecStart=")) {
    if (line.empty()) unit.starts.clear();
    while (!line.empty() && std::string_view("-@+!:").find(line.front()) != std::string_view::npos) line.remove_prefix(1);
    if (!line.empty() && unit.starts.size() < most_starts) unit.starts.push_back({std::string(line), file, number});
  } else if (is("EnvironmentFile=")) {
    if (line.starts_with('-')) line.remove_prefix(1);
    if (is_plain_path(line) && unit.environment_files.size() < most_environments) unit.environment_files.emplace_back(line);
  } else if (is("Environment=")) {
    for (auto& assignment : assignments_in(line))
      if (unit.assignments.size() < most_environments) unit.assignments.push_back(std::move(assignment));
  }
}

/// A backslash at the end of a line goes on with the next, past comments.
void read_unit(std::string_view text, const std::string& file, Unit& unit) {
  std::string joined;
  unsigned number = 0, first = 0;
  for (const auto raw : lines(text)) {
    ++number;
    auto line = trimmed(raw);
    if (line.starts_with('#') || line.starts_with(';')) continue;
    const bool goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    if (joined.empty()) first = number;
    joined += line;
    if (goes_on) {
      joined += ' ';
      continue;
    }
    take_line(joined, file, first, unit);
    joined.clear();
  }
}

/// Whatever stands for the instance of a template ("%i", systemd.unit(5)).
void fill_in_instance(Unit& unit, const std::string& instance) {
  const auto fill = [&](std::string& text) {
    for (const auto* specifier : {"%i", "%I"})
      for (auto at = text.find(specifier); at != std::string::npos; at = text.find(specifier, at + instance.size())) text.replace(at, 2, instance);
  };
  for (auto& start : unit.starts) fill(start.command);
  for (auto& assignment : unit.assignments) fill(assignment);
  for (auto& file : unit.environment_files) fill(file);
}

/// "dyn@.service" of "dyn@home.service".
std::string template_of(const std::string& unit) {
  const auto mark = unit.find('@'), dot = unit.rfind('.');
  return mark == std::string::npos || dot == std::string::npos || dot < mark ? unit : unit.substr(0, mark + 1) + unit.substr(dot);
}
std::string instance_of(const std::string& unit) {
  const auto mark = unit.find('@'), dot = unit.rfind('.');
  return mark == std::string::npos || dot == std::string::npos || dot < mark ? std::string() : unit.substr(mark + 1, dot - mark - 1);
}

/// What root adds to a unit, whoever brought that along ("systemctl edit").
void add_drop_ins(const UpdaterSearch& search, const std::string& name, Unit& unit) {
  const auto folder = roots_units + "/" + name + ".d";
  for (const auto& part : search.folder(folder))
    if (part.ends_with(".conf") && is_plain_path("/" + part))
      read_unit(search.read(folder + "/" + part, largest_script).value_or(""), folder + "/" + part, unit);
}

/// A file's word goes before the unit's own, and a later one before an earlier one.
std::string variable_of(const UpdaterSearch& search, const Unit& unit, const std::string& name) {
  for (const auto& file : std::views::reverse(unit.environment_files))
    if (const auto text = search.read(file, largest_script))
      if (auto value = value_of(*text, name)) return *value;
  for (const auto& assignment : std::views::reverse(unit.assignments))
    if (assignment.starts_with(name + "=")) return assignment.substr(name.size() + 1);
  return {};
}

/// With the variables that are words of their own ("$OPTIONS").
std::string filled_in(const UpdaterSearch& search, const Unit& unit, const std::string& command) {
  std::string all;
  for (const auto& word : words_of(command)) {
    const auto name = variable_named_by(word);
    all += (name.empty() ? word : variable_of(search, unit, name)) + ' ';
  }
  return all;
}

bool is_among(const Names& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

/// `its_own`: what is in root's folder.
void tell_how_it_is_started(UpdaterSearch& search, const std::string& unit, const Names& its_own, std::vector<Updater>& updaters) {
  const auto name = unit.substr(0, unit.size() - std::string_view(".service").size());
  const bool timed = is_among(its_own, template_of(name + ".timer")) || search.unit_is_active(name + ".timer");
  const auto started = timed ? name + ".timer" : unit;
  const bool enabled = is_among(search.folder(roots_units + (timed ? "/timers.target.wants" : "/multi-user.target.wants")), started);
  std::optional<bool> active;
  if (search.knows_active_units() || enabled) active = enabled || search.unit_is_active(started);
  for (auto& updater : updaters) {
    updater.started_by = timed ? StartedBy::timer : StartedBy::daemon;
    updater.unit = started;
    updater.active = active;
    const bool of_daemon = updater.program == "ddclient" || updater.program == "inadyn";
    if (of_daemon && active == true && (!timed || name == updater.program)) search.started_with_other_file.insert(updater.program);
  }
  std::erase_if(updaters, [](const Updater& updater) { return !updater.readable && updater.active != true; });
}

/// nullopt: there is no such unit in the folder.
std::optional<std::vector<Updater>> of_unit(UpdaterSearch& search, const std::string& folder, const std::string& name, const Names& its_own) {
  const auto file = folder + "/" + template_of(name);
  const auto text = search.read(file, largest_script);
  if (!text) return std::nullopt;
  Unit unit;
  read_unit(*text, file, unit);
  if (template_of(name) != name) add_drop_ins(search, template_of(name), unit);
  add_drop_ins(search, name, unit);
  fill_in_instance(unit, instance_of(name));
  LineTable table;
  for (const auto& start : unit.starts) {
    table.file = start.file;
    const bool of_daemon = !daemons_called_in(words_of(start.command)).empty();
    const auto command = of_daemon ? filled_in(search, unit, start.command) : start.command;
    auto updaters = updaters_of_command(search, table, command, {"root"}, start.line);
    if (updaters.empty()) continue;
    tell_how_it_is_started(search, name, its_own, updaters);
    return updaters;
  }
  return std::vector<Updater>();
}

/// A template says nothing by itself; its instances are those that are enabled or active.
Names instances_of(const UpdaterSearch& search, const std::string& its_template) {
  auto candidates = search.active_units();
  for (const auto* wants : {"/multi-user.target.wants", "/timers.target.wants"}) std::ranges::move(search.folder(roots_units + wants), std::back_inserter(candidates));
  Names found;
  for (const auto& unit : candidates) {
    const auto service = unit.substr(0, unit.rfind('.')) + ".service";   // of "dyn@home.timer" as well
    if (template_of(service) != its_template || instance_of(service).empty() || !is_plain_path("/" + service)) continue;
    if (found.size() < most_instances && !is_among(found, service)) found.push_back(service);
  }
  return found;
}

}  // namespace

std::vector<Updater> updaters_of_units(UpdaterSearch& search) {
  const std::string units_of_daemons[] = {"ddclient.service", "inadyn.service"};   // which packages bring along
  std::vector<Updater> found;
  const auto its_own = search.folder(roots_units);
  for (const auto& name : its_own)
    if (name.ends_with(".service") && is_plain_path("/" + name) && std::ranges::find(units_of_daemons, name) == std::end(units_of_daemons))
      for (const auto& unit : name.ends_with("@.service") ? instances_of(search, name) : Names{name})
        std::ranges::move(of_unit(search, roots_units, unit, its_own).value_or(std::vector<Updater>()), std::back_inserter(found));
  for (const auto& name : units_of_daemons)
    for (const auto& folder : unit_folders)
      if (auto updaters = of_unit(search, folder, name, its_own)) {
        std::ranges::move(*updaters, std::back_inserter(found));
        break;
      }
  return found;
}

}  // namespace ringback::host
