#include <algorithm>

#include "diagnosis/path_mtu.hpp"
#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis::advice {
namespace {

constexpr unsigned smallest_ipv6 = 1280;   // RFC 8200 §5: with a smaller MTU the kernel switches IPv6 off on the interface

/// Each network manager in its own words. What it keeps survives a restart.
Remedy lower_mtu(const Finding& f, const System& s, unsigned mtu) {
  const auto& interface = s.interface_of(f.subject.family);
  const auto shown = s.shown_interface(f.subject.family);
  const auto title = fmt::format("Let this host send packets of {} bytes at most", mtu);
  const std::string why = "All connections of this host, and not visitors' alone, then use smaller packets from their beginning: a little "
                          "slower, and otherwise as before.";
  switch (s.manager) {
    case host::Manager::network_manager:
      if (const auto connection = s.connection())
        return advise(title, {why, "For a Wi-Fi connection, write 802-11-wireless.mtu in place of 802-3-ethernet.mtu.",
                              "The first command sets the size, the second one brings the connection up again; you may be cut off for a moment."},
                      {{"sudo nmcli connection modify {} 802-3-ethernet.mtu {}", *connection, mtu}, {"sudo nmcli connection up {}", *connection}});
      return advise_by_steps(title,
                             {{why},
                              {"Find the name of the connection with this command, and put it in place of NAME below.", {{"nmcli -f NAME,DEVICE connection show --active"}}},
                              {"For a Wi-Fi connection, write 802-11-wireless.mtu in place of 802-3-ethernet.mtu."},
                              {"The first command sets the size, the second one brings the connection up again; you may be cut off for a moment.",
                               {{"sudo nmcli connection modify NAME 802-3-ethernet.mtu {}", mtu}, {"sudo nmcli connection up NAME"}}}});
    case host::Manager::systemd_networkd:
      return advise_by_steps(title,
                             {{why},
                              {fmt::format("This command names the .network file of {}. Write into it, under [Link]: MTUBytes={}", shown, mtu),
                               {{"networkctl status {}", interface}}},
                              {"Load it with these commands.", {{"sudo networkctl reload"}, {"sudo networkctl reconfigure {}", interface}}}});
    case host::Manager::dhcpcd:
      return advise(title,
                    {why, fmt::format("Write at the end of /etc/dhcpcd.conf two lines: \"interface {}\" and below it \"static mtu={}\".",
                                      shown, mtu),
                     "Load it with the command."},
                    {{"sudo systemctl restart dhcpcd"}});
    case host::Manager::ifupdown:
      return advise(title,
                    {why, fmt::format("In /etc/network/interfaces, write a line below \"iface {} inet …\": post-up ip link set dev {} mtu "
                                      "{}", shown, shown, mtu),
                     "The command does the same at once, and lasts until the next restart."},
                    {{"sudo ip link set dev {} mtu {}", interface, mtu}});
    case host::Manager::netplan:
      return advise(title,
                    {why, fmt::format("In the file below /etc/netplan, write into the section of {}: mtu: {}", shown, mtu),
                     "Try it with the command: it is taken back by itself unless you confirm it."},
                    {{"sudo netplan try"}});
    case host::Manager::kernel:
    case host::Manager::unknown: break;
  }
  return advise(title, {why, "The command lasts until the next restart; when it helps, set the same in the network settings of this "
                             "system."},
                {{"sudo ip link set dev {} mtu {}", interface, mtu}});
}

/// RFC 4821: the kernel finds the size out by itself when segments go unanswered (ip-sysctl.rst, tcp_mtu_probing).
Remedy probe_sizes() {
  return advise("Let this host find the right size out by itself",
                {"Linux can try smaller packets where large ones stay unanswered; it notices only after a wait of a second or more in each "
                 "connection, and works for IPv4 and IPv6 alike.",
                 "The first command switches it on, the second one keeps it after a restart."},
                {{"sudo sysctl -w net.ipv4.tcp_mtu_probing=1"}, {"echo net.ipv4.tcp_mtu_probing=1 | sudo tee "
                                                                 "/etc/sysctl.d/60-mtu-probing.conf"}});
}

}  // namespace

Remedies mtu(const Finding& f, const System& s) {
  const auto holes = {s.evidence ? black_hole(*s.evidence, Family::ipv4) : std::nullopt,
                      s.evidence ? black_hole(*s.evidence, Family::ipv6) : std::nullopt};
  const auto family = f.subject.family.value_or(Family::ipv4);
  auto hole = s.evidence ? black_hole(*s.evidence, family) : std::nullopt;
  // One setting serves both families, so it is the smaller of both sizes.
  for (const auto& other : holes)
    if (hole && other) hole->passing = std::min(hole->passing, other->passing);
  Remedies result;
  if (s.has_router)
    result.push_back(advise("Let the home router make the packets of connections smaller",
                            {"Look in the home router's menu for \"MSS clamping\" (MSS: how much one TCP packet carries), or for the MTU "
                             "(the largest packet size) of the internet connection. Either makes all connections that pass the router, of "
                             "every machine at home, use smaller packets: a little slower, and otherwise as "
                             "before.",
                             hole ? fmt::format("If it asks for a number: {} is the largest packet that got through; for MSS write {} for "
                                                "IPv4 and {} for IPv6.", hole->passing,
                                                hole->passing - 40, hole->passing - 60)
                                  : "If it asks for a number, try 1400.",
                             "If this host or the router has a firewall that drops ICMP (the internet's error messages), let "
                             "\"fragmentation needed\" and \"packet too big\" "
                             "through: they are how a sender learns the right size. If nobody at home drops them, tell the provider: its "
                             "network loses packets without a word."}));
  const auto mtu = hole ? hole->passing : 1400U;
  if (mtu >= smallest_ipv6) result.push_back(lower_mtu(f, s, mtu));
  result.push_back(probe_sizes());
  return result;
}

}  // namespace ringback::diagnosis::advice
