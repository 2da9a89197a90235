/// Scripts that other programs call when the network changes.
#include <algorithm>
#include <iterator>

#include "probes/host/text.hpp"
#include "probes/host/updater_lines.hpp"

namespace ringback::host {
namespace {

/// Who calls them. Whether they may be executed and when they were called last is not read: so none is said to be active.
struct Hooks {
  std::string place;          ///< a folder, or one script
  std::string caller;         ///< the process that does
  std::string unit{};         ///< does so too, and leaves no process
  bool by_run_parts = false;  ///< which passes over every name that has a dot in it (run-parts(8))
};

/// NetworkManager-dispatcher(8), dhcpcd-run-hooks(8), dhclient-script(8), pppd(8), interfaces(5).
const Hooks hook_folders[] = {
    {.place = "/etc/NetworkManager/dispatcher.d", .caller = "NetworkManager"},
    {.place = "/usr/lib/NetworkManager/dispatcher.d", .caller = "NetworkManager"},
    {.place = "/lib/dhcpcd/dhcpcd-hooks", .caller = "dhcpcd"},
    {.place = "/etc/dhcp/dhclient-exit-hooks.d", .caller = "dhclient", .by_run_parts = true},
    {.place = "/etc/ppp/ip-up.d", .caller = "pppd", .by_run_parts = true},
    {.place = "/etc/ppp/ipv6-up.d", .caller = "pppd", .by_run_parts = true},
    {.place = "/etc/network/if-up.d", .caller = "NetworkManager", .unit = "networking.service", .by_run_parts = true}};
const Hooks single_hooks[] = {
    {.place = "/etc/dhcpcd.enter-hook", .caller = "dhcpcd"},
    {.place = "/etc/dhcpcd.exit-hook", .caller = "dhcpcd"},
    {.place = "/etc/dhcp/dhclient-exit-hooks", .caller = "dhclient"},
    {.place = "/etc/ppp/ip-up.local", .caller = "pppd"},
    {.place = "/etc/ppp/ipv6-up.local", .caller = "pppd"}};
/// networkd-dispatcher(8): a folder in it for each state, "routable.d".
const Hooks hooks_by_state{.place = "/etc/networkd-dispatcher", .caller = "networkd-dispatcher"};

/// A command for each interface stands in it; no process stays.
const Hooks interfaces_file{.place = "/etc/network/interfaces", .caller = "", .unit = "networking.service"};

/// Debian's packages put a hook there that does nothing until this is said.
struct Switch {
  std::string_view variable;
  std::string file;
  std::string_view on;
};
const Switch switches[] = {{"run_ipup", "/etc/default/ddclient", "true"},
                           {"run_dhclient", "/etc/default/ddclient", "true"},
                           {"RUN_IPUP", "/etc/default/inadyn", "yes"}};

bool is_switched_off(const UpdaterSearch& search, const std::string& text) {
  return std::ranges::any_of(switches, [&](const Switch& each) {
    if (text.find(each.variable) == std::string::npos) return false;
    return value_of(search.read(each.file, largest_script).value_or(""), each.variable) != each.on;
  });
}

/// check_filename() of nm-dispatcher; the others' lists are much the same.
bool is_left_over(const std::string& name) {
  static constexpr std::string_view ends[] = {"~", ".rpmsave", ".rpmorig", ".rpmnew", ".swp"};
  const bool at_the_end = std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
  return at_the_end || name.starts_with('.') || name.find(".dpkg-") != std::string::npos;
}

bool may_be_called(const UpdaterSearch& search, const Hooks& hooks) {
  if (!hooks.caller.empty() && search.processes.may_run(hooks.caller)) return true;
  return !hooks.unit.empty() && (!search.knows_active_units() || search.unit_is_active(hooks.unit));
}

/// These scripts name many files that are none, and each look into one costs a process.
bool names_something(const std::string& line) {
  const auto words = words_of(line);
  const auto is_script = [](const std::string& word) {
    const auto path = path_named_by(word, {"root"});
    for (const auto* folder : {"/etc/", "/run/", "/var/", "/tmp/", "/lib/", "/usr/lib/", "/usr/share/"})
      if (path.starts_with(folder)) return path.ends_with(".sh");
    return !path.empty();
  };
  const auto names_file = [](const DaemonCall& call) { return !call.file.empty(); };
  return std::ranges::any_of(daemons_called_in(words), names_file) || std::ranges::any_of(words, is_script);
}

std::vector<Updater> called_by_hook(std::vector<Updater> updaters, bool is_called) {
  for (auto& updater : updaters) {
    updater.started_by = StartedBy::hook;
    if (!is_called) updater.active = false;
  }
  return updaters;
}

std::vector<Updater> of_hook(UpdaterSearch& search, const std::string& path, bool is_called) {
  const auto text = search.read(path, largest_script);
  if (!text || text->find('\0') != std::string::npos || is_switched_off(search, *text)) return {};
  LineTable table{.file = path, .most_updaters = 4, .files_left = 8};
  if (auto updater = updater_of_script(search, text, {}, path)) table.add(std::move(*updater));
  const bool publishes_itself = !table.found.empty();
  unsigned number = 0;
  for (const auto raw : lines(*text)) {
    ++number;
    const std::string line(trimmed(raw));
    if (line.starts_with('#') || search.is_over()) continue;
    if (is_called) note_daemons(line, search.called_by_hooks);
    if (publishes_itself || !names_something(line)) continue;
    for (auto& updater : updaters_of_command(search, table, line, {"root"}, number))
      if (updater.readable) table.add(std::move(updater));
  }
  return called_by_hook(std::move(table.found), is_called);
}

bool is_plain_letter(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '-';
}

/// A script that a hook names in several lines, or several hooks name, is one.
void add_once(std::vector<Updater>& found, std::vector<Updater> more) {
  for (auto& updater : more)
    if (std::ranges::find(found, updater) == found.end()) found.push_back(std::move(updater));
}

void look_into_folder(UpdaterSearch& search, const Hooks& hooks, std::vector<Updater>& found) {
  for (const auto& name : search.folder(hooks.place)) {
    if (!is_plain_path("/" + name) || is_left_over(name)) continue;
    const bool passed_over = hooks.by_run_parts && !std::ranges::all_of(name, is_plain_letter);
    add_once(found, of_hook(search, hooks.place + "/" + name, may_be_called(search, hooks) && !passed_over));
  }
}

/// interfaces(5): "up", "post-up" and "pre-up" of a stanza, each with a command behind it.
std::vector<Updater> of_interfaces(UpdaterSearch& search, const std::string& path) {
  static constexpr std::string_view keywords[] = {"up", "post-up", "pre-up"};
  const auto text = search.read(path, largest_script);
  const bool is_called = may_be_called(search, interfaces_file);
  LineTable table{.file = path, .most_updaters = 4, .files_left = 8};
  unsigned number = 0;
  for (const auto raw : lines(text ? std::string_view(*text) : std::string_view())) {
    ++number;
    const auto line = trimmed(raw);
    const auto keyword = line.substr(0, line.find_first_of(" \t"));
    if (search.is_over() || std::ranges::find(keywords, keyword) == std::end(keywords)) continue;
    const auto command = trimmed(line.substr(keyword.size()));
    if (is_called) note_daemons(command, search.called_by_hooks);
    for (auto& updater : updaters_of_command(search, table, command, {"root"}, number))
      if (updater.readable) table.add(std::move(updater));
  }
  return called_by_hook(std::move(table.found), is_called);
}

}  // namespace

std::vector<Updater> updaters_of_hooks(UpdaterSearch& search) {
  std::vector<Updater> found;
  for (const auto& hooks : hook_folders) look_into_folder(search, hooks, found);
  for (const auto& state : search.folder(hooks_by_state.place))
    if (state.ends_with(".d") && is_plain_path("/" + state))
      look_into_folder(search, {.place = hooks_by_state.place + "/" + state, .caller = hooks_by_state.caller}, found);
  for (const auto& hook : single_hooks) add_once(found, of_hook(search, hook.place, may_be_called(search, hook)));
  add_once(found, of_interfaces(search, interfaces_file.place));
  for (const auto& name : search.folder(interfaces_file.place + ".d"))
    if (is_plain_path("/" + name) && !is_left_over(name)) add_once(found, of_interfaces(search, interfaces_file.place + ".d/" + name));
  return found;
}

}  // namespace ringback::host
