#include "arrivals/home.hpp"

#include <algorithm>

#include "net/special_purpose.hpp"

namespace ringback::arrivals {
namespace {

constexpr unsigned link_length = 64;        // of an IPv6 link, RFC 4291 §2.5.1
constexpr unsigned household_length = 48;   // the most that a household gets, RFC 6177 §2; where it gets less, neighbours share these bits

// A machine at home that uses the public address passes the router that turns it around. With a second translator behind that one, whoever
// is between the two passes both, and whoever is behind both passes the inner one twice.
constexpr unsigned turned_around = 1, from_between_two = 2, from_behind_two = 3;

bool contains(const std::vector<Address>& all, const Address& one) { return std::ranges::find(all, one) != all.end(); }
bool contains(const std::vector<Prefix>& all, const Address& one) {
  return std::ranges::any_of(all, [&](const Prefix& prefix) { return prefix.contains(one); });
}
bool share(unsigned length, const Address& a, const Address& b) { return a.is_v6() && b.is_v6() && Prefix(a, length).contains(b); }

/// Whoever passed no more routers than this on his way to `to` need not have come over the internet: a visitor passes his provider's, this
/// home's provider's and, before a private address, the home router.
unsigned most_from_here(const Home& home, const Address& to) {
  if (is_global(to) || std::ranges::any_of(home.wan, is_global)) return turned_around;
  return home.wan.empty() ? from_between_two : from_behind_two;
}

Origin by_home(const Home& home, const Address& from, const Address& to, Ttl hop_limit) {
  if (contains(home.own, from) || from.is_loopback()) return Origin::self;
  if (contains(home.gateways, from) || contains(home.wan, from)) return Origin::router;
  if (from.is_link_local() || contains(home.on_link, from) || contains(home.delegated, from)) return Origin::lan;
  if (!is_global(from)) return Origin::unroutable;
  const bool beside = std::ranges::any_of(home.own, [&](const Address& own) { return share(household_length, own, from); });
  return beside || hops_behind(hop_limit) <= most_from_here(home, to) ? Origin::near : Origin::outside;
}

/// Of a file nothing is known but what is in the packet, and perhaps that it came in.
Origin by_packet(const Address& from, const Address& to, Ttl hop_limit, bool came_in) {
  if (from == to || from.is_loopback()) return Origin::self;
  if (from.is_link_local()) return Origin::lan;
  if (!is_global(from)) return is_global(to) ? Origin::outgoing : Origin::lan;
  const auto hops = hops_behind(hop_limit);
  if (is_global(to)) {
    if (share(link_length, from, to)) return Origin::lan;
    if (hops == 0 && !came_in) return Origin::outgoing;
  }
  return share(household_length, from, to) || hops <= most_from_here({}, to) ? Origin::near : Origin::outside;
}

bool is_household_prefix(const Prefix& prefix) {
  const auto length = prefix.length();
  return prefix.family() == Family::ipv6 && is_global(prefix.address()) && length >= household_length && length <= link_length;
}

/// A FRITZ!Box tells the prefix that it was delegated.
void add_told_prefixes(const router::Evidence& router, Home& home) {
  for (const auto& gateway : router.gateways)
    for (const auto& igd : gateway.igds) {
      if (igd.responder != gateway.address || !igd.avm || !igd.avm->prefix || !igd.avm->prefix_length) continue;
      const auto address = Address::parse(*igd.avm->prefix);
      if (!address) continue;
      const Prefix prefix(*address, *igd.avm->prefix_length);
      if (is_household_prefix(prefix)) home.delegated.push_back(prefix);
    }
}

}  // namespace

Home home_of(const std::vector<Interface>& interfaces, const std::vector<Route>& routes, const router::Evidence* router) {
  Home home;
  for (const auto& interface : interfaces)
    for (const auto& address : interface.addresses) {
      home.own.push_back(address.address);
      const unsigned whole = address.address.is_v4() ? 32 : 128;
      // An address without neighbours (a carrier's point-to-point link, DHCPv6) says nothing of a link; IPv6's is the /64 all the same.
      if (address.prefix_length < whole && address.prefix_length > 0) home.on_link.emplace_back(address.address, address.prefix_length);
      if (address.address.is_v6() && is_global(address.address)) home.on_link.emplace_back(address.address, link_length);
    }
  for (const auto& route : routes) {
    if (route.gateway) home.gateways.push_back(*route.gateway);
    // What a tunnel takes of the internet (0.0.0.0/1, 2000::/3) is no home network.
    const unsigned widest = route.destination.address().is_v4() ? 8 : 32;
    if (!route.gateway && route.destination.length() >= widest && !route.destination.address().is_multicast())
      home.on_link.push_back(route.destination);
    // A router advertises the whole prefix that it was delegated, of which this link is a part (RFC 7084 L-3, RFC 4191 §2.3).
    const auto holds = [&](const Address& own) { return route.destination.contains(own); };
    if (route.gateway && is_household_prefix(route.destination) && std::ranges::any_of(home.own, holds))
      home.delegated.push_back(route.destination);
  }
  if (router != nullptr) {
    home.wan = wan_addresses(*router);
    add_told_prefixes(*router, home);
  }
  return home;
}

std::vector<Address> wan_addresses(const router::Evidence& router) {
  std::vector<Address> found;
  for (const auto& gateway : router.gateways) {
    if (gateway.distance != 1) continue;
    for (const auto* exchange : {&gateway.nat_pmp, &gateway.pcp})
      if (exchange->external_address) found.push_back(*exchange->external_address);
    for (const auto& igd : gateway.igds)
      for (const auto& connection : igd.connections)
        if (igd.responder == gateway.address && connection.external_address) found.push_back(*connection.external_address);
  }
  std::erase_if(found, [](const Address& address) { return !address.is_v4() || address == Address::v4(0); });
  return found;
}

Origin origin_of(const Home& home, const Seen& opening) {
  if (opening.outgoing == true) return Origin::outgoing;
  const auto& packet = opening.packet;
  return home.known() ? by_home(home, packet.source, packet.destination, packet.hop_limit)
                      : by_packet(packet.source, packet.destination, packet.hop_limit, opening.outgoing == false);
}

unsigned hops_behind(Ttl hop_limit) {
  for (const unsigned initial : {64U, 128U, 255U})
    if (hop_limit <= initial) return initial - hop_limit;
  return 0;
}

}  // namespace ringback::arrivals
