#include "probes/host/system.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::host;
using namespace ringback::test;

namespace {

using Files = std::map<std::string, std::string>;
using Folders = std::map<std::string, std::vector<std::string>>;

const std::string nm_state = "/run/NetworkManager/devices/2";
const std::string nm_profiles = "/run/NetworkManager/system-connections";
const std::string networkd_state = "/run/systemd/netif/links/2";
const std::string managed = "[device]\nmanaged=true\nconnection-uuid=5f1d\n";

struct Row {
  const char* situation;
  Processes processes;
  Files files;
  Folders folders;
  Manager manager;
};

const Row rows[] = {
    {"nobody", {{"systemd"}, true}, {}, {}, Manager::unknown},
    {"NetworkManager", {{"NetworkManager"}, true}, {{nm_state, managed}}, {}, Manager::network_manager},
    {"NetworkManager runs and leaves this interface alone", {{"NetworkManager"}, true}, {{nm_state, "[device]\nmanaged=false\n"}}, {}, Manager::unknown},
    {"NetworkManager has been stopped and its files are still there", {{"systemd"}, true}, {{nm_state, managed}}, {}, Manager::unknown},
    {"NetworkManager, and other processes cannot be seen", {{}, false}, {{nm_state, managed}}, {}, Manager::network_manager},
    {"NetworkManager with a connection that netplan wrote", {{"NetworkManager"}, true},
     {{nm_state, managed}, {nm_profiles + "/netplan-eth0.nmconnection", "[connection]\nid=netplan-eth0\nuuid=5f1d\n"}}, {{nm_profiles, {"netplan-eth0.nmconnection"}}}, Manager::netplan},
    {"the same, unreadable: the name tells", {{"NetworkManager"}, true}, {{nm_state, managed}}, {{nm_profiles, {"netplan-eth0.nmconnection"}}}, Manager::netplan},
    {"netplan wrote the connection of the other interface", {{"NetworkManager"}, true},
     {{nm_state, managed}, {nm_profiles + "/netplan-wlan0-home.nmconnection", "uuid=77aa\ninterface-name=wlan0\n"}}, {{nm_profiles, {"netplan-wlan0-home.nmconnection"}}}, Manager::network_manager},
    {"systemd-networkd", {{"systemd-network"}, true}, {{networkd_state, "ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/lan.network\n"}}, {}, Manager::systemd_networkd},
    {"systemd-networkd runs and leaves this interface alone", {{"systemd-network"}, true}, {{networkd_state, "ADMIN_STATE=unmanaged\n"}}, {}, Manager::unknown},
    {"systemd-networkd by way of netplan", {{"systemd-network"}, true},
     {{networkd_state, "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n"}}, {{"/etc/netplan", {"50-cloud-init.yaml"}}}, Manager::netplan},
    {"both run, NetworkManager has the interface", {{"NetworkManager", "systemd-network"}, true}, {{nm_state, managed}, {networkd_state, "ADMIN_STATE=unmanaged\n"}}, {}, Manager::network_manager},
    {"ifupdown", {{"systemd"}, true}, {{"/run/network/ifstate.eth0", "eth0=eth0\n"}}, {}, Manager::ifupdown},
    {"ifupdown's file", {{"systemd"}, true}, {{"/etc/network/interfaces", "auto eth0\n  iface   eth0 inet6 auto\n"}}, {}, Manager::ifupdown},
    {"ifupdown's folder", {{"systemd"}, true}, {{"/etc/network/interfaces.d/lan", "iface eth0 inet dhcp\n"}}, {{"/etc/network/interfaces.d", {"lan"}}}, Manager::ifupdown},
    {"ifupdown has the loopback alone", {{"systemd"}, true}, {{"/etc/network/interfaces", "auto lo\niface lo inet loopback\niface eth01 inet dhcp\n"}}, {}, Manager::unknown},
    {"ifupdown with dhcpcd as its client", {{"dhcpcd"}, true}, {{"/run/network/ifstate.eth0", "eth0=eth0\n"}}, {}, Manager::ifupdown},
    {"dhcpcd", {{"dhcpcd"}, true}, {}, {}, Manager::dhcpcd},
    {"dhcpcd, and other processes cannot be seen", {{}, false}, {{"/run/dhcpcd/pid", "612\n"}}, {}, Manager::dhcpcd},
    {"dhcpcd is gone and its file is left", {{"systemd"}, true}, {{"/run/dhcpcd/pid", "612\n"}}, {}, Manager::unknown},
};

}  // namespace

TEST_CASE("who configures the interface is told from what runs and from its own state") {
  for (const auto& row : rows) {
    INFO(row.situation);
    FakeClock clock;
    ScriptedNetwork network(clock);
    network.host.files = row.files;
    network.host.directories = row.folders;
    CHECK(find_manager(network, row.processes, {.index = 2, .name = "eth0"}) == row.manager);
  }
}

TEST_CASE("the running programs are complete only where init can be seen") {
  FakeClock clock;
  ScriptedNetwork network(clock);
  network.host.directories["/proc"] = {"1", "42", "cpuinfo", "self"};
  network.host.files["/proc/42/comm"] = "dhcpcd\n";
  network.host.files["/proc/self/comm"] = "ringback\n";
  auto processes = running(network);
  CHECK_FALSE(processes.complete);
  CHECK(processes.names == std::set<std::string>{"dhcpcd"});
  CHECK(processes.may_run("anything"));
  network.host.files["/proc/1/comm"] = "systemd\n";
  processes = running(network);
  CHECK(processes.complete);
  CHECK_FALSE(processes.may_run("anything"));
  CHECK(processes.may_run("dhcpcd"));
}
