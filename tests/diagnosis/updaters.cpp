#include "advice.hpp"
#include "diagnosis/codes.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;
using host::AddressSource;

namespace {

host::Updater ddclient_of(const char* name, host::Published ipv4, host::Published ipv6) {
  return {.program = "ddclient", .file = "/etc/ddclient.conf", .names = {name}, .started_by = host::StartedBy::daemon, .unit = "ddclient.service", .active = true,
          .ipv4 = std::move(ipv4), .ipv6 = std::move(ipv6)};
}
const host::Published as_seen6{.source = AddressSource::web, .setting = "usev6=webv6", .line = 3};
const host::Published as_seen4{.source = AddressSource::web, .setting = "usev4=webv4", .line = 2};
const host::Published from_eth0{.source = AddressSource::interface, .interface = "eth0", .setting = "usev6=ifv6", .line = 3, .skips_temporary = true};

/// Both families; the kernel prefers the temporary address. The updater is for this name.
Evidence home_with(host::Updater updater, const char* aaaa = temporary, const char* a = public_ipv4) {
  auto e = plain_nat();
  native_ipv6(e);
  name(e, {a}, {aaaa});
  e.host->updaters = {std::move(updater)};
  return e;
}

std::string advice_for(const Diagnosis& d, std::string_view code) {
  const auto* f = found(d, code);
  return f == nullptr ? "" : ringback::build::in_words(f->remedies);
}

/// The question stands in ASCII, and the answers go by these aliases.
Evidence asked_by_another_name(Evidence e, const char* asked, const char* in_ascii, const std::vector<std::string>& chain) {
  e.request.names = {asked};
  auto& n = e.dns->names[0];
  n.name = asked;
  n.asked_as = in_ascii;
  for (auto& a : n.answers) a.question = in_ascii, a.names = chain;
  return e;
}

bool cites_updater(const Finding& f) { return std::ranges::find(f.evidence, "/evidence/host/updaters/0") != f.evidence.end(); }

}  // namespace

TEST_CASE("an updater that publishes how it is seen explains a temporary record, and its own line is to be changed") {
  const auto d = diagnose(home_with(ddclient_of("home.example.org", {}, as_seen6)));
  const auto* record = found(d, "dns.aaaa-temporary");
  REQUIRE(record);
  CHECK_THAT(record->detail, Contains("ddclient (/etc/ddclient.conf, line 3: usev6=webv6) keeps the name up to date: it publishes the address that it is seen with"));
  CHECK(cites_updater(*record));
  REQUIRE_FALSE(record->remedies.empty());
  CHECK(record->remedies.front().title == "Let ddclient publish the address that stays");
  CHECK_THAT(advice_for(d, "dns.aaaa-temporary"), Contains("In /etc/ddclient.conf, in place of \"usev6=webv6\" in line 3, write:\nusev6=ifv6, ifv6=eth0"));
  CHECK(record->remedies.front().commands == std::vector<std::string>{"ddclient -help 2>&1 | grep 'ddclient version'", "sudoedit /etc/ddclient.conf", "sudo systemctl restart ddclient.service"});
  CHECK_THAT(advice_for(d, "dns.aaaa-temporary"), Contains("for up to 5 minutes"));
  const auto* habit = found(d, "address.temporary-preferred");
  REQUIRE(habit);
  CHECK(habit->severity == Severity::warning);
  CHECK_THAT(habit->detail, Contains("publishes a temporary address for home.example.org"));
  CHECK_THAT(advice_for(d, "address.temporary-preferred"), Contains("in line 3, write:\nusev6=ifv6"));
}

TEST_CASE("a record that is right today is warned of while an updater waits to break it") {
  const auto d = diagnose(home_with(ddclient_of("home.example.org", {}, as_seen6), stable));
  const auto* habit = found(d, "address.temporary-preferred");
  REQUIRE(habit);
  CHECK(habit->severity == Severity::warning);
  CHECK(cites_updater(*habit));
}

TEST_CASE("an updater is not accused of what it does not do") {
  struct Row {
    const char* situation;
    host::Updater updater;
    std::function<void(Evidence&)> change;
  };
  auto stopped = ddclient_of("home.example.org", {}, as_seen6);
  stopped.active = false;
  auto perhaps = ddclient_of("home.example.org", {}, as_seen6);
  perhaps.active.reset();
  const Row rows[] = {
      {"it takes the address from the interface", ddclient_of("home.example.org", {}, from_eth0), [](Evidence&) {}},
      {"it is for a name that nobody asked about", ddclient_of("other.example.org", {}, as_seen6), [](Evidence&) {}},
      {"it does not run", stopped, [](Evidence&) {}},
      {"nobody knows whether it runs", perhaps, [](Evidence&) {}},
      {"it publishes IPv4 alone", ddclient_of("home.example.org", as_seen4, {}), [](Evidence&) {}},
      {"it has a command of its own", ddclient_of("home.example.org", {}, {.source = AddressSource::command, .setting = "usev6=cmdv6", .line = 3}), [](Evidence&) {}},
      {"outgoing connections use the stable address", ddclient_of("home.example.org", {}, as_seen6),
       [](Evidence& e) {
         for (auto& lookup : e.host->lookups)
           if (lookup.source == ip(temporary)) lookup.source = ip(stable);
       }},
  };
  for (const auto& row : rows) {
    INFO(row.situation);
    auto e = home_with(row.updater, stable);
    row.change(e);
    const auto d = diagnose(e);
    if (const auto* habit = found(d, "address.temporary-preferred")) {
      CHECK(habit->severity == Severity::info);
      CHECK_FALSE(cites_updater(*habit));
    }
    for (const auto& f : d.findings) CHECK_FALSE(f.severity == Severity::error);
  }
}

TEST_CASE("what an updater publishes as it is seen follows the way to the service that it asks") {
  const auto asking = [](const char* service) {
    auto way = as_seen6;
    way.service = service;
    return ddclient_of("home.example.org", {}, way);
  };
  const auto way_to = [](const char* place, const char* address, const char* source, const char* interface = "eth0") {
    return host::Destination{place, {.destination = ip(address), .source = ip(source), .gateway = ip("fe80::1"), .interface = interface}};
  };
  const auto habit_of = [](const Evidence& e) {
    const auto d = diagnose(e);
    const auto* habit = found(d, "address.temporary-preferred");
    return habit == nullptr ? std::string() : fmt::format("{}: {}", to_string(habit->severity), habit->detail);
  };
  // The default route chooses the temporary address, the route to the service the stable one.
  auto e = home_with(asking("checkip.example.net"), stable);
  CHECK_THAT(habit_of(e), Catch::StartsWith("warning: Outgoing connections leave from") && Contains("publishes a temporary address"));
  e.host->destinations = {way_to("checkip.example.net", "2001:db8:99::1", stable)};
  CHECK_THAT(habit_of(e), Catch::StartsWith("info: ") && !Contains("publishes"));
  e.host->destinations = {way_to("another.example.net", "2001:db8:99::1", stable)};
  CHECK_THAT(habit_of(e), Contains("publishes a temporary address"));
  // The service has two addresses, and which is taken is not known: the default route tells.
  e.host->destinations = {way_to("checkip.example.net", "2001:db8:99::1", stable), way_to("checkip.example.net", "2001:db8:99::2", temporary)};
  CHECK_THAT(habit_of(e), Contains("publishes a temporary address"));
  // And the other way round.
  for (auto& lookup : e.host->lookups)
    if (lookup.source == ip(temporary)) lookup.source = ip(stable);
  e.host->destinations.clear();
  CHECK(habit_of(e).empty());
  e.host->destinations = {way_to("checkip.example.net", "2001:db8:99::1", temporary)};
  CHECK(habit_of(e) == fmt::format("warning: Connections to checkip.example.net leave from {}, a temporary address; {} stays. On this host ddclient "
                                   "(/etc/ddclient.conf, line 3: usev6=webv6) publishes a temporary address for home.example.org.", temporary, stable));
  const auto d = diagnose(e);
  const auto* habit = found(d, "address.temporary-preferred");
  REQUIRE(habit);
  CHECK(std::ranges::find(habit->evidence, "/evidence/host/destinations/0/lookup/source") != habit->evidence.end());
  CHECK_THAT(advice_for(d, "address.temporary-preferred"), Contains("in line 3, write:\nusev6=ifv6"));
}

TEST_CASE("an updater for another name is neither named nor edited") {
  const auto d = diagnose(home_with(ddclient_of("other.example.org", {}, as_seen6)));
  const auto* record = found(d, "dns.aaaa-temporary");
  REQUIRE(record);
  CHECK_THAT(record->detail, !Contains("ddclient"));
  CHECK_THAT(advice_for(d, "dns.aaaa-temporary"), !Contains("/etc/ddclient.conf, in place"));
}

TEST_CASE("what takes the first address of an interface publishes what stands first there") {
  const host::Updater script{.program = "dynv6", .file = "/home/pi/dynv6.sh", .names = {"home.example.org"}, .started_by = host::StartedBy::cron, .active = true,
                             .ipv6 = {.source = AddressSource::interface, .interface = "eth0", .setting = "ip -6 addr scope global", .line = 12, .skips_temporary = false}};
  auto e = home_with(script);
  auto& addresses = eth0(e).addresses;
  std::swap(addresses[addresses.size() - 1], addresses[addresses.size() - 2]);   // the newest first, as the kernel has them
  auto d = diagnose(e);
  const auto* record = found(d, "dns.aaaa-temporary");
  REQUIRE(record);
  CHECK_THAT(record->detail, Contains("it publishes the first address that the interface shows, and that is a temporary one"));
  CHECK_THAT(advice_for(d, "dns.aaaa-temporary"), Contains("In /home/pi/dynv6.sh, line 12, write behind \"scope global\":\n-temporary -deprecated"));
  CHECK_THAT(advice_for(d, "dns.aaaa-temporary"), Contains("Nothing has to be restarted"));
  std::swap(addresses[addresses.size() - 1], addresses[addresses.size() - 2]);
  d = diagnose(e);
  REQUIRE(found(d, "dns.aaaa-temporary"));
  CHECK_THAT(found(d, "dns.aaaa-temporary")->detail, !Contains("publishes the first address"));
}

TEST_CASE("inadyn may publish the home's own unique local address") {
  host::Updater inadyn{.program = "inadyn", .file = "/etc/inadyn.conf", .names = {"home.example.org"}, .active = true,
                       .ipv6 = {.source = AddressSource::interface, .interface = "eth0", .setting = "iface=eth0", .line = 4, .skips_temporary = false}};
  auto e = home_with(inadyn, "fd00:1:2:3:5054:ff:fe12:3456");
  eth0(e).addresses.insert(eth0(e).addresses.begin(), {.address = ip("fd00:1:2:3:5054:ff:fe12:3456"), .prefix_length = 64});
  auto d = diagnose(e);
  const auto* record = found(d, "dns.aaaa-not-global");
  REQUIRE(record);
  CHECK_THAT(record->detail, Contains("good inside the home alone"));
  CHECK_THAT(advice_for(d, "dns.aaaa-not-global"), Contains("In /etc/inadyn.conf, take out line 4, which begins with \"iface\".") &&
                                                          Contains("In /etc/inadyn.conf, in the section of the provider, write:\ncheckip-command = "));
  std::ranges::rotate(eth0(e).addresses, eth0(e).addresses.begin() + 1);   // another one stands before it
  d = diagnose(e);
  REQUIRE(found(d, "dns.aaaa-not-global"));
  CHECK_THAT(found(d, "dns.aaaa-not-global")->detail, !Contains("good inside the home alone"));
}

TEST_CASE("an address of this home that nobody here has is wrong for a name that this host's updater keeps, and may be another machine's otherwise") {
  const auto gone = "2a02:8070:1:2:1234:5678:9abc:def0";
  const auto kept = diagnose(home_with(ddclient_of("home.example.org", {}, from_eth0), gone));
  CHECK(kept.names[0].verdict == NameState::wrong);
  const auto* record = found(kept, "dns.aaaa-wrong");
  REQUIRE(record);
  CHECK(record->confidence == Confidence::likely);
  CHECK_THAT(record->detail, Contains("this host does not have it, or has it no more, although ddclient (/etc/ddclient.conf, line 3: usev6=ifv6)"));
  CHECK(cites_updater(*record));
  CHECK_THAT(advice_for(kept, "dns.aaaa-wrong"), Contains("Perhaps it was changed and ddclient was not restarted since") && Contains("sudo systemctl restart ddclient.service"));
  const auto of_others = diagnose(home_with(ddclient_of("other.example.org", {}, from_eth0), gone));
  CHECK(of_others.names[0].verdict == NameState::unknown);
  CHECK(found(of_others, "dns.aaaa-another-host"));
  // It may be set up for another machine.
  const host::Published by_command{.source = AddressSource::command, .setting = "usev6=cmdv6", .line = 3};
  CHECK(found(diagnose(home_with(ddclient_of("home.example.org", {}, by_command), gone)), "dns.aaaa-another-host"));
}

TEST_CASE("what publishes IPv4 goes on doing so beside the line that ddclient shall publish IPv6 by") {
  struct Row {
    const char* before;
    unsigned line;
    const char* says;
  };
  const Row rows[] = {
      {"use=web", 2, "From version 3.11 on, ddclient leaves a line with use= out where there is one with usev6=, and publishes IPv4 no longer. In place of \"use=web\" in "
                     "line 2, write:\nusev4=webv4"},
      {"use=if", 2, "In place of \"use=if\" in line 2, write:\nusev4=ifv4"},
      {"usev4=webv4", 2, ""},
      {"use=disabled", 2, ""},
  };
  for (const auto& row : rows) {
    INFO(row.before << " in line " << row.line);
    const host::Published four{.source = AddressSource::web, .setting = row.before, .line = row.line};
    const auto said = advice_for(diagnose(home_with(ddclient_of("home.example.org", four, as_seen6))), "dns.aaaa-temporary");
    CHECK_THAT(said, Contains("usev6=ifv6, ifv6=eth0") && Contains(row.says));
    if (*row.says == '\0') CHECK_THAT(said, !Contains("\nusev4="));
  }
}

TEST_CASE("on a line whose IPv4 address is the carrier's, the line that publishes it is named") {
  auto e = ds_lite();
  name(e, {public_ipv4}, {stable});
  e.host->updaters = {ddclient_of("home.example.org", as_seen4, from_eth0)};
  auto d = diagnose(e);
  const auto* record = found(d, "dns.a-useless");
  REQUIRE(record);
  CHECK_THAT(record->detail, Contains("ddclient (/etc/ddclient.conf, line 2: usev4=webv4) keeps the name up to date: it publishes the address that this home is seen with"));
  CHECK_THAT(advice_for(d, "dns.a-useless"), Contains("In /etc/ddclient.conf, in place of \"usev4=webv4\" in line 2, write:\nusev4=disabled"));
  e.host->updaters.front().ipv4 = {.source = AddressSource::web, .setting = "use=web", .line = 2};
  CHECK_THAT(advice_for(diagnose(e), "dns.a-useless"), Contains("in place of \"use=web\" in line 2, write:\nusev6=ifv6, ifv6=eth0"));
  e.host->updaters.front().ipv4 = {};
  d = diagnose(e);
  CHECK_THAT(found(d, "dns.a-useless")->detail, !Contains("ddclient"));
  CHECK_THAT(advice_for(d, "dns.a-useless"), Contains("If a program or the router keeps the name up to date (DynDNS), let it publish IPv6 alone first"));
}

TEST_CASE("where an updater is set up rightly and the record is old, it is to be found out why it does not update") {
  auto stopped = ddclient_of("home.example.org", {}, from_eth0);
  stopped.active = false;
  const auto d = diagnose(home_with(stopped, "2a02:8070:9:9:5054:ff:fe12:3456"));
  const auto* record = found(d, "dns.aaaa-old-prefix");
  REQUIRE(record);
  CHECK_THAT(record->detail, Contains("is set up for the name, and does not run"));
  CHECK_THAT(advice_for(d, "dns.aaaa-old-prefix"), Contains("Find out why ddclient does not update home.example.org"));
  CHECK_THAT(advice_for(d, "dns.aaaa-old-prefix"), Contains("sudo systemctl enable --now ddclient.service"));
}

TEST_CASE("ddns-updater is given the last four groups of the address that stays") {
  host::Updater updater{.program = "ddns-updater", .file = "/etc/ddns-updater/config.json", .names = {"home.example.org"}, .active = true,
                        .ipv6 = {.source = AddressSource::web, .setting = "ip_version=ipv6"}};
  CHECK_THAT(advice_for(diagnose(home_with(updater)), "dns.aaaa-temporary"), Contains("\"ipv6_suffix\": \"0:0:0:0:5054:ff:fe12:3456/64\""));
}

TEST_CASE("of an updater that nobody knows to run it is not said that it does") {
  auto perhaps = ddclient_of("home.example.org", {}, as_seen6);
  perhaps.active.reset();
  const auto d = diagnose(home_with(perhaps));
  REQUIRE(found(d, "dns.aaaa-temporary"));
  CHECK_THAT(found(d, "dns.aaaa-temporary")->detail, Contains("is set up to keep the name up to date: it publishes the address"));
}

TEST_CASE("a file that root alone may read is mentioned, and nobody is accused") {
  const host::Updater unread{.program = "ddclient", .file = "/etc/ddclient.conf", .readable = false, .active = true, .ipv4 = {.source = AddressSource::unknown},
                             .ipv6 = {.source = AddressSource::unknown}};
  const auto d = diagnose(home_with(unread));
  CHECK_THAT(found(d, "dns.aaaa-temporary")->detail, !Contains("ddclient"));
  CHECK_THAT(advice_for(d, "dns.aaaa-temporary"), Contains("root alone may read /etc/ddclient.conf"));
}

TEST_CASE("a hostile report's updater becomes no command") {
  auto evil = ddclient_of("home.example.org", {}, {.source = AddressSource::web, .setting = "x; reboot", .line = 3});
  evil.program = "$(reboot)";
  evil.file = "/etc/x\n; reboot";
  evil.unit = "-x; reboot";
  const auto d = diagnose(home_with(evil));
  for (const auto& f : d.findings) {
    CHECK_THAT(f.detail, !Contains("reboot"));
    for (const auto& remedy : f.remedies) {
      for (const auto& step : remedy.steps) CHECK_THAT(step, !Contains("reboot"));
      for (const auto& command : remedy.commands)
        if (command.find("reboot") != std::string::npos) CHECK_THAT(command, Contains("'"));
    }
  }
}

TEST_CASE("an updater knows a name by its ASCII form, or by what the name is an alias of") {
  const auto www = [](const char* in_file, const std::vector<std::string>& chain) {
    return asked_by_another_name(home_with(ddclient_of(in_file, {}, as_seen6)), "www.example.org", "www.example.org.", chain);
  };
  const char* const umlaut = "b\u00fccherei.example.org";
  const auto umlaut_name = [&](const char* in_file) {
    return asked_by_another_name(home_with(ddclient_of(in_file, {}, as_seen6)), umlaut, "xn--bcherei-n2a.example.org.", {});
  };
  struct Row {
    const char* what;
    Evidence evidence;
    const char* says;   ///< empty: it is not named
  };
  const Row rows[] = {
      {"the end of an alias", www("PI.dyn.example", {"pi.dyn.example."}),
       "line 3: usev6=webv6) keeps the name behind the alias, PI.dyn.example, up to date: it publishes the address that it is seen with"},
      {"the end of two", www("pi.dyn.example", {"a.example.org.", "pi.dyn.example."}), "keeps the name behind the alias, pi.dyn.example, up to date"},
      {"a name between, which has no address", www("a.example.org", {"a.example.org.", "pi.dyn.example."}), ""},
      {"the alias itself", www("www.example.org", {"pi.dyn.example."}), "keeps the name up to date"},
      {"in ASCII", umlaut_name("xn--bcherei-n2a.example.org"), "keeps the name up to date"},
      {"as people write it", umlaut_name(umlaut), "keeps the name up to date"},
      {"another one", umlaut_name("pi.dyn.example"), ""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto d = diagnose(row.evidence);
    const auto* record = found(d, "dns.aaaa-temporary");
    REQUIRE(record);
    const bool named = *row.says != 0;
    CHECK(cites_updater(*record) == named);
    CHECK((record->detail.find("ddclient") != std::string::npos) == named);
    CHECK_THAT(record->detail, Contains(row.says));
    CHECK((record->remedies.front().title == "Let ddclient publish the address that stays") == named);
    REQUIRE(found(d, "address.temporary-preferred"));
    CHECK(cites_updater(*found(d, "address.temporary-preferred")) == named);
  }
  const auto d = diagnose(rows[0].evidence);
  CHECK_THAT(found(d, "address.temporary-preferred")->detail, Contains("publishes a temporary address for PI.dyn.example"));
  CHECK_THAT(advice_for(d, "dns.aaaa-temporary"), Contains("for up to 5 minutes"));
}

TEST_CASE("what this host had once is told by an updater of the alias's end") {
  const char* gone = "2a02:8070:1:2:77aa:1122:3344:5566";
  const auto by = [&](const char* in_file) {
    const auto e = home_with(ddclient_of(in_file, {}, as_seen6), gone);
    return diagnose(asked_by_another_name(e, "www.example.org", "www.example.org.", {"pi.dyn.example."}));
  };
  CHECK(by("pi.dyn.example").names[0].findings == std::vector<std::string>{"dns.aaaa-temporary"});
  CHECK(by("pi.dyn.example").names[0].verdict == NameState::wrong);
  CHECK(by("other.dyn.example").names[0].findings == std::vector<std::string>{"dns.aaaa-another-host"});
  CHECK(by("other.dyn.example").names[0].verdict == NameState::unknown);
}

TEST_CASE("why an updater of the alias's end does not update is asked of that name") {
  auto stopped = ddclient_of("pi.dyn.example", {}, from_eth0);
  stopped.active = false;
  const auto e = home_with(stopped, "2a02:8070:9:9:5054:ff:fe12:3456");
  const auto d = diagnose(asked_by_another_name(e, "www.example.org", "www.example.org.", {"pi.dyn.example."}));
  REQUIRE(found(d, "dns.aaaa-old-prefix"));
  CHECK_THAT(found(d, "dns.aaaa-old-prefix")->detail, Contains("is set up for the name behind the alias, pi.dyn.example, and does not run."));
  CHECK_THAT(advice_for(d, "dns.aaaa-old-prefix"), Contains("Find out why ddclient does not update pi.dyn.example"));
}

TEST_CASE("a service gives its hints for the name at the end of an alias") {
  const auto hints = [](const char* code, const char* end, const char* server_of_alias) {
    auto e = asked_by_another_name(home_with(ddclient_of("other.example.org", {}, as_seen6)), "www.example.org", "www.example.org.", {end});
    e.dns->names[0].zone_servers = {server_of_alias};
    return ringback::build::in_words(
        remedies_for(diagnosis::finding(code, Confidence::certain, "x", {.family = Family::ipv6, .name = "www.example.org"}, {}), e));
  };
  CHECK_THAT(hints("dns.aaaa-router", "x1y2.myfritz.net.", "ns1.example.net."), Contains("shares a port for it") && !Contains("A router's own DynDNS"));
  CHECK_THAT(hints("dns.aaaa-router", "x1y2.dyn.example.", "ns1.example.net."), Contains("A router's own DynDNS") && !Contains("shares a port for it"));
  for (const auto* end : {"pi.dynv6.net.", "pi.dns.army.", "a.pi.V6.rocks."})
    CHECK_THAT(hints("dns.aaaa-temporary", end, "ns1.example.net."), Contains("ipv6prefix=auto"));
  for (const auto* end : {"dynv6.net.", "pi.notdynv6.net.", "pi.dynv6.net.example.org."})
    CHECK_THAT(hints("dns.aaaa-temporary", end, "ns1.example.net."), !Contains("dynv6 can"));
  // Its servers keep the alias, and not the address.
  CHECK_THAT(hints("dns.aaaa-temporary", "pi.dyn.example.", "ns1.dynv6.com."), !Contains("dynv6 can"));
}

TEST_CASE("names of MyFRITZ! and of dynv6 get hints that fit them") {
  const auto hints = [](const char* code, const char* asked, std::vector<std::string> servers) {
    auto e = home_with(ddclient_of("other.example.org", {}, as_seen6));
    e.dns->names[0].name = asked;
    e.dns->names[0].zone_servers = std::move(servers);
    return ringback::build::in_words(remedies_for(diagnosis::finding(code, Confidence::certain, "x", {.family = Family::ipv6, .name = asked}, {}), e));
  };
  CHECK_THAT(hints("dns.aaaa-router", "x1y2.myfritz.net", {"ns1.myfritz.net"}), Contains("shares a port for it") && Contains("::5054:ff:fe12:3456"));
  CHECK_THAT(hints("dns.aaaa-temporary", "pi.x1y2.myfritz.net", {"ns1.myfritz.net"}), Contains("interface ID to ::5054:ff:fe12:3456"));
  CHECK_THAT(hints("dns.aaaa-temporary", "home.example.org", {"ns1.dynv6.com", "ns2.dynv6.com"}), Contains("ipv6prefix=auto"));
  CHECK_THAT(hints("dns.aaaa-temporary", "home.example.org", {"ns1.notdynv6.com", "dynv6.com.example.org"}), !Contains("dynv6 can"));
  CHECK_THAT(hints("dns.aaaa-temporary", "myfritz.net.example.org", {}), !Contains("MyFRITZ! name"));
}

TEST_CASE("the connection says what to publish, why it stays, and what outgoing connections use") {
  auto e = home_with(ddclient_of("home.example.org", {}, as_seen6));
  eth0(e).addresses.back().valid_left = std::chrono::seconds(10800);
  auto c = diagnose(e).connection.ipv6;
  CHECK(c.publish == ip(stable));
  CHECK(c.publish_kind == IdentifierKind::eui64);
  CHECK(c.outgoing == ip(temporary));
  CHECK(c.outgoing_left == std::chrono::seconds(10800));
  for (auto& lookup : e.host->lookups)
    if (lookup.source == ip(temporary)) lookup.source = ip(stable);
  c = diagnose(e).connection.ipv6;
  CHECK(c.outgoing == ip(stable));
  CHECK_FALSE(c.outgoing_left);
  c = diagnose(plain_nat()).connection.ipv6;
  CHECK_FALSE(c.publish);
  CHECK_FALSE(c.outgoing);
}

TEST_CASE("what an updater that runs will publish is said with the name, right or wrong, before the records show it") {
  const host::Published inadyn_iface{.source = AddressSource::interface, .interface = "eth0", .setting = "iface=eth0", .line = 2, .skips_temporary = false};
  const host::Published by_router{.source = AddressSource::router, .setting = "usev6=fwv6", .line = 3};
  const auto inadyn = [&] {
    return host::Updater{.program = "inadyn", .file = "/etc/inadyn.conf", .names = {"home.example.org"}, .active = true, .ipv6 = inadyn_iface};
  };
  const auto behind_cgn = [](host::Updater updater) {
    auto e = ds_lite();
    name(e, {}, {stable});
    e.host->updaters = {std::move(updater)};
    return e;
  };
  const auto temporary_first = [](Evidence e) {
    auto& addresses = eth0(e).addresses;
    std::swap(addresses[addresses.size() - 1], addresses[addresses.size() - 2]);
    for (auto& lookup : e.host->lookups)
      if (lookup.source == ip(temporary)) lookup.source = ip(stable);
    return e;
  };
  auto stopped = ddclient_of("home.example.org", as_seen4, from_eth0);
  stopped.active = false;
  const auto ends_in = [](const char* suffix) {
    return host::Updater{.program = "ddns-updater", .file = "/etc/ddns-updater/config.json", .names = {"home.example.org"}, .active = true,
                         .ipv6 = {.source = AddressSource::literal, .setting = "ipv6_suffix", .suffix = ip(suffix)}};
  };
  struct Row {
    const char* what;
    Evidence evidence;
    std::vector<std::string> says;   ///< each begins one of the sentences
  };
  const Row rows[] = {
      {"both right", home_with(ddclient_of("home.example.org", as_seen4, from_eth0), stable),
       {"On this host ddclient (/etc/ddclient.conf, line 2: usev4=webv4) publishes this home's own IPv4 address, as it should be.",
        "On this host ddclient (/etc/ddclient.conf, line 3: usev6=ifv6) publishes an IPv6 address of this host that stays, as it should be."}},
      {"the first of the interface is temporary, while outgoing connections use the one that stays", temporary_first(home_with(inadyn(), stable)),
       {fmt::format("On this host inadyn (/etc/inadyn.conf, line 2: iface=eth0) publishes {}, which is temporary: it is the first that the interface shows.", temporary)}},
      {"the first of the interface is the one that stays", home_with(inadyn(), stable),
       {"On this host inadyn (/etc/inadyn.conf, line 2: iface=eth0) publishes an IPv6 address of this host that stays"}},
      {"the carrier's IPv4 address, and no A record yet", behind_cgn(ddclient_of("home.example.org", as_seen4, {})),
       {"On this host ddclient (/etc/ddclient.conf, line 2: usev4=webv4) publishes "}},
      {"the router, which ddclient does not ask over IPv6", home_with(ddclient_of("home.example.org", {}, by_router), stable),
       {"On this host ddclient (/etc/ddclient.conf, line 3: usev6=fwv6) is told to ask the router"}},
      {"the last groups of the address that stays", home_with(ends_in("::5054:ff:fe12:3456"), stable),
       {"On this host ddns-updater (/etc/ddns-updater/config.json: ipv6_suffix) publishes an IPv6 address of this host that stays, as it should be."}},
      {"the last groups of a temporary one", temporary_first(home_with(ends_in("::1d0c:88aa:7b3f:9a01"), stable)),
       {fmt::format("On this host ddns-updater (/etc/ddns-updater/config.json: ipv6_suffix) publishes {}, which is temporary: the setting says its last four "
                    "groups.", temporary)}},
      {"the last groups of no address of this host", home_with(ends_in("::42"), stable), {}},
      {"it does not run", home_with(stopped, stable), {}},
      {"another name", home_with(ddclient_of("other.example.org", as_seen4, from_eth0), stable), {}},
      {"a command of its own", home_with(ddclient_of("home.example.org", {}, {.source = AddressSource::command, .setting = "usev6=cmdv6", .line = 3}), stable), {}},
      {"a finding names it already", home_with(ddclient_of("home.example.org", {}, as_seen6), stable), {}},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto d = diagnose(row.evidence);
    REQUIRE(d.names.size() == 1);
    REQUIRE(d.names[0].updates.size() == row.says.size());
    for (std::size_t i = 0; i < row.says.size(); ++i) CHECK_THAT(d.names[0].updates[i], Catch::StartsWith(row.says[i]));
  }
  CHECK_THAT(diagnose(rows[3].evidence).names[0].updates.at(0), Contains("the IPv4 address that this home is seen with. It is the provider's, and nobody can be let in there"));
}
