/// Daemons that are told to read another file than the usual one, by whoever starts them.
#include "updater_pi.hpp"

using namespace ringback;
using namespace ringback::host;
using namespace ringback::test;
using enum ringback::host::AddressSource;

namespace {

constexpr auto usual = "/etc/ddclient.conf", other = "/etc/ddclient-home.conf";
constexpr auto as_seen = "usev6=webv6\nhome.example.org\n", of_interface = "usev6=ifv6, ifv6=eth0\nother.example.org\n";
const std::string units = "/etc/systemd/system";

const Updater& with_file(const std::vector<Updater>& found, const std::string& file) {
  const auto updater = std::ranges::find(found, file, &Updater::file);
  INFO(file);
  REQUIRE(updater != found.end());
  return *updater;
}

}  // namespace

TEST_CASE("cron calls a daemon with another file, which says nothing of the usual one") {
  Pi pi;
  pi.files[usual] = of_interface;
  pi.files[other] = as_seen;
  pi.files["/etc/crontab"] = "*/5 * * * * root /usr/sbin/ddclient -daemon=0 -file /etc/ddclient-home.conf >/dev/null\n";
  const auto found = pi.look();
  REQUIRE(found.size() == 2);
  const auto& called = with_file(found, other);
  CHECK(called.program == "ddclient");
  CHECK(called.names == std::vector<std::string>{"home.example.org"});
  CHECK(called.ipv6 == Published{.source = web, .setting = "usev6=webv6", .line = 1});
  CHECK(called.started_by == StartedBy::cron);
  CHECK(called.active == true);
  CHECK(with_file(found, usual).active == false);
  pi.files["/etc/crontab"] = "*/5 * * * * root /usr/sbin/ddclient -daemon=0 -file /etc/ddclient.conf\n";
  CHECK(pi.only().active == true);
}

TEST_CASE("what a user's daemon reads, and what that includes, is read with his rights") {
  Pi pi;
  pi.folders["/var/spool/cron/crontabs"] = {"pi"};
  pi.files["/var/spool/cron/crontabs/pi"] = "@reboot inadyn -f ~/inadyn.conf\n@reboot ddclient -file /home/pi/secret.conf\n";
  pi.files["/home/pi/inadyn.conf"] = "include(\"/home/pi/more.conf\")\n";
  pi.files["/home/pi/more.conf"] = "provider x { hostname = home.example.org }";
  pi.network.guarded = {"/home/pi/secret.conf"};   // what he may not read, his daemon may not either
  const auto updater = pi.only();
  CHECK(updater.program == "inadyn");
  CHECK(updater.file == "/home/pi/inadyn.conf");
  CHECK(updater.names == std::vector<std::string>{"home.example.org"});
  CHECK(pi.read_of_others() == std::vector<std::string>{"own /var/spool/cron/crontabs/root*", "own /var/spool/cron/crontabs/pi*",
                                                        "pi /home/pi/inadyn.conf", "pi /home/pi/more.conf", "pi /home/pi/secret.conf"});
}

TEST_CASE("a unit starts a daemon with another file: the process that runs is that one's") {
  struct Row {
    const char* place;
    const char* text;
  };
  const Row rows[] = {
      {"/etc/systemd/system/ddclient.service", "[Service]\nExecStart=/usr/bin/ddclient -foreground -file /etc/ddclient-home.conf\n"},
      {"/usr/lib/systemd/system/ddclient.service", "[Service]\nExecStart=-/usr/bin/ddclient -foreground --file=/etc/ddclient-home.conf\n"},
      {"/lib/systemd/system/ddclient.service",
       "[Service]\nExecStart=/usr/bin/ddclient \\\n# on two lines\n  -file /etc/ddclient-home.conf\n"},
      {"/lib/systemd/system/ddclient.service",
       "[Service]\nEnvironment=A=1 \"OPTIONS=-daemon 300 -file /etc/ddclient-home.conf\"\nExecStart=/usr/bin/ddclient $OPTIONS\n"},
      {"/lib/systemd/system/ddclient.service",
       "[Service]\nEnvironment=FILE=/etc/nothing\nEnvironmentFile=-/etc/default/ddclient\nExecStart=/usr/bin/ddclient -file ${FILE}\n"},
      {"/etc/systemd/system/ddclient.service.d/override.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/ddclient -file /etc/ddclient-home.conf\n"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    Pi pi;
    pi.processes.names.insert("ddclient - slee");
    pi.files["/etc/default/ddclient"] = "FILE=\"/etc/ddclient-home.conf\"\n";
    pi.files["/lib/systemd/system/ddclient.service"] = "[Service]\nExecStart=/usr/bin/ddclient -daemon 300\n";
    pi.files[row.place] = row.text;
    pi.folders[units + "/ddclient.service.d"] = {"README", "override.conf"};
    pi.folders["/run/systemd/units"] = {"invocation:ddclient.service"};
    pi.files[usual] = of_interface;
    pi.files[other] = as_seen;
    const auto found = pi.look();
    REQUIRE(found.size() == 2);
    const auto& started = with_file(found, other);
    CHECK(started.program == "ddclient");
    CHECK(started.started_by == StartedBy::daemon);
    CHECK(started.unit == "ddclient.service");
    CHECK(started.active == true);
    CHECK(with_file(found, usual).active == std::nullopt);
    CHECK(with_file(found, usual).unit.empty());
    pi.folders["/run/systemd/units"] = {"invocation:cron.service"};   // the unit does not run: the process is somebody else's
    CHECK(with_file(pi.look(), other).active == false);
    CHECK(with_file(pi.look(), usual).active == true);
  }
}

TEST_CASE("a unit of root's own starts a daemon with another file, beside the usual one") {
  Pi pi;
  pi.processes.names.insert("ddclient");
  pi.folders[units] = {"home.service", "home.timer"};
  pi.folders[units + "/timers.target.wants"] = {"home.timer"};
  pi.files[units + "/home.service"] = "[Service]\nType=oneshot\nExecStart=/usr/bin/ddclient -daemon=0 -file /etc/ddclient-home.conf\n";
  pi.files[usual] = of_interface;
  pi.files[other] = as_seen;
  const auto found = pi.look();
  CHECK(with_file(found, other).started_by == StartedBy::timer);
  CHECK(with_file(found, other).unit == "home.timer");
  CHECK(with_file(found, other).active == true);
  CHECK(with_file(found, usual).active == true);   // what a timer calls does not stay, so the process is the usual one
}

TEST_CASE("a template is as many updaters as it has instances, each with a file of its own") {
  Pi pi;
  pi.folders[units] = {"ddclient@.service", "dyn@.service", "dyn@.timer"};
  pi.files[units + "/ddclient@.service"] = "[Service]\nExecStart=/usr/bin/ddclient -foreground -file /etc/ddclient-%i.conf -cache /var/cache/%i\n";
  pi.files[units + "/dyn@.service"] = "[Service]\nType=oneshot\nEnvironmentFile=/etc/dyn/%I.env\nExecStart=/opt/dyn.sh %i.example.org eth0\n";
  pi.files["/opt/dyn.sh"] = "#!/bin/sh\nA=$(ip -6 addr show scope global | head -n 1)\ncurl \"https://update6.dedyn.io/?hostname=$1&myipv6=$A\"\n";
  pi.files[other] = as_seen;
  pi.files["/etc/ddclient-office.conf"] = of_interface;
  CHECK(pi.look().empty());   // no instance
  pi.known.names.emplace_back("attic.example.org");
  pi.folders[units + "/multi-user.target.wants"] = {"ddclient@home.service", "ddclient@.service", "ddclient@$(reboot).service", "cron.service"};
  pi.folders[units + "/timers.target.wants"] = {"dyn@attic.timer"};
  pi.folders["/run/systemd/units"] = {"invocation:ddclient@home.service", "invocation:ddclient@office.service", "invocation:cron.service"};
  const auto found = pi.look();
  REQUIRE(found.size() == 3);
  const auto& home = with_file(found, other);
  CHECK(home.unit == "ddclient@home.service");
  CHECK(home.started_by == StartedBy::daemon);
  CHECK(home.active == true);
  CHECK(with_file(found, "/etc/ddclient-office.conf").unit == "ddclient@office.service");
  const auto& attic = with_file(found, "/opt/dyn.sh");
  CHECK(attic.unit == "dyn@attic.timer");
  CHECK(attic.started_by == StartedBy::timer);
  CHECK(attic.active == true);
  CHECK(attic.names == std::vector<std::string>{"attic.example.org"});
  for (int i = 0; i < 100; ++i) pi.folders["/run/systemd/units"].push_back("invocation:ddclient@x" + std::to_string(i) + ".service");
  CHECK(pi.look().size() == 3);   // four instances at most are looked at, and two of them have a file
}

TEST_CASE("an init script starts a daemon with another file, where no unit stands in its place") {
  struct Row {
    const char* program;
    const char* script;
    const char* defaults;
  };
  const Row rows[] = {
      {"ddclient", "daemon_interval=300\nPIDFILE=/var/run/ddclient.pid\nOPTIONS=\"-daemon $daemon_interval -file /etc/ddclient-home.conf -pid $PIDFILE\"\n", ""},
      {"ddclient", "OPTIONS=\"-daemon 300\"\n", "OPTIONS=\"-daemon 300 -file /etc/ddclient-home.conf\"\n"},
      {"inadyn", "CONFIG=/etc/inadyn.conf\nDAEMON_ARGS=\"--config $CONFIG\"\n", "CONFIG='/etc/ddclient-home.conf'\n"},
  };
  for (const auto& row : rows) {
    INFO(row.script << row.defaults);
    Pi pi;
    const std::string program = row.program;
    pi.files["/etc/init.d/" + program] = row.script;
    pi.files["/etc/default/" + program] = row.defaults;
    pi.files[other] = program == "inadyn" ? "provider x { hostname = home.example.org }" : as_seen;
    CHECK(pi.only().file == other);
    CHECK(pi.only().active == false);
    pi.processes.names.insert(program);
    CHECK(pi.only().program == program);
    CHECK(pi.only().started_by == StartedBy::daemon);
    CHECK(pi.only().active == true);
    pi.files["/etc/" + program + ".conf"] = program == "inadyn" ? "provider x { hostname = other.example.org }" : of_interface;
    CHECK(with_file(pi.look(), "/etc/" + program + ".conf").active == std::nullopt);   // the process is the other one's
    pi.files["/lib/systemd/system/" + program + ".service"] = "[Service]\nExecStart=/usr/bin/" + program + " -daemon 300\n";
    CHECK(pi.only().file == "/etc/" + program + ".conf");
  }
}

TEST_CASE("another file that root alone may read is told of where its daemon runs") {
  Pi pi;
  pi.network.guarded = {other};
  pi.files["/lib/systemd/system/ddclient.service"] = "[Service]\nExecStart=/usr/bin/ddclient -file /etc/ddclient-home.conf\n";
  pi.folders["/run/systemd/units"] = {"invocation:cron.service"};
  CHECK(pi.look().empty());
  pi.folders["/run/systemd/units"] = {"invocation:ddclient.service"};
  CHECK(pi.only().file == other);
  CHECK_FALSE(pi.only().readable);
}

TEST_CASE("a process of root's tells with which file it was started, and nobody else's does") {
  Pi pi;
  const auto process = [&](const std::string& pid, const std::string& uids, const std::string& file) {
    pi.folders["/proc"].push_back(pid);
    pi.files["/proc/" + pid + "/comm"] = "inadyn\n";
    pi.files["/proc/" + pid + "/stat"] = pid + " (inadyn) S 1\n";
    pi.files["/proc/" + pid + "/status"] = "Name:\tinadyn\nUid:\t" + uids + "\nGid:\t0\t0\t0\t0\n";
    auto& words = pi.files["/proc/" + pid + "/cmdline"];
    for (const std::string word : {"/usr/sbin/inadyn", "-n", "-f", file.c_str()}) words += word + '\0';
  };
  pi.processes.names.insert("inadyn");
  process("77", "0\t0\t0\t0", "/etc/inadyn-home.conf");
  process("78", "1000\t0\t0\t0", "/etc/inadyn-mallory.conf");
  process("79", "1000\t1000\t1000\t1000", "/etc/inadyn-mallory.conf");
  process("80", "0\t0\t0\t0", "/dev/watchdog");
  for (const auto* name : {"home", "mallory"})
    pi.files["/etc/inadyn-" + std::string(name) + ".conf"] = "provider x { hostname = " + std::string(name) + ".example.org }";
  pi.files["/etc/inadyn.conf"] = "provider x { hostname = usual.example.org }";
  const auto found = pi.look();
  REQUIRE(found.size() == 2);
  const auto& started = with_file(found, "/etc/inadyn-home.conf");
  CHECK(started.program == "inadyn");
  CHECK(started.started_by == StartedBy::daemon);
  CHECK(started.active == true);
  CHECK(with_file(found, "/etc/inadyn.conf").active == std::nullopt);
  CHECK(pi.read_of_others() == std::vector<std::string>{"own /var/spool/cron/crontabs/root*", "own /etc/inadyn-home.conf"});
  process("81", "0\t0\t0\t0", "/etc/inadyn.conf");
  CHECK(with_file(pi.look(), "/etc/inadyn.conf").active == true);
}
