#include "diagnosis/system_commands.hpp"

#include <algorithm>

#include "diagnosis/wan.hpp"
#include "net/interface_identifier.hpp"

namespace ringback::diagnosis {
namespace {

const filter::Walk* deciding_walk(const Evidence& evidence, const Finding& finding) {
  if (!evidence.filter || !finding.subject.service) return nullptr;
  for (const auto& walk : evidence.filter->walks)
    if (walk.protocol == finding.subject.service->protocol && walk.port == finding.subject.service->inside && walk.family == finding.subject.family &&
        (walk.action == filter::Action::drop || walk.action == filter::Action::reject))
      return &walk;
  return nullptr;
}

struct PortWords {
  unsigned port = 0;
  std::string_view protocol = "tcp";
};

PortWords words(const Finding& finding) {
  if (!finding.subject.service) return {};
  return {finding.subject.service->inside, to_string(finding.subject.service->protocol)};
}

std::vector<std::string> nft_commands(const Evidence& evidence, const Finding& finding) {
  const auto [port, protocol] = words(finding);
  const auto* walk = deciding_walk(evidence, finding);
  // Which table and chain it is was not seen: a guess would be a command that fails, or that opens something else.
  if (walk == nullptr || !walk->table || !walk->chain) return {"sudo nft -a list ruleset"};
  const auto chain = fmt::format("{} {}", *walk->table, *walk->chain);
  const auto accept = walk->handle ? fmt::format("sudo nft insert rule {} position {} {} dport {} accept", chain, *walk->handle, protocol, port)
                                   : fmt::format("sudo nft add rule {} {} dport {} accept", chain, protocol, port);  // the policy drops
  return {accept, "sudo nft -a list chain " + chain};
}

}  // namespace

bool System::has_tool(std::string_view tool) const { return std::ranges::find(firewall_tools, tool) != firewall_tools.end(); }

std::string System::gateway_of(std::optional<Family> family) const {
  if (family == Family::ipv6) return gateway_ipv6.empty() ? "fe80::ROUTER" : gateway_ipv6;
  return gateway.empty() ? "ROUTER" : gateway;
}

Remedy System::stable_address_steps() const {
  Remedy remedy{"Use stable IPv6 addresses", {}, {}};
  switch (manager) {
    case host::Manager::network_manager:
      remedy.steps = {"Find the name of the connection with the first command, and put it in place of NAME.",
                      "Switch temporary addresses off and take an address that stays.", "Bring the connection up again."};
      remedy.commands = {"nmcli -f NAME,DEVICE connection show --active", "sudo nmcli connection modify NAME ipv6.ip6-privacy 0 ipv6.addr-gen-mode eui64",
                         "sudo nmcli connection up NAME"};
      break;
    case host::Manager::systemd_networkd:
      remedy.steps = {fmt::format("In the .network file of {} (see the first command), write under [Network]: IPv6PrivacyExtensions=no", interface),
                      "Under [IPv6AcceptRA], optionally: Token=static:::42 for an address that ends in ::42.", "Reload."};
      remedy.commands = {fmt::format("networkctl status {}", interface), "sudo networkctl reload", fmt::format("sudo networkctl reconfigure {}", interface)};
      break;
    case host::Manager::dhcpcd:
      remedy.steps = {"Switch temporary addresses off in the kernel; dhcpcd itself has no setting for them on Linux.",
                      "In /etc/dhcpcd.conf, choose \"slaac hwaddr\" or \"slaac private\": both give an address that stays."};
      remedy.commands = {fmt::format("echo 'net.ipv6.conf.{}.use_tempaddr=0' | sudo tee /etc/sysctl.d/60-stable-ipv6.conf", interface),
                         "sudo sysctl --system", "sudo systemctl restart dhcpcd"};
      break;
    case host::Manager::ifupdown:
      remedy.steps = {fmt::format("In /etc/network/interfaces, write under \"iface {} inet6 auto\": privext 0", interface), "Restart the interface."};
      remedy.commands = {fmt::format("sudo ifdown {0} && sudo ifup {0}", interface)};
      break;
    case host::Manager::netplan:
      remedy.steps = {fmt::format("In the file below /etc/netplan, write under {}: ipv6-privacy: false", interface), "Apply it."};
      remedy.commands = {"sudo netplan try"};
      break;
    case host::Manager::unknown:
      remedy.steps = {"Switch temporary addresses off in the kernel, and restart the network connection.",
                      "If a network manager runs here, set it there instead, or it will switch them on again."};
      remedy.commands = {fmt::format("sudo sysctl -w net.ipv6.conf.{}.use_tempaddr=0", interface), fmt::format("ip -6 address show dev {}", interface)};
      break;
  }
  return remedy;
}

Remedy System::open_port(const Finding& finding) const {
  const auto [port, protocol] = words(finding);
  Remedy remedy{"Open the port in this host's firewall", {}, {}};
  if (has_tool("ufw")) {
    remedy.steps = {"This host's firewall is kept by ufw: allow the port there."};
    remedy.commands = {fmt::format("sudo ufw allow {}/{}", port, protocol), "sudo ufw status verbose"};
  } else if (has_tool("firewalld")) {
    remedy.steps = {"This host's firewall is kept by firewalld: open the port in the zone of this interface."};
    remedy.commands = {fmt::format("sudo firewall-cmd --get-zone-of-interface={}", interface),
                       fmt::format("sudo firewall-cmd --permanent --add-port={}/{}", port, protocol), "sudo firewall-cmd --reload"};
  } else if (has_tool("iptables-legacy")) {
    remedy.steps = {"This host has rules of the old iptables: accept the port in front of them."};
    remedy.commands = {fmt::format("sudo {} -I INPUT -p {} --dport {} -j ACCEPT", finding.subject.family == Family::ipv6 ? "ip6tables-legacy" : "iptables-legacy",
                                   protocol, port)};
  } else {
    const bool rule_known = evidence != nullptr && deciding_walk(*evidence, finding) != nullptr;
    remedy.steps = {rule_known ? "Accept the port in front of the rule that drops it. The first command lasts until the rules are loaded again."
                               : fmt::format("List this host's rules, find the one that drops port {} ({}), and accept the port in front of it.", port, protocol),
                    "When it works, write the same rule into /etc/nftables.conf."};
    remedy.commands = evidence ? nft_commands(*evidence, finding) : std::vector<std::string>{};
  }
  return remedy;
}

std::string System::close_command(const Finding& finding) const {
  const auto [port, protocol] = words(finding);
  if (has_tool("ufw")) return fmt::format("sudo ufw deny {}/{}", port, protocol);
  if (has_tool("firewalld")) return fmt::format("sudo firewall-cmd --permanent --remove-port={}/{}", port, protocol);
  return fmt::format("sudo ss -{}lnp sport = :{}", protocol == "udp" ? "u" : "t", port);  // who listens: rules of an unknown kind are not guessed
}

System describe_system(const Evidence& evidence) {
  System system;
  system.evidence = &evidence;
  if (evidence.host) {
    const auto& host = *evidence.host;
    system.manager = host.system.manager;
    system.firewall_tools = host.system.firewall_tools;
    if (host.ipv4) system.interface = host.ipv4->interface;
    if (!host.ipv4 && host.ipv6) system.interface = host.ipv6->interface;
    if (host.ipv4 && host.ipv4->gateway) system.gateway = host.ipv4->gateway->to_string();
    if (host.ipv6 && host.ipv6->gateway) system.gateway_ipv6 = host.ipv6->gateway->to_string();
    bool stable = false;
    for (const auto& interface : host.interfaces) {
      if (interface.name != system.interface) continue;
      for (const auto& own : interface.addresses) {
        if (own.address.is_v4() && system.ipv4.empty()) system.ipv4 = own.address.to_string();
        if (is_stable_global(own) && !stable) {
          system.stable_ipv6 = own.address.to_string();
          stable = true;
        }
      }
    }
  }
  const auto facts = gather_facts(evidence);
  if (facts.ipv4.mapped.address) system.mapped_ipv4 = facts.ipv4.mapped.address->to_string();
  for (const auto& home : home_igds(evidence)) system.fritzbox = system.fritzbox || is_fritzbox(*home.igd);
  return system;
}

}  // namespace ringback::diagnosis
