#pragma once
/// A VPN that takes this host's default route: what it hides, and names that lead to it.
#include "diagnosis/case.hpp"

namespace ringback::diagnosis {

/// The addresses outside by which this host is seen through a tunnel of its own; each once.
[[nodiscard]] std::vector<Cited> seen_through_vpn(const Case& c);

/// The first of these names that leads to one of them.
struct NameAtVpn {
  std::string name;
  Cited address;
};
[[nodiscard]] std::optional<NameAtVpn> name_at_vpn(const Case& c, const std::vector<NameVerdict>& names);

/// Why what this host sends past the VPN, by the line that faces the home router, got no answer; `open`: it got one, or nobody knows why not.
enum class PastVpn { open, no_route, strict_filter };
[[nodiscard]] PastVpn past_vpn(const Evidence& evidence, Family family);

[[nodiscard]] Findings vpn_findings(const Case& c, const std::vector<ServiceVerdict>& services, const std::vector<NameVerdict>& names);

/// Where a visitor who uses the name never comes to the home router, what that router does is told with these words.
void tell_of_name_at_vpn(const Case& c, std::vector<NameVerdict>& names, std::vector<Finding>& findings);

}  // namespace ringback::diagnosis
