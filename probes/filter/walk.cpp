#include "probes/filter/walk.hpp"

#include <algorithm>

#include "probes/filter/keeper.hpp"
#include "probes/filter/passage.hpp"
#include "probes/filter/sender.hpp"

namespace ringback::filter {
namespace {

constexpr int tracking_priority = -200;  // NF_IP_PRI_CONNTRACK
constexpr std::size_t most_unclear = 32;

struct Stop {
  const Table* table;
  const Chain* chain;
};

/// Is this base chain on the packet's way at this hook?
bool is_on_the_way(const Table& table, const Base& base, std::string_view hook, const Packet& packet) {
  if (base.hook != hook) return false;
  if (hook == "ingress" || hook == "egress") {
    const auto& device = hook == "ingress" ? packet.interface : packet.way_back;
    return (table.family == "netdev" || table.family == "inet") && (!base.device || *base.device == device);
  }
  return table.family == "inet" || table.family == (packet.family == Family::ipv4 ? "ip" : "ip6");
}

/// In the order in which the kernel calls them: by priority, and of equal ones the older first.
std::vector<Stop> stops(const Ruleset& ruleset, std::string_view hook, const Packet& packet) {
  std::vector<Stop> found;
  for (const auto& table : ruleset.tables)
    for (const auto& chain : table.chains)
      if (chain.base && is_on_the_way(table, *chain.base, hook, packet)) found.push_back({&table, &chain});
  std::stable_sort(found.begin(), found.end(),
                   [](const Stop& a, const Stop& b) { return a.chain->base->priority < b.chain->base->priority; });
  return found;
}

bool passes(const Exit& exit) { return exit.end == End::accept || exit.end == End::translate; }
bool is_blocked(Action action) { return action == Action::drop || action == Action::reject; }
bool blocks(const Exit& exit) { return exit.end == End::drop || exit.end == End::reject; }

class Walker {
 public:
  Walker(const Ruleset& ruleset, const Packet& packet) : ruleset_(ruleset), packet_(packet) {
    walk_.protocol = packet.protocol;
    walk_.family = packet.family;
    walk_.port = packet.protocol == Protocol::icmp ? Port{0} : packet.port;
    walk_.from = packet.sender;
    journey_.destinations = packet.destinations;
    journey_.port = packet.port;
  }

  Walk go() {
    walk_.action = Action::accept;
    if (hook("ingress") && hook("prerouting") && route()) hook(journey_.forwarded ? "forward" : "input");
    if (walk_.action == Action::accept && doubtful_) walk_.action = Action::unknown;
    if (journey_.translated) walk_.translated_to = Endpoint{target_, journey_.port};
    return std::move(walk_);
  }

  /// The answer to a knock that went this way. Its translation is undone behind the last of these hooks, without asking any rule.
  Walk go_back(const Journey& knock) {
    journey_.destinations = knock.destinations;
    journey_.port = knock.port;
    journey_.translated = knock.translated;
    journey_.forwarded = knock.forwarded;
    journey_.connection_mark = knock.connection_mark;
    journey_.connection_unknown = knock.untracked != Tri::no;
    journey_.in_interface = knock.out_interface;
    journey_.out_interface = packet_.way_back;
    walk_.action = Action::accept;
    if (journey_.forwarded ? hook("prerouting") && hook("forward") : hook("output")) hook("postrouting") && hook("egress");
    if (walk_.action == Action::accept && doubtful_) walk_.action = Action::unknown;
    return std::move(walk_);
  }

  [[nodiscard]] const Journey& journey() const { return journey_; }
  [[nodiscard]] const std::optional<RulePlace>& limit() const { return limit_; }

 private:
  /// False: the packet's way ends here.
  bool hook(std::string_view name) {
    journey_.routed = name == "forward" || name == "output" || name == "postrouting" || name == "egress";
    for (const auto& [table, chain] : stops(ruleset_, name, packet_)) {
      const auto& base = *chain->base;
      // Translations are for the first packet of a connection, and once is enough; at input they change the source alone.
      if (base.type == "nat" && (name != "prerouting" || journey_.translated || packet_.answer)) continue;
      const bool at_tracking = name == "prerouting" || name == "output";
      journey_.tracked = at_tracking ? base.priority > tracking_priority : name != "ingress";
      hook_ = name;
      const auto passage = pass(*table, *chain, packet_, journey_);
      note(passage);
      if (passage.limit.rule != nullptr && !limit_) limit_ = place_in(*table, passage.limit);
      const bool certain_device = (name != "ingress" && name != "egress") || base.device.has_value();
      if (!settle(*table, passage, certain_device)) return false;
    }
    return true;
  }

  /// What came of one base chain. False: the packet's way surely ended.
  bool settle(const Table& table, const Passage& passage, bool certain) {
    const auto& exits = passage.exits;
    if (!passage.complete) {
      walk_.unclear.push_back(table.family + ' ' + table.name + ": more rules than can be followed");
      doubtful_ = true;
      return true;
    }
    const auto& last = exits.back();
    if (certain && std::all_of(exits.begin(), exits.end(), blocks)) {
      report(table, last, passage.led_nowhere);
      walk_.action = last.end == End::drop ? Action::drop : Action::reject;
      return false;
    }
    if (!std::all_of(exits.begin(), exits.end(), passes)) {
      if (!doubtful_) report(table, *std::find_if_not(exits.begin(), exits.end(), passes));
      doubtful_ = true;
      return true;
    }
    if (!doubtful_ && (last.rule != nullptr || !walk_.rule || walk_.rule->starts_with("policy "))) report(table, last);
    return translate(table, exits);
  }

  void report(const Table& table, const Exit& exit, const Place& nowhere = {}) {
    const auto* rule = exit.rule;
    const auto* chain = exit.chain;
    walk_.table = table.family + ' ' + table.name;
    walk_.chain = chain->name;
    walk_.hook = hook_;
    walk_.kept_by = keeper_of(table, *chain, rule == nullptr);
    walk_.rule = rule != nullptr ? rule->text : exit.end == End::drop ? "policy drop" : "policy accept";
    walk_.handle = rule != nullptr && !table.legacy ? std::optional(rule->handle) : std::nullopt;
    walk_.picked_by.reset();
    walk_.picked_some_pass = false;
    walk_.set = walk_.element = std::nullopt;
    const bool misled = rule == nullptr && exit.end == End::drop && nowhere.rule != nullptr;
    walk_.led_nowhere = misled ? std::optional(place_in(table, nowhere)) : std::nullopt;
    if (const auto& by = exit.sender_rule; by.rule != nullptr) {
      if (by.rule != rule) walk_.picked_by = place_in(table, by);
      walk_.picked_some_pass = exit.picked_some_pass;
      auto mention = mention_of(*by.rule, table, packet_, journey_);
      walk_.set = std::move(mention.set);
      walk_.element = std::move(mention.element);
    }
    if (exit.end == End::reject) walk_.rejects_with = exit.with.empty() ? std::string("icmpx port-unreachable") : exit.with;
  }

  /// False: where the packet goes from here nobody knows.
  bool translate(const Table& table, const std::vector<Exit>& exits) {
    const auto translates = [](const Exit& exit) { return exit.end == End::translate; };
    const auto first = std::find_if(exits.begin(), exits.end(), translates);
    if (first == exits.end()) return true;
    const auto& to = first->translation;
    if (exits.size() > 1 || !to.readable) {
      report(table, *first);
      walk_.unclear.push_back(table.family + ' ' + table.name + ' ' + first->chain->name + ": " + first->rule->text);
      walk_.action = Action::unknown;
      return false;
    }
    journey_.translated = true;
    target_ = to.address.value_or(Address::any(packet_.family));
    if (to.address) journey_.destinations = {*to.address};
    if (to.port) journey_.port = *to.port;
    return true;
  }

  /// The routing decision between prerouting and input. False never: a packet without a route is the host's, as far as anybody knows.
  bool route() {
    if (!journey_.translated || journey_.destinations.empty()) return true;
    const auto& to = journey_.destinations[0];
    if (std::find(packet_.own.begin(), packet_.own.end(), to) != packet_.own.end()) return true;
    if (std::find(packet_.destinations.begin(), packet_.destinations.end(), to) != packet_.destinations.end() || to.is_loopback())
      return true;
    journey_.forwarded = true;
    const Route* best = nullptr;
    for (const auto& route : packet_.routes)
      if (route.destination.contains(to) && (best == nullptr || route.destination.length() > best->destination.length())) best = &route;
    if (best != nullptr) journey_.out_interface = best->interface;
    return true;
  }

  void note(const Passage& passage) {
    for (const auto& rule : passage.unclear)
      if (walk_.unclear.size() < most_unclear) walk_.unclear.push_back(rule);
  }

  static RulePlace place_in(const Table& table, const Place& at) {
    return {.table = table.family + ' ' + table.name, .chain = at.chain->name, .rule = at.rule->text,
            .handle = table.legacy ? std::nullopt : std::optional(at.rule->handle)};
  }

  const Ruleset& ruleset_;
  const Packet& packet_;
  Walk walk_;
  std::optional<RulePlace> limit_;
  Journey journey_;
  std::string hook_;       ///< at which it is
  Address target_;         ///< of a translation
  bool doubtful_ = false;
};

}  // namespace

Walk walk(const Ruleset& ruleset, const Packet& packet) { return Walker(ruleset, packet).go(); }

BothWays walk_both_ways(const Ruleset& ruleset, const Packet& packet) {
  Walker there(ruleset, packet);
  BothWays result{there.go(), std::nullopt};
  if (packet.sender && there.limit() && !is_blocked(result.knock.action)) {
    auto late = packet;
    late.beyond_limits = true;
    if (is_blocked(Walker(ruleset, late).go().action)) result.knock.limit = there.limit();
  }
  if (is_blocked(result.knock.action)) return result;
  auto answer = packet;
  answer.answer = true;
  result.answer = Walker(ruleset, answer).go_back(there.journey());
  return result;
}

}  // namespace ringback::filter
