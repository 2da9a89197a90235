#include "probes/filter/filter.hpp"

#include <algorithm>
#include <sstream>

#include "probes/filter/legacy.hpp"
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

/// What nftables does not see: the tables of an iptables of the old kind.
struct Legacy {
  std::vector<std::string> unread;  ///< tables whose rules nobody knows; nat drops nothing
};

/// Where the kernel has the old kind at all, root alone may know which tables there are: not to know is not to have none.
std::vector<std::string> legacy_tables(io::Network& network, Family family) {
  std::vector<std::string> found;
  const auto file = network.read_file(family == Family::ipv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names", 4096);
  if (!file && file.error().code == Errc::not_permitted) return {"filter"};
  std::istringstream names(file.value_or(""));
  for (std::string name; names >> name;) found.push_back(name);
  return found;
}

/// Adds them to the ruleset. The kernel lists them; only their own program can read them.
Legacy read_legacy(io::Network& network, Family family, Deadline deadline, Ruleset& ruleset, Evidence& evidence) {
  const auto tables = legacy_tables(network, family);
  if (tables.empty()) return {};
  const auto saved = network.legacy_rules(family, deadline);
  auto parsed = saved ? parse_legacy(*saved, family) : tl::unexpected(saved.error());
  if (!parsed) {
    evidence.trouble = parsed.error().what;
    evidence.legacy_read = false;
    Legacy result{tables};
    std::erase(result.unread, "nat");
    return result;
  }
  if (saved->size() <= longest_kept) (family == Family::ipv4 ? evidence.legacy_ipv4 : evidence.legacy_ipv6) = *saved;
  std::move(parsed->begin(), parsed->end(), std::back_inserter(ruleset.tables));
  return {};
}

/// What they do with this packet nobody knows: it may have been dropped there.
void allow_for_legacy(Walk& walk, const Legacy& legacy) {
  for (const auto& table : legacy.unread) walk.unclear.push_back("iptables-legacy: table " + table);
  if (!legacy.unread.empty() && walk.action == Action::accept) walk.action = Action::unknown;
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

/// By which interface the kernel would send the answer.
std::string way_back(const Packet& packet, io::Network& network) {
  if (packet.destinations.empty()) return {};
  static constexpr Port any_client = 50000;
  const auto route = network.route_back(packet.protocol, {packet.destinations.front(), packet.port}, {stranger(packet.family), any_client});
  return route ? route->interface : std::string();
}

void walk_all(Ruleset& ruleset, const FilterPlan& plan, const io::World& world, Deadline deadline, Evidence& evidence) {
  auto& network = world.network;
  const auto legacy_v4 = read_legacy(network, Family::ipv4, deadline, ruleset, evidence);
  const auto legacy_v6 = read_legacy(network, Family::ipv6, deadline, ruleset, evidence);
  for (const auto& leg : plan.legs) {
    auto packet = packet_of(leg, network, deadline);
    const auto& legacy = leg.family == Family::ipv4 ? legacy_v4 : legacy_v6;
    for (const auto& knock : knocks(plan.services)) {
      if (evidence.walks.size() >= most_walks) return;
      if (deadline.passed(world.clock)) {  // thousands of rules for hundreds of services
        evidence.trouble = "the deadline came before every service was walked through the rules";
        return;
      }
      packet.protocol = knock.protocol;
      packet.port = knock.port;
      packet.way_back = way_back(packet, network);
      auto [knocked, answer] = walk_both_ways(ruleset, packet);
      allow_for_legacy(knocked, legacy);
      evidence.walks.push_back(std::move(knocked));
      if (!answer) continue;
      allow_for_legacy(*answer, legacy);
      evidence.answers.push_back(std::move(*answer));
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
  auto ruleset = parse_ruleset(*json, parse_listing(text.value_or("")));
  if (!ruleset) {
    evidence.trouble = ruleset.error().what;
    return evidence;
  }
  evidence.readable = true;
  evidence.legacy_read = true;   // until a table is found that is not
  if (json->size() <= longest_kept)
    evidence.ruleset = *json;
  else
    evidence.trouble = "the ruleset is too long to be kept: " + std::to_string(json->size()) + " bytes";
  walk_all(*ruleset, plan, world, deadline, evidence);
  return evidence;
}

}  // namespace ringback::filter
