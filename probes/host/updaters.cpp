#include "probes/host/updaters.hpp"

#include <algorithm>
#include <iterator>

#include "net/international_name.hpp"
#include "probes/host/system.hpp"
#include "probes/host/text.hpp"
#include "probes/host/updater_search.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_updaters = 16;
constexpr std::size_t most_in_a_folder = 64;
constexpr std::size_t most_processes_seen = 8192;
constexpr std::size_t most_troubles = 4;
constexpr std::size_t most_command_lines = 4;
constexpr seconds longest_search{2};        // of a run that takes ten
constexpr milliseconds longest_read{250};   // of one file that is not root's

void join(std::vector<Updater>& all, std::vector<Updater> more) { std::ranges::move(more, std::back_inserter(all)); }

/// Of files that are not among them already: what cron calls again and again is often called by a hook too.
void join_files(std::vector<Updater>& all, std::vector<Updater> more) {
  std::erase_if(more, [&](const Updater& updater) { return std::ranges::find(all, updater.file, &Updater::file) != all.end(); });
  join(all, std::move(more));
}

/// "Uid:" and the real, effective, saved and file system's (proc(5)).
bool is_of_root(std::string_view status) {
  for (const auto line : lines(status))
    if (line.starts_with("Uid:")) return trimmed(line.substr(4)) == "0\t0\t0\t0";
  return false;
}

std::vector<std::string> words_of_command_line(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find('\0');
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return words;
}

}  // namespace

std::vector<std::string> UpdaterSearch::active_units() const {
  static constexpr std::string_view mark = "invocation:";
  std::vector<std::string> units;
  for (const auto& link : active_units_)
    if (link.starts_with(mark)) units.push_back(link.substr(mark.size()));
  return units;
}

bool UpdaterSearch::unit_is_active(const std::string& unit) const {
  return std::ranges::find(active_units_, "invocation:" + unit) != active_units_.end();
}

Processes UpdaterSearch::processes_now() const { return is_over() ? Processes{} : running(network_); }

std::vector<std::vector<std::string>> UpdaterSearch::command_lines_of_root(const std::string& program) const {
  std::vector<std::vector<std::string>> found;
  std::size_t seen = 0;
  for (const auto& entry : is_over() ? std::vector<std::string>() : network_.list_directory("/proc")) {
    if (!number(entry)) continue;
    if (++seen > most_processes_seen || found.size() >= most_command_lines || is_over()) break;
    const auto process = "/proc/" + entry;
    if (trimmed(read(process + "/comm", 64).value_or("")) != program || !is_of_root(read(process + "/status", 4096).value_or(""))) continue;
    found.push_back(words_of_command_line(read(process + "/cmdline", 4096).value_or("")));
  }
  return found;
}

std::vector<std::string> UpdaterSearch::folder(const std::string& path) const {
  if (is_over()) return {};
  auto names = network_.list_directory(path);
  if (names.size() > most_in_a_folder) names.resize(most_in_a_folder);
  return names;
}

Expected<std::string> UpdaterSearch::read(const std::string& path, std::size_t limit) const {
  if (is_over()) return failure(Errc::timed_out, "read " + path + ": the deadline came first");
  return network_.read_file(path, limit);
}

Expected<std::string> UpdaterSearch::read_foreign(const io::ForeignFile& file) const {
  if (is_over()) return failure(Errc::timed_out, "read " + file.path + ": the deadline came first");
  auto text = foreign_files_->read(file, deadline_.or_earlier(clock_.now() + longest_read));
  // Whom a directory on another machine knows (LDAP's, a domain's) is not asked for.
  if (!text && text.error().code == Errc::unsupported && troubles_.size() < most_troubles && is_plain_path("/" + file.reader))
    troubles_.insert("which programs cron calls as " + file.reader + " was not looked at: there is no such account in /etc/passwd");
  return text;
}

Familiar familiar(const std::vector<std::string>& names, const std::vector<Interface>& interfaces) {
  Familiar known;
  for (const auto& name : names)
    if (auto own = host_name(name_in_ascii(name).value_or(name)); !own.empty()) known.names.push_back(std::move(own));
  for (const auto& interface : interfaces) known.interfaces.push_back(interface.name);
  return known;
}

FoundUpdaters find_updaters(const io::World& world, const Processes& processes, const Familiar& known, Deadline deadline) {
  UpdaterSearch search(world, processes, known, deadline.or_earlier(world.clock.now() + longest_search));
  auto roots_cron = updaters_of_roots_cron(search);   // these first, because they tell what runs the daemons, and with which file
  auto units = updaters_of_units(search);
  std::ranges::move(updaters_of_init_scripts(search), std::back_inserter(units));
  auto hooks = updaters_of_hooks(search);
  auto processes_alone = updaters_of_processes(search, units);
  auto found = updaters_with_files(search);
  join(found, std::move(processes_alone));
  join(found, std::move(units));
  join(found, std::move(roots_cron));
  join_files(found, std::move(hooks));
  join(found, updaters_of_users_cron(search));        // last: no user of this host crowds out what is root's
  if (found.size() > most_updaters) found.resize(most_updaters);
  return {std::move(found), !search.is_over(), search.troubles()};
}

}  // namespace ringback::host
