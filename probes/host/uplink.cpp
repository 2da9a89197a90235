#include "probes/host/uplink.hpp"

#include <algorithm>

namespace ringback::host {
namespace {

constexpr unsigned main_table = 254;   // rtnetlink(7)
constexpr unsigned local_table = 255;

const Interface* find(const Tables& tables, const std::string& name) {
  const auto found = std::find_if(tables.interfaces.begin(), tables.interfaces.end(), [&](const Interface& i) { return i.name == name; });
  return found == tables.interfaces.end() ? nullptr : &*found;
}

bool is_tunnel(const Tables& tables, const std::string& name) {
  const auto* interface = find(tables, name);
  return interface != nullptr && interface->tunnel;
}

/// A cable or a radio, and switched on.
bool can_face_a_router(const Tables& tables, const std::string& name) {
  const auto* interface = find(tables, name);
  return interface != nullptr && interface->up && !interface->tunnel && !interface->loopback;
}

/// How well a route points at the home router. The smallest is the best.
struct Rank {
  int kind = 0;       ///< 0 a default route, 1 one that covers half the internet, 2 a route by itself to one address (a tunnel's far end)
  bool other_table = false;
  bool on_link = false;
  unsigned metric = 0;
  auto operator<=>(const Rank&) const = default;
};

/// nullopt: this route says nothing of the home router.
std::optional<Rank> rank(const Route& route) {
  if (route.table == local_table) return std::nullopt;
  Rank result{.other_table = route.table != main_table, .on_link = !route.gateway, .metric = route.metric};
  if (route.destination.length() == 0)
    result.kind = 0;
  else if (is_default_like(route.destination))
    result.kind = 1;
  else if (route.gateway && route.destination.length() == (route.destination.family() == Family::ipv4 ? 32U : 128U))
    result.kind = 2;
  else
    return std::nullopt;
  return result;
}

/// The route that leads to the home router, among those that `allows` lets through.
template <class Allows>
const Route* best_route(const Tables& tables, Family family, Allows allows) {
  const Route* best = nullptr;
  std::optional<Rank> best_rank;
  for (const auto& route : tables.routes) {
    if (route.destination.family() != family || !allows(route)) continue;
    const auto its = rank(route);
    if (!its || (best_rank && *best_rank <= *its)) continue;
    best = &route;
    best_rank = its;
  }
  return best;
}

/// A ppp interface with nothing beside it that could carry it is the line itself: a mobile modem, which the kernel cannot tell from an
/// old VPN (PPTP, L2TP). A VPN needs another way to its far end.
bool is_the_line_itself(const Tables& tables, const std::string& name) {
  const auto* interface = find(tables, name);
  if (interface == nullptr || interface->kind != "ppp") return false;
  const auto carries = [&](const Route& route) { return route.interface != name && can_face_a_router(tables, route.interface); };
  return best_route(tables, Family::ipv4, carries) == nullptr && best_route(tables, Family::ipv6, carries) == nullptr;
}

std::optional<MacAddress> mac_of(const Tables& tables, const std::string& interface, const std::optional<Address>& address) {
  if (!address) return std::nullopt;
  for (const auto& neighbour : tables.neighbours)
    if (neighbour.interface == interface && neighbour.address == *address) return neighbour.mac;
  return std::nullopt;
}

struct Facing {
  std::string interface;
  std::optional<Address> gateway;
};

Facing of_route(const Route& route) { return {route.interface, route.gateway}; }

std::optional<Facing> facing(const Tables& tables, const std::optional<RouteLookup>& now, const std::optional<std::string>& wanted, Family family) {
  if (wanted) {
    if (now && now->interface == *wanted) return Facing{*wanted, now->gateway};
    const auto* route = best_route(tables, family, [&](const Route& r) { return r.interface == *wanted; });
    return route != nullptr ? std::optional(of_route(*route)) : std::nullopt;
  }
  if (!now) return std::nullopt;
  if (!is_tunnel(tables, now->interface)) return Facing{now->interface, now->gateway};
  const auto* beside = best_route(tables, family, [&](const Route& r) { return can_face_a_router(tables, r.interface); });
  if (beside != nullptr) return of_route(*beside);
  return Facing{now->interface, now->gateway};  // nothing else leads out in this family
}

}  // namespace

bool is_default_like(const Prefix& prefix) {
  if (prefix.length() <= 1) return true;
  static const Prefix global_unicast(Address::v6({0x20}), 3);
  return prefix == global_unicast;
}

std::optional<Uplink> find_uplink(const Tables& tables, const std::optional<RouteLookup>& now, const std::optional<std::string>& wanted,
                                  Family family) {
  const auto found = facing(tables, now, wanted, family);
  if (!found) return std::nullopt;
  Uplink uplink;
  uplink.interface = found->interface;
  uplink.gateway = found->gateway;
  uplink.gateway_mac = mac_of(tables, found->interface, found->gateway);
  uplink.default_interface = now ? now->interface : found->interface;
  uplink.through_tunnel = is_tunnel(tables, uplink.default_interface) && !is_the_line_itself(tables, uplink.default_interface);
  return uplink;
}

}  // namespace ringback::host
