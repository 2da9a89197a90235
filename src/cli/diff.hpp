#pragma once
/// `ringback diff OLD.json NEW.json`: what its command line means.
#include "cli/command_line.hpp"

namespace ringback::cli {

/// `arguments` behind the subcommand's name. May throw boost::program_options::error.
[[nodiscard]] Expected<CommandLine> parse_diff(std::span<const std::string> arguments);

}  // namespace ringback::cli
