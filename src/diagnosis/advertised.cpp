#include "diagnosis/advertised.hpp"

#include <algorithm>

namespace ringback::diagnosis {
namespace {

constexpr std::size_t most = 16;   // a stranger's report may have more than was ever heard

/// The one way out of this host over IPv6; of several the others' prefixes may be the ones that were not heard.
std::optional<Address> only_gateway(const Evidence& evidence) {
  if (!evidence.host || !evidence.host->ipv6) return std::nullopt;
  const auto& gateway = evidence.host->ipv6->gateway;
  const bool others = std::ranges::any_of(evidence.host->routes, [&](const Route& route) {
    return route.destination.family() == Family::ipv6 && route.destination.length() == 0 && route.gateway && route.gateway != gateway;
  });
  return others ? std::nullopt : gateway;
}

/// A prefix that hosts still may begin to use: its addresses are neither over nor deprecated.
bool is_alive(const link::OfferedPrefix& offered) { return offered.valid_s != 0U && offered.preferred_s != 0U; }

}  // namespace

std::string withdrawn_at(const Evidence& evidence, const InterfaceAddress& address, const std::string& interface) {
  if (!evidence.link || evidence.link->interface != interface || !address.address.is_v6() || !is_global(address.address)) return "";
  if (!address.valid_left || address.prefix_length != 64) return "";   // written by hand, or given by DHCPv6: nobody has to advertise it
  const auto gateway = only_gateway(evidence);
  std::string at;
  for (std::size_t i = 0; i < std::min(evidence.link->advertisements.size(), most); ++i) {
    const auto& heard = evidence.link->advertisements[i];
    if (heard.managed) return "";
    for (std::size_t j = 0; j < std::min(heard.prefixes.size(), most); ++j) {
      const auto& offered = heard.prefixes[j];
      const bool covers = offered.prefix.contains(address.address);
      if (covers && is_alive(offered)) return "";
      if (covers)
        at = pointer("link", "advertisements", i, "prefixes", j);
      else if (at.empty() && offered.autonomous && gateway == heard.router && is_alive(offered) && is_global(offered.prefix.address()))
        at = pointer("link", "advertisements", i, "prefixes");   // another one has taken its place
    }
  }
  return at;
}

std::string gives_address_but_no_way_out(const Evidence& evidence, const Facts& facts) {
  if (!evidence.link || evidence.link->interface != facts.ipv6.facing) return "";
  for (std::size_t i = 0; i < evidence.link->advertisements.size(); ++i) {
    const auto& heard = evidence.link->advertisements[i];
    if (heard.router_lifetime_s > 0) continue;
    for (const auto& own : facts.own)
      for (const auto& offered : heard.prefixes)
        if (own.facing && is_global(own.value.address) && offered.prefix.contains(own.value.address)) return pointer("link", "advertisements", i);
  }
  return "";
}

Advertised advertised(const Evidence& evidence, const std::string& interface) {
  Advertised result;
  if (!evidence.link || evidence.link->interface != interface) return result;
  result.asked = evidence.link->solicitations > 0;
  for (std::size_t i = 0; i < evidence.link->advertisements.size(); ++i) {
    const auto& heard = evidence.link->advertisements[i];
    result.heard = true;
    result.says_which = result.says_which || heard.managed || !heard.prefixes.empty();
    result.default_router = result.default_router || heard.router_lifetime_s > 0;
    for (const auto& offered : heard.prefixes)
      result.global_prefix = result.global_prefix || (is_alive(offered) && is_global(offered.prefix.address()));
    cite(result.at, pointer("link", "advertisements", i));
  }
  return result;
}

}  // namespace ringback::diagnosis
