#pragma once
/// -f and -o, which several subcommands take.
#include <boost/program_options.hpp>

#include "cli/command_line.hpp"

namespace ringback::cli {

/// By their order on the line: -f json -o a.json -f html -o a.html.
[[nodiscard]] Expected<std::vector<Output>> read_outputs(const std::vector<boost::program_options::basic_option<char>>& in_order);

}  // namespace ringback::cli
