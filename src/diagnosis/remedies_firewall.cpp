/// Advice about the rules of nftables and iptables themselves, where no other program keeps them.
#include "diagnosis/firewall_rule.hpp"

namespace ringback::diagnosis {
namespace {

using firewall::Deciding;
using firewall::Keeper;
using firewall::title;

/// -I puts the rule at the front: behind the one that drops it would do nothing.
Remedy with_iptables(const Deciding& d, bool legacy) {
  const std::string program = std::string(d.ipv6 ? "ip6tables" : "iptables") + (legacy ? "-legacy" : "");
  const std::string front = fmt::format("This command accepts {} in front of every other rule. It lasts until the machine restarts.",
                                        d.answer ? "the answers" : "the port");
  const Step keep{"When it works, keep it: with this command (it comes with Debian's package iptables-persistent), or by writing the one above into the "
                  "script that sets the rules.",
                  {{"sudo netfilter-persistent save"}}};
  const auto space = d.walk && d.walk->table ? d.walk->table->find(' ') : std::string::npos;
  const Identifier table{space == std::string::npos ? "filter" : d.walk->table->substr(space + 1)};
  const auto call = table.text == "filter" ? Command{"sudo {}", program} : Command{"sudo {} -t {}", program, table};
  const auto* usual = d.answer ? "OUTPUT" : "INPUT";
  const std::string chain = d.at("prerouting")    ? "PREROUTING"
                            : d.at("forward")     ? "FORWARD"
                            : d.at("output")      ? "OUTPUT"
                            : d.at("postrouting") ? "POSTROUTING"
                                                  : usual;
  if (d.answer)
    return advise_by_steps(title(d, "iptables"), {{front, {call + Command{"-I {} -p {} --sport {} -j ACCEPT", chain, d.protocol, d.port}}}, keep});
  // Docker puts its own chains in front of everything, and leaves this one to the owner.
  if (d.walk && d.walk->chain == "DOCKER-USER")
    return advise_by_steps(title(d, "iptables"),
                           {{"Docker passes the port on, and a rule in the list of rules (the chain) that Docker leaves to you, DOCKER-USER, stops it. This "
                             "command lets the port through, to every container, in front of the other rules there. It lasts until the machine restarts.",
                             {call + Command{"-I DOCKER-USER -p {} --dport {} -j RETURN", d.protocol, d.port}}},
                            keep});
  return advise_by_steps(title(d, "iptables"), {{front, {call + Command{"-I {} -p {} --dport {} -j ACCEPT", chain, d.protocol, d.port}}}, keep});
}

/// What is to be let through, in nft's words.
Command accepted(const Deciding& d, const Identifier& family) {
  if (d.answer && !d.at("egress") && family.text != "netdev") return {"ct state established,related accept"};
  if (d.answer) return {"{} sport {} accept", d.protocol, d.port};
  const Command port{"{} dport {} accept", d.protocol, d.port};
  return d.guest ? Command{"{} daddr {}", std::string_view(d.guest->is_v4() ? "ip" : "ip6"), *d.guest} + port : port;
}

/// Where the new rule belongs, among those that are there.
struct Place {
  std::string sign;        ///< by which the file that made them is known
  std::string_view where;
  std::string_view where_in_script;
};

/// What is live does not tell where it came from, and the file may be empty although rules are live. For the file it is the rule alone: with the rest of
/// the command it would not load, and the host would start without any rule. A script wants the whole command, without the rule's number (handle),
/// which is another one after each start.
void keep_with_nft(const Command& rule, const Command& for_script, const Place& place, std::vector<Step>& steps) {
  steps.push_back({fmt::format("The new rule is in force now, and gone when the machine restarts. When it works, keep it. nftables loads a file at the start (on "
                               "Debian /etc/nftables.conf): look whether {}. If so, write this line there, {}:\n{}",
                               place.sign, place.where, rule.text().value_or("the rule"))});
  steps.push_back(firewall::nft_file_is_right());
  steps.push_back({fmt::format("If the file does not have that, it is not what made these rules: leave it as it is. If another program makes them, open the port in its "
                               "settings; if a script does, write this command into it, {}:\n{}", place.where_in_script, for_script.text().value_or("the command above"))});
}

Remedy with_nft(const Deciding& d, const Finding& finding) {
  const auto space = d.walk && d.walk->table ? d.walk->table->find(' ') : std::string::npos;
  // Which table and chain it is was not seen: a guess would be a command that fails, or that opens something else.
  if (!d.walk || !d.walk->chain || space == std::string::npos) {
    std::vector<Step> steps{{"List this host's rules with this command.", {{"sudo nft -a list ruleset"}}},
                            {fmt::format("Find the rule that drops {}, and accept the port in front of it, with the words of the list in place of the "
                                         "capital ones:\nsudo nft insert rule FAMILY TABLE CHAIN position HANDLE {} dport {} accept", inside_port(finding), d.protocol, d.port)}};
    keep_with_nft({"{} dport {} accept", d.protocol, d.port}, {"nft add rule FAMILY TABLE CHAIN {} dport {} accept", d.protocol, d.port},
                  {"the rule that drops stands in it", "above that rule", "above the line for that rule"}, steps);
    return advise_by_steps(title(d, "nftables"), steps);
  }
  const Identifier family{d.walk->table->substr(0, space)}, table{d.walk->table->substr(space + 1)}, chain{*d.walk->chain};
  // Behind the last rule of a chain stands its policy.
  const auto rule = d.walk->handle ? Command{"sudo nft insert rule {} {} {} position {}", family, table, chain, *d.walk->handle}
                                   : Command{"sudo nft add rule {} {} {}", family, table, chain};
  const auto* what = d.answer ? "the answers to connections that were let in" : "the port";
  auto first =
      d.walk->handle
          ? fmt::format(
                "nftables keeps its rules in lists (chains). The first command accepts {} in front of the rule that drops it, the "
                "second one shows the chain.",
                what)
          : fmt::format(
                "nftables keeps its rules in lists (chains); this one drops what none of its rules accepts. The first command adds a "
                "rule that accepts {}, the second one shows the chain.",
                what);
  if (d.guest && !d.answer)
    first += fmt::format(" The rule names {}, to which this host passes the port on: a container that is made anew may get another address, and then the rule has to name that one.",
                         d.guest->to_string());
  const auto its_chain = plain_or(*d.walk->chain, "that drops");
  const auto place = d.walk->handle
                         ? Place{fmt::format("the rule that drops, which is quoted above, stands in its chain {}", its_chain), "above that rule", "above the line for that rule"}
                         : Place{fmt::format("its chain {} has the words \"policy {}\"", its_chain, to_string(d.walk->action)), "at the end of that chain", "at its end"};
  std::vector<Step> steps{{first, {rule + accepted(d, family), {"sudo nft -a list chain {} {} {}", family, table, chain}}}};
  keep_with_nft(accepted(d, family), Command{"nft add rule {} {} {}", family, table, chain} + accepted(d, family), place, steps);
  return advise_by_steps(title(d, "nftables"), steps);
}

}  // namespace

namespace {

Remedy in_the_keepers_words(const firewall::Deciding& d, const Finding& finding, const System& s) {
  const auto keeper = firewall::keeper_of(d, s);
  if (d.one_visitor)
    if (auto remedy = firewall::let_visitor_in(d, keeper)) return *remedy;
  const bool passes = d.walk && d.walk->action != filter::Action::drop && d.walk->action != filter::Action::reject;
  if (passes && d.walk->limit) return firewall::raise_limit(d, *d.walk->limit, keeper);
  switch (keeper) {
    case Keeper::ufw: return firewall::with_ufw(d, s);
    case Keeper::firewalld: return firewall::with_firewalld(d);
    case Keeper::iptables: return with_iptables(d, false);
    case Keeper::iptables_legacy: return with_iptables(d, true);
    case Keeper::nft: break;
  }
  return with_nft(d, finding);
}

}  // namespace

Remedy open_port(const Finding& finding, const System& s) {
  const auto d = firewall::deciding(finding, s);
  auto remedy = in_the_keepers_words(d, finding, s);
  const auto& service = finding.subject.service;
  if (d.guest && !d.answer && service && d.port != service->inside)
    insert_step(remedy, 0, fmt::format("The rule sees port {0}, and not {1}: what visitors send to port {1} of this host is on its way to port {0} of the "
                                       "container or virtual machine when it gets to the rule. So {0} is right below.", d.port, service->inside));
  return remedy;
}

}  // namespace ringback::diagnosis
