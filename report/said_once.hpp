#pragma once
/// What is to be said of findings that are told together.
#include "report/summary.hpp"

namespace ringback {

/// Their details, each a paragraph, without the sentences that the one before begins with as well: IPv4's and IPv6's are often the same
/// but for the last one. Of a fault of another kind its title goes before.
[[nodiscard]] std::vector<std::string> said_once(const Problem& problem);

}  // namespace ringback
