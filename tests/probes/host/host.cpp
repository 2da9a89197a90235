#include "probes/host/host.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/host/text.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::host;
using namespace ringback::test;

namespace {

Address ip(const char* text) { return Address::parse(text).value(); }

/// A Raspberry Pi behind a home router, with both families.
struct Home {
  FakeClock clock;
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  Duration within = std::chrono::seconds(10);
  Instant start = clock.now();

  Home() {
    network.host.interfaces = std::vector<Interface>{
        {.index = 1, .name = "lo", .up = true, .loopback = true},
        {.index = 2, .name = "eth0", .up = true, .addresses = {{.address = ip("192.168.1.5"), .prefix_length = 24}}},
        {.index = 3, .name = "wlan0", .up = false}};
    network.host.routes = std::vector<Route>{
        {.destination = Prefix::parse("0.0.0.0/0").value(), .gateway = ip("192.168.1.1"), .interface = "eth0", .protocol = "dhcp"},
        {.destination = Prefix::parse("192.168.1.0/24").value(), .interface = "eth0", .protocol = "kernel"},
        {.destination = Prefix::parse("::/0").value(), .gateway = ip("fe80::1"), .interface = "eth0", .protocol = "ra"}};
    network.host.neighbours = std::vector<Neighbour>{{ip("192.168.1.1"), "eth0", MacAddress::parse("02:00:00:00:00:01").value(), false}};
    network.host.default_ipv4 = RouteLookup{.source = ip("192.168.1.5"), .gateway = ip("192.168.1.1"), .interface = "eth0"};
    network.host.default_ipv6 = RouteLookup{.source = ip("2001:db8::5"), .gateway = ip("fe80::1"), .interface = "eth0"};
    auto& files = network.host.files;
    files["/proc/sys/kernel/hostname"] = "raspberrypi\n";
    files["/proc/sys/kernel/osrelease"] = "6.1.0-rpi7-rpi-v8\n";
    files["/etc/os-release"] = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\n";
    files["/proc/self/status"] = "Name:\tringback\nCapEff:\t0000000000002000\nCapBnd:\t000001ffffffffff\n";
    runs("1", "systemd");
  }
  void runs(const std::string& pid, const std::string& name) {
    network.host.directories["/proc"].push_back(pid);
    network.host.files["/proc/" + pid + "/stat"] = pid + " (" + name + ") S 1\n";
  }
  Evidence look(const std::optional<std::string>& interface = std::nullopt, const std::vector<std::string>& names = {}) {
    const Deadline deadline{clock.now() + within};
    auto evidence = observe_tables(interface, {network, clock, random}, deadline);
    if (!evidence) FAIL(evidence.error().what);
    observe_programs(names, {network, clock, random}, deadline, *evidence);
    return *evidence;
  }
};

}  // namespace

TEST_CASE("a host behind a home router says how it reaches the internet") {
  Home home;
  const auto evidence = home.look();
  CHECK(evidence.host_name == "raspberrypi");
  CHECK(evidence.ipv4 == Uplink{"eth0", ip("192.168.1.1"), MacAddress::parse("02:00:00:00:00:01").value(), "eth0", false});
  CHECK(evidence.ipv6 == Uplink{"eth0", ip("fe80::1"), std::nullopt, "eth0", false});
  REQUIRE(evidence.lookups.size() == 2);
  CHECK(evidence.lookups[0].destination == far_away(Family::ipv4));
  CHECK(evidence.lookups[1].destination == far_away(Family::ipv6));
  CHECK(evidence.interfaces.size() == 3);
  CHECK(evidence.routes.size() == 3);
  CHECK(evidence.troubles.empty());
  CHECK(home.network.sent.empty());
  CHECK(home.network.connected.empty());
}

TEST_CASE("the destination of the look-ups is what its name says") {
  CHECK(far_away(Family::ipv4).to_string() == "198.41.0.4");
  CHECK(far_away(Family::ipv6).to_string() == "2001:503:ba3e::2:30");
}

TEST_CASE("a family without a route is absent, which is no trouble") {
  Home home;
  home.network.host.default_ipv6.reset();
  const auto evidence = home.look();
  CHECK(evidence.ipv4);
  CHECK_FALSE(evidence.ipv6);
  CHECK(evidence.lookups.size() == 1);
  CHECK(evidence.troubles.empty());
}

TEST_CASE("a table that cannot be read is a trouble; without the interfaces the probe cannot work") {
  Home home;
  home.network.host.routes = failure(Errc::failed, "list routes: Input/output error");
  home.network.host.neighbours = failure(Errc::failed, "list neighbours: Input/output error");
  CHECK(home.look().troubles == std::vector<std::string>{"list routes: Input/output error", "list neighbours: Input/output error"});
  home.network.host.interfaces = failure(Errc::failed, "list interfaces: Input/output error");
  CHECK_FALSE(observe_tables(std::nullopt, {home.network, home.clock, home.random}, {home.clock.now() + home.within}));
}

TEST_CASE("an interface that the user names and that is not there is named in the troubles") {
  Home home;
  const auto evidence = home.look("enp9s0");
  CHECK_FALSE(evidence.ipv4);
  CHECK(evidence.troubles == std::vector<std::string>{"there is no interface enp9s0"});
}

TEST_CASE("Raspberry Pi OS is told by the file that it leaves, whatever it calls itself") {
  Home home;
  CHECK_FALSE(home.look().system.raspberry_pi_os);
  home.network.host.files["/etc/rpi-issue"] = "Raspberry Pi reference 2023-10-10\n";
  CHECK(home.look().system.raspberry_pi_os);
  home.network.host.files.erase("/etc/rpi-issue");
  home.network.host.files["/etc/os-release"] = "ID=raspbian\n";
  CHECK(home.look().system.raspberry_pi_os);
}

TEST_CASE("each release of Raspberry Pi OS is told by its own files, and Debian is not taken for one") {
  const auto release = [](const char* number, const char* codename) {
    return fmt::format("PRETTY_NAME=\"Debian GNU/Linux {0} ({1})\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"{0}\"\nVERSION=\"{0} ({1})\"\n"
                       "VERSION_CODENAME={1}\nID=debian\nHOME_URL=\"https://www.debian.org/\"\n", number, codename);
  };
  const auto raspbian = [](const char* number, const char* codename) {
    return fmt::format("PRETTY_NAME=\"Raspbian GNU/Linux {0} ({1})\"\nNAME=\"Raspbian GNU/Linux\"\nVERSION_ID=\"{0}\"\nVERSION=\"{0} ({1})\"\n"
                       "VERSION_CODENAME={1}\nID=raspbian\nID_LIKE=debian\nHOME_URL=\"http://www.raspbian.org/\"\n", number, codename);
  };
  constexpr auto issue = "Raspberry Pi reference 2024-11-19\nGenerated using pi-gen, https://github.com/RPi-Distro/pi-gen, 0000, stage2\n";
  struct Row {
    std::string release;
    const char* issue;
    const char* version;
    bool raspberry_pi_os;
  };
  const Row rows[] = {
      {raspbian("10", "buster"), issue, "10", true},  {raspbian("11", "bullseye"), issue, "11", true}, {release("11", "bullseye"), issue, "11", true},
      {raspbian("12", "bookworm"), issue, "12", true}, {release("12", "bookworm"), issue, "12", true},  {release("13", "trixie"), issue, "13", true},
      {raspbian("12", "bookworm"), nullptr, "12", true}, {release("12", "bookworm"), nullptr, "12", false}, {release("13", "trixie"), nullptr, "13", false},
  };
  for (const auto& row : rows) {
    Home home;
    INFO(row.release);
    home.network.host.files["/etc/os-release"] = row.release;
    if (row.issue != nullptr) home.network.host.files["/etc/rpi-issue"] = row.issue;
    const auto system = home.look().system;
    CHECK(system.version == row.version);
    CHECK(system.raspberry_pi_os == row.raspberry_pi_os);
  }
}

TEST_CASE("updaters are part of what is said of the host") {
  Home home;
  home.network.host.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
  const std::vector<std::string> names{"home.example.org"};
  REQUIRE(home.look({}, names).updaters.size() == 1);
  CHECK(home.look({}, names).updaters.front().program == "ddclient");
  CHECK(home.look().updaters.size() == 1);   // also where no name was asked about
  home.within = std::chrono::seconds(0);
  CHECK(home.look({}, names).troubles.back() == "which programs keep names up to date was not looked at to the end: the deadline came first");
}

TEST_CASE("the distribution, the kernel and the privileges") {
  Home home;
  auto system = home.look().system;
  CHECK(system.name == "Debian GNU/Linux 12 (bookworm)");
  CHECK(system.id == "debian");
  CHECK(system.version == "12");
  CHECK(system.kernel == "6.1.0-rpi7-rpi-v8");
  CHECK(system.capture_allowed);
  CHECK_FALSE(system.filter_readable);
  home.network.host.files.erase("/etc/os-release");
  home.network.host.files["/usr/lib/os-release"] = "ID='raspbian'\n";
  home.network.host.files["/proc/self/status"] = "CapEff:\t0000000000001000\n";
  system = home.look().system;
  CHECK(system.id == "raspbian");
  CHECK_FALSE(system.capture_allowed);
  CHECK(system.filter_readable);
  home.network.host.files.clear();
  system = home.look().system;
  CHECK(system.id.empty());
  CHECK_FALSE(system.capture_allowed);
}

TEST_CASE("IPv6 settings are read for what is up, the uplink first, and what is unreadable stays absent") {
  Home home;
  const std::string conf = "/proc/sys/net/ipv6/conf/eth0/";
  home.network.host.files[conf + "use_tempaddr"] = "2\n";
  home.network.host.files[conf + "addr_gen_mode"] = "3\n";
  home.network.host.files[conf + "forwarding"] = "-1\n";
  home.network.host.files[conf + "accept_ra"] = "garbage\n";
  const auto settings = home.look().ipv6_settings;
  REQUIRE(settings.size() == 1);
  CHECK(settings[0] == Ipv6Settings{"eth0", 2, 3, std::nullopt, -1, std::nullopt});
}

TEST_CASE("a host with a thousand containers gives bounded evidence that still has what matters") {
  Home home;
  for (unsigned i = 0; i < 1000; ++i) {
    const auto name = "veth" + std::to_string(i);
    home.network.host.interfaces->insert(home.network.host.interfaces->begin(), {.index = 100 + i, .name = name, .up = true});
    home.network.host.routes->insert(home.network.host.routes->begin(), {.destination = Prefix(Address::v4(0x0a000000 + i * 256), 24), .interface = name});
    home.network.host.neighbours->insert(home.network.host.neighbours->begin(), {Address::v4(0x0a000001 + i), name, std::nullopt, false});
  }
  const auto evidence = home.look();
  CHECK(evidence.interfaces.size() == 256);
  CHECK(std::any_of(evidence.interfaces.begin(), evidence.interfaces.end(), [](const Interface& i) { return i.name == "eth0"; }));
  const auto named = home.look("wlan0").interfaces;   // the user asked for it, though no route leads out of it
  CHECK(std::any_of(named.begin(), named.end(), [](const Interface& i) { return i.name == "wlan0"; }));
  CHECK(evidence.routes.size() == 256);
  CHECK(evidence.routes[0].destination.length() == 0);
  CHECK(evidence.neighbours.size() == 256);
  CHECK(evidence.neighbours[0].address == ip("192.168.1.1"));
  CHECK(evidence.ipv6_settings.size() == 32);
  CHECK(evidence.ipv6_settings[0].interface == "eth0");
  CHECK(evidence.troubles.size() == 1);
}

TEST_CASE("routes that say nothing of the internet are left out") {
  Home home;
  home.network.host.routes->push_back({.destination = Prefix::parse("10.0.0.0/8").value(), .gateway = ip("192.168.1.7"), .interface = "eth0"});
  home.network.host.routes->push_back({.destination = Prefix::parse("ff00::/8").value(), .interface = "eth0"});
  home.network.host.routes->push_back({.destination = Prefix::parse("192.168.1.5/32").value(), .interface = "eth0", .table = 255});
  home.network.host.routes->push_back({.destination = Prefix::parse("203.0.113.9/32").value(), .gateway = ip("192.168.1.1"), .interface = "eth0"});
  CHECK(home.look().routes.size() == 4);
}

TEST_CASE("the firewall tools that are really active") {
  Home home;
  home.network.host.files["/etc/ufw/ufw.conf"] = "# comment\nENABLED=no\nLOGLEVEL=low\n";
  CHECK(home.look().system.firewall_tools.empty());
  home.network.host.files["/etc/ufw/ufw.conf"] = "ENABLED=yes\n";
  home.network.host.files["/proc/net/ip_tables_names"] = "filter\n";
  home.network.host.directories["/run/systemd/units"] = {"invocation:nftables.service", "log-level-max:x.service"};
  home.runs("700", "firewalld");
  home.network.host.interfaces->push_back({.index = 9, .name = "docker0"});
  CHECK(home.look().system.firewall_tools == std::vector<std::string>{"ufw", "firewalld", "nftables", "docker", "iptables-legacy"});
}

TEST_CASE("small files: keys, quotes, numbers") {
  CHECK(value_of("A=1\n  B = \"two words\"  \r\n#C=3\nB=4", "B") == "two words");
  CHECK(value_of("A='x'", "A") == "x");
  CHECK(value_of("A=\"", "A") == "\"");
  CHECK(value_of("AA=1\n=2\nnonsense", "A") == std::nullopt);
  CHECK(number(" -1\n") == -1);
  CHECK(number("") == std::nullopt);
  CHECK(number("12x") == std::nullopt);
  CHECK(number("99999999999") == std::nullopt);
  CHECK(lines("").empty());
  CHECK(lines("a\n\nb\n").size() == 3);
}

TEST_CASE("what the kernel does not tell by the deadline is a trouble, and what it told before stands") {
  Home home;
  home.network.host.reading = std::chrono::seconds(4);   // each of interfaces, routes, neighbours
  const auto evidence = home.look();
  CHECK(home.clock.now() == home.start + home.within);
  CHECK(evidence.interfaces.size() == 3);
  CHECK(evidence.routes.size() == 3);
  CHECK(evidence.neighbours.empty());
  CHECK(evidence.ipv4->gateway == ip("192.168.1.1"));
  CHECK(evidence.troubles == std::vector<std::string>{"list neighbours: not finished by the deadline", "which programs run was not looked at: the deadline came first",
                                                       "which programs keep names up to date was not looked at to the end: the deadline came first"});
}

TEST_CASE("a host that does not even list its interfaces by the deadline could not be observed") {
  Home home;
  home.network.host.reading = std::chrono::minutes(1);
  CHECK(observe_tables(std::nullopt, {home.network, home.clock, home.random}, {home.start + home.within}).error().code == Errc::timed_out);
  CHECK(home.clock.now() == home.start + home.within);
}
