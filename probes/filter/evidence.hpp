#pragma once
/// What this host's own packet filter does with a stranger's packet and with the answer: nftables, into which iptables-nft, ufw and firewalld
/// write too, and beside it the rules of iptables-legacy, which the kernel keeps elsewhere.
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::filter {

enum class Action { accept, drop, reject, unknown };
constexpr auto enum_names(Action) {
  using enum Action;
  using N = EnumName<Action>;
  return std::array{N{accept, "accept"}, N{drop, "drop"}, N{reject, "reject"}, N{unknown, "unknown"}};
}

/// A rule that stood on a packet's way.
struct RulePlace {
  std::string table;                    ///< "inet filter"
  std::string chain;
  std::string rule;                     ///< as nft prints it
  std::optional<unsigned> handle;

  bool operator==(const RulePlace&) const = default;
  static constexpr auto describe() {
    using R = RulePlace;
    return std::tuple{field("table", &R::table), field("chain", &R::chain), field("rule", &R::rule), field("handle", &R::handle)};
  }
};

/// The way of one imagined packet through the hooks that it passes: a stranger's first one to this host, or the answer to it.
struct Walk {
  Protocol protocol = Protocol::tcp;
  Family family = Family::ipv4;
  Port port = 0;                        ///< on this host; 0 for ICMP echo
  std::optional<Address> from;          ///< this visitor's own packet; absent: any stranger's
  Action action = Action::unknown;
  std::optional<std::string> rejects_with;  ///< of reject: "tcp reset", "icmp port-unreachable", …
  std::optional<std::string> table;     ///< "inet filter"; of iptables-legacy "ip filter" too
  std::optional<std::string> chain;     ///< "input"
  std::optional<std::string> hook;      ///< where that chain is called from: "input", "prerouting", "forward", …
  std::optional<std::string> kept_by;   ///< whose words change it: "nftables", "iptables", "iptables-legacy", "ufw", "firewalld"
  std::optional<std::string> rule;      ///< the deciding rule as nft prints it (iptables-legacy: as iptables-save does), or "policy drop"
  std::optional<unsigned> handle;       ///< of that rule, for `nft delete rule`; iptables-legacy has none
  std::optional<Endpoint> translated_to;  ///< where a rule sends it instead (DNAT, redirect); the unspecified address: this host itself
  std::vector<std::string> unclear;     ///< rules on the way whose match could not be evaluated
  std::optional<RulePlace> led_nowhere; ///< of a packet that a policy stops: a rule for its port, which leads into a chain that decides nothing
  // Of a visitor whose address is known, where a rule looks at it: the deciding one, or else `picked_by`, which led him to that.
  std::optional<RulePlace> picked_by;
  bool picked_some_pass = false;        ///< where `picked_by` leads to, rules let some through: it picks out, and `rule` alone stops
  std::optional<std::string> set;       ///< in which the rule that looks at the address looks it up
  std::optional<std::string> element;   ///< what there, or in the rule itself, holds it: "192.0.2.0/24"; absent: nothing does
  std::optional<RulePlace> limit;       ///< lets only so many pass: beyond that the packet would be dropped or rejected

  bool operator==(const Walk&) const = default;
  static constexpr auto describe() {
    using W = Walk;
    return std::tuple{field("protocol", &W::protocol), field("family", &W::family), field("port", &W::port), later_field("from", &W::from),
                      field("action", &W::action),
                      field("rejects_with", &W::rejects_with), field("table", &W::table), field("chain", &W::chain),
                      field("hook", &W::hook), field("kept_by", &W::kept_by), field("rule", &W::rule), field("handle", &W::handle),
                      field("translated_to", &W::translated_to), field("unclear", &W::unclear),
                      later_field("led_nowhere", &W::led_nowhere), later_field("picked_by", &W::picked_by),
                      later_field("picked_some_pass", &W::picked_some_pass),
                      later_field("set", &W::set), later_field("element", &W::element), later_field("limit", &W::limit)};
  }
};

struct Evidence {
  bool readable = false;                ///< false: the rules are unknown, which does not mean that there are none
  std::optional<std::string> trouble;
  std::string ruleset;                  ///< `nft -j list ruleset`, at most 256 KiB; longer: empty, and `trouble` says so
  std::optional<std::string> legacy_ipv4, legacy_ipv6;  ///< what iptables-legacy-save says, where there are such tables; at most 256 KiB
  bool legacy_read = false;             ///< every table that iptables-legacy has is part of the walks (there may be none)
  std::vector<Walk> walks;              ///< one for each protocol, family and port of interest
  std::vector<Walk> answers;            ///< the way back of the same packets' answers, where the packets themselves may be accepted
  std::vector<Walk> visits;             ///< the way of those who came while this ran and did not get in, each from its own address
  std::vector<Walk> visit_answers;      ///< the way back of the answers to them, likewise

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("readable", &E::readable), field("trouble", &E::trouble), field("ruleset", &E::ruleset),
                      field("legacy_ipv4", &E::legacy_ipv4), field("legacy_ipv6", &E::legacy_ipv6), field("legacy_read", &E::legacy_read),
                      field("walks", &E::walks), field("answers", &E::answers), later_field("visits", &E::visits),
                      later_field("visit_answers", &E::visit_answers)};
  }
};

}  // namespace ringback::filter
