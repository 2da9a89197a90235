#include "arrivals/home.hpp"

#include <algorithm>

#include "net/special_purpose.hpp"

namespace ringback::arrivals {
namespace {

constexpr unsigned household_length = 64;   // of an IPv6 link, RFC 4291 §2.5.1

bool contains(const std::vector<Address>& all, const Address& one) { return std::ranges::find(all, one) != all.end(); }

Origin by_home(const Home& home, const Address& from) {
  if (contains(home.own, from) || from.is_loopback()) return Origin::self;
  if (contains(home.gateways, from)) return Origin::router;
  if (from.is_link_local() || std::ranges::any_of(home.on_link, [&](const Prefix& prefix) { return prefix.contains(from); }))
    return Origin::lan;
  return is_global(from) ? Origin::outside : Origin::unroutable;
}

/// Of a file nothing is known but what is in the packet.
Origin by_packet(const Address& from, const Address& to, Ttl hop_limit) {
  if (from == to || from.is_loopback()) return Origin::self;
  if (from.is_link_local()) return Origin::lan;
  if (!is_global(from)) return is_global(to) ? Origin::outgoing : Origin::lan;
  if (!is_global(to)) return Origin::outside;
  if (from.is_v6() && Prefix(from, household_length).contains(to)) return Origin::lan;
  return hops_behind(hop_limit) == 0 ? Origin::outgoing : Origin::outside;
}

}  // namespace

Home home_of(const std::vector<Interface>& interfaces, const std::vector<Route>& routes) {
  Home home;
  for (const auto& interface : interfaces)
    for (const auto& address : interface.addresses) {
      home.own.push_back(address.address);
      const unsigned whole = address.address.is_v4() ? 32 : 128;
      // An address without neighbours (a carrier's point-to-point link, DHCPv6) says nothing of a link; IPv6's household is the /64 all the
      // same.
      if (address.prefix_length < whole && address.prefix_length > 0) home.on_link.emplace_back(address.address, address.prefix_length);
      if (address.address.is_v6() && is_global(address.address)) home.on_link.emplace_back(address.address, household_length);
    }
  for (const auto& route : routes) {
    if (route.gateway) home.gateways.push_back(*route.gateway);
    // What a tunnel takes of the internet (0.0.0.0/1, 2000::/3) is no home network.
    const unsigned widest = route.destination.address().is_v4() ? 8 : 32;
    if (!route.gateway && route.destination.length() >= widest && !route.destination.address().is_multicast())
      home.on_link.push_back(route.destination);
  }
  return home;
}

Origin origin_of(const Home& home, const Seen& opening) {
  if (opening.outgoing == true) return Origin::outgoing;
  const auto& from = opening.packet.source;
  return home.known() ? by_home(home, from)
                      : by_packet(from, opening.packet.destination, opening.outgoing == false ? 1 : opening.packet.hop_limit);
}

unsigned hops_behind(Ttl hop_limit) {
  for (const unsigned initial : {64U, 128U, 255U})
    if (hop_limit <= initial) return initial - hop_limit;
  return 0;
}

}  // namespace ringback::arrivals
