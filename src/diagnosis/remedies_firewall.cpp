#include <algorithm>

#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis {
namespace {

using filter::Walk;

/// Who keeps the rules that keep visitors out: each wants to be told in its own words, and undoes what others write.
enum class Keeper { nft, ufw, firewalld, iptables, iptables_legacy };

/// The rule that decides, and for what the exception to it has to be made.
struct Deciding {
  const Walk* walk = nullptr;   ///< absent: it was not seen
  bool answer = false;          ///< it keeps the answer in, not the visitor out
  bool ipv6 = false;
  unsigned port = 0;            ///< as the rule sees it: behind a translation another one than visitors knock on
  std::string_view protocol = "tcp";
  std::optional<Address> guest; ///< of a container or virtual machine, to which the packet is passed on
  std::string interface;

  [[nodiscard]] bool at(std::string_view hook) const { return walk && walk->hook == hook; }
};

Deciding deciding(const Finding& finding, const System& s) {
  Deciding result;
  result.ipv6 = finding.subject.family == Family::ipv6;
  result.interface = s.interface_of(finding.subject.family);
  if (!finding.subject.service) return result;
  result.port = finding.subject.service->inside;
  result.protocol = to_string(finding.subject.service->protocol);
  if (!s.evidence || !s.evidence->filter) return result;
  const auto search = [&](const std::vector<Walk>& walks, bool stopped) {
    const auto found = std::ranges::find_if(walks, [&](const Walk& walk) {
      return walk.protocol == finding.subject.service->protocol && walk.port == finding.subject.service->inside &&
             walk.family == finding.subject.family && (!stopped || walk.action == filter::Action::drop || walk.action == filter::Action::reject);
    });
    return found == walks.end() ? nullptr : &*found;
  };
  result.walk = search(s.evidence->filter->walks, true);
  const auto* visit = result.walk;
  if (!result.walk) {
    result.walk = search(s.evidence->filter->answers, true);
    result.answer = result.walk != nullptr;
    visit = search(s.evidence->filter->walks, false);   // the answer is translated back at the very end of its way
  }
  if (!result.walk || !visit || !visit->translated_to || result.at("ingress")) return result;
  const auto& to = *visit->translated_to;
  if (to.port != 0) result.port = to.port;
  if (result.at("forward")) result.guest = to.address;
  return result;
}

Keeper keeper_without_word(const Deciding& d, const System& s) {
  // ufw's chains are there whichever chain decides: iptables' own has its policy.
  const bool ufw = s.has_tool("ufw") || (s.evidence && s.evidence->filter && s.evidence->filter->ruleset.find("\"ufw") != std::string::npos);
  if (d.walk && d.walk->table && d.walk->chain) {
    if (d.walk->table->ends_with(" firewalld")) return Keeper::firewalld;
    if (d.walk->chain->starts_with("ufw")) return Keeper::ufw;
    const bool of_iptables = (d.walk->table == "ip filter" || d.walk->table == "ip6 filter") && d.walk->chain == "INPUT";
    if (of_iptables) return ufw ? Keeper::ufw : Keeper::iptables;
    return Keeper::nft;
  }
  if (ufw) return Keeper::ufw;
  if (s.has_tool("firewalld")) return Keeper::firewalld;
  return s.has_tool("iptables-legacy") ? Keeper::iptables_legacy : Keeper::nft;
}

/// The deciding rule names its keeper better than what is installed.
Keeper keeper_of(const Deciding& d, const System& s) {
  const auto word = d.walk ? d.walk->kept_by.value_or("") : "";
  if (word == "ufw") return Keeper::ufw;
  if (word == "firewalld") return Keeper::firewalld;
  // Without IPv6, ufw sets the policies of iptables' own chains and adds none of its own.
  if (word == "iptables" && !d.walk->handle && s.has_tool("ufw")) return Keeper::ufw;
  if (word == "iptables") return Keeper::iptables;
  if (word == "iptables-legacy") return Keeper::iptables_legacy;
  return word == "nftables" ? Keeper::nft : keeper_without_word(d, s);
}

std::string title(const Deciding& d, const char* program) {
  return fmt::format("{} this host's firewall, {}", d.answer ? "Let answers out of" : "Open the port in", program);
}

Remedy with_ufw(const Deciding& d) {
  const Command list{"sudo ufw status numbered"};
  if (d.ipv6 && d.walk && d.walk->kept_by == "iptables")
    return advise(title(d, "ufw"),
                  {"ufw drops all of IPv6 while /etc/default/ufw says IPV6=no. The first command changes that line, the second one loads the rules again, and the third "
                   "one allows the port for both families."},
                  {{"sudo sed -i 's/^IPV6=.*/IPV6=yes/' /etc/default/ufw"}, {"sudo ufw reload"}, {"sudo ufw allow {}/{}", d.port, d.protocol}, list});
  if (d.guest)
    return advise(title(d, "ufw"), {"The port is passed on to another machine or container, for which ufw has rules of another kind (\"route\")."},
                  {{"sudo ufw route allow proto {} to {} port {}", d.protocol, *d.guest, d.port}, list});
  if (d.answer) return advise(title(d, "ufw"), {"Allow what leaves this host."}, {{"sudo ufw prepend allow out proto {} from any port {}", d.protocol, d.port}, list});
  const bool by_users_rule = d.walk && d.walk->chain && d.walk->chain->ends_with("-user-input");
  if (by_users_rule)
    return advise(title(d, "ufw"),
                  {"A rule of ufw's denies this port. The first command puts one that allows it in front; where the rule denies this very port and no "
                   "other, the second one changes it instead. Both hold after a restart, too."},
                  {{"sudo ufw prepend allow {}/{}", d.port, d.protocol}, {"sudo ufw allow {}/{}", d.port, d.protocol}, list});
  return advise(title(d, "ufw"),
                {"Allow the port; this holds after a restart, too. For IPv6, /etc/default/ufw has to say IPV6=yes; after a change there: sudo ufw reload.",
                 "If the list of the second command has a DENY or REJECT for this port above it, delete that: sudo ufw delete NUMBER."},
                {{"sudo ufw allow {}/{}", d.port, d.protocol}, list});
}

/// firewalld's chains of a zone: filter_IN_public, filter_IN_public_allow, …
struct Zone {
  std::string name, part;
};
std::optional<Zone> zone_of(const Deciding& d) {
  constexpr std::string_view prefix = "filter_IN_";
  if (!d.walk || !d.walk->chain || !d.walk->chain->starts_with(prefix)) return std::nullopt;
  Zone zone{d.walk->chain->substr(prefix.size()), {}};
  for (const std::string_view part : {"_pre", "_log", "_deny", "_allow", "_post"})
    if (zone.name.ends_with(part)) {
      zone.name.resize(zone.name.size() - part.size());
      zone.part = part;
      break;
    }
  return zone;
}

Remedy with_firewalld(const Deciding& d) {
  const Command reload{"sudo firewall-cmd --reload"};
  const auto zone = zone_of(d);
  // Rules that deny come before those that allow; only a priority of its own puts an exception in front (firewalld.richlanguage(5)).
  if (zone && (zone->part == "_deny" || zone->part == "_pre")) {
    const auto rule = fmt::format("rule priority=\"-32768\" port port=\"{}\" protocol=\"{}\" accept", d.port, d.protocol);
    return advise(title(d, "firewalld"),
                  {fmt::format("A rule of the zone \"{}\" denies the port (the last command lists such rules). Accept it in front of that one, and load the rules again.",
                               plain_or(zone->name, "of this interface"))},
                  {{"sudo firewall-cmd --permanent --zone={} --add-rich-rule {}", zone->name, rule}, reload,
                   {"sudo firewall-cmd --zone={} --list-rich-rules", zone->name}});
  }
  if (zone)
    return advise(title(d, "firewalld"),
                  {fmt::format("firewalld sorts interfaces into zones; visitors come in through zone \"{}\". Open the port there for good, "
                               "and load the rules again.", plain_or(zone->name, "of this interface"))},
                  {{"sudo firewall-cmd --permanent --zone={} --add-port={}/{}", zone->name, d.port, d.protocol}, reload});
  return advise(title(d, "firewalld"),
                {"Open the port in firewalld's default zone for good, and load the rules again.",
                 "firewalld sorts interfaces into zones: if the first command does not name the default zone (the second one does), add "
                 "--zone=NAME with the name that it gives."},
                {{"sudo firewall-cmd --get-zone-of-interface={}", d.interface},
                 {"sudo firewall-cmd --get-default-zone"},
                 {"sudo firewall-cmd --permanent --add-port={}/{}", d.port, d.protocol},
                 reload});
}

/// -I puts the rule at the front: behind the one that drops it would do nothing.
Remedy with_iptables(const Deciding& d, bool legacy) {
  const std::string program = std::string(d.ipv6 ? "ip6tables" : "iptables") + (legacy ? "-legacy" : "");
  const std::string front = "Accept it in front of every other rule. This lasts until the machine restarts.";
  const std::string keep = "When it works, keep it: with Debian's package iptables-persistent by sudo netfilter-persistent save, otherwise in the script "
                           "that sets the rules.";
  const auto space = d.walk && d.walk->table ? d.walk->table->find(' ') : std::string::npos;
  const Identifier table{space == std::string::npos ? "filter" : d.walk->table->substr(space + 1)};
  const auto call = table.text == "filter" ? Command{"sudo {}", program} : Command{"sudo {} -t {}", program, table};
  const auto* usual = d.answer ? "OUTPUT" : "INPUT";
  const std::string chain = d.at("prerouting") ? "PREROUTING" : d.at("forward") ? "FORWARD" : d.at("output") ? "OUTPUT" : d.at("postrouting") ? "POSTROUTING" : usual;
  if (d.answer) return advise(title(d, "iptables"), {front, keep}, {call + Command{"-I {} -p {} --sport {} -j ACCEPT", chain, d.protocol, d.port}});
  // Docker puts its own chains in front of everything, and leaves this one to the owner.
  if (d.walk && d.walk->chain == "DOCKER-USER")
    return advise(title(d, "iptables"),
                  {"Docker passes the port on, and a rule in the chain that Docker leaves to you, DOCKER-USER, stops it. Let the port through that chain, "
                   "in front of its other rules. This lasts until the machine restarts.", keep},
                  {call + Command{"-I DOCKER-USER -p {} --dport {} -j RETURN", d.protocol, d.port}});
  return advise(title(d, "iptables"), {front, keep}, {call + Command{"-I {} -p {} --dport {} -j ACCEPT", chain, d.protocol, d.port}});
}

/// What is to be let through, in nft's words.
Command accepted(const Deciding& d, const Identifier& family) {
  if (d.answer && !d.at("egress") && family.text != "netdev") return {"ct state established,related accept"};
  if (d.answer) return {"{} sport {} accept", d.protocol, d.port};
  const Command port{"{} dport {} accept", d.protocol, d.port};
  return d.guest ? Command{"{} daddr {}", std::string_view(d.guest->is_v4() ? "ip" : "ip6"), *d.guest} + port : port;
}

Remedy with_nft(const Deciding& d, const Finding& finding) {
  const std::string keep = "The command lasts until the machine restarts. When it works, write the same rule into the file that is loaded at the "
                           "start (on Debian /etc/nftables.conf), above the rule that drops.";
  const auto space = d.walk && d.walk->table ? d.walk->table->find(' ') : std::string::npos;
  // Which table and chain it is was not seen: a guess would be a command that fails, or that opens something else.
  if (!d.walk || !d.walk->chain || space == std::string::npos)
    return advise(title(d, "nftables"),
                  {"List this host's rules with the command below.",
                   fmt::format("Find the rule that drops {}, and accept the port in front of it: nft insert rule FAMILY TABLE CHAIN "
                               "position HANDLE {} dport {} accept, with the words of the list.", inside_port(finding), d.protocol, d.port),
                   keep},
                  {{"sudo nft -a list ruleset"}});
  const Identifier family{d.walk->table->substr(0, space)}, table{d.walk->table->substr(space + 1)}, chain{*d.walk->chain};
  // Behind the last rule of a chain stands its policy.
  const auto rule = d.walk->handle ? Command{"sudo nft insert rule {} {} {} position {}", family, table, chain, *d.walk->handle}
                                   : Command{"sudo nft add rule {} {} {}", family, table, chain};
  const auto* what = d.answer ? "the answers to connections that were let in" : "the port";
  const auto first = d.walk->handle ? fmt::format("The first command accepts {} in front of the rule that drops it, the second one shows the result.", what)
                                    : fmt::format("The chain drops what no rule accepts. The first command adds a rule that accepts {}, the second one shows "
                                                  "the result.", what);
  return advise(title(d, "nftables"), {first, keep}, {rule + accepted(d, family), {"sudo nft -a list chain {} {} {}", family, table, chain}});
}

}  // namespace

Remedy open_port(const Finding& finding, const System& s) {
  const auto d = deciding(finding, s);
  switch (keeper_of(d, s)) {
    case Keeper::ufw: return with_ufw(d);
    case Keeper::firewalld: return with_firewalld(d);
    case Keeper::iptables: return with_iptables(d, false);
    case Keeper::iptables_legacy: return with_iptables(d, true);
    case Keeper::nft: break;
  }
  return with_nft(d, finding);
}

std::vector<Command> close_port(const Finding& finding, const System& s) {
  if (!finding.subject.service) return {};
  const auto port = finding.subject.service->inside;
  const auto protocol = to_string(finding.subject.service->protocol);
  // In front of the rules that allow it; ufw's "deny" alone would come behind them.
  if (s.has_tool("ufw")) return {{"sudo ufw prepend deny {}/{}", port, protocol}};
  if (s.has_tool("firewalld"))
    return {{"sudo firewall-cmd --list-all"},
            {"sudo firewall-cmd --permanent --remove-port={}/{}", port, protocol},
            {"sudo firewall-cmd --reload"}};
  return {};  // rules of an unknown kind are not guessed
}

}  // namespace ringback::diagnosis
