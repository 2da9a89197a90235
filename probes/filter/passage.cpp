#include "probes/filter/passage.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "probes/filter/sender.hpp"

namespace ringback::filter {
namespace {

constexpr std::size_t most_steps = 400'000;   // rules looked at in one base chain
constexpr std::size_t deepest = 64;           // the kernel allows 16 (net/netfilter/nf_tables_core.c)
constexpr std::size_t most_unclear = 32;

/// A chain that is being gone through.
struct Frame {
  const Chain* chain;
  std::size_t next = 0;
  /// Why the packet may not be here, although rules are read: the unclear rule that jumped here, or that may have left already.
  const Rule* doubt = nullptr;
  const Chain* doubt_chain = nullptr;
  /// An unclear goto led here: whoever comes to the end does not go on behind it.
  bool went_to = false;
  /// The innermost rule on the way into this chain that looks at the sender's address.
  Place sender_rule;
  /// The rule that led here, where it is one for the packet's port.
  Place port_rule;
};

/// Also those that a map may give.
template <class Visit>
void for_each_verdict(const Rule& rule, const Table& table, Visit visit) {
  for (const auto& statement : rule.statements) {
    if (const auto* verdict = std::get_if<Verdict>(&statement)) visit(*verdict);
    const auto* map = std::get_if<VerdictMap>(&statement);
    if (map == nullptr) continue;
    const auto named = map->set ? table.sets.find(*map->set) : table.sets.end();
    for (const auto& element : named != table.sets.end() ? named->second : map->elements)
      if (element.verdict) visit(*element.verdict);
  }
}

/// A rule for some port: what it leads to is meant for it.
bool is_for_port(const Rule& rule) {
  return std::any_of(rule.statements.begin(), rule.statements.end(), [](const Statement& statement) {
    const auto* match = std::get_if<Match>(&statement);
    return match != nullptr && std::any_of(match->left.begin(), match->left.end(), [](const Field& field) { return field.key == "dport"; });
  });
}

/// More than writing something down.
bool decides(const Rule& rule) {
  return std::any_of(rule.statements.begin(), rule.statements.end(), [](const Statement& statement) {
    const auto* verdict = std::get_if<Verdict>(&statement);
    return (verdict != nullptr && verdict->kind != VerdictKind::proceed) || std::holds_alternative<Reject>(statement) ||
           std::holds_alternative<VerdictMap>(statement) || std::holds_alternative<Translation>(statement);
  });
}

class Traveller {
 public:
  Traveller(const Table& table, const Chain& base, const Packet& packet, Journey& journey)
      : table_(table), base_(base), packet_(packet), journey_(journey) {}

  Passage go() {
    frames_.push_back({&base_});
    while (!frames_.empty() && result_.complete) {
      auto& frame = frames_.back();
      if (frame.next == frame.chain->rules.size()) {
        if (frame.port_rule.rule != nullptr) result_.led_nowhere = frame.port_rule;
        come_back();
        continue;
      }
      if (++steps_ > most_steps || frames_.size() > deepest) result_.complete = false;
      apply(frame.chain->rules[frame.next++], *frame.chain);
    }
    if (!ended_) result_.exits.push_back({.end = base_.base->drops ? End::drop : End::accept, .chain = &base_});
    return std::move(result_);
  }

 private:
  void apply(const Rule& rule, const Chain& chain) {
    auto sure = Tri::yes;
    for (const auto& statement : rule.statements) {
      if (std::holds_alternative<Limit>(statement) && result_.limit.rule == nullptr && decides(rule)) result_.limit = {&chain, &rule};
      sure = both(sure, condition(statement));
      if (sure == Tri::no) return;
      if (act(statement, rule, chain, sure)) return;
    }
  }

  /// Of a statement that is a match: may the rule go on?
  Tri condition(const Statement& statement) {
    if (const auto* match = std::get_if<Match>(&statement)) return matches(*match, table_, packet_, journey_);
    if (std::holds_alternative<Unclear>(statement)) return Tri::maybe;
    if (const auto* limit = std::get_if<Limit>(&statement)) return is_over(*limit) == packet_.beyond_limits ? Tri::yes : Tri::no;
    return Tri::yes;
  }

  [[nodiscard]] bool is_over(const Limit& limit) const {
    if (!limit.name) return limit.over;
    const auto named = table_.limits_over.find(*limit.name);
    return named != table_.limits_over.end() && named->second;
  }

  /// True: the rule ends here.
  bool act(const Statement& statement, const Rule& rule, const Chain& chain, Tri sure) {
    if (const auto* mark = std::get_if<SetMark>(&statement)) set_mark(*mark, sure);
    if (std::holds_alternative<NoTrack>(statement)) journey_.untracked = either(journey_.untracked, sure);
    if (const auto* map = std::get_if<VerdictMap>(&statement)) return choose(*map, rule, chain, sure);
    if (const auto* verdict = std::get_if<Verdict>(&statement)) return decide(*verdict, rule, chain, sure);
    if (const auto* reject = std::get_if<Reject>(&statement))
      return leave({.end = End::reject, .chain = &chain, .rule = &rule, .with = reject->with}, sure);
    if (const auto* to = std::get_if<Translation>(&statement))
      return leave({.end = End::translate, .chain = &chain, .rule = &rule, .translation = *to}, sure);
    if (std::holds_alternative<Elsewhere>(statement)) return leave({.end = End::elsewhere, .chain = &chain, .rule = &rule}, sure);
    return false;
  }

  /// This rule itself, or the one that led here.
  [[nodiscard]] Place sender_rule_at(const Rule& rule, const Chain& chain) const {
    return looks_at_sender(rule, packet_) ? Place{&chain, &rule} : frames_.back().sender_rule;
  }

  /// Does any rule where this one leads to accept or turn back?
  bool leads_some_through(const Rule& jump) {
    const auto known = leads_through_.find(&jump);
    if (known != leads_through_.end()) return known->second;
    std::vector<std::string> open;
    std::set<std::string> seen;
    for_each_verdict(jump, table_, [&](const Verdict& verdict) {
      if (!verdict.target.empty() && seen.insert(verdict.target).second) open.push_back(verdict.target);
    });
    bool found = false;
    while (!open.empty() && !found) {
      const auto* chain = find_chain(open.back());
      open.pop_back();
      if (chain == nullptr) continue;
      for (const auto& rule : chain->rules)
        for_each_verdict(rule, table_, [&](const Verdict& verdict) {
          found = found || verdict.kind == VerdictKind::accept || verdict.kind == VerdictKind::return_to_caller;
          if (!verdict.target.empty() && seen.insert(verdict.target).second) open.push_back(verdict.target);
        });
    }
    return leads_through_[&jump] = found;
  }

  void set_mark(const SetMark& statement, Tri sure) {
    auto& mark = statement.connection ? journey_.connection_mark : journey_.mark;
    mark = sure == Tri::yes ? statement.value : std::nullopt;
  }

  /// True: a verdict surely fell, so that what stands behind the map is not reached.
  bool choose(const VerdictMap& map, const Rule& rule, const Chain& chain, Tri sure) {
    const auto possible = look_up(map, table_, packet_, journey_);
    if (!possible) {
      note(rule, chain);
      doubt(rule, chain);
      return leave({.end = End::elsewhere, .chain = &chain, .rule = &rule}, Tri::maybe);
    }
    if (possible->size() == 1) return decide((*possible)[0].verdict, rule, chain, both(sure, (*possible)[0].when));
    // One of several, and nobody knows which: each may fall, and the rules behind may be reached.
    if (!possible->empty()) doubt(rule, chain);
    const auto current = frames_.size();
    for (const auto& [verdict, when] : *possible)
      if (verdict.kind != VerdictKind::jump && verdict.kind != VerdictKind::go_to) decide(verdict, rule, chain, Tri::maybe);
    for (const auto& [verdict, when] : *possible)
      if (verdict.kind == VerdictKind::jump || verdict.kind == VerdictKind::go_to)
        enter({VerdictKind::jump, verdict.target}, rule, chain, Tri::maybe);
    return frames_.size() > current;
  }

  /// True: the rule ends here. With `maybe` it may, and the next rule is read as well.
  bool decide(const Verdict& verdict, const Rule& rule, const Chain& chain, Tri sure) {
    switch (verdict.kind) {
      case VerdictKind::proceed: return sure == Tri::yes;
      case VerdictKind::accept: return leave({.end = End::accept, .chain = &chain, .rule = &rule}, sure);
      case VerdictKind::drop: return leave({.end = End::drop, .chain = &chain, .rule = &rule}, sure);
      case VerdictKind::return_to_caller: return go_back(rule, chain, sure);
      case VerdictKind::jump:
      case VerdictKind::go_to: return enter(verdict, rule, chain, sure);
    }
    return false;
  }

  bool go_back(const Rule& rule, const Chain& chain, Tri sure) {
    if (sure == Tri::yes) {
      come_back();
      return true;
    }
    doubt(rule, chain);
    if (frames_.back().went_to && frames_.size() > 1) doubt_about_caller();
    return false;
  }

  void come_back() {
    if (frames_.back().went_to && frames_.size() > 1) doubt_about_caller();
    frames_.pop_back();
  }

  void doubt_about_caller() {
    const auto& left = frames_.back();
    auto& caller = frames_[frames_.size() - 2];
    caller.doubt = left.doubt;
    caller.doubt_chain = left.doubt_chain;
  }

  /// A cluster's host has tens of thousands of them.
  const Chain* find_chain(const std::string& name) {
    if (by_name_.empty())
      for (const auto& chain : table_.chains) by_name_.emplace(chain.name, &chain);
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

  bool enter(const Verdict& verdict, const Rule& rule, const Chain& chain, Tri sure) {
    const auto* target = find_chain(verdict.target);
    if (target == nullptr) return false;
    const bool replaces = verdict.kind == VerdictKind::go_to;
    if (sure == Tri::yes && replaces) {
      frames_.back().sender_rule = sender_rule_at(rule, chain);
      frames_.back().chain = target;
      frames_.back().next = 0;
      return true;
    }
    Frame frame{target};
    frame.sender_rule = sender_rule_at(rule, chain);
    if (is_for_port(rule)) frame.port_rule = {&chain, &rule};
    frame.went_to = replaces;
    if (sure != Tri::yes) frame.doubt = &rule, frame.doubt_chain = &chain;
    frames_.push_back(frame);
    return sure == Tri::yes;
  }

  /// From here on the packet may have left the current chain already.
  void doubt(const Rule& rule, const Chain& chain) {
    frames_.back().doubt = &rule;
    frames_.back().doubt_chain = &chain;
  }

  bool leave(Exit exit, Tri sure) {
    const auto* rule = exit.rule;
    const auto* chain = exit.chain;
    exit.sender_rule = sender_rule_at(*rule, *chain);
    exit.picked_some_pass = exit.sender_rule.rule != nullptr && exit.sender_rule.rule != rule && leads_some_through(*exit.sender_rule.rule);
    result_.exits.push_back(std::move(exit));
    for (const auto& frame : frames_)
      if (frame.doubt != nullptr) note(*frame.doubt, *frame.doubt_chain);
    if (sure != Tri::yes) {
      note(*rule, *chain);
      return false;
    }
    // The packet is gone, unless it never was here: then it is where the doubt arose.
    while (!frames_.empty()) {
      const bool doubtful = frames_.back().doubt != nullptr;
      frames_.pop_back();
      if (doubtful) return true;
    }
    ended_ = true;
    return true;
  }

  void note(const Rule& rule, const Chain& chain) {
    auto text = table_.family + ' ' + table_.name + ' ' + chain.name + ": " + rule.text;
    auto& all = result_.unclear;
    if (all.size() < most_unclear && std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
  }

  const Table& table_;
  const Chain& base_;
  const Packet& packet_;
  Journey& journey_;
  std::unordered_map<std::string_view, const Chain*> by_name_;   ///< filled when it is needed first
  std::unordered_map<const Rule*, bool> leads_through_;          ///< leads_some_through(), each asked once
  std::vector<Frame> frames_;
  Passage result_;
  std::size_t steps_ = 0;
  bool ended_ = false;
};

}  // namespace

Passage pass(const Table& table, const Chain& base, const Packet& packet, Journey& journey) {
  return Traveller(table, base, packet, journey).go();
}

}  // namespace ringback::filter
