#pragma once
/// What somebody has to do so that a knock comes from outside, in words for people who have never done it. Pure.
#include "diagnosis/diagnosis.hpp"

namespace ringback::arrivals {

/// Where this home is, as far as it knows that without anybody outside.
struct KnockAt {
  std::optional<Address> ipv4;             ///< one that the internet routes: this host's own, or what the home router says of itself
  std::optional<Address> not_routed;       ///< what the home router calls its internet address, and it is none
  std::optional<Address> ipv6;             ///< of this host; one that stays, where there is one
  bool over_ipv4 = true, over_ipv6 = true; ///< the families that are watched
  bool operator==(const KnockAt&) const = default;
};

/// Of `state` the host and the routers are looked at.
[[nodiscard]] KnockAt where_to_knock(const Evidence& state, bool ipv4, bool ipv6);

/// Before the watch.
[[nodiscard]] Remedy how_to_knock(const Service& service, const KnockAt& at);

/// After a watch in which nobody came.
[[nodiscard]] Remedy if_somebody_knocked(const Service& service);

}  // namespace ringback::arrivals
