/// One visitor is kept out, by a list of addresses; or every one who comes too soon after another, by a limit. To accept the port in front
/// of such a rule would switch the list off for everybody: the advice is about the entry.
#include <algorithm>

#include "diagnosis/firewall_rule.hpp"

namespace ringback::diagnosis::firewall {
namespace {

/// An element as nft writes it: addresses, networks, ranges, ports, joined by " . ". Nothing else may come into a command.
bool is_element(const std::string& text) {
  return !text.empty() && text.size() < 100 && text.find_first_not_of("0123456789abcdef.:/- ") == std::string::npos && text.front() != '-';
}

std::string visitor_in_words(const Deciding& d) { return d.walk->from->to_string(); }

/// The rule that names him.
filter::RulePlace picking_rule(const filter::Walk& walk) {
  return walk.picked_by.value_or(filter::RulePlace{walk.table.value_or(""), walk.chain.value_or(""), walk.rule.value_or(""), walk.handle});
}

/// What is said of every list.
std::vector<std::string> first_steps(const Deciding& d) {
  const auto who = visitor_in_words(d);
  std::vector<std::string> steps{fmt::format(
      "Visitors whom the rule does not name are not concerned. If {} is kept out on purpose, all is well, and nothing is to be done.",
      who)};
  const auto element = d.walk->element.value_or("");
  if (is_element(element) && element != who && element.find(" . ") == std::string::npos)
    steps.push_back(fmt::format("The entry {} covers more addresses than this one: without it, all of them get in.", element));
  return steps;
}

Remedy advise_on(const Deciding& d, std::string title, std::vector<std::string> more, const std::vector<Command>& commands) {
  auto steps = first_steps(d);
  std::ranges::move(more, std::back_inserter(steps));
  return advise(std::move(title), std::move(steps), commands);
}

/// fail2ban's jail, out of the names that its actions give: the set addr-set-JAIL (nftables), the chain f2b-JAIL (iptables), the set
/// f2b-JAIL (ipset); for IPv6 addr6-set-JAIL and f2b-JAIL6. Absent: its names do not tell.
std::optional<std::string> jail_of(const filter::Walk& walk) {
  for (const std::string_view prefix : {"addr-set-", "addr6-set-", "f2b-"})
    for (const auto& name : {walk.set.value_or(""), picking_rule(walk).chain, walk.chain.value_or("")}) {
      if (!name.starts_with(prefix) || name == "f2b-chain") continue;
      auto jail = name.substr(prefix.size());
      if (prefix == "f2b-" && walk.family == Family::ipv6 && jail.ends_with('6')) jail.pop_back();
      if (plain_or(jail, "") == jail && !jail.empty()) return jail;
    }
  return std::nullopt;
}

bool is_named(const filter::Walk& walk, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    return walk.set.value_or("").find(word) != std::string::npos || walk.chain.value_or("").find(word) != std::string::npos ||
           picking_rule(walk).chain.find(word) != std::string::npos || walk.table.value_or("").find(word) != std::string::npos;
  });
}

Remedy unban_with_fail2ban(const Deciding& d) {
  const auto who = *d.walk->from;
  const auto jail = jail_of(*d.walk);
  const auto element = d.walk->element.value_or("");
  const auto entry = is_element(element) && element.find(' ') == std::string::npos ? element : who.to_string();
  const auto unban =
      jail ? Command{"sudo fail2ban-client set {} unbanip {}", *jail, entry} : Command{"sudo fail2ban-client unban {}", entry};
  std::vector<Step> steps;
  for (auto& words : first_steps(d)) steps.push_back({std::move(words)});
  steps.push_back({"By its names, the list is fail2ban's, which bans addresses that look like an attack; whoever tries ports to test them may look so. This command takes the "
                   "address off the list.",
                   {unban}});
  steps.push_back({fmt::format("So that it is not banned again, write {} behind ignoreip in /etc/fail2ban/jail.local, and load that with this command.", who.to_string()),
                   {{"sudo fail2ban-client reload"}}});
  return advise_by_steps("Take the visitor off fail2ban's list", steps);
}

Remedy unban_with_crowdsec(const Deciding& d) {
  const auto element = d.walk->element.value_or("");
  const bool whole_network = is_element(element) && element.find('/') != std::string::npos;
  return advise_on(d, "Take the visitor off CrowdSec's list",
                   {"By its names, the list is CrowdSec's, which bans addresses that it or others saw attacking. The first command says "
                    "why, the second one takes "
                    "the address off the list."},
                   {{"sudo cscli decisions list --ip {}", *d.walk->from},
                    whole_network ? Command{"sudo cscli decisions delete --range {}", element}
                                  : Command{"sudo cscli decisions delete --ip {}", *d.walk->from}});
}

Remedy change_set(const Deciding& d, const TableName& at) {
  const Identifier set{*d.walk->set};
  const Command shown{"sudo nft list set {} {} {}", at.family, at.table, set};
  const auto element = d.walk->element.value_or("");
  if (!d.walk->element)
    return advise_on(
        d, "Put the visitor on the list of those who may come in",
        {"The rule lets in nobody but the addresses of that set. The first command adds the visitor's, the second one shows the set.",
         "The change lasts until the machine restarts, or until the list is loaded again: write it where the list is kept, too."},
        {{"sudo nft add element {} {} {} {}", at.family, at.table, set, "{ " + d.walk->from->to_string() + " }"}, shown});
  if (!is_element(element))
    return advise_on(d, "Take the visitor off the list",
                     {"The command shows the set; delete the entry from it that fits the visitor's address."}, {shown});
  return advise_on(d, "Take the visitor off the list",
                   {"The first command deletes the entry, the second one shows what is left. If a program keeps the list, tell that "
                    "program: otherwise it "
                    "may put the entry back."},
                   {{"sudo nft delete element {} {} {} {}", at.family, at.table, set, "{ " + element + " }"}, shown});
}

Remedy delete_rule(const Deciding& d, const TableName& at) {
  const auto rule = picking_rule(*d.walk);
  const Identifier chain{rule.chain};
  std::vector<std::string> steps{
      "The first command deletes the rule, the second one shows what is left. This lasts until the machine restarts: take the rule out of "
      "the file that is "
      "loaded at the start as well (on Debian /etc/nftables.conf)."};
  if (rule.rule.find('{') != std::string::npos)
    steps.emplace_back("The rule names others, too: to keep those out, add it again without this address.");
  return advise_on(d, "Delete the rule that keeps the visitor out", std::move(steps),
                   {{"sudo nft delete rule {} {} {} handle {}", at.family, at.table, chain, *rule.handle},
                    {"sudo nft -a list chain {} {} {}", at.family, at.table, chain}});
}

Remedy find_rule(const Deciding& d, const std::string& text, const std::vector<Command>& commands) {
  return advise_on(d, "Delete the rule that keeps the visitor out", {text}, commands);
}

}  // namespace

std::optional<Remedy> let_visitor_in(const Deciding& d, Keeper keeper) {
  if (!d.walk || !d.walk->from || !d.walk->table || !d.walk->chain || !(d.walk->set || d.walk->element)) return std::nullopt;
  // What is led there is sorted there: an exception in that chain helps, and takes nothing away from those whom it lets through.
  if (d.walk->picked_some_pass) return std::nullopt;
  const auto at = table_name(*d.walk->table);
  if (!at) return std::nullopt;
  if (is_named(*d.walk, {"f2b", "fail2ban"})) return unban_with_fail2ban(d);
  if (is_named(*d.walk, {"crowdsec"})) return unban_with_crowdsec(d);
  const auto who = visitor_in_words(d);
  switch (keeper) {
    case Keeper::ufw:
      return find_rule(
          d,
          fmt::format("The command lists ufw's rules with their numbers. Find the one with {}, and delete it by its number:\nsudo ufw delete NUMBER",
                      who),
          {{"sudo ufw status numbered"}});
    case Keeper::firewalld:
      if (d.walk->set)
        return find_rule(
            d, "The first command takes the address out of the list, the second one loads the rules again.",
            {{"sudo firewall-cmd --permanent --ipset={} --remove-entry={}", *d.walk->set, *d.walk->from}, {"sudo firewall-cmd --reload"}});
      return find_rule(
          d,
          fmt::format(
              "The command lists firewalld's sets of rules (zones). Find {} there: under \"rich rules\" (firewall-cmd --remove-rich-rule=…) or under "
              "\"sources\" (firewall-cmd --remove-source=…), with --permanent as well.",
              who),
          {{"sudo firewall-cmd --list-all-zones"}});
    case Keeper::iptables:
    case Keeper::iptables_legacy: {
      const auto program = std::string(d.ipv6 ? "ip6tables" : "iptables") + (keeper == Keeper::iptables_legacy ? "-legacy" : "");
      return find_rule(
          d,
          fmt::format(
              "The command lists the rules of the list (the chain) that he is named in, with their numbers. Find the one with {}, and delete it, with the words behind "
              "-t and -L of the command in place of TABLE and CHAIN. Delete it where the rules are kept, too.\nsudo {} -t TABLE -D CHAIN NUMBER",
              who, program),
          {{"sudo {} -t {} -L {} -n --line-numbers", program, at->table, Identifier{picking_rule(*d.walk).chain}}});
    }
    case Keeper::nft: break;
  }
  if (d.walk->set) return change_set(d, *at);
  return picking_rule(*d.walk).handle ? std::optional(delete_rule(d, *at)) : std::nullopt;
}

Remedy raise_limit(const Deciding& d, const filter::RulePlace& limit, Keeper keeper) {
  const std::string if_meant =
      "A rule of this host lets only so many connections in within a time, and the knocks of this run count as well. If that is meant, nothing is to be "
      "done: who was kept out gets in a little later. Run ringback again after a minute or two to see.";
  if (keeper == Keeper::ufw)
    return advise_by_steps("Wait, or change the limit",
                           {{"ufw's LIMIT turns an address away that connects six times within half a minute, against those who guess passwords. This "
                             "command shows ufw's rules.",
                             {{"sudo ufw status numbered"}}},
                            {if_meant},
                            {fmt::format("If visitors need to connect more often, turn the LIMIT into an ALLOW, knowing that it then protects no "
                                         "more:\nsudo ufw allow {}/{}", d.port, d.protocol)}});
  const auto at = table_name(limit.table);
  const bool of_nft = keeper == Keeper::nft && at && limit.handle;
  return advise(
      "Wait, or raise the limit",
      {if_meant,
       of_nft ? fmt::format(
                    "Otherwise raise the number in the rule. The command shows the chain (the list of rules that it is in); write the "
                    "rule anew in place of RULE, with a higher number such as 50/second:\nsudo nft replace rule {} {} {} handle {} RULE",
                    plain_or(at->family.text, "FAMILY"), plain_or(at->table.text, "TABLE"), plain_or(limit.chain, "CHAIN"), *limit.handle)
              : std::string("Otherwise raise the number in the rule, where your firewall keeps its rules, and load them again. The command lists them as they are now."),
       "Do the same in the file that is loaded at the start (on Debian /etc/nftables.conf), or it is gone after a restart."},
      of_nft ? std::vector<Command>{{"sudo nft -a list chain {} {} {}", at->family, at->table, Identifier{limit.chain}}}
             : std::vector<Command>{{"sudo nft -a list ruleset"}});
}

}  // namespace ringback::diagnosis::firewall
