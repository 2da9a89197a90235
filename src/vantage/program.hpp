#pragma once
/// ringback-vantage from its arguments to its exit status.
#include <ostream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace ringback::vantage {

/// Returns when SIGTERM or SIGINT came (0), or at once: 0 after --help and --version, 64 wrong usage, 69 an address cannot be used.
int run_program(const std::vector<std::string>& arguments, const Clock& clock, Random& random, std::ostream& out, std::ostream& err);

}  // namespace ringback::vantage
