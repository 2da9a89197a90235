#pragma once
/// What the files updater*.cpp share: everything that is asked of the system while updaters are looked for, and what that may cost.
#include <set>

#include "probes/host/updater_options.hpp"
#include "probes/host/updaters.hpp"

namespace ringback::host {

class UpdaterSearch {
 public:
  UpdaterSearch(const io::World& world, const Processes& its_processes, const Familiar& its_known, Deadline deadline)
      : processes(its_processes), known(its_known), network_(world.network), clock_(world.clock), deadline_(deadline),
        active_units_(world.network.list_directory("/run/systemd/units")), foreign_files_(world.network.foreign_files()) {}

  [[nodiscard]] bool is_over() const { return deadline_.passed(clock_); }
  /// systemd keeps a link "invocation:UNIT" for every unit that is active.
  [[nodiscard]] bool knows_active_units() const { return !active_units_.empty(); }
  [[nodiscard]] bool unit_is_active(const std::string& unit) const;
  [[nodiscard]] std::vector<std::string> active_units() const;
  /// Those that run by now: one that forks at the wrong moment is missing in a single look.
  [[nodiscard]] Processes processes_now() const;
  /// The words with which root's processes of that name were started, of a few of them (proc(5), cmdline). Another user's may say what it
  /// likes.
  [[nodiscard]] std::vector<std::vector<std::string>> command_lines_of_root(const std::string& program) const;
  /// Names in a folder, so many at most; nothing once the deadline has passed.
  [[nodiscard]] std::vector<std::string> folder(const std::string& path) const;
  /// A file at a path that root alone decides about.
  [[nodiscard]] Expected<std::string> read(const std::string& path, std::size_t limit) const;
  /// Any other, and for a moment only: a file server that is gone must not cost the run its time.
  [[nodiscard]] Expected<std::string> read_foreign(const io::ForeignFile& file) const;
  /// What kept read_foreign() from it that a reader of the report should know.
  [[nodiscard]] std::vector<std::string> troubles() const { return {troubles_.begin(), troubles_.end()}; }

  const Processes& processes;
  const Familiar& known;
  // Of the daemons, "ddclient" and "inadyn":
  std::set<std::string> called_by_cron{};            ///< by root's, with the usual file
  std::set<std::string> called_by_hooks{};           ///< the same, now and then
  std::set<std::string> started_with_other_file{};   ///< that one runs says nothing of the usual file then

 private:
  io::Network& network_;
  const Clock& clock_;
  Deadline deadline_;
  std::vector<std::string> active_units_;
  std::unique_ptr<io::ForeignFiles> foreign_files_;
  mutable std::set<std::string> troubles_{};
};

constexpr std::size_t largest_script = 16 * 1024;
constexpr std::size_t largest_daemon_file = 64 * 1024;

/// updater_daemons.cpp: programs with a file of their own, at its usual place. What stands below goes first, because it tells how they are
/// started.
[[nodiscard]] std::vector<Updater> updaters_with_files(const UpdaterSearch& search);
/// Of those that run with another file, that nothing `known` names.
[[nodiscard]] std::vector<Updater> updaters_of_processes(UpdaterSearch& search, const std::vector<Updater>& known);
/// ddclient puts what it does behind its name ("ddclient - sleep").
[[nodiscard]] bool daemon_runs(const Processes& processes, const std::string& program);
[[nodiscard]] bool is_usual_file(std::string_view program, std::string_view path);
/// `reader`: with whose rights what it includes is read, as in ForeignFile.
[[nodiscard]] std::vector<Updater> read_daemon_file(const UpdaterSearch& search, std::string_view program, std::string_view text,
                                                    const std::string& reader);
/// Of a file that may not be read.
[[nodiscard]] Updater unread_updater();
/// updater_tables.cpp: lines of cron.
[[nodiscard]] std::vector<Updater> updaters_of_roots_cron(UpdaterSearch& search);
[[nodiscard]] std::vector<Updater> updaters_of_users_cron(const UpdaterSearch& search);
/// updater_units.cpp: of systemd.
[[nodiscard]] std::vector<Updater> updaters_of_units(UpdaterSearch& search);
/// updater_init.cpp: scripts of init, in the place of units.
[[nodiscard]] std::vector<Updater> updaters_of_init_scripts(UpdaterSearch& search);
/// updater_hooks.cpp: scripts that are called when the network changes.
[[nodiscard]] std::vector<Updater> updaters_of_hooks(UpdaterSearch& search);

}  // namespace ringback::host
