#include "probes/host/updater_lines.hpp"

#include <algorithm>
#include <iterator>

namespace ringback::host {
namespace {

constexpr std::size_t most_words = 64;   // of one line

/// What goes up again ("/etc/../dev/watchdog") hides where it leads.
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

/// "[ -x /opt/update.sh ] && /opt/update.sh eth0": what it is called with stands behind the second one.
bool is_asked_about(const std::vector<std::string>& words, std::size_t at) {
  return at > 0 && (words[at - 1] == "-x" || words[at - 1] == "-e" || words[at - 1] == "-f" || words[at - 1] == "-r");
}

Expected<std::string> read_as(const UpdaterSearch& search, LineTable& table, const std::string& path, std::size_t limit,
                              const Runner& runner) {
  if (table.files_left == 0) return failure(Errc::exhausted, "read " + path + ": " + table.file + " names too many files");
  --table.files_left;
  return search.read_foreign({.path = path, .limit = limit, .reader = runner.is_root() ? "" : runner.account});
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view white = " \t\n\v\f\r";
  std::vector<std::string> words;
  for (auto begin = text.find_first_not_of(white); begin != std::string_view::npos && words.size() < most_words; begin = text.find_first_not_of(white)) {
    text.remove_prefix(begin);
    const auto word = text.substr(0, text.find_first_of(white));
    words.emplace_back(word);
    text.remove_prefix(word.size());
  }
  return words;
}

std::string path_named_by(std::string_view word, const Runner& runner) {
  auto path = bare(word);
  for (const std::string_view own : {"~/", "$HOME/"})
    if (path.starts_with(own)) path = runner.home() + "/" + path.substr(own.size());
  return is_candidate(path) ? path : std::string();
}

std::optional<Updater> updater_of_script(const UpdaterSearch& search, const Expected<std::string>& text,
                                         const std::vector<std::string>& arguments, const std::string& file) {
  if (!text || text->find('\0') != std::string::npos) return std::nullopt;   // duck.sh of DuckDNS's instructions has no first line with "#!"
  auto updater = read_update_script(*text, arguments, search.known);
  if (updater) updater->file = file;
  return updater;
}

std::vector<Updater> updaters_of_own_file(const UpdaterSearch& search, LineTable& table, const DaemonCall& call, const Runner& runner) {
  const auto path = path_named_by(call.file, runner);
  if (path.empty() || is_usual_file(call.program, path)) return {};
  const auto text = read_as(search, table, path, largest_daemon_file, runner);
  // What its own runner may not read, the daemon may not either; of root's, somebody else is told that it is there.
  const bool hidden = !text && text.error().code == Errc::not_permitted && runner.is_root();
  auto updaters = text ? read_daemon_file(search, call.program, *text, runner.is_root() ? "" : runner.account) : std::vector<Updater>();
  if (hidden) updaters.push_back(unread_updater());
  for (auto& updater : updaters) {
    updater.program = call.program;
    updater.file = path;
  }
  return updaters;
}

std::vector<Updater> updaters_of_command(const UpdaterSearch& search, LineTable& table, std::string_view command, const Runner& runner,
                                         unsigned line) {
  if (auto updater = read_update_script(command, {}, search.known)) {
    for (auto* family : {&updater->ipv4, &updater->ipv6})
      if (family->line != 0) family->line = line;
    updater->file = table.file;
    return {std::move(*updater)};
  }
  const auto words = words_of(command);
  std::vector<Updater> found;
  bool names_file = false;
  for (const auto& call : daemons_called_in(words)) {
    names_file = names_file || !call.file.empty();
    std::ranges::move(updaters_of_own_file(search, table, call, runner), std::back_inserter(found));
  }
  for (std::size_t i = 0; !names_file && found.empty() && i < words.size(); ++i) {
    const auto path = path_named_by(words[i], runner);
    if (path.empty() || is_asked_about(words, i)) continue;
    const auto text = read_as(search, table, path, largest_script, runner);
    if (auto updater = updater_of_script(search, text, arguments_of(words, i), path)) found.push_back(std::move(*updater));
  }
  return found;
}

void note_daemons(std::string_view command, std::set<std::string>& called) {
  for (const auto& call : daemons_called_in(words_of(command)))
    if (call.file.empty() || is_usual_file(call.program, call.file)) called.insert(call.program);
}

}  // namespace ringback::host
