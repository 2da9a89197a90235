#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis {

/// Each network manager in its own words; what it overrules is not offered (a sysctl under NetworkManager, for one).
Remedy stable_address_steps(const System& s, std::string title) {
  const auto& interface = s.interface_ipv6;
  const auto shown = s.shown_interface(Family::ipv6);
  const auto setting = "net.ipv6.conf." + interface + ".use_tempaddr=0";
  switch (s.manager) {
    case host::Manager::network_manager:
      return advise(std::move(title),
                    {"Find the name of the connection with the first command, and put it in place of NAME in the others.",
                     "The second command switches temporary addresses off; the address that is left stays.",
                     "The third command brings the connection up again; you may be cut off for a moment."},
                    {{"nmcli -f NAME,DEVICE connection show --active"},
                     {"sudo nmcli connection modify NAME ipv6.ip6-privacy 0"},
                     {"sudo nmcli connection up NAME"}});
    case host::Manager::systemd_networkd:
      return advise(std::move(title),
                    {fmt::format("The first command names the .network file of {}. Write into it, under [Network]: "
                                 "IPv6PrivacyExtensions=no",
                                 shown),
                     "If the address shall be easy to remember, write under [IPv6AcceptRA]: Token=static:::42 (it then ends in ::42).",
                     "Load it with the other two commands."},
                    {{"networkctl status {}", interface}, {"sudo networkctl reload"}, {"sudo networkctl reconfigure {}", interface}});
    case host::Manager::dhcpcd:
      return advise(std::move(title),
                    {"Switch temporary addresses off in the kernel with the commands below; dhcpcd itself has no setting for them on "
                     "Linux.",
                     "The address that is left stays, with \"slaac private\" (the default) as with \"slaac hwaddr\" in /etc/dhcpcd.conf."},
                    {{"echo {} | sudo tee /etc/sysctl.d/60-stable-ipv6.conf", setting}, {"sudo sysctl --system"},
                     {"sudo systemctl restart dhcpcd"}});
    case host::Manager::ifupdown:
      return advise(std::move(title),
                    {fmt::format("In /etc/network/interfaces, write a line below \"iface {} inet6 auto\": privext 0", shown),
                     "Restart the interface; over SSH, restart the machine instead."},
                    {{"sudo ifdown {}; sudo ifup {}", interface, interface}});
    case host::Manager::netplan:
      return advise(std::move(title),
                    {fmt::format("In the file below /etc/netplan, write into the section of {}: ipv6-privacy: false", shown),
                     "Try it: it is taken back by itself unless you confirm it."},
                    {{"sudo netplan try"}});
    case host::Manager::unknown: break;
  }
  return advise(std::move(title),
                {"Switch temporary addresses off in the kernel, and restart the machine.",
                 "If a network manager runs here, set it there instead, or it will switch them on again."},
                {{"echo {} | sudo tee /etc/sysctl.d/60-stable-ipv6.conf", setting}, {"ip -6 address show dev {}", interface}});
}

}  // namespace ringback::diagnosis
