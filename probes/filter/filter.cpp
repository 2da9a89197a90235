#include "probes/filter/filter.hpp"

#include <algorithm>
#include <sstream>

#include "probes/filter/walk.hpp"

namespace ringback::filter {
namespace {

constexpr std::size_t longest_kept = 256 * 1024;
constexpr std::size_t most_walks = 256;

/// A stranger, for the question whether the answer would leave where the packet came (fib saddr . iif): A.ROOT-SERVERS.NET. The kernel's
/// routes are asked; nothing is sent.
Address stranger(Family family) {
  return family == Family::ipv4 ? Address::v4(0xc6290004) : Address::v6({0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0x30});
}

std::vector<Address> destinations(const Leg& leg) {
  auto all = leg.stable_sources;
  if (leg.source && std::find(all.begin(), all.end(), *leg.source) == all.end()) all.push_back(*leg.source);
  return all;
}

/// What is the same for every packet of one leg.
Packet packet_of(const Leg& leg, io::Network& network, Deadline deadline) {
  Packet packet{.family = leg.family, .interface = leg.interface, .destinations = destinations(leg)};
  if (const auto interfaces = network.interfaces(deadline))
    for (const auto& interface : *interfaces)
      for (const auto& address : interface.addresses) packet.own.push_back(address.address);
  if (auto routes = network.routes(deadline)) packet.routes = std::move(*routes);
  const auto back = network.route_to(stranger(leg.family), leg.interface);
  if (back || back.error().code == Errc::no_route) packet.route_back = back.has_value();
  return packet;
}

/// nftables does not see the rules that an iptables of the old kind keeps (iptables-legacy); the kernel lists their tables.
std::vector<std::string> legacy_tables(io::Network& network, Family family) {
  std::vector<std::string> found;
  std::istringstream names(network.read_file(family == Family::ipv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names", 4096).value_or(""));
  for (std::string name; names >> name;)
    if (name != "nat") found.push_back(name);
  return found;
}

/// What they do with this packet nobody knows: it may have been dropped there.
void allow_for_legacy(Walk& walk, const std::vector<std::string>& tables) {
  for (const auto& table : tables) walk.unclear.push_back("iptables-legacy: table " + table);
  if (!tables.empty() && walk.action == Action::accept) walk.action = Action::unknown;
}

struct Knock {
  Protocol protocol;
  Port port;
  bool operator==(const Knock&) const = default;
};

std::vector<Knock> knocks(const std::vector<Service>& services) {
  std::vector<Knock> all{{Protocol::icmp, 0}};
  for (const auto& service : services) {
    const Knock knock{service.protocol, service.inside};
    if (std::find(all.begin(), all.end(), knock) == all.end()) all.push_back(knock);
  }
  return all;
}

void walk_all(const Ruleset& ruleset, const FilterPlan& plan, const io::World& world, Deadline deadline, Evidence& evidence) {
  auto& network = world.network;
  for (const auto& leg : plan.legs) {
    auto packet = packet_of(leg, network, deadline);
    const auto legacy = legacy_tables(network, leg.family);
    for (const auto& knock : knocks(plan.services)) {
      if (evidence.walks.size() >= most_walks) return;
      if (deadline.passed(world.clock)) {  // thousands of rules for hundreds of services
        evidence.trouble = "the deadline came before every service was walked through the rules";
        return;
      }
      packet.protocol = knock.protocol;
      packet.port = knock.port;
      auto result = walk(ruleset, packet);
      allow_for_legacy(result, legacy);
      evidence.walks.push_back(std::move(result));
    }
  }
}

}  // namespace

Expected<Evidence> observe(const FilterPlan& plan, const io::World& world, Deadline deadline) {
  Evidence evidence;
  const auto json = world.network.nftables_ruleset(deadline);
  if (!json) {
    evidence.trouble = json.error().what;
    return evidence;
  }
  const auto text = world.network.nftables_listing(deadline);  // without it rules have no text, and iptables' own matches are unclear
  const auto ruleset = parse_ruleset(*json, parse_listing(text.value_or("")));
  if (!ruleset) {
    evidence.trouble = ruleset.error().what;
    return evidence;
  }
  evidence.readable = true;
  if (json->size() <= longest_kept)
    evidence.ruleset = *json;
  else
    evidence.trouble = "the ruleset is too long to be kept: " + std::to_string(json->size()) + " bytes";
  walk_all(*ruleset, plan, world, deadline, evidence);
  return evidence;
}

}  // namespace ringback::filter
