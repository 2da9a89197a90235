#include "probes/host/updaters.hpp"

#include <algorithm>
#include <iterator>

#include "net/international_name.hpp"
#include "probes/host/system.hpp"
#include "probes/host/updater_search.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_updaters = 16;
constexpr std::size_t most_in_a_folder = 64;
constexpr seconds longest_search{2};        // of a run that takes ten
constexpr milliseconds longest_read{250};   // of one file that is not root's

void join(std::vector<Updater>& all, std::vector<Updater> more) { std::ranges::move(more, std::back_inserter(all)); }

}  // namespace

bool UpdaterSearch::unit_is_active(const std::string& unit) const {
  return std::ranges::find(active_units_, "invocation:" + unit) != active_units_.end();
}

Processes UpdaterSearch::processes_now() const { return is_over() ? Processes{} : running(network_); }

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
  return network_.read_foreign_file(file, deadline_.or_earlier(clock_.now() + longest_read));
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
  auto roots_cron = updaters_of_roots_cron(search);   // first, because it tells what runs the daemons
  auto found = updaters_with_files(search);
  join(found, updaters_of_units(search));
  join(found, std::move(roots_cron));
  join(found, updaters_of_users_cron(search));        // last: no user of this host crowds out what is root's
  if (found.size() > most_updaters) found.resize(most_updaters);
  return {std::move(found), !search.is_over()};
}

}  // namespace ringback::host
