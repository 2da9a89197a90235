#include "cli/watching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "cli/discreet.hpp"

namespace ringback::cli {
namespace {

using Strings = std::vector<std::string>;

constexpr std::array config_keys{"interface", "ipv4", "ipv6", "no-color", "quiet", "state"};

po::parsed_options fitting(const ConfigFile& file, const po::options_description& options) {
  std::istringstream text(file.text);
  auto parsed = po::parse_config_file(text, options, true);   // keys of other subcommands are theirs to check
  std::erase_if(parsed.options, [](const auto& option) {
    return option.unregistered || std::ranges::find(config_keys, option.string_key) == config_keys.end();
  });
  return parsed;
}

}  // namespace

po::options_description watching_options(bool with_interface) {
  po::options_description d("Options");
  if (with_interface)
    d.add_options()("interface,i", po::value<std::string>()->value_name("NAME"), "watch this interface alone; otherwise all");
  d.add_options()
      ("ipv4,4", po::bool_switch(), "IPv4 alone")
      ("ipv6,6", po::bool_switch(), "IPv6 alone")
      ("format,f", po::value<Strings>()->value_name("FORMAT"), "text, or json: one object in each line (default text)")
      ("config,c", po::value<std::string>()->value_name("FILE"), "configuration file: the long options as keys")
      ("no-color", po::bool_switch(), "no colours (NO_COLOR in the environment does the same)")
      ("quiet,q", po::bool_switch(), "no warnings on standard error")
      ("verbose,v", po::bool_switch(), "every attempt, also where there are many of a kind")
      ("help,h", po::bool_switch(), "this text")
      ("version,V", po::bool_switch(), "the version");
  return d;
}

Expected<po::variables_map> parse_watching(std::span<const std::string> arguments, std::span<const ConfigFile> files,
                                           const po::options_description& options) {
  po::options_description all;
  all.add(options).add_options()("operand", po::value<Strings>());
  po::positional_options_description positional;
  positional.add("operand", -1);
  using namespace po::command_line_style;
  po::variables_map map;
  po::store(po::command_line_parser(Strings(arguments.begin(), arguments.end()))
                .options(all)
                .positional(positional)
                .style(unix_style & ~allow_guessing)
                .run(),
            map);
  for (const auto& file : files) {
    try {
      po::store(fitting(file, options), map);
    } catch (const po::error& error) {
      return tl::unexpected(config_error(file, error));
    }
  }
  po::notify(map);
  return map;
}

Expected<void> take_watching(const po::variables_map& map, CommandLine& line, bool& ipv4, bool& ipv6) {
  if (map["ipv4"].as<bool>() && map["ipv6"].as<bool>())
    return failure(Errc::invalid_input, "-4 and -6 exclude each other; without either both families are watched");
  ipv4 = !map["ipv6"].as<bool>();
  ipv6 = !map["ipv4"].as<bool>();
  line.no_color = map["no-color"].as<bool>();
  line.quiet = map["quiet"].as<bool>();
  line.verbose = map["verbose"].as<bool>();
  auto format = Format::text;
  if (map.count("format") != 0) {
    const auto& texts = map["format"].as<Strings>();
    const auto named = from_name<Format>(texts.back());
    if (texts.size() != 1 || !named || (*named != Format::text && *named != Format::json))
      return failure(Errc::invalid_input, fmt::format("--format: \"{}\" is none of text, json", texts.back().substr(0, 40)));
    format = *named;
  }
  line.outputs = {{format, "-"}};
  if (map["help"].as<bool>()) line.subcommand = Subcommand::help;
  if (map["version"].as<bool>()) line.subcommand = Subcommand::version;
  return {};
}

std::vector<std::string> operands_of(const po::variables_map& map) {
  return map.count("operand") != 0 ? map["operand"].as<Strings>() : Strings{};
}

}  // namespace ringback::cli
