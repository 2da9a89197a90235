/// Keeps strangers away from a port that they reach, in the words of whoever lets them in. What a rule passes on to another machine never comes
/// to the chains for this host itself (the input hook): there a rule would close nothing.
#include "diagnosis/firewall_rule.hpp"

namespace ringback::diagnosis::firewall {
namespace {

std::string for_iptables(const Deciding& d, bool legacy) {
  return std::string(d.ipv6 ? "ip6tables" : "iptables") + (legacy ? "-legacy" : "");
}

std::string who_is_kept_out(const Deciding& d) {
  return fmt::format("It keeps out whoever comes in by {}, machines at home included.", plain_or(d.interface, "that interface"));
}

const Step keep_iptables{
    "That lasts until the machine restarts. Keep it with this command (it comes with Debian's package iptables-persistent), or write the same into "
    "the script that sets the rules.",
    {{"sudo netfilter-persistent save"}}};
/// These lines, and not the commands: what those say of the shell and of a rule's place now does not load from a file.
Step keep_nft(std::string_view where, const std::vector<std::string>& lines) {
  return {fmt::format("That lasts until the machine restarts. To keep it, write what stands here into the file that is loaded at the start (on Debian /etc/nftables.conf), "
                      "{}.\n{}", where, fmt::join(lines, "\n"))};
}

/// Connections that this host opened itself may have the same port at this end: their answers are not new.
Command new_visitors(const Deciding& d) {
  return {"-i {} -p {} --dport {} -m conntrack --ctstate NEW -j DROP", d.interface, d.protocol, d.port};
}
Command new_visitors_in_nft(const Deciding& d) {
  return {"iifname {} {} dport {} ct state new drop", Identifier{d.interface}, d.protocol, d.port};
}

/// The program that keeps the chain which Docker leaves to the owner; absent: there is none, as for IPv6 up to Docker 20.10, and beside Docker's
/// own nftables backend.
std::optional<std::string> docker_user_kept_by(const Deciding& d, const System& s) {
  if (!s.evidence || !s.evidence->filter) return std::nullopt;
  const auto& filter = *s.evidence->filter;
  const auto& legacy = d.ipv6 ? filter.legacy_ipv6 : filter.legacy_ipv4;
  if (legacy && legacy->find(":DOCKER-USER ") != std::string::npos) return for_iptables(d, true);
  const auto chain = fmt::format(R"("family": "{}", "table": "filter", "name": "DOCKER-USER")", d.ipv6 ? "ip6" : "ip");
  const bool too_long = filter.ruleset.empty() && !d.ipv6 && d.walk->kept_by == "iptables" && d.walk->chain.value_or("").starts_with("DOCKER");
  if (too_long || filter.ruleset.find(chain) != std::string::npos) return for_iptables(d, false);
  return std::nullopt;
}

/// Docker's own translations of this family. Where nft's text was not had, it does not show where iptables' rules translate to: a walk may miss them.
bool docker_translates(const Deciding& d, const System& s) {
  if (!s.evidence || !s.evidence->filter) return false;
  const auto chain = fmt::format(R"("family": "{}", "table": "nat", "name": "DOCKER")", d.ipv6 ? "ip6" : "ip");
  return s.evidence->filter->ruleset.find(chain) != std::string::npos;
}

/// Which firewall its owner would think of, in vain.
std::vector<Step> passed_by(const System& s) {
  const std::string_view firewall = s.has_tool("ufw") ? "ufw" : s.has_tool("firewalld") ? "firewalld" : "";
  if (firewall.empty()) return {};
  return {{fmt::format(
      "Docker's rules pass visitors on to the container without asking {}: a rule of {}'s that denies the port would change nothing.", firewall, firewall)}};
}

/// In that chain a visitor's packet has the container's address and port, which the next start may change: the port that he knocked on is known
/// from the connection.
Closing in_docker_user(const Deciding& d, const System& s, const std::string& program) {
  auto steps = passed_by(s);
  const Command drop{"-i {} -p {} -m conntrack --ctdir ORIGINAL --ctorigdstport {} -j DROP", d.interface, d.protocol, d.port};
  steps.push_back({fmt::format("Or close it with this command, in DOCKER-USER: that is the list of rules (the chain) that Docker leaves to you. {}", who_is_kept_out(d)),
                   {Command{"sudo {} -I DOCKER-USER", program} + drop}});
  return {std::move(steps), {keep_iptables}};
}

/// As ufw-docker sets it up, ufw is asked about containers as well, by rules of another kind.
Closing in_ufws_routes(const Deciding& d) {
  const auto port = d.walk->translated_to->port;
  return {{{"Or let ufw, which lets visitors through to a container or another machine, deny that at the top of its list with this command.",
            {{"sudo ufw route prepend deny proto {} to {} port {}", d.protocol, *d.guest, port}}}},
          {shows_ufws_list()}};
}

const Step sends_elsewhere{"A rule of this host's sends visitors of this port elsewhere: if nobody needs that, delete the rule."};

/// In a table of its own, which a file makes by the same words.
void close_with_nfts_own_table(const Deciding& d, std::string_view chain, std::string_view priority, Step close, Closing& closing) {
  const auto rule = new_visitors_in_nft(d);
  const auto of_hook = fmt::format("{{ type filter hook {} priority {}; }}", chain, priority);
  close.commands = {{"sudo nft add table inet closed_ports"}, {"sudo nft add chain inet closed_ports {} {}", chain, of_hook},
                    Command{"sudo nft add rule inet closed_ports {}", chain} + rule};
  closing.steps.push_back(std::move(close));
  if (rule.text())
    closing.last = {keep_nft("at its end", {"add table inet closed_ports", fmt::format("add chain inet closed_ports {} {}", chain, of_hook),
                                            fmt::format("add rule inet closed_ports {} {}", chain, *rule.text())}),
                    nft_file_is_right()};
}

/// Before the destination is rewritten, the port is still the one that visitors knock on.
Closing before_translation(const Deciding& d, Keeper keeper, std::vector<Step> steps) {
  const bool nft = keeper == Keeper::nft;
  Step close{fmt::format("Or close the port before it is passed on, with {}. {}", nft ? "these commands" : "this command", who_is_kept_out(d))};
  Closing result{std::move(steps), {}};
  if (nft) {
    close_with_nfts_own_table(d, "prerouting", "mangle", std::move(close), result);
    return result;
  }
  close.commands = {Command{"sudo {} -t mangle -I PREROUTING", for_iptables(d, keeper == Keeper::iptables_legacy)} + new_visitors(d)};
  result.steps.push_back(std::move(close));
  result.last = {keep_iptables};
  return result;
}

Closing close_with_iptables(const Deciding& d, bool legacy) {
  return {{{fmt::format("Or close the port in this host's own firewall, with this command. {}", who_is_kept_out(d)),
            {Command{"sudo {} -I INPUT", for_iptables(d, legacy)} + new_visitors(d)}}},
          {keep_iptables}};
}

/// In front of the rule that lets visitors in, or behind all others where none does; in a table of its own where there is none for this host.
Closing close_with_nft(const Deciding& d) {
  const auto words = [&](const char* with) { return fmt::format("Or close the port in this host's own firewall, with {}. {}", with, who_is_kept_out(d)); };
  const auto at = d.at("input") && d.walk->chain ? table_name(d.walk->table.value_or("")) : std::nullopt;
  Closing result;
  if (!at) {
    close_with_nfts_own_table(d, "input", "filter", {words("these commands")}, result);
    return result;
  }
  const Identifier chain{*d.walk->chain};
  const auto drop = new_visitors_in_nft(d);
  const auto rule = d.walk->handle ? Command{"sudo nft insert rule {} {} {} position {}", at->family, at->table, chain, *d.walk->handle}
                                   : Command{"sudo nft add rule {} {} {}", at->family, at->table, chain};
  result.steps = {{words("this command"), {rule + drop}}};
  const auto where = d.walk->handle ? std::string("above the rule that lets visitors in")
                                    : fmt::format("at the end of the list of rules (the chain) {}", plain_or(chain.text, "that lets visitors in"));
  if (drop.text()) result.last = {keep_nft(where, {*drop.text()}), nft_file_is_right()};
  result.last.push_back({"This command shows the list of rules that the new one is in now.", {{"sudo nft -a list chain {} {} {}", at->family, at->table, chain}}});
  return result;
}

}  // namespace

Step nft_file_is_right() {
  // "flush ruleset" is the first line of Debian's own.
  return {"Do not load that file now: what you changed is in force already, and the words \"flush ruleset\", with which such files mostly begin, take away all rules, also "
          "those of other programs, such as those for containers. This command loads nothing; where it prints nothing, the file is right. (With a mistake in it, nothing of it is loaded at the "
          "start, and the host is left without rules.)\nsudo nft -c -f /etc/nftables.conf"};
}

Closing close_port(const Finding& finding, const System& s) {
  if (!finding.subject.service) return {};
  const auto d = letting_in(finding, s);
  const auto keeper = keeper_of(d, s);
  const bool docker = is_published_by_docker(finding, s);
  const bool translated = d.walk && d.walk->translated_to;
  if (d.guest) {
    if (keeper == Keeper::ufw && d.walk->chain.value_or("").ends_with("user-forward")) return in_ufws_routes(d);
    if (const auto program = docker_user_kept_by(d, s)) return in_docker_user(d, s, *program);
  }
  // Docker translates unless it is told not to; where its rules were not seen, one at the input hook may close nothing.
  const bool seen = translated || (d.walk && d.walk->action != filter::Action::unknown);
  if (docker && !translated && docker_translates(d, s)) return before_translation(d, Keeper::iptables, passed_by(s));
  if (docker && !seen) return d.ipv6 ? Closing{} : in_docker_user(d, s, for_iptables(d, false));
  if (translated && keeper != Keeper::firewalld)
    return before_translation(d, keeper, docker ? passed_by(s) : std::vector{sends_elsewhere});
  switch (keeper) {
    case Keeper::ufw: return close_with_ufw(d);
    case Keeper::firewalld: return close_with_firewalld(d);
    case Keeper::iptables: return close_with_iptables(d, false);
    case Keeper::iptables_legacy: return close_with_iptables(d, true);
    case Keeper::nft: break;
  }
  return close_with_nft(d);
}

}  // namespace ringback::diagnosis::firewall
