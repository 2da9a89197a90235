#pragma once
/// Public servers that are asked where the user names none and --no-third-party does not forbid it.
#include <vector>

#include "plan/plan.hpp"

namespace ringback::defaults {

[[nodiscard]] const std::vector<HostPort>& stun_servers();
[[nodiscard]] const std::vector<Address>& public_resolvers();
/// Pages whose right answer is known, as operating systems use them to find captive portals.
[[nodiscard]] const std::vector<WebTarget>& connectivity_pages();
/// Services that speak echoip's /port/N.
[[nodiscard]] const std::vector<std::string>& port_checkers();

}  // namespace ringback::defaults
