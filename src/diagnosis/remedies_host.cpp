#include <algorithm>

#include "diagnosis/own_command.hpp"
#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

bool is_udp(const Finding& f) { return f.subject.service && f.subject.service->protocol == Protocol::udp; }

Service example_service(const Finding& f, const System& s) {
  if (f.subject.service) return *f.subject.service;
  if (s.evidence && !s.evidence->request.services.empty()) return s.evidence->request.services.front();
  return {Protocol::tcp, 443, 443};
}

/// "nginx (80/tcp), sshd (22/tcp)": programs that take visitors on other ports, the first few.
std::string listening_elsewhere(const Finding& f, const System& s) {
  constexpr std::size_t most_told = 5;
  if (!s.evidence || !s.evidence->listeners || !f.subject.service) return {};
  std::vector<std::string> told;
  for (const auto& listener : s.evidence->listeners->listeners) {
    if (listener.protocol != f.subject.service->protocol || listener.local.address.is_loopback() || !listener.program) continue;
    const auto one = fmt::format("{} ({}/{})", plain_or(*listener.program, "a program"), listener.local.port, to_string(listener.protocol));
    if (std::ranges::find(told, one) == told.end() && told.size() < most_told) told.push_back(one);
  }
  return fmt::format("{}", fmt::join(told, ", "));
}

}  // namespace

Remedies host_firewall(const Finding& f, const System& s) { return {open_port(f, s)}; }

Remedies no_listener(const Finding& f, const System& s) {
  const auto others = listening_elsewhere(f, s);
  return {advise_by_steps("Start the program that shall answer",
                          {{others.empty() ? "This command lists what listens on this host (below its heading). If the program is in it with another port, correct the port "
                                            "in its configuration."
                                          : fmt::format("On this host listen {}. If the program is among them, correct the port in its configuration; this command lists "
                                                        "them all. For https, a web server needs a certificate as well.", others),
                            {is_udp(f) ? Command{"sudo ss -lunp"} : Command{"sudo ss -ltnp"}}},
                           {fmt::format("If it is not, start it with the first command, and look at its state with the second one; replace NAME by its name (for example {}).",
                                        is_udp(f) ? "wg-quick@wg0" : "nginx or ssh"),
                            {{"sudo systemctl enable --now NAME"}, {"systemctl status NAME"}}},
                           {"What is started by hand (a script, docker run) is no service, and systemctl does not know it: start it again as before. To have a script start with "
                           "this host, write @reboot and the script's whole command into root's list of jobs:\nsudo crontab -e"},
                           {"A container starts with this host after this command:\ndocker update --restart unless-stopped NAME"},
                           {fmt::format("If it runs and does not listen, check that its configuration names {}.", inside_port(f))}})};
}

namespace {

/// Of the finding's visitor: the card that he came by, the one that his answer left by, and whom he came to.
struct Ways {
  std::string came_by, left_by;
  std::optional<Address> to;
  bool tunnel = false;
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

/// Where each network manager has its own commands run. The addresses stand in the commands alone.
std::string kept_after_restart(const System& s, std::optional<Family> family) {
  const std::string begin = "They last until the next restart. When they work, keep them: ";
  switch (s.manager) {
    case host::Manager::network_manager:
      return begin + "write them, without sudo, below a first line \"#!/bin/sh\" into the file /etc/NetworkManager/dispatcher.d/50-answers-home, which "
                     "NetworkManager runs whenever a connection comes up, and make it a program:\nsudo chmod 755 "
                     "/etc/NetworkManager/dispatcher.d/50-answers-home";
    case host::Manager::ifupdown:
      return begin + fmt::format("in /etc/network/interfaces, below the line that begins with \"iface {}\", write each of them, without sudo, behind the word "
                                 "post-up.", s.shown_interface(family));
    case host::Manager::dhcpcd:
      return begin + "write them, without sudo, into the file /etc/dhcpcd.exit-hook, which dhcpcd runs whenever a connection comes up.";
    case host::Manager::systemd_networkd:
    case host::Manager::netplan:
    case host::Manager::kernel:
    case host::Manager::unknown: break;
  }
  return begin + "the line below opens the list of what root's cron does; write each of them there, without sudo, on a line that begins with "
                 "\"@reboot sleep 60;\".\nsudo crontab -e";
}

/// A VPN that takes everything, in the words of its own settings.
Remedy leave_visitors_out(const std::string& tunnel) {
  const bool wireguard = tunnel.starts_with("wg");
  return advise("Tell the VPN not to take everything",
                {fmt::format("In WireGuard's file ({}), the line AllowedIPs says what goes through the VPN: take 0.0.0.0/0 and ::/0 (everything; in halves 0.0.0.0/1, 128.0.0.0/1, ::/1 and 8000::/1) out, and leave or "
                             "write the networks that lie behind the VPN.", wireguard ? "/etc/wireguard/" + tunnel + ".conf" : "under /etc/wireguard"),
                 "In OpenVPN's file (under /etc/openvpn, or the .ovpn file that you start it with), add a line:\npull-filter ignore redirect-gateway",
                 "In a VPN provider's own program, look for \"split tunnelling\", and let the program that visitors come to go past the VPN.",
                 "Then start the VPN again, and run ringback again."});
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
  const auto port = is_udp(f) ? std::optional(unsigned{f.subject.service->inside}) : std::nullopt;
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
  std::vector<Step> steps{{words,
                           {{"sudo ip -{} route add default via {} dev {} table 100", version, via, s.interface_of(f.subject.family)},
                            Command{"sudo ip -{} rule add", version} + whose + Command{"table main suppress_prefixlength {} priority 100", no_longer_than},
                            Command{"sudo ip -{} rule add", version} + whose + Command{"table 100 priority 101"}}}};
  if (!six && drops_by_reverse_path(s)) {
    steps.push_back({fmt::format("This command loosens a guard of this host's on {}, which drops visitors whom it believes to be answered another way (the "
                                "reverse-path filter, 1: strict): it does not know of the new way.", s.shown_interface(Family::ipv4)),
                     // sysctl(8): behind a first slash, dots belong to the name
                     {{"sudo sysctl -w {}", fmt::format("net/ipv4/conf/{}/rp_filter=2", s.interface)}}});
  }
  steps.push_back({kept_after_restart(s, f.subject.family)});
  Remedies result;
  // A card that this host does not know a router behind has none that answers could be given.
  if (ways.came_by.empty() || ways.came_by == s.interface_of(f.subject.family))
    result.push_back(advise_by_steps("Let answers go back the way the visitor came", steps));
  if (ways.tunnel)
    result.push_back(leave_visitors_out(left_by));
  else
    result.push_back(advise("Let visitors and answers use one card",
                            {fmt::format("Switch off the card that is not needed, or give its connection a higher metric in the network "
                                         "settings, so that this host prefers {}.",
                                         s.shown_interface(f.subject.family)),
                             fmt::format("Or forward {} in the home router to this host's address on the card that answers leave by.",
                                         outside_port(f))}));
  return result;
}

Remedies untested(const Finding& f, const System& s) {
  const auto example = example_service(f, s);
  auto request = s.evidence ? s.evidence->request : Request{};
  if (!request.services_named) request.services = {example};
  request.services_named = true;
  return {advise_by_steps("Let somebody knock",
                          {{"A vantage point is a helper on the internet that knocks when asked: the program ringback-vantage on any small server "
                            "that has both IPv4 and IPv6. Put its address in place of HOST in this command.",
                            {sudo(run_command(request) + Command{"--vantage http://HOST:8370"})}},
                           {"Or let a phone with Wi-Fi switched off knock, which is outside as well: this command watches what comes to this host, and says "
                            "whether it arrives, and what answers it.",
                            {watch_command(example)}}})};
}

Remedies privilege(const Finding&, const System& s) {
  return {advise_by_steps("Run it with sudo",
                          {{"Root's rights are used to look at packets and rules, and given up before anything from the network is read. This "
                            "command runs it again.",
                            {sudo(run_command(s.evidence ? s.evidence->request : Request{}))}},
                           {"Or give the program the two rights that it needs once and for all, with this command.", {{"sudo setcap cap_net_raw,cap_net_admin+ep ringback"}}}})};
}

Remedies vantage_down(const Finding&, const System& s) {
  const bool one = s.evidence && s.evidence->request.vantages.size() == 1;
  const auto question =
      one ? Command{"curl -v {}", s.evidence->request.vantages.front() + "/v1/address"} : Command{"curl -v http://HOST:8370/v1/address"};
  return {advise("Look at the vantage point",
                 {one ? "Ask the vantage point (the helper on the internet) with the command below. It answers with the address that it sees."
                      : "Ask the vantage point (the helper on the internet) with the command below; put its address in place of HOST. It answers with the address that it sees.",
                  "If it does not, check that ringback-vantage runs there and that its firewall lets TCP port 8370 in.",
                  "Or name another one with --vantage."},
                 {question})};
}

Remedies again(const Finding&, const System& s) {
  return {advise("Measure again", {"Run ringback again, with the command below, when this host is less busy, with a cable instead of Wi-Fi if you can."},
                 {sudo(run_command(s.evidence ? s.evidence->request : Request{}))})};
}

}  // namespace ringback::diagnosis::advice
