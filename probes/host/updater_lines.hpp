#pragma once
/// Lines that are given to a shell, whoever gives them: cron, systemd, a script that is called when the network changes.
#include "probes/host/updater_search.hpp"

namespace ringback::host {

/// Who runs a command.
struct Runner {
  std::string account;
  [[nodiscard]] bool is_root() const { return account == "root"; }
  [[nodiscard]] std::string home() const { return is_root() || !is_plain_path("/" + account) ? "/root" : "/home/" + account; }
};

/// What the lines of one file may cost and bring, so that none hides what another one says.
struct LineTable {
  std::string file;
  std::size_t most_updaters = 8;
  std::size_t files_left = 16;   ///< that lines of it name, and that may still be read
  std::vector<Updater> found{};

  void add(Updater updater) {
    if (found.size() < most_updaters) found.push_back(std::move(updater));
  }
};

/// So many at most.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// Of a word of a command, the path of a script or a file, and straight; empty: it is none, or of a folder in which neither is.
[[nodiscard]] std::string path_named_by(std::string_view word, const Runner& runner);

[[nodiscard]] std::optional<Updater> updater_of_script(const UpdaterSearch& search, const Expected<std::string>& text,
                                                       const std::vector<std::string>& arguments, const std::string& file);

/// What a command publishes itself, or through a daemon that it starts with a file of its own, or through a script that it calls. Those
/// files are read as their runner could read them. Who starts the command, and whether anybody does, is not filled in.
[[nodiscard]] std::vector<Updater> updaters_of_command(const UpdaterSearch& search, LineTable& table, std::string_view command,
                                                       const Runner& runner, unsigned line);

/// Of such a daemon alone.
[[nodiscard]] std::vector<Updater> updaters_of_own_file(const UpdaterSearch& search, LineTable& table, const DaemonCall& call,
                                                        const Runner& runner);

/// Notes the daemons that a command starts with their usual file.
void note_daemons(std::string_view command, std::set<std::string>& called);

}  // namespace ringback::host
