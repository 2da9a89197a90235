#pragma once
/// What `wait` and `read` end with.
#include "arrivals/judge.hpp"

namespace ringback::arrivals {

struct Verdict {
  std::vector<Outcome> outcomes;           ///< the service with the most attempts first, IPv4 before IPv6
  Counts counts;
  std::uint64_t services_left_out = 0;     ///< of `read` without a service: those beyond the bound
  std::uint64_t dropped = 0;               ///< packets that the capture lost
  std::vector<std::string> notes;          ///< sentences: what was ignored, and what could not be seen
  std::vector<Remedy> to_try;              ///< where nothing arrived
  bool operator==(const Verdict&) const = default;
};

/// Of the attempts in a file. Without a service one for each port that somebody outside came to, at most `most_services`.
[[nodiscard]] Verdict verdict_of(const std::vector<Attempt>& attempts, const Counts& counts, const std::optional<Service>& service,
                                 bool ipv4, bool ipv6, std::size_t most_services = 16);

/// One sentence for each kind of traffic that was passed over, and why.
[[nodiscard]] std::vector<std::string> notes_on(const Counts& counts);

}  // namespace ringback::arrivals
