/// Scripts that are called when the network changes.
#include "scripts.hpp"
#include "updater_pi.hpp"

using namespace ringback;
using namespace ringback::host;
using namespace ringback::test;
using enum ringback::host::AddressSource;

namespace {

constexpr auto publishes = "#!/bin/sh\n[ \"$2\" = up ] || exit 0\ncurl -6 'https://dynv6.com/api/update?zone=home.example.org&ipv6=auto'\n";
const std::string dispatcher = "/etc/NetworkManager/dispatcher.d";

void put(Pi& pi, const std::string& folder, const std::string& name, const std::string& text) {
  if (!name.empty()) pi.folders[folder].push_back(name);
  pi.files[name.empty() ? folder : folder + "/" + name] = text;
}

/// Debian's.
constexpr auto packaged = "#!/bin/sh\n[ -x /usr/bin/ddclient ] || exit 0\n. /etc/default/ddclient\n[ $run_ipup = \"true\" ] || exit 0\n"
                          "/usr/bin/ddclient -syslog -ip $PPP_LOCAL\n";

}  // namespace

TEST_CASE("a hook that fetches an update URL is an updater, and none where nothing is there that calls it") {
  struct Row {
    const char* folder;
    const char* name;
    const char* caller;
  };
  const Row rows[] = {{"/etc/NetworkManager/dispatcher.d", "50-dyn.sh", "NetworkManager"},
                      {"/usr/lib/NetworkManager/dispatcher.d", "50-dyn", "NetworkManager"},
                      {"/etc/networkd-dispatcher/routable.d", "50-dyn.sh", "networkd-dispat"},   // as the kernel cuts it
                      {"/lib/dhcpcd/dhcpcd-hooks", "90-dyn", "dhcpcd"},
                      {"/etc/dhcpcd.exit-hook", "", "dhcpcd"},
                      {"/etc/dhcpcd.enter-hook", "", "dhcpcd"},
                      {"/etc/dhcp/dhclient-exit-hooks.d", "dyn", "dhclient"},
                      {"/etc/dhcp/dhclient-exit-hooks", "", "dhclient"},
                      {"/etc/ppp/ip-up.d", "dyn", "pppd"},
                      {"/etc/ppp/ipv6-up.d", "0dyn", "pppd"},
                      {"/etc/ppp/ip-up.local", "", "pppd"},
                      {"/etc/ppp/ipv6-up.local", "", "pppd"},
                      {"/etc/network/if-up.d", "dyn_6", "NetworkManager"}};
  for (const auto& row : rows) {
    INFO(row.folder);
    Pi pi;
    pi.folders["/etc/networkd-dispatcher"] = {"README", "routable.d"};
    pi.folders["/run/systemd/units"] = {"invocation:cron.service"};
    put(pi, row.folder, row.name, publishes);
    const auto idle = pi.only();
    CHECK(idle.file == std::string(row.folder) + (*row.name ? "/" : "") + row.name);
    CHECK(idle.program == "dynv6");
    CHECK(idle.names == std::vector<std::string>{"home.example.org"});
    CHECK(idle.ipv6 == Published{.source = web, .setting = "ipv6=auto", .line = 3, .service = "dynv6.com"});
    CHECK(idle.started_by == StartedBy::hook);
    CHECK(idle.active == false);
    pi.processes.names.insert(row.caller);
    CHECK(pi.only().active == std::nullopt);   // it may not be executable, and nobody can know when it was called last
    pi.processes = {{}, false};
    CHECK(pi.only().active == std::nullopt);
  }
}

TEST_CASE("ifupdown leaves no process, but its unit") {
  Pi pi;
  put(pi, "/etc/network/if-up.d", "dyn", publishes);
  CHECK(pi.only().active == std::nullopt);   // without systemd nobody knows
  pi.folders["/run/systemd/units"] = {"invocation:cron.service"};
  CHECK(pi.only().active == false);
  pi.folders["/run/systemd/units"].emplace_back("invocation:networking.service");
  CHECK(pi.only().active == std::nullopt);
}

TEST_CASE("a command of a stanza is called when its interface comes up") {
  struct Row {
    const char* file;
    std::string line;
    const char* updater;   ///< the file to edit; null: none is called
  };
  const std::string own = "curl -6 'https://dynv6.com/api/update?zone=home.example.org&ipv6=auto'";
  const Row rows[] = {{"/etc/network/interfaces", "  up " + own, "/etc/network/interfaces"},
                      {"/etc/network/interfaces.d/lan", "\tpost-up\t" + own, "/etc/network/interfaces.d/lan"},
                      {"/etc/network/interfaces", "pre-up /opt/dyn.sh home.example.org eth0 || true", "/opt/dyn.sh"},
                      {"/etc/network/interfaces", "# up " + own, nullptr},
                      {"/etc/network/interfaces", "down " + own, nullptr},
                      {"/etc/network/interfaces", "  dns-nameservers /opt/dyn.sh", nullptr},
                      {"/etc/network/interfaces", "up ip route add 192.0.2.0/24 dev eth0", nullptr}};
  for (const auto& row : rows) {
    INFO(row.file << " " << row.line);
    Pi pi;
    pi.folders["/etc/network/interfaces.d"] = {"lan", "lan~"};
    pi.files["/opt/dyn.sh"] = dynv6_script;
    pi.files[row.file] = "auto eth0\niface eth0 inet6 auto\n" + row.line + "\n";
    if (row.updater == nullptr) {
      CHECK(pi.look().empty());
      continue;
    }
    const auto updater = pi.only();
    CHECK(updater.file == row.updater);
    CHECK(updater.started_by == StartedBy::hook);
    CHECK(updater.active == std::nullopt);
    pi.processes.names.insert("NetworkManager");   // which calls the scripts of ifupdown's folder, and not these
    pi.folders["/run/systemd/units"] = {"invocation:cron.service"};
    CHECK(pi.only().active == false);
    pi.folders["/run/systemd/units"].emplace_back("invocation:networking.service");
    CHECK(pi.only().active == std::nullopt);
  }
}

TEST_CASE("names that the caller passes over are not called, and what packages and editors leave behind is no hook") {
  Pi pi;
  pi.processes.names.insert({"NetworkManager", "pppd"});
  put(pi, "/etc/ppp/ip-up.d", "dyn.sh", publishes);
  CHECK(pi.only().active == false);
  for (const auto* name : {".dyn", "dyn~", "dyn.dpkg-old", "dyn.rpmsave", "dyn.swp"}) put(pi, dispatcher, name, publishes);
  CHECK(pi.only().file == "/etc/ppp/ip-up.d/dyn.sh");
}

TEST_CASE("a hook calls a script, which is the file to edit, and not every file that it names is looked into") {
  Pi pi;
  pi.processes.names.insert("NetworkManager");
  pi.files["/opt/dyn.sh"] = dynv6_script;
  put(pi, dispatcher, "50-dyn",
      "#!/bin/sh\n# /opt/old.sh\ncp /etc/resolv.conf /run/resolv.before\n[ -x /opt/dyn.sh ] && \"/opt/dyn.sh\" home.example.org eth0\n");
  const auto updater = pi.only();
  CHECK(updater.program == "dynv6");
  CHECK(updater.file == "/opt/dyn.sh");
  CHECK(updater.names == std::vector<std::string>{"home.example.org"});
  CHECK(updater.ipv6.interface == "eth0");
  CHECK(updater.active == std::nullopt);
  CHECK(pi.read_of_others() == std::vector<std::string>{"own /var/spool/cron/crontabs/root*", "own /opt/dyn.sh"});
  pi.files["/etc/crontab"] = "*/5 * * * * root /opt/dyn.sh home.example.org eth0\n";   // as well
  CHECK(pi.only().started_by == StartedBy::cron);
  CHECK(pi.only().active == true);
}

TEST_CASE("a daemon that a hook calls is not said to stand still") {
  Pi pi;
  pi.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
  put(pi, dispatcher, "50-ddclient", "#!/bin/sh\n/usr/sbin/ddclient -daemon=0\n");
  CHECK(pi.only().active == false);   // nothing calls the hook
  pi.processes.names.insert("NetworkManager");
  CHECK(pi.only().active == std::nullopt);
}

TEST_CASE("the hooks that packages bring along do nothing until they are switched on") {
  Pi pi;
  pi.processes.names.insert("pppd");
  pi.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
  put(pi, "/etc/ppp/ip-up.d", "ddclient", packaged);
  CHECK(pi.only().active == false);
  pi.files["/etc/default/ddclient"] = "run_dhclient=\"true\"\nrun_ipup=\"false\"\n";
  CHECK(pi.only().active == false);
  pi.files["/etc/default/ddclient"] = "run_ipup=\"true\"\n";
  CHECK(pi.only().active == std::nullopt);
}

TEST_CASE("a hook calls a daemon with another file") {
  Pi pi;
  pi.processes.names.insert("dhcpcd");
  pi.files["/etc/home.conf"] = "usev6=webv6\nhome.example.org\n";
  put(pi, "/etc/dhcpcd.exit-hook", "", "if [ \"$if_up\" = true ]; then\n  ddclient -daemon=0 -file /etc/home.conf &\nfi\n");
  const auto updater = pi.only();
  CHECK(updater.program == "ddclient");
  CHECK(updater.file == "/etc/home.conf");
  CHECK(updater.names == std::vector<std::string>{"home.example.org"});
  CHECK(updater.active == std::nullopt);
}

TEST_CASE("hooks that name scripts without end are read within bounds") {
  Pi pi;
  std::string calls;
  for (int i = 0; i < 100; ++i) {
    calls += "/opt/" + std::to_string(i) + ".sh\n";
    pi.files["/opt/" + std::to_string(i) + ".sh"] = publishes;
  }
  put(pi, dispatcher, "50-dyn", calls);
  CHECK(pi.look().size() == 4);
  CHECK(pi.network.foreign.size() == 1 + 8);   // root's table of cron, and of 100 scripts so many
  pi.network.foreign.clear();
  for (int i = 0; i < 300; ++i) put(pi, dispatcher, "x" + std::to_string(i), calls);
  CHECK(pi.look().size() <= 16);
  CHECK(pi.network.foreign.size() == 1 + 64 * 8);
  pi.files[dispatcher + "/50-dyn"] = std::string("\0binary /opt/1.sh\n", 18);
  pi.folders[dispatcher] = {"50-dyn"};
  CHECK(pi.look().empty());
}
