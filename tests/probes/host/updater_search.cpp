/// Where updaters are looked for, with whose rights, and in which order.
#include <algorithm>
#include <set>

#include "probes/host/updaters.hpp"
#include "scripts.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::host;
using namespace ringback::test;
using enum ringback::host::AddressSource;

namespace {

using Names = std::vector<std::string>;

/// Files that root alone may read are not there for others. Each file may take its time.
struct GuardedNetwork : ScriptedNetwork {
  explicit GuardedNetwork(const FakeClock& its_clock) : ScriptedNetwork(its_clock), time(its_clock) {}
  const FakeClock& time;
  std::set<std::string> guarded;
  std::chrono::milliseconds each_takes{0};
  std::vector<io::ForeignFile> foreign;   ///< that were read
  Expected<std::string> read_file(const std::string& path, std::size_t limit) override {
    time.advance(each_takes);
    if (guarded.contains(path)) return failure(Errc::not_permitted, "read " + path + ": Permission denied");
    return ScriptedNetwork::read_file(path, limit);
  }
  Expected<std::string> read_foreign_file(const io::ForeignFile& file, Deadline deadline) override {
    CHECK(deadline.at <= time.now() + milliseconds(250));
    foreign.push_back(file);
    return read_file(file.path, file.limit);
  }
};

struct Pi {
  FakeClock clock;
  GuardedNetwork network{clock};
  ScriptedRandom random;
  Processes processes{{"systemd", "cron"}, true};
  Familiar known{.names = {"home.example.org"}, .interfaces = {"lo", "eth0"}};
  std::map<std::string, std::string>& files = network.host.files;
  std::map<std::string, std::vector<std::string>>& folders = network.host.directories;

  FoundUpdaters find() { return find_updaters({network, clock, random}, processes, known, {clock.now() + seconds(10)}); }
  std::vector<Updater> look() { return find().updaters; }
  Updater only() {
    const auto found = look();
    REQUIRE(found.size() == 1);
    return found.front();
  }
  /// As "READER path", a star where a link in the last place is not followed.
  [[nodiscard]] std::vector<std::string> read_of_others() const {
    std::vector<std::string> all;
    for (const auto& file : network.foreign)
      all.push_back((file.reader.empty() ? "own" : file.reader) + " " + file.path + (file.follow_link ? "" : "*"));
    return all;
  }
};

const std::string crontabs = "/var/spool/cron/crontabs";

}  // namespace

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
  pi.files["/etc/crontab"] += "* * * * * pi ~/dyn.sh g.example.org SECRET13\n* * * * * pi ~/strato.sh my.login6 SECRET14.Passphrase\n";
  pi.files["/home/pi/dyn.sh"] = "A=$(ip -6 addr show scope global | head -n 1)\ncurl \"https://update6.dedyn.io/?hostname=$1&myipv6=$A\"\n";
  pi.files["/home/pi/strato.sh"] = "h=$(cat name)\ncurl -u \"$1:$2\" \"https://dyndns.strato.com/nic/update?hostname=$h&myip=\"\n";
  const auto found = pi.look();
  CHECK(found.size() == 8);
  for (const auto& updater : found) {
    std::string all = updater.program + updater.file + updater.unit;
    for (const auto* way : {&updater.ipv4, &updater.ipv6}) all += way->setting + way->interface + way->parameter;
    for (const auto& name : updater.names) all += name;
    INFO(all);
    CHECK(lower(all).find("secret") == std::string::npos);
    CHECK(lower(all).find("login") == std::string::npos);
  }
}

TEST_CASE("a table of hostile lines is read within bounds") {
  Pi pi;
  std::string table;
  for (int i = 0; i < 300; ++i) table += "* * * * * root curl 'https://www.duckdns.org/update?domains=pi&ip='\n* * * * *\n@daily\n*\n";
  pi.files["/etc/crontab"] = table;
  CHECK(pi.look().size() == 8);
}

TEST_CASE("what a line names is read with the rights of whoever runs it, and no path that goes up again is followed") {
  Pi pi;
  pi.files["/etc/crontab"] = "* * * * * www /opt/c.sh\n";
  pi.folders[crontabs] = {"pi", "root"};
  pi.files[crontabs + "/root"] = "* * * * * /opt/b.sh\n";
  pi.files[crontabs + "/pi"] = "* * * * * /opt/a.sh\n* * * * * /etc/../dev/watchdog\n* * * * * ~/..\n* * * * * //dev/watchdog\n"
                               "* * * * * /dev/watchdog\n";
  CHECK(pi.look().empty());
  CHECK(pi.read_of_others() ==
        Names{"www /opt/c.sh", "own " + crontabs + "/root*", "own /opt/b.sh", "own " + crontabs + "/pi*", "pi /opt/a.sh"});
}

TEST_CASE("a file in a container's volume is no link to elsewhere") {
  Pi pi;
  pi.folders["/var/lib/docker/volumes"] = {"ddns-updater", "metadata.db"};
  const std::string file = "/var/lib/docker/volumes/ddns-updater/_data/config.json";
  pi.files[file] = R"({"settings":[{"domain":"home.example.org"}]})";
  CHECK(pi.only().file == file);
  CHECK(std::ranges::find(pi.network.foreign, io::ForeignFile{.path = file, .limit = 64 * 1024, .follow_link = false}) != pi.network.foreign.end());
}

TEST_CASE("no user of this host hides what root has set up, or what another user has") {
  Pi pi;
  pi.processes.names.insert("ddclient");
  pi.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
  pi.folders[crontabs] = {"mallory", "pi", "root"};
  auto& hostile = pi.files[crontabs + "/mallory"];
  for (int i = 0; i < 100; ++i)
    hostile += "* * * * * /m/" + std::to_string(i) + "\n* * * * * curl -6 'https://dynv6.com/api/update?zone=home.example.org&ipv6=auto'\n";
  pi.files[crontabs + "/pi"] = "* * * * * curl -6 'https://dynv6.com/api/update?zone=pi.dynv6.net&ipv6=auto'\n";
  pi.files[crontabs + "/root"] = "* * * * * curl -6 'https://dynv6.com/api/update?zone=root.dynv6.net&ipv6=auto'\n";
  const auto found = pi.look();
  REQUIRE(found.size() == 7);
  CHECK(found[0].program == "ddclient");
  CHECK(found[1].names == Names{"root.dynv6.net"});
  CHECK(found[6].names == Names{"pi.dynv6.net"});
  CHECK(std::ranges::count(pi.network.foreign, std::string("mallory"), &io::ForeignFile::reader) == 8);
}

TEST_CASE("that a user's crontab calls a daemon says nothing of root's file") {
  Pi pi;
  pi.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
  pi.folders[crontabs] = {"mallory"};
  pi.files[crontabs + "/mallory"] = "* * * * * /usr/sbin/ddclient\n";
  pi.files["/etc/crontab"] = "* * * * * mallory /usr/sbin/ddclient\n";
  CHECK(pi.only().active == false);
  pi.files["/etc/crontab"] += "* * * * * root /usr/sbin/ddclient\n";
  CHECK(pi.only().active == true);
}

TEST_CASE("the search ends with the run's deadline, and says so") {
  Pi pi;
  pi.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
  CHECK(pi.find().all);
  const auto start = pi.clock.now();
  const auto at_once = find_updaters({pi.network, pi.clock, pi.random}, pi.processes, pi.known, {start});
  CHECK_FALSE(at_once.all);
  CHECK(at_once.updaters.empty());
  CHECK(pi.clock.now() == start);
  pi.network.each_takes = milliseconds(900);   // a disk, or a server, that hardly answers
  CHECK_FALSE(pi.find().all);
  CHECK(pi.clock.now() - start < seconds(3));
}
