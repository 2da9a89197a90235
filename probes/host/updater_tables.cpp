/// Lines that are given to a shell: of cron's tables, and of units of systemd.
#include <algorithm>
#include <iterator>
#include <sstream>

#include "probes/host/text.hpp"
#include "probes/host/updater_search.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t largest_table = 64 * 1024;
constexpr std::size_t most_words = 64;   // of one line
const std::string users_tables = "/var/spool/cron/crontabs";

/// What one table may cost and bring, so that none hides what another one says.
struct Table {
  std::string file;
  std::string account{};         ///< whose table it is; empty: the system's own, in which an account stands in each line
  std::size_t most_updaters = 8;
  std::size_t scripts_left = 16; ///< that may still be read for it
  std::vector<Updater> found{};

  void add(Updater updater) {
    if (found.size() < most_updaters) found.push_back(std::move(updater));
  }
};

/// Who runs a command.
struct Runner {
  std::string account;
  [[nodiscard]] bool is_root() const { return account == "root"; }
  [[nodiscard]] std::string home() const { return is_root() || !is_plain_path("/" + account) ? "/root" : "/home/" + account; }
};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::istringstream stream{std::string(text)};
  for (std::string word; words.size() < most_words && stream >> word;) words.push_back(std::move(word));
  return words;
}

/// The path of a script, and straight: what goes up again ("/etc/../dev/watchdog") hides where it leads.
bool is_candidate(const std::string& path) {
  for (const auto* folder : {"/dev/", "/proc/", "/sys/", "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/var/log/"})
    if (path.starts_with(folder)) return false;
  return is_plain_path(path) && path.find("//") == std::string::npos && (path + "/").find("/../") == std::string::npos;
}

/// What a script is called with: variables that are set before it ("token=… device=eth0 /path/to/script"), and words behind it.
std::vector<std::string> arguments_of(const std::vector<std::string>& words, std::size_t script) {
  std::vector<std::string> arguments;
  for (std::size_t k = 0; k < script; ++k)
    if (words[k].find('=') != std::string::npos) arguments.push_back(words[k]);
  for (std::size_t k = script + 1; k < words.size() && words[k].find_first_of("><|;&") == std::string::npos; ++k) arguments.push_back(words[k]);
  return arguments;
}

std::optional<Updater> of_script(const UpdaterSearch& search, const Expected<std::string>& text, const std::vector<std::string>& arguments,
                                 const std::string& file) {
  if (!text || text->find('\0') != std::string::npos) return std::nullopt;   // duck.sh of DuckDNS's instructions has no first line with "#!"
  auto updater = read_update_script(*text, arguments, search.known);
  if (updater) updater->file = file;
  return updater;
}

/// What the line itself says, or the scripts that it calls, which are read as their runner could read them.
std::optional<Updater> of_command(const UpdaterSearch& search, Table& table, std::string_view command, const Runner& runner, unsigned line) {
  if (auto updater = read_update_script(command, {}, search.known)) {
    for (auto* family : {&updater->ipv4, &updater->ipv6})
      if (family->line != 0) family->line = line;
    updater->file = table.file;
    return updater;
  }
  const auto words = words_of(command);
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto path = words[i];
    for (const auto& own : {std::string("~/"), std::string("$HOME/")})
      if (path.starts_with(own)) path = runner.home() + "/" + path.substr(own.size());
    if (!is_candidate(path) || table.scripts_left == 0) continue;
    --table.scripts_left;
    const auto text = search.read_foreign({.path = path, .limit = largest_script, .reader = runner.is_root() ? "" : runner.account});
    if (auto updater = of_script(search, text, arguments_of(words, i), path)) return updater;
  }
  return std::nullopt;
}

struct CronLine {
  std::string account;        ///< empty: the table has none
  std::string_view command;
};

/// crontab(5): five fields or a word that begins with @; in the system's tables an account stands behind them.
CronLine cron_line(std::string_view line, bool has_account) {
  CronLine result;
  const std::size_t fields = (line.front() == '@' ? 1U : 5U) + (has_account ? 1U : 0U);
  std::size_t at = 0;
  for (std::size_t field = 0; field < fields && at < line.size(); ++field) {
    const auto end = line.find_first_of(" \t", at);
    if (has_account && field + 1 == fields) result.account = line.substr(at, end == std::string_view::npos ? end : end - at);
    at = line.find_first_not_of(" \t", end);
    if (end == std::string_view::npos || at == std::string_view::npos) at = line.size();
  }
  result.command = line.substr(std::min(at, line.size()));
  return result;
}

/// The daemons that a command of root's calls: those are the ones of /etc, whatever another account's line says.
void note_daemons(std::string_view command, std::set<std::string>& called) {
  for (const auto& word : words_of(command))
    for (const auto* program : {"ddclient", "inadyn"})
      if (word == program || word.ends_with("/" + std::string(program))) called.emplace(program);
}

std::vector<Updater> of_table(const UpdaterSearch& search, Table table, std::set<std::string>* called) {
  // In the folder of users' tables crontab(1) writes, and nobody else should: a link there leads nowhere.
  const auto text = table.account.empty() ? search.read(table.file, largest_table)
                                          : search.read_foreign({.path = table.file, .limit = largest_table, .follow_link = false});
  unsigned number = 0;
  for (const auto raw : lines(text ? std::string_view(*text) : std::string_view())) {
    ++number;
    const auto line = trimmed(raw);
    if (line.empty() || line.front() == '#' || search.is_over()) continue;
    const auto parts = cron_line(line, table.account.empty());
    if (parts.command.empty()) continue;
    const Runner runner{table.account.empty() ? parts.account : table.account};
    if (called != nullptr && runner.is_root()) note_daemons(parts.command, *called);
    auto updater = of_command(search, table, parts.command, runner, number);
    if (!updater) continue;
    updater->started_by = StartedBy::cron;
    if (search.processes.complete) updater->active = search.processes.names.contains("cron") || search.processes.names.contains("crond");
    table.add(std::move(*updater));
  }
  return std::move(table.found);
}

void join_tables(std::vector<Updater>& all, std::vector<Updater> more) { std::ranges::move(more, std::back_inserter(all)); }

}  // namespace

std::vector<Updater> updaters_of_roots_cron(UpdaterSearch& search) {
  auto& called = search.called_by_cron;
  auto found = of_table(search, {.file = "/etc/crontab"}, &called);
  for (const auto& name : search.folder("/etc/cron.d"))
    if (is_plain_path("/" + name)) join_tables(found, of_table(search, {.file = "/etc/cron.d/" + name}, &called));
  join_tables(found, of_table(search, {.file = users_tables + "/root", .account = "root"}, &called));
  for (const std::string folder : {"/etc/cron.hourly", "/etc/cron.daily"})   // root alone puts scripts there
    for (const auto& name : search.folder(folder)) {
      if (!is_plain_path("/" + name)) continue;
      auto updater = of_script(search, search.read(folder + "/" + name, largest_script), {}, folder + "/" + name);
      if (!updater) continue;
      updater->started_by = StartedBy::cron;
      found.push_back(std::move(*updater));
    }
  return found;
}

std::vector<Updater> updaters_of_users_cron(const UpdaterSearch& search) {
  std::vector<Updater> found;
  for (const auto& name : search.folder(users_tables))
    if (name != "root" && is_plain_path("/" + name))
      join_tables(found, of_table(search, {.file = users_tables + "/" + name, .account = name, .most_updaters = 4, .scripts_left = 8}, nullptr));
  return found;
}

/// systemd.service(5): "ExecStart=" with marks before the path.
std::vector<Updater> updaters_of_units(const UpdaterSearch& search) {
  static const std::string folder = "/etc/systemd/system";
  std::vector<Updater> found;
  const auto units = search.folder(folder);
  for (const auto& unit : units) {
    if (!unit.ends_with(".service") || !is_plain_path("/" + unit)) continue;
    const auto name = unit.substr(0, unit.size() - std::string_view(".service").size());
    const auto text = search.read(folder + "/" + unit, largest_script);
    if (!text || name == "ddclient" || name == "inadyn") continue;
    Table table{.file = folder + "/" + unit};
    unsigned number = 0;
    for (const auto raw : lines(*text)) {
      ++number;
      auto line = trimmed(raw);
      if (!line.starts_with("ExecStart=")) continue;
      line.remove_prefix(std::string_view("ExecStart=").size());
      while (!line.empty() && std::string_view("-@+!:").find(line.front()) != std::string_view::npos) line.remove_prefix(1);
      auto updater = of_command(search, table, line, {"root"}, number);
      if (!updater) continue;
      const bool timed = std::ranges::find(units, name + ".timer") != units.end();
      updater->started_by = timed ? StartedBy::timer : StartedBy::daemon;
      updater->unit = timed ? name + ".timer" : unit;
      const auto wanted = search.folder(folder + (timed ? "/timers.target.wants" : "/multi-user.target.wants"));
      const bool enabled = std::ranges::find(wanted, updater->unit) != wanted.end();
      if (search.knows_active_units() || enabled) updater->active = enabled || search.unit_is_active(updater->unit);
      found.push_back(std::move(*updater));
      break;
    }
  }
  return found;
}

}  // namespace ringback::host
