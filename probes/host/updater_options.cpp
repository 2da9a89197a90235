#include "probes/host/updater_options.hpp"

#include <optional>

namespace ringback::host {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view command_ends = "><|;&";

/// What stands behind a program's name, as far as that command goes.
Words options_behind(const Words& words, std::size_t at) {
  Words options;
  for (auto end = words[at].find_first_of(command_ends); end == std::string::npos && ++at < words.size();) {
    end = words[at].find_first_of(command_ends);
    auto word = words[at].substr(0, end);
    word.erase(0, word.find_first_not_of("\"'"));
    if (!word.empty()) options.push_back(std::move(word));
  }
  return options;
}

struct LongOption {
  std::string_view name;
  std::optional<std::string> value;   ///< behind "="
};

LongOption long_option(std::string_view word) {
  if (!word.starts_with('-')) return {};
  word.remove_prefix(word.starts_with("--") ? 2 : 1);
  const auto equals = word.find('=');
  if (equals == std::string_view::npos) return {word, std::nullopt};
  return {word.substr(0, equals), bare(word.substr(equals + 1))};
}

std::string word_at(const Words& words, std::size_t at) { return at < words.size() ? bare(words[at]) : std::string(); }

/// Getopt::Long takes an option with one dash or two.
std::string file_for_ddclient(const Words& options) {
  for (std::size_t i = 0; i < options.size(); ++i)
    if (const auto option = long_option(options[i]); option.name == "file") return option.value ? *option.value : word_at(options, i + 1);
  return {};
}

/// "--config=FILE", "-f FILE", "-nfFILE"; "-I NAME" alone stands for /etc/NAME.conf.
std::string file_for_inadyn(const Words& options) {
  static constexpr std::string_view letters_with_value = "cefiIlpPt";
  std::string identity;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string_view word = options[i];
    if (word.starts_with("--")) {
      const auto option = long_option(word);
      if (option.name != "config" && option.name != "ident") continue;
      const auto value = option.value ? *option.value : word_at(options, ++i);
      if (option.name == "config") return value;
      identity = value;
    } else if (word.starts_with('-')) {
      const auto at = word.find_first_of(letters_with_value, 1);
      if (at == std::string_view::npos) continue;
      const auto value = at + 1 < word.size() ? bare(word.substr(at + 1)) : word_at(options, ++i);
      if (word[at] == 'f') return value;
      if (word[at] == 'I') identity = value;
    }
  }
  return identity.empty() ? std::string() : "/etc/" + identity + ".conf";
}

struct Program {
  std::string name;
  std::string (*file)(const Words& options);
};

std::string_view bare_part(std::string_view word) {
  const auto begin = word.find_first_not_of("\"'`(");
  if (begin == std::string_view::npos) return {};
  word.remove_prefix(begin);
  return word.substr(0, word.find_first_of("\"'`)><|;&"));
}

/// By its name alone, or by a path.
bool calls(std::string_view word, std::string_view program) {
  if (!word.ends_with(program)) return false;
  word.remove_suffix(program.size());
  return word.empty() || word.ends_with('/');
}

}  // namespace

std::string bare(std::string_view word) { return std::string(bare_part(word)); }

std::vector<DaemonCall> daemons_called_in(const std::vector<std::string>& words) {
  static const Program programs[] = {{"ddclient", file_for_ddclient}, {"inadyn", file_for_inadyn}};
  std::vector<DaemonCall> found;
  for (const auto& program : programs) {
    std::optional<DaemonCall> call;
    for (std::size_t at = 0; at < words.size() && (!call || call->file.empty()); ++at)
      if (calls(bare_part(words[at]), program.name))
        call = DaemonCall{program.name, program.file(options_behind(words, at))};
    if (call) found.push_back(std::move(*call));
  }
  return found;
}

}  // namespace ringback::host
