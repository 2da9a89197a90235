#pragma once
/// How the programs on this host find a name. getaddrinfo(3) knows no deadline, and loads whatever nsswitch.conf(5) names: a child does it.
#include <vector>

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "net/address.hpp"

namespace ringback::io {

/// The addresses in the order in which getaddrinfo gives them, each once, 64 at most. Errc::refused: no such name, or it has no address.
/// Errc::unsupported where getent(1), which belongs to the C library, is missing.
[[nodiscard]] Expected<std::vector<Address>> look_up_as_programs(const std::string& host, Deadline deadline, const Clock& clock);

}  // namespace ringback::io
