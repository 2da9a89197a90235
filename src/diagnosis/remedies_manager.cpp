#include <algorithm>

#include "diagnosis/system_commands.hpp"

/// Each network manager in its own words: the file to edit, what changes at once and what only after a reconnect, and what it costs. What a
/// manager overrules is not offered (a sysctl under NetworkManager, for one).
namespace ringback::diagnosis {
namespace {

constexpr auto price =
    "What it costs: a temporary address hides which of your devices a web site is talking to; without it, sites can recognise this host by the last "
    "half of its address.";

/// A last half that is written by hand, in the manager's own words. Not a step that has to be taken.
std::string easy_to_remember(const char* how) { return fmt::format("If the address shall be easy to remember, {} (it then ends in ::42).", how); }

/// "Raspberry Pi OS Bookworm": by the release, whose 64-bit form calls itself Debian (pi-gen).
std::string shown_system(const System& s) {
  struct Release {
    std::string_view version, name;
  };
  static constexpr Release releases[] = {{"10", "Buster"}, {"11", "Bullseye"}, {"12", "Bookworm"}, {"13", "Trixie"}};
  if (!s.software.raspberry_pi_os) return {};
  for (const auto& release : releases)
    if (release.version == s.software.version) return fmt::format("On Raspberry Pi OS {} ", release.name);
  return "On Raspberry Pi OS ";
}

/// "NetworkManager configures eth0."
std::string configured_by(const System& s, const char* manager) {
  return fmt::format("{}{} configures {}.", shown_system(s), manager, s.shown_interface(Family::ipv6));
}

std::string file_or(const System& s, const char* otherwise) { return plain_or(s.software.manager_file, otherwise); }

Remedy by_network_manager(const System& s, std::string title) {
  const auto connection = s.connection();
  std::vector<Step> steps{{configured_by(s, "NetworkManager")}};
  if (!connection)
    steps.push_back({"Find the name of the connection with this command, and put it in place of NAME below.", {{"nmcli -f NAME,DEVICE connection show --active"}}});
  // What is set counts once the connection is brought up again: so it stands before that.
  steps.push_back({"If the profile is ever deleted and made anew, the address changes once; ipv6.addr-gen-mode eui64 makes it from the hardware address "
                   "instead, which never does."});
  steps.push_back({easy_to_remember("set ipv6.addr-gen-mode eui64 and ipv6.token ::42 as well")});
  steps.push_back({"The command with modify changes the setting, which alone changes nothing yet. The last command brings the connection up again: then the temporary addresses are gone, and "
                   "the one that is left stays. You may be cut off for a moment.",
                   {connection ? Command{"sudo nmcli connection modify {} ipv6.ip6-privacy 0", *connection} : Command{"sudo nmcli connection modify NAME ipv6.ip6-privacy 0"},
                    connection ? Command{"sudo nmcli connection up {}", *connection} : Command{"sudo nmcli connection up NAME"}}});
  // What lies in /run or /usr is copied when it is modified, and stands elsewhere then.
  if (const auto& file = s.software.manager_file; file.starts_with("/etc/NetworkManager/"))
    steps.push_back({fmt::format("nmcli writes the setting into {}, where the connection is kept; nothing has to be edited by hand.", plain_or(file, "its file"))});
  steps.push_back({price});
  return advise_by_steps(std::move(title), steps);
}

/// A file of the distribution or of /run is not edited but added to (systemd.network(5), "drop-in").
Remedy by_networkd(const System& s, std::string title) {
  const auto& file = s.software.manager_file;
  const auto name = file.substr(file.rfind('/') + 1);
  const auto who = configured_by(s, "systemd-networkd") + " ";
  std::vector<Step> steps;
  if (name.ends_with(".network") && operand(name)) {
    const auto folder = "/etc/systemd/network/" + name + ".d";
    steps.push_back({who + fmt::format("These commands add to {}: [Network] IPv6PrivacyExtensions=no", plain_or(file, "its file")),
                     {{"sudo mkdir -p {}", folder}, {"printf '[Network]\\nIPv6PrivacyExtensions=no\\n' | sudo tee {}", folder + "/stable-address.conf"}}});
  } else {
    steps.push_back({who + fmt::format("This command names the .network file of {}. Write into it, under [Network]: IPv6PrivacyExtensions=no",
                                 s.shown_interface(Family::ipv6)),
                     {{"networkctl status {}", s.interface_ipv6}}});
  }
  steps.push_back({easy_to_remember("write under [IPv6AcceptRA] as well: Token=static:::42")});
  steps.push_back({"Writing the file changes nothing yet; these commands set the connection up again, and the temporary addresses go. You may be "
                   "cut off for a moment.",
                   {{"sudo networkctl reload"}, {"sudo networkctl reconfigure {}", s.interface_ipv6}}});
  steps.push_back({price});
  return advise_by_steps(std::move(title), steps);
}

/// A dot of the interface's own (eth0.10) is told from those that divide by slashes in their place (sysctl.d(5)).
std::string use_tempaddr_of(const std::string& interface) {
  return interface.find('.') == std::string::npos ? "net.ipv6.conf." + interface + ".use_tempaddr" : "net/ipv6/conf/" + interface + "/use_tempaddr";
}

Command flush_temporary(const System& s) { return {"sudo ip -6 address flush dev {} scope global temporary", s.interface_ipv6}; }

std::vector<Command> kernel_setting(const System& s) {
  return {{"echo {} | sudo tee /etc/sysctl.d/60-stable-ipv6.conf", use_tempaddr_of(s.interface_ipv6) + "=0"},
          {"sudo sysctl -p /etc/sysctl.d/60-stable-ipv6.conf"},
          flush_temporary(s)};
}

Remedy by_dhcpcd(const System& s, std::string title) {
  return advise_by_steps(
      std::move(title),
      {{configured_by(s, "dhcpcd") + " It has no setting for temporary addresses: Linux makes them beside its own, unless the commands below forbid it. They "
        "leave those that are there: the last command takes them away, and connections over them end. dhcpcd need not be restarted.",
        kernel_setting(s)},
       {fmt::format("The address that is left stays, with \"slaac private\" (Debian's default) as with \"slaac hwaddr\" in {}.", file_or(s, "/etc/dhcpcd.conf"))},
       {easy_to_remember("write \"slaac token ::42\" there in its place, which dhcpcd knows from version 10 on, and restart it")},
       {price}});
}

/// Where the file is known, a command can open it.
std::vector<Step> edit_file(const System& s, std::string who, std::string edit) {
  return {{std::move(who)}, {std::move(edit)}, {"This command opens that file.", {{"sudoedit {}", s.software.manager_file}}}};
}

/// Brought up again, a stanza of "inet" may have the link up, and the router's advertisement with it, before the one of "inet6" says "privext".
Remedy by_ifupdown(const System& s, std::string title) {
  const auto shown = s.shown_interface(Family::ipv6);
  auto steps = edit_file(s, configured_by(s, "ifupdown"),
                         fmt::format("In {}, write below the line that begins with \"iface {} inet6\" (interfaces(5)): privext 0. A line there that begins with "
                                     "privext gives way to it: with two of them ifupdown does not bring the connection up.",
                                     file_or(s, "/etc/network/interfaces"), shown));
  steps.push_back({"The line counts from the next time on that the connection is brought up, and after a restart. The command with sysctl does the same "
                   "now, and the connection need not be taken down: the last command takes the temporary addresses away, and connections over them end.",
                   {{"sudo sysctl {}", use_tempaddr_of(s.interface_ipv6) + "=0"}, flush_temporary(s)}});
  steps.push_back({price});
  return advise_by_steps(std::move(title), steps);
}

/// NetworkManager has netplan's section in its connection's name: "netplan-lan", and "netplan-wlan0-SSID" of the section wlan0.
std::string section_of_netplan(const System& s) {
  static constexpr std::string_view mark = "netplan-";
  const auto& interface = s.interface_ipv6;
  const auto section = s.software.connection.starts_with(mark) ? s.software.connection.substr(mark.size()) : interface;
  return (section + "-").starts_with(interface + "-") ? s.shown_interface(Family::ipv6) : plain_or(section, "this connection");
}

/// Over NetworkManager "netplan try" starts that again, which keeps a connection as it is unless netplan knows its interface by name: its section
/// may know it by the hardware address (netplan 0.106, apply.py).
Remedy by_netplan(const System& s, std::string title) {
  const bool over_nm = s.software.renderer == "NetworkManager";
  const auto connection = s.connection();
  auto steps = edit_file(s, configured_by(s, over_nm ? "netplan, by way of NetworkManager," : "netplan"),
                         fmt::format("In {}, in the section of {}, write ipv6-privacy: false in place of ipv6-privacy: true. Where neither stands, add it.",
                                     file_or(s, "the file below /etc/netplan"), section_of_netplan(s)));
  const std::string tried = "Writing it changes nothing yet. The command with try loads it; unless you confirm with Enter within two minutes, the old state comes back by itself. ";
  if (over_nm) {
    steps.push_back({"A change made with nmcli alone may be lost: netplan writes these profiles anew."});
    steps.push_back({"To have the address made from the hardware address: ipv6-address-generation: eui64"});
    steps.push_back({easy_to_remember("write ipv6-address-token: \"::42\" in place of that")});   // not with it: netplan-yaml(5)
    const std::string name = connection ? "" : " In place of NAME put the connection's name, as \"nmcli connection show --active\" has it.";
    steps.push_back({tried + "The last command brings the connection up again: then the temporary addresses are gone. You may be cut off for a moment." + name,
                     {{"sudo netplan try"}, connection ? Command{"sudo nmcli connection up {}", *connection} : Command{"sudo nmcli connection up NAME"}}});
  } else {
    steps.push_back({easy_to_remember("write ipv6-address-token: \"::42\" as well")});
    steps.push_back({tried + "It sets the connection up again, and the temporary addresses go. You may be cut off for a moment.", {{"sudo netplan try"}}});
  }
  steps.push_back({price});
  return advise_by_steps(std::move(title), steps);
}

/// NetworkManager is told to ignore IPv6 ("method=ignore"), and writes the kernel's default into the interface's setting all the same; what it
/// found there at its own start comes back for a moment whenever the connection is brought up (version 1.42).
Remedy by_the_kernel_beside_network_manager(const System& s, std::string title) {
  return advise_by_steps(
      std::move(title),
      {{fmt::format("Linux itself configures {} over IPv6, from what the router announces: NetworkManager's connection ignores IPv6. ",
                    s.shown_interface(Family::ipv6)) +
       "NetworkManager hands on the system's default for temporary addresses, and what it found at its own start: so the first command writes both "
       "settings down, the second one loads them, and the third one starts NetworkManager again, which keeps the connections. The last command takes the temporary addresses "
       "away, and connections over them end. Then none come back, not with a reconnect and not after a restart.",
      {{"printf '%s\\n' net.ipv6.conf.default.use_tempaddr=0 {} | sudo tee /etc/sysctl.d/60-stable-ipv6.conf", use_tempaddr_of(s.interface_ipv6) + "=0"},
       {"sudo sysctl -p /etc/sysctl.d/60-stable-ipv6.conf"},
       {"sudo systemctl restart NetworkManager"},
       flush_temporary(s)}},
      {price}});
}

Remedy by_the_kernel(const System& s, std::string title, const std::string& who) {
  return advise_by_steps(std::move(title),
                         {{who + " The first two commands have Linux make no new temporary addresses, after a restart as well. They leave those that are there: the last "
                           "command takes them away, and connections over them end.",
                           kernel_setting(s)},
                          {price}});
}

}  // namespace

Remedy stable_address_steps(const System& s, std::string title) {
  const auto shown = s.shown_interface(Family::ipv6);
  switch (s.manager) {
    case host::Manager::network_manager: return by_network_manager(s, std::move(title));
    case host::Manager::systemd_networkd: return by_networkd(s, std::move(title));
    case host::Manager::dhcpcd: return by_dhcpcd(s, std::move(title));
    case host::Manager::ifupdown: return by_ifupdown(s, std::move(title));
    case host::Manager::netplan: return by_netplan(s, std::move(title));
    case host::Manager::kernel:
      if (s.connection()) return by_the_kernel_beside_network_manager(s, std::move(title));
      return by_the_kernel(s, std::move(title), fmt::format("Linux itself configures {} over IPv6, from what the router announces.", shown));
    case host::Manager::unknown: break;
  }
  return by_the_kernel(s, std::move(title),
                       fmt::format("Which program configures {} is not known. The commands below tell Linux itself; where a network manager is in charge, set it "
                                   "there instead, or it may switch temporary addresses on again.", shown));
}

}  // namespace ringback::diagnosis
