#pragma once
/// What the command lines of `wait`, `read`, `explain`, `diff` and `history` have in common.
#include <boost/program_options.hpp>

#include "cli/command_line.hpp"

namespace ringback::cli {

namespace po = boost::program_options;

/// -i where it fits, -4, -6, -f, -c, --no-color, -q, -v, -h, -V.
[[nodiscard]] po::options_description watching_options(bool with_interface);

/// The command line before the configuration files; of those the keys that fit are taken, except for the format, which means reports there.
/// May throw po::error.
[[nodiscard]] Expected<po::variables_map> parse_watching(std::span<const std::string> arguments, std::span<const ConfigFile> files,
                                                        const po::options_description& options);

/// Into what every subcommand has.
[[nodiscard]] Expected<void> take_watching(const po::variables_map& map, CommandLine& line, bool& ipv4, bool& ipv6);

/// The operands; `--help` and `--version` set the subcommand.
[[nodiscard]] std::vector<std::string> operands_of(const po::variables_map& map);

}  // namespace ringback::cli
