#include "probes/host/updaters.hpp"

#include <algorithm>
#include <set>

#include "support/catch.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::host;
using namespace ringback::test;
using enum ringback::host::AddressSource;

namespace {

using Names = std::vector<std::string>;

std::vector<Updater> inadyn(std::string_view text, const std::map<std::string, std::string>& files = {}) {
  return read_inadyn(text, [&](const std::string& path) {
    const auto file = files.find(path);
    return file == files.end() ? std::string() : file->second;
  });
}

/// Files that root alone may read are not there for others.
struct GuardedNetwork : ScriptedNetwork {
  using ScriptedNetwork::ScriptedNetwork;
  std::set<std::string> guarded;
  Expected<std::string> read_file(const std::string& path, std::size_t limit) override {
    if (guarded.contains(path)) return failure(Errc::not_permitted, "read " + path + ": Permission denied");
    return ScriptedNetwork::read_file(path, limit);
  }
};

struct Pi {
  FakeClock clock;
  GuardedNetwork network{clock};
  Processes processes{{"systemd", "cron"}, true};
  std::map<std::string, std::string>& files = network.host.files;
  std::map<std::string, std::vector<std::string>>& folders = network.host.directories;

  std::vector<Updater> look() { return find_updaters(network, processes); }
  Updater only() {
    const auto found = look();
    REQUIRE(found.size() == 1);
    return found.front();
  }
};

/// The script that dynv6's users pass around.
constexpr auto dynv6_script = R"(#!/bin/sh -e
hostname=$1
device=$2
file=$HOME/.dynv6.addr6
[ -e $file ] && old=`cat $file`
if [ -z "$netmask" ]; then
  netmask=128
fi
if [ -n "$device" ]; then
  device="dev $device"
fi
address=$(ip -6 addr list scope global $device | grep -v " fd" | sed -n 's/.*inet6 \([0-9a-f:]\+\).*/\1/p' | head -n 1)
current=$address/$netmask
$bin "http://dynv6.com/api/update?hostname=$hostname&ipv6=$current&token=$token"
$bin "http://ipv4.dynv6.com/api/update?hostname=$hostname&ipv4=auto&token=$token"
)";

}  // namespace

TEST_CASE("ddclient says for each family how it finds the address") {
  struct Row {
    const char* lines;
    AddressSource ipv4, ipv6;
    const char* interface6;
    const char* setting6;
    unsigned line6;
  };
  const Row rows[] = {
      {"usev6=webv6\nhome.example.org\n", none, web, "", "usev6=webv6", 1},
      {"usev4=disabled\nusev6=web\nhome.example.org\n", none, web, "", "usev6=web", 2},
      {"usev4=webv4, usev6=ifv6, ifv6=eth0 \\\nhome.example.org\n", web, interface, "eth0", "usev6=ifv6", 1},
      {"usev6=if, if=wlan0\nlogin=me\npassword='a b'\nhome.example.org\n", none, interface, "wlan0", "usev6=if", 1},
      {"protocol=dyndns2, \\\nusev6=cmdv6, \\\ncmdv6='/usr/local/bin/where --six'\nhome.example.org\n", none, command, "", "usev6=cmdv6", 2},
      {"usev4=fwv4\nhome.example.org\n", router, none, "", "", 0},
      {"usev4=linksys\nhome.example.org\n", router, none, "", "", 0},
      {"use=web\nhome.example.org\n", web, none, "", "", 0},
      {"use=web, web=checkip.example.net\nhome.example.org\n", web, unknown, "", "", 0},
      {"use=web, web=noip-ipv4\nhome.example.org\n", web, none, "", "", 0},
      {"use=web, web=checkipv6.example.net\nhome.example.org\n", none, web, "", "use=web", 1},
      {"use=if, if=ppp0\nhome.example.org\n", interface, none, "", "", 0},
      {"usev4=ipv4, ipv4=192.0.2.1\nhome.example.org\n", literal, none, "", "", 0},
      {"home.example.org\n", none, none, "", "", 0},
      {"# usev6=webv6\nusev6=no # webv6\nhome.example.org\n", none, none, "", "usev6=no", 2},
      {"usev6=webv6\nusev6=ifv6\nifv6=eth0\nhome.example.org\n", none, interface, "eth0", "usev6=ifv6", 2},
      {"USEV6=webv6\nhome.example.org login password\n", none, web, "", "usev6=webv6", 1},
  };
  for (const auto& row : rows) {
    INFO(row.lines);
    const auto found = read_ddclient(row.lines);
    REQUIRE(found.size() == 1);
    CHECK(found[0].names == Names{"home.example.org"});
    CHECK(found[0].ipv4.source == row.ipv4);
    CHECK(found[0].ipv6.source == row.ipv6);
    CHECK(found[0].ipv6.interface == row.interface6);
    CHECK(found[0].ipv6.setting == row.setting6);
    CHECK(found[0].ipv6.line == row.line6);
    if (row.ipv6 == interface) CHECK(found[0].ipv6.skips_temporary == true);
  }
}

TEST_CASE("ddclient's hosts have the options that stand before them, and theirs alone those of their own line") {
  const auto found = read_ddclient("usev4=webv4\n"
                                   "a.example.org, b.example.org,c.example.org login secret.example.com\n"
                                   "usev6=webv6, protocol=duckdns, host=pi\n"
                                   "d.example.org\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].names == Names{"a.example.org", "b.example.org", "c.example.org", "d.example.org"});
  CHECK(found[0].ipv6.source == none);
  CHECK(found[1].names == Names{"pi.duckdns.org"});
  CHECK(found[1].ipv6.source == web);
}

TEST_CASE("inadyn says once for all providers whether it publishes IPv6, and each may look elsewhere") {
  const auto found = inadyn("# comment { provider\n"
                            "allow-ipv6 = true\n"
                            "provider no-ip.com { username = me\n password = \"se}cret.example.com\"\n hostname = a.example.org }\n"
                            "provider default@dynv6.com:1 { iface = eth0\n hostname = { b.example.org, \"c.example.org\" } }\n"
                            "custom own { checkip-command = \"/usr/bin/where me\"\n hostname = d.example.org\n }\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0].names == Names{"a.example.org"});
  CHECK(found[0].ipv4.source == web);
  CHECK(found[0].ipv6.source == web);
  CHECK(found[0].ipv6.setting == "allow-ipv6=true");
  CHECK(found[0].ipv6.line == 2);
  CHECK(found[1].names == Names{"b.example.org", "c.example.org"});
  CHECK(found[1].ipv6.source == interface);
  CHECK(found[1].ipv6.interface == "eth0");
  CHECK(found[1].ipv6.setting == "iface=eth0");
  CHECK(found[1].ipv6.line == 6);
  CHECK(found[1].ipv6.skips_temporary == false);
  CHECK(found[1].ipv4.source == none);
  CHECK(found[2].ipv4.source == command);
  CHECK(found[2].names == Names{"d.example.org"});
}

TEST_CASE("inadyn publishes no IPv6 unless it is told to, and takes what it includes") {
  auto found = inadyn("provider freedns { hostname = a.example.org }");
  REQUIRE(found.size() == 1);
  CHECK(found[0].ipv6.source == none);
  found = inadyn("allow-ipv6 = yes\ninclude(\"/etc/inadyn.more\")\n", {{"/etc/inadyn.more", "\n\niface = eth1\nprovider x { hostname = b.example.org }"}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].ipv6.interface == "eth1");
  CHECK(found[0].ipv6.line == 0);   // of another file
  found = inadyn("include(\"self\")", {{"self", "include(\"self\")\nprovider x { hostname = c.example.org }"}});
  CHECK(found.size() == 1);
}

TEST_CASE("ddns-updater asks how it is seen, unless it is given the last bits") {
  const auto found = read_ddns_updater(R"({"settings": [
      {"provider": "desec", "domain": "example.org", "host": "@,www", "ip_version": "ipv6", "token": "secret.example.com"},
      {"provider": "desec", "domain": "pi.example.org", "ip_version": "ipv6", "ipv6_suffix": "::42/64", "token": "x"},
      {"provider": "duckdns", "host": "pi", "ip_version": "ipv4", "token": "y"}]})");
  REQUIRE(found.size() == 3);
  CHECK(found[0].names == Names{"example.org", "www.example.org"});
  CHECK(found[0].ipv4.source == none);
  CHECK(found[0].ipv6.source == web);
  CHECK(found[1].ipv6.source == literal);
  CHECK(found[2].names == Names{"pi.duckdns.org"});
  CHECK(found[2].ipv4.source == web);
  CHECK(found[2].ipv6.source == none);
}

TEST_CASE("dynv6's script takes the first address of the interface that it is called with") {
  const auto found = read_update_script(dynv6_script, {"token=geheim", "Home.dynv6.net", "eth0"});
  REQUIRE(found);
  CHECK(found->program == "dynv6");
  CHECK(found->names == Names{"home.dynv6.net"});
  CHECK(found->ipv6 == Published{.source = interface, .interface = "eth0", .setting = "ip -6 addr", .line = 12, .skips_temporary = false});
  CHECK(found->ipv4.source == web);
}

TEST_CASE("a script that leaves temporary addresses out is told apart") {
  const auto found = read_update_script("#!/bin/sh\nip6=$(ip -6 addr show dev wlan0 scope global -temporary -deprecated | awk '/inet6/{print $2}')\n"
                                        "curl -s \"https://update6.dedyn.io/?hostname=pi.dedyn.io&myipv6=$ip6\" -u login:secret\n", {});
  REQUIRE(found);
  CHECK(found->program == "curl");
  CHECK(found->names == Names{"pi.dedyn.io"});
  CHECK(found->ipv4.source == none);
  CHECK(found->ipv6 == Published{.source = interface, .interface = "wlan0", .setting = "ip -6 addr", .line = 2, .skips_temporary = true});
}

TEST_CASE("an update URL says which address it publishes") {
  struct Row {
    const char* line;
    AddressSource ipv4, ipv6;
    Names names;
  };
  const Row rows[] = {
      {"curl -s 'https://www.duckdns.org/update?domains=pi,nas&token=0815&ip='", web, none, {"pi.duckdns.org", "nas.duckdns.org"}},
      {"echo url=\"https://www.duckdns.org/update?domains=pi&token=0815&ip=\" | curl -k -o ~/duckdns/duck.log -K -", web, none, {"pi.duckdns.org"}},
      {"curl -6 -fsS \"https://dynv6.com/api/update?zone=pi.dynv6.net&token=0815&ipv6=auto\"", none, web, {"pi.dynv6.net"}},
      {"curl https://ipv4.dynv6.com/api/update -G -d ipv4=auto -d token=0815 -d hostname=pi.dynv6.net", web, none, {"pi.dynv6.net"}},
      {"wget -q -O- --user x --password y 'https://dyndns.strato.com/nic/update?hostname=example.org&myip=192.0.2.7'", literal, none, {"example.org"}},
      {"curl -4 https://ipv64.net/nic/update?key=0815&domain=pi.ipv64.net", web, none, {"pi.ipv64.net"}},
      {"curl https://update.dedyn.io/?hostname=pi.dedyn.io", web, web, {"pi.dedyn.io"}},
  };
  for (const auto& row : rows) {
    INFO(row.line);
    const auto found = read_update_script(row.line, {});
    REQUIRE(found);
    CHECK(found->ipv4.source == row.ipv4);
    CHECK(found->ipv6.source == row.ipv6);
    CHECK(found->names == row.names);
  }
  CHECK_FALSE(read_update_script("curl https://example.org/update?hostname=pi.example.org", {}));
  CHECK_FALSE(read_update_script("# curl https://www.duckdns.org/update?domains=pi", {}));
}

TEST_CASE("what runs is told from the processes, from systemd and from cron") {
  Pi pi;
  pi.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
  CHECK(pi.only().active == false);
  CHECK(pi.only().unit.empty());
  pi.files["/lib/systemd/system/ddclient.service"] = "[Unit]\n";
  CHECK(pi.only().unit == "ddclient.service");
  pi.files["/etc/cron.d/own"] = "*/5 * * * * root /usr/sbin/ddclient -daemon=0\n";
  pi.folders["/etc/cron.d"] = {"own"};
  CHECK(pi.only().started_by == StartedBy::cron);
  pi.processes.names.insert("ddclient - slee");
  CHECK(pi.only().active == true);
  CHECK(pi.only().started_by == StartedBy::daemon);
  pi.processes = {{}, false};
  pi.folders["/etc/cron.d"].clear();
  CHECK(pi.only().active == std::nullopt);
  pi.folders["/run/systemd/units"] = {"invocation:ddclient.service"};
  CHECK(pi.only().active == true);
}

TEST_CASE("a file that root alone may read is told of where its program runs, without what it says") {
  Pi pi;
  pi.network.guarded = {"/etc/ddclient.conf"};
  CHECK(pi.look().empty());
  pi.processes.names.insert("ddclient");
  CHECK_FALSE(pi.only().readable);
  CHECK(pi.only().ipv6.source == unknown);
}

TEST_CASE("cron calls a script, which is the file to edit") {
  Pi pi;
  pi.folders["/var/spool/cron/crontabs"] = {"pi"};
  pi.files["/var/spool/cron/crontabs/pi"] = "MAILTO=pi\n# m h\n*/5 * * * * token=geheim ~/dynv6.sh home.dynv6.net eth0 >/dev/null 2>&1\n";
  pi.files["/home/pi/dynv6.sh"] = dynv6_script;
  const auto updater = pi.only();
  CHECK(updater.program == "dynv6");
  CHECK(updater.file == "/home/pi/dynv6.sh");
  CHECK(updater.names == Names{"home.dynv6.net"});
  CHECK(updater.ipv6.interface == "eth0");
  CHECK(updater.started_by == StartedBy::cron);
  CHECK(updater.active == true);
  pi.processes.names.erase("cron");
  CHECK(pi.only().active == false);
}

TEST_CASE("a line of cron that fetches the URL itself is named by its number") {
  Pi pi;
  pi.files["/etc/crontab"] = "SHELL=/bin/sh\n\n@hourly root curl -s -6 'https://dynv6.com/api/update?zone=pi.dynv6.net&token=0815&ipv6=auto'\n";
  const auto updater = pi.only();
  CHECK(updater.file == "/etc/crontab");
  CHECK(updater.program == "curl");
  CHECK(updater.ipv6 == Published{.source = web, .setting = "ipv6=auto", .line = 3});
}

TEST_CASE("a unit with a timer is called by it, once that is enabled") {
  Pi pi;
  const std::string folder = "/etc/systemd/system";
  pi.folders[folder] = {"dyn.service", "dyn.timer"};
  pi.files[folder + "/dyn.service"] = "[Service]\nType=oneshot\nExecStart=-/usr/bin/curl -s \"https://www.duckdns.org/update?domains=pi&token=0815&ip=\"\n";
  pi.folders["/run/systemd/units"] = {"invocation:cron.service"};
  CHECK(pi.only().active == false);
  pi.folders[folder + "/timers.target.wants"] = {"dyn.timer"};
  const auto updater = pi.only();
  CHECK(updater.active == true);
  CHECK(updater.unit == "dyn.timer");
  CHECK(updater.started_by == StartedBy::timer);
  CHECK(updater.file == folder + "/dyn.service");
  CHECK(updater.ipv4.line == 3);
}

TEST_CASE("of all these files no secret is kept") {
  Pi pi;
  pi.files["/etc/ddclient.conf"] = "login=LOGIN1\npassword='SECRET1.example.com'\nusev6=cmdv6, cmdv6='SECRET2 -p x'\nserver=SECRET3.example.com\n"
                                   "home.example.org LOGIN2 SECRET4.example.com\nusev6=\"SECRET5 x\"\nb.example.org\n";
  pi.files["/etc/inadyn.conf"] = "allow-ipv6=true\nprovider x { username = LOGIN3\npassword = SECRET6.example.com\ncheckip-command=\"SECRET7\"\nhostname = c.example.org }";
  pi.files["/etc/ddns-updater/config.json"] = R"({"settings":[{"domain":"d.example.org","token":"SECRET8","ipv6_suffix":"SECRET9"}]})";
  pi.files["/etc/crontab"] = "* * * * * root token=SECRET10 /opt/dynv6.sh e.dynv6.net\n"
                             "* * * * * root curl 'https://LOGIN4:SECRET11@dyndns.strato.com/nic/update?hostname=f.example.org&myip=SECRET12'\n";
  pi.files["/opt/dynv6.sh"] = dynv6_script;
  const auto found = pi.look();
  CHECK(found.size() == 6);
  for (const auto& updater : found) {
    std::string all = updater.program + updater.file + updater.unit + updater.ipv4.setting + updater.ipv4.interface + updater.ipv6.setting + updater.ipv6.interface;
    for (const auto& name : updater.names) all += name;
    INFO(all);
    CHECK(lower(all).find("secret") == std::string::npos);
    CHECK(lower(all).find("login") == std::string::npos);
  }
}

TEST_CASE("hostile files are read within bounds") {
  std::string hosts, nested, braces;
  for (int i = 0; i < 5000; ++i) {
    hosts += "usev6=webv6, web=w" + std::to_string(i) + " h" + std::to_string(i) + ".example.org,\n";
    nested += "{\"settings\":[";
    braces += "provider x { hostname = { ";
  }
  for (const auto& updater : read_ddclient(hosts)) CHECK(updater.names.size() <= 32);
  CHECK(read_ddclient(hosts).size() <= 8);
  CHECK(read_ddns_updater(nested).empty());
  CHECK(inadyn(braces).size() <= 16);
  for (const char* text : {"", "\\", "=", "usev6=", "usev6='", "\"", "usev6=webv6\\", ",,,", "a=b=c", "provider", "provider x {", "include(", "include(\"", "= {", "{}", "[]", "{\"settings\":{}}", "{\"settings\":[1]}",
                           "curl https://www.duckdns.org/update?domains=", "curl https://www.duckdns.org/update?domains=$", "curl https://www.duckdns.org/update?domains=${a&ip=$ip", "a=$a\ncurl dynv6.com/api/update?zone=$a"}) {
    INFO(text);
    CHECK(read_ddclient(text).size() <= 1);
    CHECK(inadyn(text).size() <= 1);
    CHECK(read_ddns_updater(text).empty());
    if (const auto found = read_update_script(text, {})) CHECK(found->names.empty());
  }
  Pi pi;
  std::string table;
  for (int i = 0; i < 300; ++i) table += "* * * * * root curl 'https://www.duckdns.org/update?domains=pi&ip='\n* * * * *\n@daily\n*\n";
  pi.files["/etc/crontab"] = table;
  CHECK(pi.look().size() == 16);
}

TEST_CASE("names that no DNS service takes are not kept") {
  for (const char* word : {"", "localhost", "192.0.2.1", "a..b.org", ".example.org", "ex ample.org", "$name", "a/b.org", "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4", "x;reboot.org", "a.b1"}) {
    INFO(word);
    CHECK(host_name(word).empty());
  }
  CHECK(host_name("Pi.Example.ORG.") == "pi.example.org");
  CHECK(host_name("*.example.xn--p1ai") == "*.example.xn--p1ai");
  CHECK(interface_name("eth0; reboot").empty());
  CHECK(interface_name("-x").empty());
  CHECK(interface_name("averyveryverylongname").empty());
  CHECK(interface_name("enp3s0.7") == "enp3s0.7");
}
