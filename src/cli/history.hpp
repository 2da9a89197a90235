#pragma once
/// `ringback history`: what its command line means.
#include "cli/command_line.hpp"

namespace ringback::cli {

/// `arguments` behind the subcommand's name. May throw boost::program_options::error.
[[nodiscard]] Expected<CommandLine> parse_history(std::span<const std::string> arguments, std::span<const ConfigFile> files);

}  // namespace ringback::cli
