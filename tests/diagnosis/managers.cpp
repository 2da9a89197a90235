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

TEST_CASE("each manager gets its own lines, file and commands, and says what they cost") {
  struct Row {
    host::System system;
    std::vector<const char*> says;
  };
  const Row rows[] = {
      {{.manager = Manager::network_manager, .connection = "Kabel 1"},
       {"NetworkManager configures eth0", "sudo nmcli connection modify 'Kabel 1' ipv6.ip6-privacy 0", "sudo nmcli connection up 'Kabel 1'", "changes nothing yet"}},
      {{.manager = Manager::network_manager, .connection_uuid = "5f1d-77"}, {"sudo nmcli connection up 5f1d-77"}},
      {{.manager = Manager::network_manager}, {"nmcli -f NAME,DEVICE connection show --active", "connection up NAME"}},
      {{.manager = Manager::systemd_networkd, .manager_file = "/usr/lib/systemd/network/80-wired.network"},
       {"sudo tee /etc/systemd/network/80-wired.network.d/stable-address.conf", "IPv6PrivacyExtensions=no", "sudo networkctl reconfigure eth0"}},
      {{.manager = Manager::systemd_networkd}, {"networkctl status eth0"}},
      {{.manager = Manager::dhcpcd, .manager_file = "/etc/dhcpcd.conf"},
       {"net.ipv6.conf.eth0.use_tempaddr=0", "sudo ip -6 address flush dev eth0 scope global temporary", "leaves those that are there", "slaac private"}},
      {{.manager = Manager::ifupdown, .manager_file = "/etc/network/interfaces.d/lan"}, {"sudoedit /etc/network/interfaces.d/lan", "the one that begins with \"iface eth0 inet6\"", "privext 0"}},
      {{.manager = Manager::netplan, .manager_file = "/etc/netplan/50-cloud-init.yaml", .renderer = "NetworkManager"},
       {"In /etc/netplan/50-cloud-init.yaml", "ipv6-privacy: false", "ipv6-address-generation: eui64", "nmcli alone may be lost", "sudo netplan try"}},
      {{.manager = Manager::kernel}, {"The kernel itself configures eth0", "use_tempaddr=0", "sudo ip -6 address flush dev eth0 scope global temporary"}},
      {{.manager = Manager::unknown}, {"Which program configures eth0 is not known", "use_tempaddr=0"}},
      {{.version = "12", .raspberry_pi_os = true, .manager = Manager::network_manager}, {"On Raspberry Pi OS Bookworm NetworkManager configures eth0."}},
      {{.version = "11", .raspberry_pi_os = true, .manager = Manager::dhcpcd}, {"On Raspberry Pi OS Bullseye dhcpcd configures eth0."}},
  };
  for (const auto& row : rows) {
    const auto text = steps_with([&](auto& system) { system = row.system; });
    INFO(text);
    for (const auto* words : row.says) CHECK_THAT(text, Contains(words));
    CHECK_THAT(text, Contains("What it costs"));
  }
}

TEST_CASE("netplan's section is named as netplan names it") {
  const auto steps = [](const char* connection) {
    return steps_with([&](auto& system) { system = {.manager = Manager::netplan, .renderer = "NetworkManager", .connection = connection}; });
  };
  CHECK_THAT(steps("netplan-eth0"), Contains("into the section of eth0: ipv6-privacy"));
  CHECK_THAT(steps("netplan-eth0-Kabel 1"), Contains("into the section of eth0: ipv6-privacy"));
  CHECK_THAT(steps("netplan-lan"), Contains("into the section of lan: ipv6-privacy"));
  CHECK_THAT(steps("netplan-x; reboot"), Contains("into the section of this connection: ipv6-privacy"));
  CHECK_THAT(steps(""), Contains("into the section of eth0: ipv6-privacy"));
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
