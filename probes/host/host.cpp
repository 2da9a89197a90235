#include "probes/host/host.hpp"

#include <algorithm>
#include <iterator>

#include "probes/host/system.hpp"
#include "probes/host/text.hpp"
#include "probes/host/updaters.hpp"
#include "probes/host/uplink.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_routes = 256;
constexpr std::size_t most_neighbours = 256;
constexpr std::size_t most_interfaces = 256;
constexpr std::size_t most_settings = 32;
constexpr std::size_t most_destinations = 32;

template <class T>
std::vector<T> read_table(Expected<std::vector<T>> table, Evidence& evidence) {
  if (table) return std::move(*table);
  evidence.troubles.push_back(table.error().what);
  return {};
}

/// What the evidence keeps, most telling first.
int weight(const Route& route) {
  if (route.destination.length() == 0) return 0;
  if (is_default_like(route.destination)) return 1;
  return route.gateway ? 3 : 2;  // on-link prefixes, then routes to single addresses (the far end of a tunnel)
}

bool is_worth_keeping(const Route& route) {
  const bool local_table = route.table == 255;
  const bool host_route = route.destination.length() == (route.destination.family() == Family::ipv4 ? 32U : 128U);
  return !local_table && (!route.gateway || host_route || is_default_like(route.destination)) && !route.destination.address().is_multicast();
}

std::vector<Route> kept_routes(std::vector<Route> routes) {
  std::erase_if(routes, [](const Route& route) { return !is_worth_keeping(route); });
  std::stable_sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) { return weight(a) < weight(b); });
  if (routes.size() > most_routes) routes.resize(most_routes);
  return routes;
}

std::vector<Neighbour> kept_neighbours(std::vector<Neighbour> neighbours, const Evidence& evidence) {
  const auto is_gateway = [&](const Neighbour& n) {
    const auto of = [&](const std::optional<Uplink>& uplink) { return uplink && uplink->gateway == n.address; };
    return n.router || of(evidence.ipv4) || of(evidence.ipv6);
  };
  std::erase_if(neighbours, [](const Neighbour& n) { return n.address.is_multicast(); });
  std::stable_partition(neighbours.begin(), neighbours.end(), is_gateway);
  if (neighbours.size() > most_neighbours) neighbours.resize(most_neighbours);
  return neighbours;
}

std::optional<int> sysctl(io::Network& network, const std::string& path) {
  const auto text = network.read_file("/proc/sys/net/" + path, 32);
  return text ? number(*text) : std::nullopt;
}

Ipv4Settings read_ipv4_settings(io::Network& network, const std::string& interface) {
  const auto of_all = sysctl(network, "ipv4/conf/all/rp_filter");
  const auto own = sysctl(network, "ipv4/conf/" + interface + "/rp_filter");
  return {.interface = interface, .rp_filter = of_all && own ? std::optional(std::max(*of_all, *own)) : std::nullopt};
}

Ipv6Settings read_ipv6_settings(io::Network& network, const std::string& interface) {
  const auto read = [&](const char* name) { return sysctl(network, "ipv6/conf/" + interface + "/" + name); };
  return {.interface = interface, .use_tempaddr = read("use_tempaddr"), .addr_gen_mode = read("addr_gen_mode"), .accept_ra = read("accept_ra"),
          .forwarding = read("forwarding"), .disable_ipv6 = read("disable_ipv6")};
}

/// The interfaces that face the router first: there are hosts with hundreds of others (containers).
std::vector<std::string> interfaces_by_interest(const Evidence& evidence) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (names.size() < most_settings && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto* uplink : {&evidence.ipv6, &evidence.ipv4})
    if (*uplink) add((*uplink)->interface);
  for (const auto& interface : evidence.interfaces)
    if (!interface.loopback && interface.up) add(interface.name);
  return names;
}

/// `wanted` by the user is kept, also where no route leads out of it.
void bound_interfaces(Evidence& evidence, const std::optional<std::string>& wanted) {
  auto& all = evidence.interfaces;
  if (all.size() <= most_interfaces) return;
  evidence.troubles.push_back("of " + std::to_string(all.size()) + " interfaces only " + std::to_string(most_interfaces) + " are kept");
  const auto faces = [&](const Interface& i) {
    return (evidence.ipv4 && evidence.ipv4->interface == i.name) || (evidence.ipv6 && evidence.ipv6->interface == i.name) || i.loopback || wanted == i.name;
  };
  std::stable_partition(all.begin(), all.end(), faces);
  all.resize(most_interfaces);
}

std::optional<RouteLookup> look_up(io::Network& network, Family family, Evidence& evidence) {
  auto lookup = network.route_to(far_away(family), std::nullopt);
  if (lookup) {
    evidence.lookups.push_back(*lookup);
    return *lookup;
  }
  if (lookup.error().code != Errc::no_route) evidence.troubles.push_back(lookup.error().what);  // no route is an answer
  return std::nullopt;
}

/// With -i and no default route of its own in the tables, the kernel may still know a way out of that interface.
std::optional<Uplink> uplink(io::Network& network, const Tables& tables, const std::optional<std::string>& wanted, Family family, Evidence& evidence) {
  const auto now = look_up(network, family, evidence);
  auto found = find_uplink(tables, now, wanted, family);
  if (found || !wanted) return found;
  const auto out_of_it = network.route_to(far_away(family), wanted);
  if (!out_of_it) return std::nullopt;
  found = find_uplink(tables, *out_of_it, wanted, family);
  if (found && now) {
    found->default_interface = now->interface;
    const auto in_use = std::find_if(tables.interfaces.begin(), tables.interfaces.end(), [&](const Interface& i) { return i.name == now->interface; });
    found->through_tunnel = in_use != tables.interfaces.end() && in_use->tunnel;
  }
  return found;
}

/// The longest of what is read here: a file for each process, 8192 at most. Left out, everything counts as possibly running.
Processes programs(const io::World& world, Deadline deadline, Evidence& evidence) {
  if (!deadline.passed(world.clock)) return running(world.network);
  evidence.troubles.emplace_back("which programs run was not looked at: the deadline came first");
  return {};
}

void look_for_updaters(const std::vector<std::string>& names, const Processes& processes, const io::World& world, Deadline deadline,
                       Evidence& evidence) {
  auto found = find_updaters(world, processes, familiar(names, evidence.interfaces), deadline);
  evidence.updaters = std::move(found.updaters);
  std::ranges::move(found.troubles, std::back_inserter(evidence.troubles));
  if (!found.all) evidence.troubles.emplace_back("which programs keep names up to date was not looked at to the end: the deadline came first");
}

const Interface* facing(const Evidence& evidence) {
  const auto& uplink = evidence.ipv6 ? evidence.ipv6 : evidence.ipv4;
  if (!uplink) return nullptr;
  const auto found = std::find_if(evidence.interfaces.begin(), evidence.interfaces.end(),
                                  [&](const Interface& i) { return i.name == uplink->interface; });
  return found == evidence.interfaces.end() ? nullptr : &*found;
}

}  // namespace

Address far_away(Family family) {
  return family == Family::ipv4 ? Address::v4(0xc6290004)  // 198.41.0.4
                                : Address::v6({0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0x30});
}

Expected<Evidence> observe_tables(const std::optional<std::string>& interface, const io::World& world, Deadline deadline) {
  auto& network = world.network;
  auto interfaces = network.interfaces(deadline);
  if (!interfaces) return tl::unexpected(interfaces.error());
  Evidence evidence;
  Tables tables{std::move(*interfaces), read_table(network.routes(deadline), evidence), read_table(network.neighbours(deadline), evidence)};
  evidence.ipv4 = uplink(network, tables, interface, Family::ipv4, evidence);
  evidence.ipv6 = uplink(network, tables, interface, Family::ipv6, evidence);
  evidence.routes = kept_routes(std::move(tables.routes));
  evidence.neighbours = kept_neighbours(std::move(tables.neighbours), evidence);
  evidence.interfaces = std::move(tables.interfaces);
  bound_interfaces(evidence, interface);
  for (const auto& name : interfaces_by_interest(evidence)) {
    evidence.ipv4_settings.push_back(read_ipv4_settings(network, name));
    evidence.ipv6_settings.push_back(read_ipv6_settings(network, name));
  }
  if (interface && std::none_of(evidence.interfaces.begin(), evidence.interfaces.end(), [&](const Interface& i) { return i.name == *interface; }))
    evidence.troubles.push_back("there is no interface " + *interface);
  return evidence;
}

void observe_programs(const std::vector<std::string>& names, const io::World& world, Deadline deadline, Evidence& evidence) {
  const auto processes = programs(world, deadline, evidence);
  evidence.host_name = trimmed(world.network.read_file("/proc/sys/kernel/hostname", 256).value_or(""));
  evidence.system = observe_system(world.network, processes, evidence.interfaces);
  if (const auto* own = facing(evidence)) find_manager(world.network, processes, *own, evidence.system);
  look_for_updaters(names, processes, world, deadline, evidence);
}

void observe_destinations(const std::vector<Place>& places, io::Network& network, Evidence& evidence) {
  for (const auto& [name, address] : places) {
    const auto is_this = [&](const Destination& known) { return known.lookup.destination == address && known.place == name; };
    if (evidence.destinations.size() >= most_destinations || std::ranges::any_of(evidence.destinations, is_this)) continue;
    if (auto lookup = network.route_to(address, std::nullopt)) evidence.destinations.push_back({name, std::move(*lookup)});
  }
}

}  // namespace ringback::host
