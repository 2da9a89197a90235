#include "advice.hpp"
#include "diagnosis/codes.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;
using host::Manager;

namespace {

std::string steps_with(const std::function<void(host::System&)>& change) {
  auto e = plain_nat();
  native_ipv6(e);
  e.host->system.manager = Manager::unknown;
  change(e.host->system);
  return ringback::build::in_words(remedies_for(diagnosis::finding("address.no-stable-ipv6", Confidence::certain, "x", {.family = Family::ipv6}, {}), e));
}

}  // namespace

TEST_CASE("each manager gets its own lines, file and commands, and says what they do now and later, and what they cost") {
  struct Row {
    host::System system;
    std::vector<const char*> says;
  };
  constexpr auto flush = "sudo ip -6 address flush dev eth0 scope global temporary";
  const Row rows[] = {
      {{.manager = Manager::network_manager, .connection = "Kabel 1"},
       {"NetworkManager configures eth0", "sudo nmcli connection modify 'Kabel 1' ipv6.ip6-privacy 0", "sudo nmcli connection up 'Kabel 1'",
        "The command with modify changes the setting, which alone changes nothing yet. The last command brings the connection up again: then the temporary addresses are gone",
        "You may be cut off for a moment", "If the profile is ever deleted and made anew, the address changes once; ipv6.addr-gen-mode eui64 makes it from",
        "If the address shall be easy to remember, set ipv6.addr-gen-mode eui64 and ipv6.token ::42 as well (it then ends in ::42)."}},
      {{.manager = Manager::network_manager, .manager_file = "/etc/NetworkManager/system-connections/kabel.nmconnection", .connection = "Kabel 1"},
       {"nmcli writes the setting into /etc/NetworkManager/system-connections/kabel.nmconnection, where the connection is kept"}},
      {{.manager = Manager::network_manager, .connection_uuid = "5f1d-77"}, {"sudo nmcli connection up 5f1d-77"}},
      {{.manager = Manager::network_manager}, {"nmcli -f NAME,DEVICE connection show --active", "connection up NAME"}},
      {{.manager = Manager::systemd_networkd, .manager_file = "/usr/lib/systemd/network/80-wired.network"},
       {"sudo tee /etc/systemd/network/80-wired.network.d/stable-address.conf", "IPv6PrivacyExtensions=no", "sudo networkctl reload", "sudo networkctl reconfigure eth0",
        "Writing the file changes nothing yet; these commands set the connection up again, and the temporary addresses go. You may be cut off for a moment.",
        "write under [IPv6AcceptRA] as well: Token=static:::42 (it then ends in ::42)"}},
      {{.manager = Manager::systemd_networkd}, {"networkctl status eth0"}},
      {{.manager = Manager::dhcpcd, .manager_file = "/etc/dhcpcd.conf"},
       {"net.ipv6.conf.eth0.use_tempaddr=0", flush, "They leave those that are there: the last command takes them away, and connections over them end",
        "dhcpcd need not be restarted", "slaac private", "\"slaac token ::42\" there in its place, which dhcpcd knows from version 10 on"}},
      {{.manager = Manager::ifupdown, .manager_file = "/etc/network/interfaces.d/lan"},
       {"sudoedit /etc/network/interfaces.d/lan", "write below the line that begins with \"iface eth0 inet6\" (interfaces(5)): privext 0. A line there that begins with privext gives way to it",
        "The line counts from the next time on that the connection is brought up, and after a restart. The command with sysctl does the same now",
        "the connection need not be taken down", "sudo sysctl net.ipv6.conf.eth0.use_tempaddr=0", flush}},
      {{.manager = Manager::netplan, .manager_file = "/etc/netplan/50-cloud-init.yaml", .renderer = "NetworkManager", .connection = "netplan-eth0"},
       {"In /etc/netplan/50-cloud-init.yaml, in the section of eth0, write ipv6-privacy: false in place of ipv6-privacy: true. Where neither stands, add it.",
        "ipv6-address-generation: eui64", "write ipv6-address-token: \"::42\" in place of that", "nmcli alone may be lost", "sudo netplan try", "Writing it changes nothing yet",
        "unless you confirm with Enter within two minutes, the old state comes back by itself", "sudo nmcli connection up netplan-eth0",
        "The last command brings the connection up again: then the temporary addresses are gone. You may be cut off for a moment."}},
      {{.manager = Manager::netplan, .renderer = "NetworkManager"}, {"sudo nmcli connection up NAME", "In place of NAME put the connection's name"}},
      {{.manager = Manager::netplan, .manager_file = "/etc/netplan/50-cloud-init.yaml", .renderer = "networkd"},
       {"netplan configures eth0.", "write ipv6-privacy: false in place of", "sudo netplan try", "Writing it changes nothing yet",
        "It sets the connection up again, and the temporary addresses go", "the old state comes back by itself", "write ipv6-address-token: \"::42\" as well"}},
      {{.manager = Manager::kernel},
       {"Linux itself configures eth0", "use_tempaddr=0", flush, "no new temporary addresses, after a restart as well", "the last command takes them away"}},
      {{.manager = Manager::kernel, .connection = "netplan-eth0"},
       {"Linux itself configures eth0", "NetworkManager's connection ignores IPv6",
        "printf '%s\\n' net.ipv6.conf.default.use_tempaddr=0 net.ipv6.conf.eth0.use_tempaddr=0 | sudo tee /etc/sysctl.d/60-stable-ipv6.conf",
        "sudo systemctl restart NetworkManager", flush, "not with a reconnect and not after a restart"}},
      {{.manager = Manager::unknown}, {"Which program configures eth0 is not known", "where a network manager is in charge, set it there instead, or it may switch temporary addresses on again",
                                         "use_tempaddr=0", flush}},
      {{.version = "10", .raspberry_pi_os = true, .manager = Manager::dhcpcd}, {"On Raspberry Pi OS Buster dhcpcd configures eth0."}},
      {{.version = "11", .raspberry_pi_os = true, .manager = Manager::dhcpcd}, {"On Raspberry Pi OS Bullseye dhcpcd configures eth0."}},
      {{.version = "12", .raspberry_pi_os = true, .manager = Manager::network_manager}, {"On Raspberry Pi OS Bookworm NetworkManager configures eth0."}},
      {{.version = "13", .raspberry_pi_os = true, .manager = Manager::netplan, .renderer = "NetworkManager"},
       {"On Raspberry Pi OS Trixie netplan, by way of NetworkManager, configures eth0.", "nmcli alone may be lost"}},
      {{.version = "14", .raspberry_pi_os = true, .manager = Manager::network_manager}, {"On Raspberry Pi OS NetworkManager configures eth0."}},
      {{.version = "12", .manager = Manager::systemd_networkd}, {"systemd-networkd configures eth0."}},
  };
  for (const auto& row : rows) {
    const auto text = steps_with([&](auto& system) { system = row.system; });
    INFO(text);
    for (const auto* words : row.says) CHECK_THAT(text, Contains(words));
    CHECK_THAT(text, Contains("What it costs"));
    CHECK_THAT(text, Contains("sites can recognise this host by the last half of its address"));
    CHECK((text.find("Raspberry Pi OS") != std::string::npos) == row.system.raspberry_pi_os);
  }
}

TEST_CASE("who configures the interface is told with the first command, and is no step of its own") {
  for (const auto manager : {Manager::systemd_networkd, Manager::dhcpcd, Manager::kernel, Manager::unknown}) {
    const auto text = steps_with([&](auto& system) { system.manager = manager; });
    INFO(text);
    CHECK_THAT(text, !Contains("configures eth0.\n") && !Contains("the router announces.\n") && !Contains("temporary addresses on again.\n"));
  }
}

TEST_CASE("what is set for NetworkManager's connection stands before the command that brings it up") {
  const auto text = steps_with([](auto& system) { system.manager = Manager::network_manager, system.connection = "Kabel 1"; });
  const auto up = text.find("The last command brings the connection up again");
  REQUIRE(up != std::string::npos);
  for (const auto* setting : {"ipv6.addr-gen-mode eui64 makes it from", "set ipv6.addr-gen-mode eui64 and ipv6.token ::42 as well"}) CHECK(text.find(setting) < up);
}

TEST_CASE("netplan's section is named as netplan names it") {
  const auto steps = [](const char* connection) {
    return steps_with([&](auto& system) { system = {.manager = Manager::netplan, .renderer = "NetworkManager", .connection = connection}; });
  };
  CHECK_THAT(steps("netplan-eth0"), Contains("in the section of eth0, write ipv6-privacy"));
  CHECK_THAT(steps("netplan-eth0-Kabel 1"), Contains("in the section of eth0, write ipv6-privacy"));
  CHECK_THAT(steps("netplan-lan"), Contains("in the section of lan, write ipv6-privacy"));
  CHECK_THAT(steps("netplan-x; reboot"), Contains("in the section of this connection, write ipv6-privacy"));
  CHECK_THAT(steps(""), Contains("in the section of eth0, write ipv6-privacy"));
}

TEST_CASE("the setting of a VLAN's interface keeps the dot that is its own") {
  auto e = plain_nat();
  native_ipv6(e);
  e.host->system.manager = Manager::kernel;
  eth0(e).name = e.host->ipv4->interface = e.host->ipv6->interface = e.host->ipv4->default_interface = e.host->ipv6->default_interface = "eth0.10";
  const auto text = ringback::build::in_words(remedies_for(diagnosis::finding("address.no-stable-ipv6", Confidence::certain, "x", {.family = Family::ipv6}, {}), e));
  CHECK_THAT(text, Contains("echo net/ipv6/conf/eth0.10/use_tempaddr=0 | sudo tee /etc/sysctl.d/60-stable-ipv6.conf"));
  CHECK_THAT(text, !Contains("net.ipv6.conf"));
}

TEST_CASE("eui64 is netplan's to offer where NetworkManager does the work alone") {
  CHECK_THAT(steps_with([](auto& system) {
               system.manager = Manager::netplan;
               system.renderer = "networkd";
             }),
             !Contains("ipv6-address-generation"));
}

TEST_CASE("a connection's name from a stranger's report is quoted or left out") {
  CHECK_THAT(steps_with([](auto& system) {
               system.manager = Manager::network_manager;
               system.connection = "x; reboot";
             }),
             Contains("modify 'x; reboot' ipv6"));
  CHECK_THAT(steps_with([](auto& system) {
               system.manager = Manager::network_manager;
               system.connection = "-x\n";
             }),
             Contains("connection up NAME"));
}
