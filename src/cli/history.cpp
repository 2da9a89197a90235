#include "cli/history.hpp"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "cli/check.hpp"
#include "cli/discreet.hpp"
#include "cli/watching.hpp"

namespace ringback::cli {
namespace {

po::options_description history_options() {
  po::options_description d("Options");
  d.add_options()
      ("since", po::value<std::string>()->value_name("TIME"), "36h, 7d or 4w ago, or a time: 2026-01-31, 2026-01-31T04:12:00Z (UTC)")
      ("until", po::value<std::string>()->value_name("TIME"), "not what began later; the same forms")
      ("json", po::bool_switch(), "the same as -f json")
      ("format,f", po::value<std::string>()->value_name("FORMAT"), "text, json or html (default text)")
      ("output,o", po::value<std::string>()->value_name("FILE"), "into this file; - is standard output");
  add_state_option(d);
  d.add_options()
      ("config,c", po::value<std::string>()->value_name("FILE"), "configuration file: the long options as keys")
      ("no-color", po::bool_switch(), "no colours (NO_COLOR in the environment does the same)")
      ("help,h", po::bool_switch(), "this text")
      ("version,V", po::bool_switch(), "the version");
  return d;
}

std::string history_help() {
  std::ostringstream out;
  out << "Usage: ringback history [OPTIONS]\n\n"
         "What ringback check remembers: since when something can be reached or cannot, and\nwhat changed then.\n\n"
      << history_options() << "\nExit status: 0 done, 64 wrong usage, 70 the memory cannot be read, or an\ninternal fault.\n";
  return out.str();
}

std::optional<std::chrono::seconds> unit_of(char letter) {
  using namespace std::chrono;
  switch (letter) {
    case 'm': return minutes(1);
    case 'h': return hours(1);
    case 'd': return days(1);
    case 'w': return weeks(1);
    default: return std::nullopt;
  }
}

Expected<HistoryTime> read_time(std::string_view option, const std::string& text) {
  if (const auto moment = Moment::parse(text)) return *moment;
  if (const auto midnight = Moment::parse(text + "T00:00:00Z")) return *midnight;
  unsigned count = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool one_letter_is_left = wrong == std::errc() && end + 1 == text.data() + text.size();
  if (const auto unit = one_letter_is_left ? unit_of(*end) : std::nullopt; unit && count >= 1 && count <= 100000) return count * *unit;
  return failure(Errc::invalid_input, fmt::format("--{}: \"{}\" is no time; write 90m, 36h, 7d or 4w, or a date such as 2026-01-31", option, text.substr(0, 40)));
}

Expected<Format> read_format(const po::variables_map& map) {
  const bool json = map["json"].as<bool>();
  if (map.count("format") == 0) return json ? Format::json : Format::text;
  const auto text = map["format"].as<std::string>();
  const auto format = from_name<Format>(text);
  if (!format || *format == Format::markdown) return failure(Errc::invalid_input, fmt::format("--format: \"{}\" is none of text, json, html", text.substr(0, 40)));
  if (json && *format != Format::json) return failure(Errc::invalid_input, "--json and another --format exclude each other");
  return *format;
}

}  // namespace

Expected<CommandLine> parse_history(std::span<const std::string> arguments, std::span<const ConfigFile> files) {
  CommandLine line{.subcommand = Subcommand::history};
  const auto parsed = parse_watching(arguments, files, history_options());
  if (!parsed) return tl::unexpected(parsed.error());
  const auto& map = *parsed;
  line.help = history_help();
  if (map["help"].as<bool>()) line.subcommand = Subcommand::help;
  if (map["version"].as<bool>()) line.subcommand = Subcommand::version;
  if (line.subcommand != Subcommand::history) return line;
  if (const auto operands = operands_of(map); !operands.empty())
    return failure(Errc::invalid_input, fmt::format("\"{}\" is no option of history; a time is given with --since", up_to_host(operands.front()).substr(0, 40)));
  for (const auto& [option, into] : {std::pair{"since", &line.history.since}, {"until", &line.history.until}}) {
    if (map.count(option) == 0) continue;
    const auto time = read_time(option, map[option].as<std::string>());
    if (!time) return tl::unexpected(time.error());
    *into = *time;
  }
  const auto format = read_format(map);
  if (!format) return tl::unexpected(format.error());
  auto folder = read_state_folder(map);
  if (!folder) return tl::unexpected(folder.error());
  line.state_folder = std::move(*folder);
  Output output{.format = *format};
  if (map.count("output") != 0) output.path = map["output"].as<std::string>();
  if (output.path.empty()) return failure(Errc::invalid_input, "--output: an empty file name; - is standard output");
  line.outputs = {output};
  line.no_color = map["no-color"].as<bool>();
  return line;
}

}  // namespace ringback::cli
