#pragma once
/// What the files updater*.cpp share: everything that is asked of the system while updaters are looked for, and what that may cost.
#include <set>

#include "probes/host/updaters.hpp"

namespace ringback::host {

class UpdaterSearch {
 public:
  UpdaterSearch(const io::World& world, const Processes& its_processes, const Familiar& its_known, Deadline deadline)
      : processes(its_processes), known(its_known), network_(world.network), clock_(world.clock), deadline_(deadline),
        active_units_(world.network.list_directory("/run/systemd/units")) {}

  [[nodiscard]] bool is_over() const { return deadline_.passed(clock_); }
  /// systemd keeps a link "invocation:UNIT" for every unit that is active.
  [[nodiscard]] bool knows_active_units() const { return !active_units_.empty(); }
  [[nodiscard]] bool unit_is_active(const std::string& unit) const;
  /// Those that run by now: one that forks at the wrong moment is missing in a single look.
  [[nodiscard]] Processes processes_now() const;
  /// Names in a folder, so many at most; nothing once the deadline has passed.
  [[nodiscard]] std::vector<std::string> folder(const std::string& path) const;
  /// A file at a path that root alone decides about.
  [[nodiscard]] Expected<std::string> read(const std::string& path, std::size_t limit) const;
  /// Any other, and for a moment only: a file server that is gone must not cost the run its time.
  [[nodiscard]] Expected<std::string> read_foreign(const io::ForeignFile& file) const;

  const Processes& processes;
  const Familiar& known;
  std::set<std::string> called_by_cron{};   ///< by root's: "ddclient", "inadyn"

 private:
  io::Network& network_;
  const Clock& clock_;
  Deadline deadline_;
  std::vector<std::string> active_units_;
};

constexpr std::size_t largest_script = 16 * 1024;

/// updater_daemons.cpp: programs with a file of their own.
[[nodiscard]] std::vector<Updater> updaters_with_files(const UpdaterSearch& search);
/// updater_tables.cpp: lines that are given to a shell.
[[nodiscard]] std::vector<Updater> updaters_of_units(const UpdaterSearch& search);
/// Notes as well which of the daemons they call.
[[nodiscard]] std::vector<Updater> updaters_of_roots_cron(UpdaterSearch& search);
[[nodiscard]] std::vector<Updater> updaters_of_users_cron(const UpdaterSearch& search);

}  // namespace ringback::host
