#pragma once
/// Options of `check` that say where its report is published.
#include <boost/program_options.hpp>

#include "plan/destinations.hpp"

namespace ringback::cli {

/// Each is also a key of the configuration file.
[[nodiscard]] boost::program_options::options_description publishing_options();

/// Of a map that was stored with these options. What is wrong is no wrong usage: a check that runs from a timer still says what it found. It
/// becomes a sentence in the destinations' `troubles`, which repeats no URL, and that destination is left out.
[[nodiscard]] Destinations read_publishing(const boost::program_options::variables_map& map);

}  // namespace ringback::cli
