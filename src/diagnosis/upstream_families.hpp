#pragma once
/// Parts of upstream.cpp: over each family, which of home router and provider keeps away a knock that did not arrive.
#include "diagnosis/upstream.hpp"

namespace ringback::diagnosis {

[[nodiscard]] Judgement ipv4_router(const Case& c, const Service& service, const inbound::Knock* knock);
[[nodiscard]] Judgement ipv6_router(const Case& c, const Service& service, const inbound::Knock* knock);

/// It ended before this host.
[[nodiscard]] Judgement stopped_before(const Service& service, Family family, StoppedAt at, std::string cause, Confidence confidence,
                                       std::string detail, Pointers evidence);
/// "A knock on port 443/tcp did not reach this host's network card." and `why`: what makes it likely that `at` keeps it.
[[nodiscard]] Judgement kept_away(const Service& service, Family family, StoppedAt at, const char* cause, const std::string& why,
                                  Pointers evidence);
/// The same where home router and provider are not told apart.
[[nodiscard]] Judgement not_arriving(const Service& service, Family family, const std::string& why, Pointers evidence);

/// Refused by a packet that a router writes as often as it likes. Of ICMP errors it has few to give (icmp(7), icmp_ratelimit): a port that
/// is silent beside one that gets them may have been one too many.
[[nodiscard]] bool was_reset(const inbound::Knock* knock);

}  // namespace ringback::diagnosis
