#pragma once
/// Pings as healthchecks.io takes them, and its open-source server (https://healthchecks.io/docs/http_api/): POST, the status behind the URL.
#include "io/network.hpp"
#include "plan/destinations.hpp"

namespace ringback::publish {

/// "URL/start": a check has begun. nullopt: told; otherwise what went wrong, behind the destination's place.
[[nodiscard]] std::optional<std::string> ping_start(const WebDestination& to, io::Network& network, const Clock& clock, Deadline deadline);

/// "URL/0" is success, "URL/1" to "URL/255" failure. Of the text, the first 100 kB are sent: more is not kept there.
[[nodiscard]] std::optional<std::string> ping_end(const WebDestination& to, unsigned char exit_status, const std::string& text, io::Network& network,
                                                  const Clock& clock, Deadline deadline);

}  // namespace ringback::publish
