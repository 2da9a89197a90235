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
const std::string interfaces = "/etc/network/interfaces";
const std::string managed = "[device]\nmanaged=true\nconnection-uuid=5f1d\n";

struct Row {
  const char* situation;
  Processes processes;
  Files files;
  Folders folders;
  Manager manager;
};

const std::vector<Row> rows{
    {"nobody", {{"systemd"}, true}, {}, {}, Manager::unknown},
    {"NetworkManager", {{"NetworkManager"}, true}, {{nm_state, managed}}, {}, Manager::network_manager},
    {"NetworkManager runs and leaves this interface alone", {{"NetworkManager"}, true}, {{nm_state, "[device]\nmanaged=false\n"}}, {}, Manager::unknown},
    {"NetworkManager has been stopped and its files are still there", {{"systemd"}, true}, {{nm_state, managed}}, {}, Manager::unknown},
    {"NetworkManager, and other processes cannot be seen", {{}, false}, {{nm_state, managed}}, {}, Manager::network_manager},
    {"NetworkManager with a connection that netplan wrote", {{"NetworkManager"}, true},
     {{nm_state, managed}, {nm_profiles + "/netplan-eth0.nmconnection", "[connection]\nid=netplan-eth0\nuuid=5f1d\n"}}, {{nm_profiles, {"netplan-eth0.nmconnection"}}}, Manager::netplan},
    {"the same as netplan really writes it, without a UUID", {{"NetworkManager"}, true},
     {{nm_state, managed}, {nm_profiles + "/netplan-eth0.nmconnection", "[connection]\nid=netplan-eth0\ntype=ethernet\ninterface-name=eth0\n"}}, {{nm_profiles, {"netplan-eth0.nmconnection"}}}, Manager::netplan},
    {"the same, told by the hardware address", {{"NetworkManager"}, true},
     {{nm_state, managed}, {nm_profiles + "/netplan-lan.nmconnection", "[connection]\nid=netplan-lan\n\n[ethernet]\nmac-address=DC:A6:32:00:00:01\n"}}, {{nm_profiles, {"netplan-lan.nmconnection"}}}, Manager::netplan},
    {"netplan's is for this interface too, and another profile is active", {{"NetworkManager"}, true},
     {{nm_state, managed}, {nm_profiles + "/netplan-eth0.nmconnection", "[connection]\nid=netplan-eth0\ninterface-name=eth0\n"},
      {"/etc/NetworkManager/system-connections/Kabel.nmconnection", "[connection]\nid=Kabel\nuuid=5f1d\n"}},
     {{nm_profiles, {"netplan-eth0.nmconnection"}}, {"/etc/NetworkManager/system-connections", {"Kabel.nmconnection"}}}, Manager::network_manager},
    {"the same, unreadable: the name tells", {{"NetworkManager"}, true}, {{nm_state, managed}}, {{nm_profiles, {"netplan-eth0.nmconnection"}}}, Manager::netplan},
    {"netplan wrote the connection of the other interface", {{"NetworkManager"}, true},
     {{nm_state, managed}, {nm_profiles + "/netplan-wlan0-home.nmconnection", "uuid=77aa\ninterface-name=wlan0\n"}}, {{nm_profiles, {"netplan-wlan0-home.nmconnection"}}}, Manager::network_manager},
    {"NetworkManager keeps the connection below /etc/netplan itself", {{"NetworkManager"}, true},
     {{nm_state, managed}, {nm_profiles + "/netplan-NM-5f1d.nmconnection", "[connection]\nid=Kabel\nuuid=5f1d\n"}}, {{nm_profiles, {"netplan-NM-5f1d.nmconnection"}}}, Manager::network_manager},
    {"the same of a wireless one, unreadable", {{"NetworkManager"}, true}, {{nm_state, managed}}, {{nm_profiles, {"netplan-NM-5f1d-home.nmconnection"}}}, Manager::network_manager},
    {"systemd-networkd", {{"systemd-network"}, true}, {{networkd_state, "ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/lan.network\n"}}, {}, Manager::systemd_networkd},
    {"systemd-networkd runs and leaves this interface alone", {{"systemd-network"}, true}, {{networkd_state, "ADMIN_STATE=unmanaged\n"}}, {}, Manager::unknown},
    {"systemd-networkd by way of netplan", {{"systemd-network"}, true},
     {{networkd_state, "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n"}}, {{"/etc/netplan", {"50-cloud-init.yaml"}}}, Manager::netplan},
    {"both run, NetworkManager has the interface", {{"NetworkManager", "systemd-network"}, true}, {{nm_state, managed}, {networkd_state, "ADMIN_STATE=unmanaged\n"}}, {}, Manager::network_manager},
    {"ifupdown's file", {{"systemd"}, true}, {{interfaces, "auto eth0\n  iface   eth0 inet6 auto\n"}}, {}, Manager::ifupdown},
    {"ifupdown's folder", {{"systemd"}, true}, {{interfaces + ".d/lan", "iface eth0 inet dhcp\niface eth0 inet6 static\n"}}, {{interfaces + ".d", {"lan"}}}, Manager::ifupdown},
    {"ifupdown has the loopback alone", {{"systemd"}, true}, {{interfaces, "auto lo\niface lo inet loopback\niface eth01 inet6 auto\n"}}, {}, Manager::unknown},
    {"ifupdown has the interface over IPv4 alone", {{"systemd"}, true}, {{interfaces, "iface eth0 inet dhcp\n"}, {"/run/network/ifstate.eth0", "eth0=eth0\n"}}, {}, Manager::unknown},
    {"ifupdown asks for an address and has no say in temporary ones", {{"systemd"}, true}, {{interfaces, "iface eth0 inet6 dhcp\n"}}, {}, Manager::unknown},
    {"ifupdown with dhcpcd as its client", {{"dhcpcd"}, true}, {{interfaces, "iface eth0 inet dhcp\niface eth0 inet6 auto\n"}}, {}, Manager::ifupdown},
    {"dhcpcd as ifupdown's client over IPv4", {{"dhcpcd"}, true}, {{interfaces, "iface eth0 inet dhcp\n"}}, {}, Manager::dhcpcd},
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
    System system;
    find_manager(network, row.processes, {.index = 2, .name = "eth0", .kind = "", .mac = MacAddress{{0xdc, 0xa6, 0x32, 0, 0, 1}}, .addresses = {}}, system);
    CHECK(system.manager == row.manager);
  }
}

namespace {

System told(const Processes& processes, const Files& files, const Folders& folders) {
  FakeClock clock;
  ScriptedNetwork network(clock);
  network.host.files = files;
  network.host.directories = folders;
  System system;
  find_manager(network, processes, {.index = 2, .name = "eth0"}, system);
  return system;
}
const std::string conf = "/proc/sys/net/ipv6/conf/eth0/";

}  // namespace

TEST_CASE("the kernel alone is named where nobody else listens to the router, and it does") {
  const Processes systemd{{"systemd"}, true};
  CHECK(told(systemd, {{conf + "accept_ra", "1\n"}, {conf + "forwarding", "0\n"}}, {}).manager == Manager::kernel);
  CHECK(told(systemd, {{conf + "accept_ra", "2\n"}, {conf + "forwarding", "1\n"}}, {}).manager == Manager::kernel);
  CHECK(told(systemd, {{conf + "accept_ra", "1\n"}, {conf + "forwarding", "1\n"}}, {}).manager == Manager::unknown);
  CHECK(told(systemd, {{conf + "accept_ra", "0\n"}, {conf + "forwarding", "0\n"}}, {}).manager == Manager::unknown);
  CHECK(told({{"connmand"}, true}, {{conf + "accept_ra", "1\n"}, {conf + "forwarding", "0\n"}}, {}).manager == Manager::unknown);
  CHECK(told({{}, false}, {{conf + "accept_ra", "1\n"}, {conf + "forwarding", "0\n"}}, {}).manager == Manager::unknown);
  CHECK(told(systemd, {{interfaces, "iface eth0 inet dhcp\n"}, {conf + "accept_ra", "1\n"}, {conf + "forwarding", "0\n"}}, {}).manager == Manager::kernel);
}

TEST_CASE("what NetworkManager is told to ignore is the kernel's, and its connection is not the one to change") {
  const Processes running_nm{{"NetworkManager"}, true};
  const Folders folder{{nm_profiles, {"netplan-eth0.nmconnection"}}};
  const auto with = [&](const char* ipv4, const char* ipv6, const char* accept_ra) {
    return told(running_nm,
                {{nm_state, managed}, {conf + "accept_ra", accept_ra}, {conf + "forwarding", "0\n"},
                 {nm_profiles + "/netplan-eth0.nmconnection",
                  std::string("[connection]\nid=netplan-eth0\nuuid=5f1d\n[ipv4]\nmethod=") + ipv4 + "\n\n[ipv6]\nmethod=" + ipv6 + "\n[proxy]\nmethod=0\n"}},
                folder);
  };
  const auto ignored = with("auto", "ignore", "1\n");
  CHECK(ignored.manager == Manager::kernel);
  CHECK(ignored.connection_uuid == "5f1d");   // whose it is over IPv4
  CHECK(ignored.manager_file.empty());
  CHECK(with("auto", "ignore", "0\n").manager == Manager::unknown);
  CHECK(with("ignore", "auto", "1\n").manager == Manager::netplan);
  CHECK(with("auto", "auto", "1\n").manager == Manager::netplan);
}

TEST_CASE("the connection and the file of NetworkManager are told as far as they can be read") {
  const Processes running_nm{{"NetworkManager"}, true};
  const Files profile{{nm_state, managed}, {"/etc/NetworkManager/system-connections/Kabel.nmconnection", "[connection]\nid=Kabel 1\nuuid=5f1d\n[wifi-security]\npsk=geheim\n"}};
  const Folders folder{{"/etc/NetworkManager/system-connections", {"Kabel.nmconnection"}}};
  auto system = told(running_nm, profile, folder);
  CHECK(system.connection == "Kabel 1");
  CHECK(system.connection_uuid == "5f1d");
  CHECK(system.manager_file == "/etc/NetworkManager/system-connections/Kabel.nmconnection");
  system = told(running_nm, {{nm_state, managed}}, folder);
  CHECK(system.connection.empty());
  CHECK(system.connection_uuid == "5f1d");
  CHECK(told(running_nm, {{nm_state, "[device]\nmanaged=true\nconnection-uuid=$(reboot)\n"}}, {}).connection_uuid.empty());
}

TEST_CASE("the file to edit is the one that says something of the interface") {
  const Processes networkd{{"systemd-network"}, true};
  const Files files{{networkd_state, "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n"},
                    {"/etc/netplan/10-base.yaml", "network:\n  version: 2\n"},
                    {"/etc/netplan/50-cloud-init.yaml", "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n"}};
  const auto system = told(networkd, files, {{"/etc/netplan", {"10-base.yaml", "50-cloud-init.yaml"}}});
  CHECK(system.manager == Manager::netplan);
  CHECK(system.manager_file == "/etc/netplan/50-cloud-init.yaml");
  CHECK(system.renderer == "networkd");
  CHECK(told({{"systemd"}, true}, {{"/etc/network/interfaces.d/lan", "iface eth0 inet6 auto\n"}}, {{"/etc/network/interfaces.d", {"lan"}}}).manager_file ==
        "/etc/network/interfaces.d/lan");
}

TEST_CASE("the file of netplan is the one with the section that the network manager's own file was written for") {
  struct Row {
    const char* profile;
    Files yamls;
    const char* file;
  };
  const Row rows[] = {
      {"netplan-eth0", {{"10-a.yaml", "eth0:\n"}, {"20-b.yaml", "  eth0: {dhcp4: true}\n"}, {"30-c.yaml", "eth01:\n"}}, "/etc/netplan/20-b.yaml"},
      {"netplan-lan", {{"10-a.yaml", "ethernets:\n  lan:\n    match: {name: eth0}\n"}, {"20-b.yaml", "eth0:\n"}}, "/etc/netplan/10-a.yaml"},
      {"netplan-wlan0-Kabel 1", {{"10-a.yaml", "wifis:\n  \"wlan0\":\n"}, {"20-b.yaml", "eth0:\n"}}, "/etc/netplan/10-a.yaml"},
      {"netplan-eth0", {{"10-a.yaml", ""}}, "/etc/netplan/10-a.yaml"},   // unreadable, and the only one
      {"netplan-eth0", {{"10-a.yaml", ""}, {"20-b.yaml", ""}}, ""},
      {"netplan-eth0", {{"10-a.txt", "eth0:\n"}}, ""},
      {"netplan-NM-5f1d", {{"10-a.yaml", "eth0:\n"}, {"90-NM-5f1d.yaml", ""}, {"90-NM-77aa.yaml", ""}}, "/etc/netplan/90-NM-5f1d.yaml"},
      {"netplan-NM-5f1d-Kabel", {{"10-a.yaml", "NM-5f1d:\n"}, {"20-b.yaml", "eth0:\n"}}, "/etc/netplan/10-a.yaml"},
  };
  for (const auto& row : rows) {
    INFO(row.profile << " " << row.file);
    const auto profile = std::string(row.profile) + ".nmconnection";
    Files files{{nm_state, managed}, {nm_profiles + "/" + profile, "[connection]\nid=Kabel\nuuid=5f1d\n"}};
    Folders folders{{nm_profiles, {profile}}};
    for (const auto& [name, text] : row.yamls) {
      files["/etc/netplan/" + name] = text;
      folders["/etc/netplan"].push_back(name);
    }
    const auto system = told({{"NetworkManager"}, true}, files, folders);
    CHECK(system.manager_file == row.file);
    CHECK(system.manager == (profile.find("NM-") == std::string::npos ? Manager::netplan : Manager::network_manager));
    CHECK(system.connection == "Kabel");
  }
}

TEST_CASE("dhcpcd leaves alone what it is denied") {
  const Processes running_dhcpcd{{"dhcpcd"}, true};
  CHECK(told(running_dhcpcd, {{"/etc/dhcpcd.conf", "slaac private\n"}}, {}).manager_file == "/etc/dhcpcd.conf");
  CHECK(told(running_dhcpcd, {{"/etc/dhcpcd.conf", "denyinterfaces wlan0 eth*\n"}}, {}).manager == Manager::unknown);
  CHECK(told(running_dhcpcd, {{"/etc/dhcpcd.conf", "denyinterfaces wlan0\n"}}, {}).manager == Manager::dhcpcd);
}

TEST_CASE("the running programs are complete only where init can be seen") {
  FakeClock clock;
  ScriptedNetwork network(clock);
  network.host.directories["/proc"] = {"1", "42", "cpuinfo", "self"};
  network.host.files["/proc/42/stat"] = "42 (dhcpcd) S 1 42\n";
  network.host.files["/proc/self/stat"] = "7 (ringback) R 1 7\n";
  auto processes = running(network);
  CHECK_FALSE(processes.complete);
  CHECK(processes.names == std::set<std::string>{"dhcpcd"});
  CHECK(processes.may_run("anything"));
  network.host.files["/proc/1/stat"] = "1 (systemd) S 0 1\n";
  processes = running(network);
  CHECK(processes.complete);
  CHECK_FALSE(processes.may_run("anything"));
  CHECK(processes.may_run("dhcpcd"));
}

TEST_CASE("a program that is dead and was not waited for does not run, and a name may hold anything") {
  FakeClock clock;
  ScriptedNetwork network(clock);
  auto& host = network.host;
  host.directories["/proc"] = {"1", "2", "3", "4", "5", "6"};
  host.files["/proc/1/stat"] = "1 (systemd) S 0 1\n";
  host.files["/proc/2/stat"] = "2 (ddclient) Z 1 2\n";
  host.files["/proc/3/stat"] = "3 (inadyn) X 1 3\n";
  host.files["/proc/4/stat"] = "4 (ddclient - (slee) S) S 1 4\n";
  host.files["/proc/5/stat"] = "5 (cut";
  host.files["/proc/6/stat"] = "6 (cut) ";
  const auto processes = running(network);
  CHECK(processes.names == std::set<std::string>{"systemd", "ddclient - (slee) S"});
  CHECK(processes.complete);
}
