#pragma once
/// Which interface faces the home router, told from tables alone.
#include "probes/host/evidence.hpp"

namespace ringback::host {

struct Tables {
  std::vector<Interface> interfaces;
  std::vector<Route> routes;
  std::vector<Neighbour> neighbours;
};

/// Covers the whole internet, or the half of it that a VPN lays over the default route: /0, 0.0.0.0/1, 128.0.0.0/1, ::/1, 8000::/1, 2000::/3.
[[nodiscard]] bool is_default_like(const Prefix& prefix);

/// `now`: how the kernel would send to the internet at this moment. `wanted`: the user's -i. nullopt: this family leads nowhere.
[[nodiscard]] std::optional<Uplink> find_uplink(const Tables& tables, const std::optional<RouteLookup>& now,
                                                const std::optional<std::string>& wanted, Family family);

}  // namespace ringback::host
