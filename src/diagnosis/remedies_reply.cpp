/// Answers that leave by another way than the visitor came.
#include <algorithm>

#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

/// Of the finding's visitor: the card that he came by, the one that his answer left by, and whom he came to.
struct Ways {
  std::string came_by, left_by;
  std::optional<Address> to;
  bool tunnel = false;
  bool wireguard = false;   ///< that tunnel is one of the kernel's own WireGuard
};

Ways ways_of(const Finding& f, const System& s) {
  Ways ways;
  if (!s.evidence || !s.evidence->host) return ways;
  const auto& host = *s.evidence->host;
  const auto& uplink = f.subject.family == Family::ipv6 ? host.ipv6 : host.ipv4;
  if (uplink && uplink->through_tunnel) ways.left_by = uplink->default_interface;
  for (const auto& knock : s.evidence->inbound ? s.evidence->inbound->knocks : std::vector<inbound::Knock>{}) {
    if (knock.family != f.subject.family || knock.service != f.subject.service || knock.arrivals.empty()) continue;
    ways.came_by = knock.arrivals.front().interface;
    ways.to = knock.arrivals.front().to.address;
    if (!knock.departures.empty()) ways.left_by = knock.departures.front().interface;
    break;
  }
  const auto by = std::ranges::find(host.interfaces, ways.left_by, &Interface::name);
  ways.tunnel = by != host.interfaces.end() && by->tunnel;
  ways.wireguard = ways.tunnel && by->kind == "wireguard";
  return ways;
}

}  // namespace

/// RFC 3704 §2.2, on the interface towards the home router; IPv6 has no such setting.
bool drops_by_reverse_path(const System& s) {
  return s.evidence && s.evidence->host && std::ranges::any_of(s.evidence->host->ipv4_settings, [&](const host::Ipv4Settings& settings) {
    return settings.interface == s.interface && settings.rp_filter == 1;
  });
}

namespace {

/// One line for each, to be copied into a file. Where one of them needs the shell's quotes, whose words those are is not known for every file: absent.
std::string lines_of(const std::vector<Command>& commands, std::string_view before) {
  std::string lines;
  for (const auto& command : commands) {
    if (!command.text() || command.text()->find('\'') != std::string::npos) return fmt::format("\n{}COMMAND (each of those above, without sudo)", before);
    lines += fmt::format("\n{}{}", before, *command.text());
  }
  return lines;
}

/// Where each network manager has commands of the owner's run.
std::vector<Step> keep(const std::vector<Command>& commands, const System& s, std::optional<Family> family) {
  switch (s.manager) {
    case host::Manager::network_manager:
      return {{"When they work, keep them: write these lines into the file /etc/NetworkManager/dispatcher.d/50-answers-home, which NetworkManager runs whenever a connection "
               "comes up.\n#!/bin/sh" + lines_of(commands, "")},
              {"Make it a program:\nsudo chmod 755 /etc/NetworkManager/dispatcher.d/50-answers-home"}};
    case host::Manager::ifupdown:
      return {{fmt::format("When they work, keep them: in /etc/network/interfaces, write these lines below the one that begins with \"iface {}\".{}", s.shown_interface(family),
                           lines_of(commands, "    post-up "))}};
    case host::Manager::dhcpcd:
      return {{"When they work, keep them: write these lines into the file /etc/dhcpcd.exit-hook, which dhcpcd runs whenever a connection comes up." + lines_of(commands, "")}};
    case host::Manager::systemd_networkd:
    case host::Manager::netplan:
    case host::Manager::kernel:
    case host::Manager::unknown: break;
  }
  return {{"When they work, keep them. The line below opens the list of what root's cron does.\nsudo crontab -e"},
          {"Write these lines there; they count from the next restart on. (They wait a minute for the network, and need no sudo.)" + lines_of(commands, "@reboot sleep 60; ")}};
}

/// A VPN that takes everything, in the words of its own settings.
Remedy leave_visitors_out(const Ways& ways) {
  const auto tunnel = plain_or(ways.left_by, "the tunnel");
  const bool named = ways.wireguard || ways.left_by.starts_with("wg");
  const auto name = named ? plain_or(ways.left_by, "NAME") : std::string("NAME");
  std::vector<Step> steps{{fmt::format("Of what follows, do what fits the program that made {}.", tunnel)}};
  steps.push_back({fmt::format("If WireGuard made it: in its file, /etc/wireguard/{0}.conf{1}, the line AllowedIPs says what goes through the VPN. Take 0.0.0.0/0 and ::/0 out, "
                               "which are everything, and leave or write the networks that lie behind the VPN. Some files have everything in halves: take 0.0.0.0/1, "
                               "128.0.0.0/1, ::/1 and 8000::/1 out as well. Then start it again:\nsudo wg-quick down {0}\nsudo wg-quick up {0}",
                               name, named ? "" : " (NAME is the tunnel's)")});
  if (!ways.wireguard)
    steps.push_back({"If OpenVPN made it: start it again with this line in its file (under /etc/openvpn, or the .ovpn file that you start it with).\npull-filter ignore redirect-gateway"});
  steps.push_back({"If a VPN provider's own program made it: look there for \"split tunnelling\", and let the program that visitors come to go past the VPN."});
  steps.push_back({"What it costs: with the first two, what this host sends to the internet goes past the VPN, and is seen to come from this home; with split tunnelling, what "
                   "that one program sends."});
  return advise_by_steps("Tell the VPN not to take everything", steps);
}

}  // namespace

Remedies reply_lost(const Finding& f, const System& s) {
  const bool six = f.subject.family == Family::ipv6;
  const auto ways = ways_of(f, s);
  const auto source = ways.to ? ways.to : six ? s.stable_ipv6 : s.ipv4;
  const unsigned version = six ? 6 : 4;
  const auto from = source ? source->to_string() : "THIS-HOST";
  const auto via = s.gateway_of(f.subject.family);
  const auto left_by = plain_or(ways.left_by, "another card");
  const auto* router = s.has_router ? "the home router" : "the router at the far end of its own line";
  // A socket over UDP that is bound to every address answers from the address of the way that the answer takes: its port is what stays.
  const bool udp = f.subject.service && f.subject.service->protocol == Protocol::udp;
  const auto port = udp ? std::optional(unsigned{f.subject.service->inside}) : std::nullopt;
  const auto answers = port ? fmt::format("what this host sends from its UDP port {}", *port) : std::string("what this host sends from its own address");
  std::string replace;
  if (!source && !port)
    replace = fmt::format(" Put this host's address in place of THIS-HOST, and that of {} in place of ROUTER.", router);
  else if (via == "ROUTER")
    replace = fmt::format(" Put the address of {} in place of ROUTER.", router);
  const auto words =
      fmt::format("{} The commands below send {} by {} instead; everything else goes as before. (The first one writes that way into a list of its own, "
                  "number 100; the other two say who takes it.){}",
                  ways.tunnel ? fmt::format("Answers to visitors leave through {}, a tunnel (VPN), and strangers do not get them from there.", left_by)
                              : fmt::format("Answers to visitors leave through {}, and not the way that the visitors came.", left_by),
                  answers, router, replace);
  // The second command leaves this host's own network to the main table: all but default routes, and the halves or the third of everything
  // (0.0.0.0/1, 2000::/3) that some VPNs write in their place.
  const unsigned no_longer_than = six ? 3 : 1;
  const auto whose = port ? Command{"ipproto udp sport {}", *port} : Command{"from {}", from};
  std::vector<Command> commands{{"ip -{} route add default via {} dev {} table 100", version, via, s.interface_of(f.subject.family)},
                                Command{"ip -{} rule add", version} + whose + Command{"table main suppress_prefixlength {} priority 100", no_longer_than},
                                Command{"ip -{} rule add", version} + whose + Command{"table 100 priority 101"}};
  std::vector<Step> steps{{words}};
  for (const auto& command : commands) steps.back().commands.push_back(Command{"sudo"} + command);
  if (!six && drops_by_reverse_path(s)) {
    // sysctl(8): behind a first slash, dots belong to the name
    commands.push_back({"sysctl -w {}", fmt::format("net/ipv4/conf/{}/rp_filter=2", s.interface)});
    steps.push_back({fmt::format("This command loosens a guard of this host's on {}, which drops visitors whom it believes to be answered another way (the "
                                "reverse-path filter, 1: strict): it does not know of the new way.", s.shown_interface(Family::ipv4)),
                     {Command{"sudo"} + commands.back()}});
  }
  // The kernel takes routes away with the interface that they lead out of, and leaves the rules.
  steps.push_back({fmt::format("They last until the next restart, and the way in list 100 no longer than {} stays up: after a reconnect, run the first command again.{}",
                               s.shown_interface(f.subject.family),
                               port ? "" : fmt::format(" They are for the address {}: let this host keep it{}.", from,
                                                       six ? "" : s.has_router ? " (the home router's menu can mostly give a device always the same one)" : ""))});
  std::ranges::move(keep(commands, s, f.subject.family), std::back_inserter(steps));
  Remedies result;
  // A card that this host does not know a router behind has none that answers could be given.
  if (ways.came_by.empty() || ways.came_by == s.interface_of(f.subject.family))
    result.push_back(advise_by_steps("Let answers go back the way the visitor came", steps));
  if (ways.tunnel)
    result.push_back(leave_visitors_out(ways));
  else
    result.push_back(advise("Let visitors and answers use one card",
                            {fmt::format("Switch off the card that is not needed, or give its connection a higher metric (its rank, the smallest first) in the "
                                         "network settings, so that this host prefers {}.",
                                         s.shown_interface(f.subject.family)),
                             fmt::format("Or forward {} in the home router to this host's address on the card that answers leave by.",
                                         outside_port(f))}));
  return result;
}

}  // namespace ringback::diagnosis::advice
