#pragma once
/// `ringback explain [CODE]`: what its command line means.
#include "cli/command_line.hpp"

namespace ringback::cli {

/// `arguments` behind the subcommand's name. Whether there are such codes is not known here. May throw boost::program_options::error.
[[nodiscard]] Expected<CommandLine> parse_explain(std::span<const std::string> arguments, std::span<const ConfigFile> files);

}  // namespace ringback::cli
