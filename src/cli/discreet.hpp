#pragma once
/// What wrong usage repeats of what was typed. The line of a check is mailed, stored and shown on dashboards, and a ping URL is a password: nothing
/// behind a URL's host, and no line of a configuration file.
#include <boost/program_options.hpp>

#include "cli/command_line.hpp"

namespace ringback::cli {

/// One text that was typed: of a URL scheme and host alone, without user, path and query. Anything else is as it was.
[[nodiscard]] std::string up_to_host(std::string_view typed);

/// The same for each URL in a sentence.
[[nodiscard]] std::string urls_up_to_host(std::string_view sentence);

/// Why this file cannot be taken: the number of the line, or the key.
[[nodiscard]] Error config_error(const ConfigFile& file, const boost::program_options::error& error);

}  // namespace ringback::cli
