#include <algorithm>

#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis {
namespace {

/// Who keeps the rules that keep visitors out: each wants to be told in its own words, and undoes what others write.
enum class Keeper { nft, ufw, firewalld, iptables, iptables_legacy };

const filter::Walk* deciding_walk(const Finding& finding, const System& s) {
  if (!s.evidence || !s.evidence->filter || !finding.subject.service) return nullptr;
  for (const auto& walk : s.evidence->filter->walks)
    if (walk.protocol == finding.subject.service->protocol && walk.port == finding.subject.service->inside &&
        walk.family == finding.subject.family && (walk.action == filter::Action::drop || walk.action == filter::Action::reject))
      return &walk;
  return nullptr;
}

/// The deciding rule names its keeper better than what is installed: ufw writes chains of its own, firewalld a table, and iptables-nft
/// a table "filter" with the old chain names.
Keeper keeper_of(const filter::Walk* walk, const System& s) {
  // ufw's chains are there whichever chain decides: iptables' own has its policy.
  const bool ufw = s.has_tool("ufw") || (s.evidence && s.evidence->filter && s.evidence->filter->ruleset.find("\"ufw") != std::string::npos);
  if (walk && walk->table && walk->chain) {
    if (walk->table->ends_with(" firewalld")) return Keeper::firewalld;
    if (walk->chain->starts_with("ufw")) return Keeper::ufw;
    const bool of_iptables = (walk->table == "ip filter" || walk->table == "ip6 filter") && walk->chain == "INPUT";
    if (of_iptables) return ufw ? Keeper::ufw : Keeper::iptables;
    return Keeper::nft;
  }
  if (ufw) return Keeper::ufw;
  if (s.has_tool("firewalld")) return Keeper::firewalld;
  return s.has_tool("iptables-legacy") ? Keeper::iptables_legacy : Keeper::nft;
}

struct PortWords {
  unsigned port = 0;
  std::string_view protocol = "tcp";
};

PortWords words(const Finding& finding) {
  if (!finding.subject.service) return {};
  return {finding.subject.service->inside, to_string(finding.subject.service->protocol)};
}

/// firewalld's chains of a zone: filter_IN_public, filter_IN_public_allow, …
std::optional<std::string> zone_of(const filter::Walk* walk) {
  constexpr std::string_view prefix = "filter_IN_";
  if (!walk || !walk->chain || !walk->chain->starts_with(prefix)) return std::nullopt;
  auto zone = walk->chain->substr(prefix.size());
  for (const std::string_view part : {"_pre", "_log", "_deny", "_allow", "_post"})
    if (zone.ends_with(part)) {
      zone.resize(zone.size() - part.size());
      break;
    }
  return zone;
}

Remedy with_firewalld(const Finding& finding, const System& s, const filter::Walk* walk) {
  const auto [port, protocol] = words(finding);
  const std::string title = "Open the port in this host's firewall, firewalld";
  if (const auto zone = zone_of(walk))
    return advise(title,
                  {fmt::format("firewalld sorts interfaces into zones; visitors come in through zone \"{}\". Open the port there for good, "
                               "and load the rules again.", plain_or(*zone, "of this interface"))},
                  {{"sudo firewall-cmd --permanent --zone={} --add-port={}/{}", *zone, port, protocol}, {"sudo firewall-cmd --reload"}});
  return advise(title,
                {"Open the port in firewalld's default zone for good, and load the rules again.",
                 "firewalld sorts interfaces into zones: if the first command does not name the default zone (the second one does), add "
                 "--zone=NAME with the name that it gives."},
                {{"sudo firewall-cmd --get-zone-of-interface={}", s.interface_of(finding.subject.family)},
                 {"sudo firewall-cmd --get-default-zone"},
                 {"sudo firewall-cmd --permanent --add-port={}/{}", port, protocol},
                 {"sudo firewall-cmd --reload"}});
}

/// -I puts the rule at the front: behind the one that drops it would do nothing.
Remedy with_iptables(const Finding& finding, bool legacy) {
  const auto [port, protocol] = words(finding);
  const bool six = finding.subject.family == Family::ipv6;
  const std::string program = std::string(six ? "ip6tables" : "iptables") + (legacy ? "-legacy" : "");
  return advise("Open the port in this host's firewall, iptables",
                {"Accept the port in front of every other rule. This lasts until the machine restarts.",
                 "When it works, keep it: with Debian's package iptables-persistent by the last command, otherwise in the script that sets "
                 "the rules."},
                {{"sudo {} -I INPUT -p {} --dport {} -j ACCEPT", program, protocol, port}, {"sudo netfilter-persistent save"}});
}

Remedy with_nft(const Finding& finding, const filter::Walk* walk) {
  const auto [port, protocol] = words(finding);
  const std::string title = "Open the port in this host's firewall, nftables";
  const std::string keep = "The command lasts until the machine restarts. When it works, write the same rule into the file that is loaded at the "
                           "start (on Debian /etc/nftables.conf), above the rule that drops.";
  const auto space = walk && walk->table ? walk->table->find(' ') : std::string::npos;
  // Which table and chain it is was not seen: a guess would be a command that fails, or that opens something else.
  if (!walk || !walk->chain || space == std::string::npos)
    return advise(title,
                  {"List this host's rules with the command below.",
                   fmt::format("Find the rule that drops {}, and accept the port in front of it: nft insert rule FAMILY TABLE CHAIN "
                               "position HANDLE {} dport {} accept, with the words of the list.", inside_port(finding), protocol, port),
                   keep},
                  {{"sudo nft -a list ruleset"}});
  const Identifier family{walk->table->substr(0, space)}, table{walk->table->substr(space + 1)}, chain{*walk->chain};
  const Command list{"sudo nft -a list chain {} {} {}", family, table, chain};
  if (walk->handle)
    return advise(title, {"The first command accepts the port in front of the rule that drops it, the second one shows the result.", keep},
                  {{"sudo nft insert rule {} {} {} position {} {} dport {} accept", family, table, chain, *walk->handle, protocol, port}, list});
  return advise(title, {"The chain drops what no rule accepts. The first command adds a rule that accepts the port, the second one shows "
                        "the result.", keep},
                {{"sudo nft add rule {} {} {} {} dport {} accept", family, table, chain, protocol, port}, list});
}

}  // namespace

Remedy open_port(const Finding& finding, const System& s) {
  const auto [port, protocol] = words(finding);
  const auto* walk = deciding_walk(finding, s);
  switch (keeper_of(walk, s)) {
    case Keeper::ufw:
      return advise("Open the port in this host's firewall, ufw",
                    {"Allow the port; this holds after a restart, too. For IPv6, /etc/default/ufw has to say IPV6=yes; after a change there: sudo ufw reload.",
                     "If the list of the second command has a DENY or REJECT for this port above it, delete that: sudo ufw delete NUMBER."},
                    {{"sudo ufw allow {}/{}", port, protocol}, {"sudo ufw status numbered"}});
    case Keeper::firewalld: return with_firewalld(finding, s, walk);
    case Keeper::iptables: return with_iptables(finding, false);
    case Keeper::iptables_legacy: return with_iptables(finding, true);
    case Keeper::nft: break;
  }
  return with_nft(finding, walk);
}

std::vector<Command> close_port(const Finding& finding, const System& s) {
  if (!finding.subject.service) return {};
  const auto [port, protocol] = words(finding);
  // In front of the rules that allow it; ufw's "deny" alone would come behind them.
  if (s.has_tool("ufw")) return {{"sudo ufw prepend deny {}/{}", port, protocol}};
  if (s.has_tool("firewalld"))
    return {{"sudo firewall-cmd --list-all"},
            {"sudo firewall-cmd --permanent --remove-port={}/{}", port, protocol},
            {"sudo firewall-cmd --reload"}};
  return {};  // rules of an unknown kind are not guessed
}

}  // namespace ringback::diagnosis
