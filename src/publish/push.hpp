#pragma once
/// Prometheus' Pushgateway (https://github.com/prometheus/pushgateway#api): PUT replaces what this instance pushed before, so that a service that
/// is not checked any more is gone.
#include "io/network.hpp"
#include "plan/destinations.hpp"

namespace ringback::publish {

/// `metrics`: the text exposition format. nullopt: told; otherwise what went wrong, behind the destination's place.
[[nodiscard]] std::optional<std::string> push(const WebDestination& to, const std::string& instance, const std::string& metrics, io::Network& network,
                                              const Clock& clock, Deadline deadline);

}  // namespace ringback::publish
