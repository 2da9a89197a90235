#pragma once
/// What `ringback check` takes beside the options of `run`.
#include <boost/program_options.hpp>

#include "cli/command_line.hpp"

namespace ringback::cli {

/// Each is also a key of the configuration file.
[[nodiscard]] boost::program_options::options_description check_options();

[[nodiscard]] Expected<CheckLine> read_check(const boost::program_options::variables_map& map);

/// --state, which `history` has as well.
void add_state_option(boost::program_options::options_description& to);
[[nodiscard]] Expected<std::optional<std::string>> read_state_folder(const boost::program_options::variables_map& map);

}  // namespace ringback::cli
