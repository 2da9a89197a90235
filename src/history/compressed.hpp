#pragma once
/// Reports shrink to a tenth. RFC 1950.
#include <string>

#include "base/expected.hpp"

namespace ringback::history {

[[nodiscard]] std::string compressed(const std::string& text);
/// Errc::malformed where these bytes are no such thing, or become more than 64 MiB.
[[nodiscard]] Expected<std::string> expanded(const std::string& bytes);

}  // namespace ringback::history
