/// What is to be changed where an updater publishes the wrong address, and when nothing is.
#include "advice.hpp"
#include "diagnosis/codes.hpp"
#include "support/catch.hpp"
#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;
using host::AddressSource;
using host::Published;

namespace {

constexpr auto old_stable = "2a02:8070:9:9:5054:ff:fe12:3456";
constexpr auto lists_stable = "ip -6 -o addr show dev eth0 scope global -temporary -deprecated | awk '{print $4}'";

host::Updater called(const char* file, Published ipv4, Published ipv6) {
  return {.program = "curl", .file = file, .names = {"home.example.org"}, .started_by = host::StartedBy::cron, .active = true,
          .ipv4 = std::move(ipv4), .ipv6 = std::move(ipv6)};
}
host::Updater daemon_of(const char* program, Published ipv4, Published ipv6) {
  return {.program = program, .file = std::string("/etc/") + program + ".conf", .names = {"home.example.org"}, .started_by = host::StartedBy::daemon,
          .unit = std::string(program) + ".service", .active = true, .ipv4 = std::move(ipv4), .ipv6 = std::move(ipv6)};
}

Evidence kept_up_to_date(host::Updater updater, const char* a, const char* aaaa) {
  auto e = plain_nat();
  native_ipv6(e);
  name(e, {a}, {aaaa});
  e.host->updaters = {std::move(updater)};
  return e;
}

/// Detail, steps and commands of the finding.
std::string all_of(const Evidence& e, std::string_view code) {
  const auto d = diagnose(e);
  const auto* f = found(d, code);
  INFO(code);
  REQUIRE(f != nullptr);
  return f->detail + "\n" + ringback::build::in_words(f->remedies);
}

/// Does it say that the program has stopped, or that its update failed?
bool accuses(const std::string& text) { return text.find("last update failed") != std::string::npos || text.find("Find out why") != std::string::npos; }

}  // namespace

TEST_CASE("of a line that has the whole job in it only what finds the address is replaced") {
  struct Row {
    const char* file;
    Published ipv6;
    std::string says;
    const char* command;
  };
  const auto fills = [](const char* before) { return std::string(before) + "$(" + lists_stable; };
  const Row rows[] = {
      {"/etc/crontab", {.source = AddressSource::web, .line = 4, .parameter = "myipv6"},
       fills("In /etc/crontab, line 4, put into the URL, behind what stands there:\n&myipv6="), "sudoedit /etc/crontab"},
      {"/etc/crontab", {.source = AddressSource::web, .line = 4},
       fills("In /etc/crontab, line 4, put into the URL the parameter in which this service takes an IPv6 address (its instructions name it), with this value:\n"), "sudoedit /etc/crontab"},
      {"/var/spool/cron/crontabs/pi", {.source = AddressSource::web, .setting = "ipv6=auto", .line = 2},
       fills("In the crontab of pi, line 2, in place of \"ipv6=auto\" in the URL, write:\nipv6="), "sudo crontab -u pi -e"},
      {"/home/pi/dyn.sh", {.source = AddressSource::web, .setting = "IP6", .line = 2}, fills("In /home/pi/dyn.sh, line 2, let IP6 be filled in this way:\nIP6="), "sudoedit /home/pi/dyn.sh"},
      {"/home/pi/dyn.sh", {.source = AddressSource::interface, .interface = "eth0", .setting = "ip -6 addr", .line = 3, .skips_temporary = false},
       std::string("In /home/pi/dyn.sh, line 3, in place of the command that lists the addresses, and of all that it is piped into, write:\n") + lists_stable, "sudoedit /home/pi/dyn.sh"},
      {"/home/pi/dyn.sh", {.source = AddressSource::interface, .interface = "eth0", .setting = "ip -6 addr scope global", .line = 3, .skips_temporary = false},
       "In /home/pi/dyn.sh, line 3, write behind \"scope global\":\n-temporary -deprecated", "sudoedit /home/pi/dyn.sh"},
  };
  for (const auto& row : rows) {
    const auto text = all_of(kept_up_to_date(called(row.file, {}, row.ipv6), public_ipv4, temporary), "dns.aaaa-temporary");
    INFO(text);
    CHECK_THAT(text, Contains(row.says) && Contains(row.command));
    CHECK_THAT(text, !Contains("in place of line"));
    CHECK((text.find("double quotes") != std::string::npos) == (row.ipv6.source == AddressSource::web && row.ipv6.setting != "IP6"));
  }
}

TEST_CASE("a user's crontab is opened by crontab, under his name or not at all") {
  const Published seen{.source = AddressSource::web, .setting = "ipv6=auto", .line = 2};
  CHECK_THAT(all_of(kept_up_to_date(called("/var/spool/cron/crontabs/x; reboot", {}, seen), public_ipv4, temporary), "dns.aaaa-temporary"),
             Contains("sudo crontab -u 'x; reboot' -e"));
  CHECK_THAT(all_of(kept_up_to_date(called("/var/spool/cron/crontabs/-r", {}, seen), public_ipv4, temporary), "dns.aaaa-temporary"), !Contains("sudo crontab"));
}

TEST_CASE("what makes a change take effect, and when, depends on who starts the program") {
  struct Row {
    host::StartedBy by;
    std::optional<bool> active;
    const char* unit;
    host::Manager manager;
    std::vector<const char*> says;
    std::vector<const char*> says_not;
  };
  using enum host::StartedBy;
  using host::Manager;
  constexpr auto nothing = "Nothing has to be restarted", restart = "sudo systemctl restart", reconnect = "sudo nmcli connection up Kabel";
  const Row rows[] = {
      {cron, true, "", Manager::unknown, {nothing, "called again and again, and publishes the right address with the next call"}, {restart}},
      {timer, true, "dyn.timer", Manager::unknown, {nothing, "called again and again"}, {restart}},
      {cron, false, "", Manager::unknown, {"It does not run: start it, or have it called by cron or a timer"}, {nothing}},
      {hook, std::nullopt, "", Manager::network_manager,
       {nothing, "nothing changes yet: it is called when the network comes up or changes", reconnect, "so that it is called at once; you may be cut off for a moment"},
       {"again and again", "cable"}},
      {hook, std::nullopt, "", Manager::systemd_networkd, {nothing, "sudo networkctl reconfigure eth0"}, {"again and again", reconnect}},
      {hook, std::nullopt, "", Manager::dhcpcd, {nothing, "pull this host's cable for a moment"}, {"again and again", "networkctl", reconnect}},
      {hook, false, "", Manager::network_manager, {"Nothing calls it now: the program that would, when the network changes, does not run"}, {nothing, "so that it is called at once"}},
  };
  for (const auto& row : rows) {
    auto updater = called("/home/pi/dyn.sh", {}, {.source = AddressSource::web, .setting = "IP6", .line = 2});
    updater.started_by = row.by;
    updater.active = row.active;
    updater.unit = row.unit;
    auto e = kept_up_to_date(updater, public_ipv4, temporary);
    e.host->system.manager = row.manager;
    e.host->system.connection = "Kabel";
    const auto text = all_of(e, "dns.aaaa-temporary");
    INFO(text);
    for (const auto* words : row.says) CHECK_THAT(text, Contains(words));
    for (const auto* words : row.says_not) CHECK_THAT(text, !Contains(words));
    const auto waits = text.find("Above that line, write:\nfor i in 1 2 3 4 5; do ip -6 addr show dev eth0 scope global -temporary -deprecated | grep -q inet6 && break; sleep 1; done");
    CHECK((waits != std::string::npos) == (row.by == hook));
  }
  const Published seen{.source = AddressSource::web, .setting = "usev6=webv6", .line = 3};
  auto resident = daemon_of("ddclient", {}, seen);
  CHECK_THAT(all_of(kept_up_to_date(resident, public_ipv4, temporary), "dns.aaaa-temporary"),
             Contains("Restart it with this command; it publishes the right address at once.") && Contains("sudo systemctl restart ddclient.service"));
  resident.unit.clear();
  CHECK_THAT(all_of(kept_up_to_date(resident, public_ipv4, temporary), "dns.aaaa-temporary"),
             Contains("Restart it; it publishes the right address with its next turn.") && !Contains("systemctl"));
}

TEST_CASE("the very address that a line says is told, and nobody has failed") {
  const auto of_line_4 = [](const std::string& setting) { return Published{.source = AddressSource::literal, .setting = setting, .line = 4}; };
  auto text = all_of(kept_up_to_date(called("/etc/crontab", of_line_4("myip=93.184.99.99"), {}), other_ipv4, stable), "dns.a-wrong");
  CHECK_THAT(text, Contains("it publishes the address that this line says"));
  CHECK_THAT(text, Contains("Line 4 of /etc/crontab says this very address, whatever it is today: myip=93.184.99.99") && Contains("Take it out of the URL"));
  CHECK_FALSE(accuses(text));
  auto e = kept_up_to_date(called("/etc/crontab", of_line_4("ipv4=93.184.99.99"), {}), other_ipv4, stable);
  e.dns->names[0].zone_servers = {"ns1.dynv6.com"};
  CHECK_THAT(all_of(e, "dns.a-wrong"), Contains("Write in its place: ipv4=auto"));
  text = all_of(kept_up_to_date(called("/etc/crontab", {}, of_line_4(std::string("ipv6=") + old_stable)), public_ipv4, old_stable), "dns.aaaa-old-prefix");
  CHECK_THAT(text, Contains("Line 4 of /etc/crontab says this very address") && Contains(fmt::format("in place of \"ipv6={}\" in the URL, write:\nipv6=$(", old_stable)));
  CHECK_FALSE(accuses(text));
}

TEST_CASE("of a failed update is spoken only where another address would be published than the name has") {
  struct Row {
    const char* situation;
    host::Updater updater;
    const char* a;
    const char* aaaa;
    const char* code;
    bool accused;
  };
  const auto four = [](AddressSource source, const char* setting) { return daemon_of("ddclient", {.source = source, .setting = setting, .line = 2}, {}); };
  const auto six = [](AddressSource source, const char* setting) {
    const bool interface = source == AddressSource::interface;
    return daemon_of("ddclient", {}, {.source = source, .interface = interface ? "eth0" : "", .setting = setting, .line = 3,
                                      .skips_temporary = interface ? std::optional(true) : std::nullopt});
  };
  const auto line = [](AddressSource source, const char* setting, Family family) {
    const Published way{.source = source, .setting = setting, .line = 2};
    return called("/etc/crontab", family == Family::ipv4 ? way : Published{}, family == Family::ipv6 ? way : Published{});
  };
  const auto suffix = daemon_of("ddns-updater", {}, {.source = AddressSource::literal, .setting = "ipv6_suffix"});
  using enum AddressSource;
  const Row rows[] = {
      {"it asks as what it is seen", four(web, "usev4=webv4"), other_ipv4, stable, "dns.a-wrong", true},
      {"it asks the router", four(router, "usev4=fwv4"), other_ipv4, stable, "dns.a-wrong", false},
      {"it has a command of its own", four(command, "usev4=cmdv4"), other_ipv4, stable, "dns.a-wrong", false},
      {"nobody knows how", four(unknown, ""), other_ipv4, stable, "dns.a-wrong", false},
      {"it says an address that is not read", four(literal, "usev4=ipv4"), other_ipv4, stable, "dns.a-wrong", false},
      {"it says another address", line(literal, "myip=93.184.20.30", Family::ipv4), other_ipv4, stable, "dns.a-wrong", true},
      {"its script takes the interface's", line(interface, "ip -4 addr", Family::ipv4), "192.168.1.10", stable, "dns.a-not-global", false},
      {"it takes what stays", six(interface, "usev6=ifv6"), public_ipv4, old_stable, "dns.aaaa-old-prefix", true},
      {"it takes what stays, and nothing is wrong", six(interface, "usev6=ifv6"), public_ipv4, stable, "address.temporary-preferred", false},
      {"it has a command of its own over IPv6", six(command, "usev6=cmdv6"), public_ipv4, old_stable, "dns.aaaa-old-prefix", false},
      {"it says the prefix alone", line(literal, "ipv6prefix=auto", Family::ipv6), public_ipv4, temporary, "dns.aaaa-temporary", false},
      {"it says the last bits alone, and the prefix is old", suffix, public_ipv4, old_stable, "dns.aaaa-old-prefix", true},
  };
  for (const auto& row : rows) {
    const auto text = all_of(kept_up_to_date(row.updater, row.a, row.aaaa), row.code);
    INFO(row.situation << "\n" << text);
    CHECK(accuses(text) == row.accused);
  }
}

TEST_CASE("where a name's program has to be restarted, nothing else says that its settings are wrong, and the habit behind it asks for no more") {
  const Published lists{.source = AddressSource::interface, .interface = "eth0", .setting = "checkip-command", .line = 4, .skips_temporary = true};
  auto e = kept_up_to_date(daemon_of("inadyn", {}, lists), public_ipv4, temporary);
  e.host->lookups = {{.destination = ip("2001:4860:4860::8888"), .source = ip(temporary), .interface = "eth0"}};
  const auto d = diagnose(e);
  const auto* record = found(d, "dns.aaaa-temporary");
  const auto* habit = found(d, "address.temporary-preferred");
  REQUIRE(record);
  REQUIRE(habit);
  REQUIRE(record->remedies.size() == 3);
  CHECK(habit->remedies == std::vector<Remedy>{record->remedies[0], record->remedies[2]});
  CHECK(record->remedies[1].steps.front() == "First do what is told above of the program that keeps the record up to date, or it may put the wrong address back.");
  CHECK_THAT(ringback::build::in_words(record->remedies), !Contains("corrected first"));
  CHECK_THAT(record->remedies[2].steps.back(), Contains("Until inadyn publishes the new address, the name leads to the old one, which is gone. Restart it with this command"));
  CHECK(record->remedies[2].commands.back() == "sudo systemctl restart inadyn.service");
  CHECK(record->remedies[2].command_steps.back() == record->remedies[2].steps.size());
}

TEST_CASE("a program whose file is right already is restarted, in its own words") {
  const Published lists{.source = AddressSource::interface, .interface = "eth0", .setting = "checkip-command", .line = 4, .skips_temporary = true};
  const Published prints{.source = AddressSource::command, .setting = "checkip-command", .line = 4};
  const Published from_card{.source = AddressSource::interface, .interface = "eth0", .setting = "usev6=ifv6", .line = 3, .skips_temporary = true};
  const Published suffix{.source = AddressSource::literal, .setting = "ipv6_suffix", .suffix = ip("::5054:ff:fe12:3456")};
  auto in_docker = daemon_of("ddns-updater", {}, suffix);
  in_docker.unit.clear();
  auto by_cron = daemon_of("ddclient", {}, from_card);
  by_cron.started_by = host::StartedBy::cron;
  struct Row {
    const char* what;
    host::Updater updater;
    const char* title;
    std::vector<const char*> says;
    std::vector<const char*> says_not;
  };
  constexpr auto restart_inadyn = "sudo systemctl restart inadyn.service";
  const Row rows[] = {
      {"inadyn's command lists what stays", daemon_of("inadyn", {}, lists), "Restart inadyn: its file is right already",
       {"/etc/inadyn.conf lets inadyn publish the address that stays: nothing has to be changed in it.", restart_inadyn, "sudo journalctl -u inadyn.service -n 30"},
       {"ddclient", "sudoedit", "network card instead"}},
      {"inadyn's command is another one", daemon_of("inadyn", {}, prints), "Let inadyn publish the address that stays",
       {"which /etc/inadyn.conf names in line 4. Call that command by hand. If it prints 2a02:8070:1:2:5054:ff:fe12:3456, the file is right: leave it as it is",
        "in place of line 4, which begins with \"checkip-command\", write:\ncheckip-command = \"ip -6 -o addr", restart_inadyn},
       {"ddclient"}},
      {"ddclient takes what stays", daemon_of("ddclient", {}, from_card), "Restart ddclient: its file is right already", {"sudo systemctl restart ddclient.service"}, {"sudoedit"}},
      {"cron calls ddclient", by_cron, "Find out why ddclient does not update home.example.org", {}, {"is right already"}},
      {"ddns-updater puts the right last groups in", in_docker, "Restart ddns-updater: its file is right already", {"in Docker: docker restart", "messages tell why"}, {"ddclient", "systemctl"}},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto d = diagnose(kept_up_to_date(row.updater, public_ipv4, temporary));
    const auto* f = found(d, "dns.aaaa-temporary");
    REQUIRE(f);
    CHECK(f->remedies.front().title == row.title);
    const auto text = ringback::build::in_words(f->remedies);
    INFO(text);
    for (const auto* words : row.says) CHECK_THAT(text, Contains(words));
    for (const auto* words : row.says_not) CHECK_THAT(text, !Contains(words));
  }
}

TEST_CASE("which line ddclient needs is asked before any of them, and its file is opened and it is restarted, whether or not this run has seen it") {
  const auto seen = kept_up_to_date(daemon_of("ddclient", {}, {.source = AddressSource::web, .setting = "usev6=webv6", .line = 3}), public_ipv4, temporary);
  auto unseen = kept_up_to_date({}, public_ipv4, temporary);
  unseen.host->updaters.clear();
  auto useless = ds_lite();
  name(useless, {public_ipv4}, {stable});
  auto unread = unseen;
  unread.host->updaters = {{.program = "ddclient", .file = "/etc/ddclient/ddclient.conf", .readable = false, .unit = "ddclient.service", .active = true}};
  struct Row {
    const char* what;
    const Evidence& evidence;
    const char* code;
    const char* opens;
  };
  for (const auto& row : {Row{"seen", seen, "dns.aaaa-temporary", "sudoedit /etc/ddclient.conf"}, {"unseen", unseen, "dns.aaaa-temporary", "sudoedit /etc/ddclient.conf"},
                          {"unseen, and the A record is useless", useless, "dns.a-useless", "sudoedit /etc/ddclient.conf"},
                          {"unread", unread, "dns.aaaa-temporary", "sudoedit /etc/ddclient/ddclient.conf"}}) {
    INFO(row.what);
    const auto d = diagnose(row.evidence);
    const auto* f = found(d, row.code);
    REQUIRE(f);
    const auto its = std::ranges::find_if(f->remedies, [](const Remedy& remedy) { return ringback::build::in_words({remedy}).find("usev6=ifv6") != std::string::npos; });
    REQUIRE(its != f->remedies.end());
    const auto step_of = [&](const std::string& words) {
      return static_cast<std::size_t>(std::ranges::find_if(its->steps, [&](const auto& step) { return step.find(words) != std::string::npos; }) - its->steps.begin());
    };
    const auto step_with = [&](const std::string& command) {
      const auto at = std::ranges::find(its->commands, command);
      REQUIRE(at != its->commands.end());
      return its->command_steps.at(static_cast<std::size_t>(at - its->commands.begin())) - 1;
    };
    const std::size_t steps[] = {step_with("ddclient -help 2>&1 | grep 'ddclient version'"), step_of("write:\nusev6=ifv6, ifv6=eth0"), step_of("\nuse=cmd, cmd="), step_with(row.opens),
                                 step_with("sudo systemctl restart ddclient.service")};
    CHECK(std::ranges::is_sorted(steps));
    CHECK(std::ranges::adjacent_find(steps) == std::end(steps));
    CHECK(steps[4] < its->steps.size());
  }
}

TEST_CASE("an updater that asks through a VPN is told to ask past it") {
  const Published seen{.source = AddressSource::web, .setting = "usev4=webv4", .line = 2};
  auto e = kept_up_to_date(daemon_of("ddclient", seen, {}), other_ipv4, stable);
  vpn(e, Family::ipv4);
  CHECK_THAT(all_of(e, "dns.a-wrong"), Contains("it asks through the VPN how this host is seen") && Contains("through wg0, a tunnel (VPN)") && Contains("AllowedIPs"));
  CHECK_FALSE(accuses(all_of(e, "dns.a-wrong")));
  e.host->updaters = {called("/etc/crontab", {.source = AddressSource::web, .line = 4}, {})};
  CHECK_THAT(all_of(e, "dns.a-wrong"), Contains("In /etc/crontab, line 4, give curl the option --interface eth0"));
}

TEST_CASE("an interface that is not this home's is to be replaced") {
  const Published from_wlan0{.source = AddressSource::interface, .interface = "wlan0", .setting = "usev6=ifv6", .line = 3, .skips_temporary = true};
  auto e = kept_up_to_date(daemon_of("ddclient", {}, from_wlan0), public_ipv4, old_stable);
  const auto* replaced = "ddclient takes the address from wlan0, and this home's line is on eth0: in /etc/ddclient.conf, write eth0 in place of wlan0.";
  CHECK_THAT(all_of(e, "dns.aaaa-old-prefix"), Contains(replaced));
  CHECK_FALSE(accuses(all_of(e, "dns.aaaa-old-prefix")));
  e.host->interfaces.push_back({.index = 4, .name = "wlan0", .up = true, .addresses = {{.address = ip("2a02:8070:7:7::7"), .prefix_length = 64}}});
  CHECK_THAT(all_of(e, "dns.aaaa-old-prefix"), Contains(replaced));
  CHECK_FALSE(accuses(all_of(e, "dns.aaaa-old-prefix")));
  e.host->interfaces.back().addresses[0].address = ip("2a02:8070:1:2::7");   // in the same network: visitors get there as well
  CHECK_THAT(all_of(e, "dns.aaaa-old-prefix"), !Contains(replaced));
  CHECK(accuses(all_of(e, "dns.aaaa-old-prefix")));
}

TEST_CASE("inadyn is told to let IPv6 through where its file does not say so") {
  auto e = ds_lite();
  name(e, {public_ipv4}, {stable});
  e.host->updaters = {daemon_of("inadyn", {.source = AddressSource::web}, {})};
  CHECK_THAT(all_of(e, "dns.a-useless"), Contains("Above the sections, write as well: allow-ipv6 = true") && !Contains("has to stay"));
  e.host->updaters = {daemon_of("inadyn", {.source = AddressSource::web}, {.source = AddressSource::web, .setting = "allow-ipv6=true", .line = 1})};
  CHECK_THAT(all_of(e, "dns.a-useless"), Contains("The line allow-ipv6 = true has to stay") && !Contains("write as well"));
}

TEST_CASE("inadyn's command gets into a section, and what would go before it goes") {
  struct Row {
    Published ipv4, ipv6;
    std::vector<const char*> says;
  };
  const Published of_interface{.source = AddressSource::interface, .interface = "eth0", .setting = "iface=eth0", .line = 2, .skips_temporary = false};
  constexpr auto into_section = "In /etc/inadyn.conf, in the section of the provider, write:\ncheckip-command = \"ip -6 -o addr show dev eth0";
  const Row rows[] = {
      {{}, of_interface, {"In /etc/inadyn.conf, take out line 2, which begins with \"iface\".", into_section}},
      {{.source = AddressSource::web}, {.source = AddressSource::web, .setting = "allow-ipv6=true", .line = 1}, {into_section}},
      {{}, {.source = AddressSource::web, .setting = "checkip-server", .line = 5},
       {"In /etc/inadyn.conf, in place of line 5, which begins with \"checkip-server\", write:\ncheckip-command = \"ip -6 -o addr"}},
  };
  for (const auto& row : rows) {
    const auto text = all_of(kept_up_to_date(daemon_of("inadyn", row.ipv4, row.ipv6), public_ipv4, temporary), "dns.aaaa-temporary");
    INFO(text);
    for (const auto* words : row.says) CHECK_THAT(text, Contains(words));
    CHECK_THAT(text, !Contains("in place of \"iface") && !Contains("in place of \"allow"));
  }
  auto e = ds_lite();
  name(e, {public_ipv4}, {stable});
  e.host->updaters = {daemon_of("inadyn", of_interface, {})};
  CHECK_THAT(all_of(e, "dns.a-useless"), Contains("take out line 2, which begins with \"iface\"") && Contains(into_section));
}

TEST_CASE("a script that publishes the provider's address is told what to leave out") {
  struct Row {
    Published ipv4;
    const char* says;
  };
  const Row rows[] = {
      {{.source = AddressSource::web, .setting = "myip=", .line = 4}, "In /etc/crontab, line 4, take out \"myip=\", or the call with it."},
      {{.source = AddressSource::web, .setting = "IP4", .line = 4},
       "In /etc/crontab, line 4, take out what fills IP4, and in the URL the parameter that it stands in."},
      {{.source = AddressSource::web, .line = 4}, "In /etc/crontab, line 4, take out the call."},
  };
  for (const auto& row : rows) {
    auto e = ds_lite();
    name(e, {public_ipv4}, {stable});
    e.host->updaters = {called("/etc/crontab", row.ipv4, {})};
    CHECK_THAT(all_of(e, "dns.a-useless"), Contains(row.says));
  }
}

TEST_CASE("where there is no IPv6 either the name's entry is taken out") {
  auto e = cgnat();
  name(e, {public_ipv4}, {});
  e.host->updaters = {daemon_of("inadyn", {.source = AddressSource::web}, {})};
  CHECK_THAT(all_of(e, "dns.a-useless"), Contains("take out the section with the name") && !Contains("checkip-command"));
  e.host->updaters = {daemon_of("ddns-updater", {.source = AddressSource::web}, {})};
  CHECK_THAT(all_of(e, "dns.a-useless"), Contains("take out the entry of the name") && !Contains("ip_version"));
  e = ds_lite();
  name(e, {public_ipv4}, {stable});
  e.host->updaters = {daemon_of("ddns-updater", {.source = AddressSource::web}, {})};
  CHECK_THAT(all_of(e, "dns.a-useless"), Contains("\"ip_version\": \"ipv6\"") && !Contains("take out the entry"));
}

TEST_CASE("of two that keep a name and run alike the first is named, which is root's own") {
  auto e = kept_up_to_date(daemon_of("ddclient", {}, {.source = AddressSource::web, .setting = "usev6=webv6", .line = 3}), public_ipv4, temporary);
  e.host->updaters.push_back(called("/var/spool/cron/crontabs/mallory", {}, {.source = AddressSource::web, .setting = "ipv6=auto", .line = 1}));
  CHECK_THAT(all_of(e, "dns.aaaa-temporary"), Contains("ddclient (/etc/ddclient.conf") && !Contains("mallory"));
}
