#include "probes/filter/filter.hpp"

#include <algorithm>

#include "probes/filter/packet_of.hpp"
#include "probes/filter/read_rules.hpp"
#include "probes/filter/walk.hpp"

namespace ringback::filter {
namespace {

constexpr std::size_t longest_kept = 256 * 1024;
constexpr std::size_t most_walks = 256;

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

/// The packet both ways.
void walk(const Rules& rules, const Packet& packet, std::vector<Walk>& walks, std::vector<Walk>& answers) {
  auto [knocked, answer] = walk_both_ways(rules.ruleset, packet);
  allow_for_unread(knocked, rules);
  walks.push_back(std::move(knocked));
  if (!answer) return;
  allow_for_unread(*answer, rules);
  answers.push_back(std::move(*answer));
}

void walk_all(const Rules& rules, const FilterPlan& plan, const io::World& world, Deadline deadline, Evidence& evidence) {
  for (const auto& leg : plan.legs) {
    auto packet = packet_of(leg, world.network, deadline);
    for (const auto& knock : knocks(plan.services)) {
      if (evidence.walks.size() >= most_walks) return;
      if (deadline.passed(world.clock)) {  // thousands of rules for hundreds of services
        evidence.trouble = "the deadline came before every service was walked through the rules";
        return;
      }
      packet.protocol = knock.protocol;
      packet.port = knock.port;
      packet.way_back = way_back(packet, world.network);
      walk(rules, packet, evidence.walks, evidence.answers);
    }
  }
}

std::optional<std::string> if_short(const std::optional<std::string>& text) {
  return text && text->size() <= longest_kept ? text : std::nullopt;
}

}  // namespace

Expected<Evidence> observe(const FilterPlan& plan, const io::World& world, Deadline deadline) {
  Evidence evidence;
  auto rules = read_rules(world.network, deadline);
  if (!rules) {
    evidence.trouble = rules.error().what;
    return evidence;
  }
  evidence.readable = true;
  evidence.legacy_read = rules->legacy_read;
  evidence.legacy_ipv4 = if_short(rules->legacy_ipv4);
  evidence.legacy_ipv6 = if_short(rules->legacy_ipv6);
  evidence.trouble = rules->trouble;
  if (rules->json.size() <= longest_kept)
    evidence.ruleset = rules->json;
  else if (!evidence.trouble)
    evidence.trouble = "the ruleset is too long to be kept: " + std::to_string(rules->json.size()) + " bytes";
  walk_all(*rules, plan, world, deadline, evidence);
  return evidence;
}

void observe_visitors(const FilterPlan& plan, const std::vector<Visitor>& visitors, const io::World& world, Deadline deadline,
                      Evidence& into) {
  if (!into.readable || visitors.empty()) return;
  const auto rules = read_rules(world.network, deadline);
  if (!rules) return;
  for (const auto& visitor : visitors) {
    const auto leg = std::find_if(plan.legs.begin(), plan.legs.end(), [&](const Leg& l) { return l.family == visitor.from.family(); });
    if (leg == plan.legs.end()) continue;
    if (into.visits.size() >= most_visits || deadline.passed(world.clock)) return;
    auto packet = packet_of(*leg, world.network, deadline);
    if (!visitor.interface.empty()) packet.interface = visitor.interface;
    packet.protocol = visitor.protocol;
    packet.port = visitor.to.port;
    packet.destinations = {visitor.to.address};
    packet.sender = visitor.from;
    packet.way_back = way_back(packet, world.network);
    // He came by another card than the leg's: would the answer leave by that one?
    if (packet.interface != leg->interface && !packet.way_back.empty()) packet.route_back = packet.way_back == packet.interface;
    walk(*rules, packet, into.visits, into.visit_answers);
  }
}

}  // namespace ringback::filter
