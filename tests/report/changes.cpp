#include "report/changes.hpp"

#include <nlohmann/json.hpp>

#include "published.hpp"
#include "report/comparison.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;
using Catch::Contains;

namespace {

Address address(const char* text) { return Address::parse(text).value(); }

/// The household of healthy(), some hours later.
template <class Change>
Report later(Change change) {
  auto report = healthy();
  report.started = "2026-02-01T03:30:00.000Z";
  change(report);
  return report;
}

std::vector<std::string> texts(const Comparison& comparison) {
  std::vector<std::string> result;
  for (const auto& change : comparison.changes) result.push_back(fmt::format("{}: {}", to_string(change.effect), change.text));
  return result;
}

void new_prefix(Report& report) {
  report.connection.ipv6.prefix = Prefix::parse("2001:db8:9:2::/64").value();
  report.connection.ipv6.stable_addresses = {address("2001:db8:9:2::10")};
}

}  // namespace

TEST_CASE("nothing changed is said as such") {
  const auto before = healthy(), after = later([](Report&) {});
  const auto comparison = compare(before, after);
  CHECK(comparison == Comparison{});
  CHECK(render(comparison, before, after, Format::text, {.columns = 120}) ==
        "Nothing changed between 2026-01-31 12:00 UTC and 2026-02-01 03:30 UTC (16 hours apart).\n");
}

TEST_CASE("a name that did not follow the prefix is told with it") {
  const auto after = later([](Report& report) {
    new_prefix(report);
    report.services[1] = {report.services[1].service, Family::ipv6, Reachable::unknown, StoppedAt::unknown, std::nullopt, Confidence::possible};
  });
  CHECK(texts(compare(healthy(), after)) ==
        std::vector<std::string>{"worse: The IPv6 prefix changed from 2001:db8:1:2::/64 to 2001:db8:9:2::/64. This host kept the second half of its address: "
                                 "2001:db8:1:2::10 became 2001:db8:9:2::10. The AAAA record of home.example.org did not follow: it still has 2001:db8:1:2::10.",
                                 "neither: 443/tcp over IPv6 could not be tested now. Before, it could be reached."});
}

TEST_CASE("when the prefix changed is told where checks in between remember it") {
  const auto moment = [](const char* text) { return Moment::parse(text).value(); };
  const auto old_prefix = Prefix::parse("2001:db8:1:2::/64").value(), next = Prefix::parse("2001:db8:9:2::/64").value();
  auto after = later(new_prefix);
  after.evidence.past = past::Evidence{};
  CHECK_THAT(texts(compare(healthy(), after))[0], !Contains("last seen"));
  after.evidence.past->prefixes = {{next, moment("2026-01-01T00:00:00Z"), moment("2026-01-02T00:00:00Z")},
                                   {old_prefix, moment("2026-01-31T00:00:00Z"), moment("2026-02-01T01:55:10Z")}};
  CHECK_THAT(texts(compare(healthy(), after))[0], Contains("2001:db8:9:2::/64. The old one was last seen at 2026-02-01 01:55 UTC. This host"));
  after.evidence.past->prefixes.push_back({next, moment("2026-02-01T02:00:00Z"), moment("2026-02-01T03:00:00Z")});
  CHECK_THAT(texts(compare(healthy(), after))[0],
             Contains("The old one was last seen at 2026-02-01 01:55 UTC, the new one first at 2026-02-01 02:00 UTC."));
}

TEST_CASE("a name that followed is told, and that its record is another one") {
  const auto after = later([](Report& report) {
    new_prefix(report);
    report.names[0].aaaa = {address("2001:db8:9:2::10")};
    report.connection.ipv4.mapped_address = address("198.51.100.99");
    report.names[0].a = {address("198.51.100.99")};
  });
  const auto said = texts(compare(healthy(), after));
  REQUIRE(said.size() == 4);
  CHECK(said[0] == "neither: The A record of home.example.org changed: before 198.51.100.7; now 198.51.100.99.");
  CHECK(said[2] == "neither: The IPv4 address that the internet sees changed from 198.51.100.7 to 198.51.100.99. The A record of home.example.org followed.");
  CHECK_THAT(said[3], Contains("The AAAA record of home.example.org followed."));
}

TEST_CASE("each way in which a service can change") {
  struct Row {
    Reachable before, after;
    const char* expected;
  };
  using enum Reachable;
  const Row rows[] = {
      {yes, no, "worse: 443/tcp over IPv4 could be reached from the internet, and no longer can: Your router passes no IPv4 connections for this port on to this host."},
      {no, yes, "better: 443/tcp over IPv4 can be reached from the internet now. Before, it could not: Your router passes no IPv4 connections for this port on to this host."},
      {unknown, yes, "neither: 443/tcp over IPv4 can be reached now. Before, it could not be tested."},
      {unknown, no, "neither: 443/tcp over IPv4 cannot be reached now: Your router passes no IPv4 connections for this port on to this host. Before, it could not be tested."},
      {no, unknown, "neither: 443/tcp over IPv4 could not be tested now. Before, it could not be reached: Your router passes no IPv4 connections for this port on to this host."},
      {yes, unknown, "neither: 443/tcp over IPv4 could not be tested now. Before, it could be reached."},
  };
  for (const auto& row : rows) {
    INFO(row.expected);
    const auto with = [](Reachable reachable) {
      auto report = closed_router();
      report.services.erase(report.services.begin() + 1);
      report.findings.erase(report.findings.begin() + 1);
      if (reachable == no) return report;
      report.findings.clear();
      report.services[0].reachable = reachable;
      report.services[0].cause.reset();
      report.services[0].stopped_at = reachable == yes ? StoppedAt::none : StoppedAt::unknown;
      return report;
    };
    CHECK(texts(compare(with(row.before), with(row.after))) == std::vector<std::string>{row.expected});
  }
}

TEST_CASE("a service that stops elsewhere than before is told with both reasons") {
  const auto said = texts(compare(closed_router(), host_firewall()));
  REQUIRE(said.size() == 2);
  CHECK(said[1] == "neither: 443/tcp over IPv6 still cannot be reached, for another reason. Before: Your router's IPv6 firewall lets nothing through to this "
                   "host. Now: This host's own packet filter drops what arrives.");
}

TEST_CASE("a service that could not be tested, for one reason and then for another, is told with both") {
  const auto untested_for = [](const char* title) {
    auto report = untested();
    report.services.pop_back();
    for (auto& finding : report.findings) finding.title = title;
    return report;
  };
  auto after = untested_for("Nobody knows whether it arrives");
  after.services[0].cause = after.findings[0].code = "inbound.not-arriving";
  const auto said = texts(compare(untested_for("There was no vantage point"), after));
  REQUIRE_FALSE(said.empty());
  CHECK(said[0] == "neither: 443/tcp over IPv4 still could not be tested, for another reason. Before: There was no vantage point. Now: Nobody knows whether it arrives.");
}

TEST_CASE("a service that came or went is told with what it is, or was") {
  struct Row {
    Reachable reachable;
    const char *came, *went;
  };
  using enum Reachable;
  const Row rows[] = {
      {yes, "neither: 443/tcp over IPv4 is new here: it can be reached.", "neither: 443/tcp over IPv4 is not here any more. Before, it could be reached."},
      {no, "neither: 443/tcp over IPv4 is new here: it cannot be reached.", "neither: 443/tcp over IPv4 is not here any more. Before, it could not be reached."},
      {unknown, "neither: 443/tcp over IPv4 is new here: it could not be tested.",
       "neither: 443/tcp over IPv4 is not here any more. Before, it could not be tested."},
  };
  for (const auto& row : rows) {
    auto with = healthy();
    with.evidence.request.services_named = false;
    auto without = with;
    without.services.clear();
    with.services.pop_back();
    with.services[0].reachable = row.reachable;
    CHECK(texts(compare(without, with)) == std::vector<std::string>{row.came});
    CHECK(texts(compare(with, without)) == std::vector<std::string>{row.went});
  }
}

TEST_CASE("each way in which a name's verdict can change: what was before is told as past, and no title runs on") {
  const auto verdict = [](NameState state, const char* title) {
    auto report = healthy();
    report.findings.clear();
    report.names[0].verdict = state;
    report.names[0].findings = {"dns.aaaa-wrong"};
    if (title != nullptr)
      report.findings.push_back({"dns.aaaa-wrong", Severity::error, Confidence::certain, title, "", {.name = "home.example.org"}, {}, {}});
    return report;
  };
  using enum NameState;
  const char* const old = "Its AAAA record is not yours (an old prefix)";
  const char* const unanswered = "No resolver answered";
  struct Row {
    Report before, after;
    const char* expected;
  };
  const Row rows[] = {
      {verdict(wrong, old), verdict(right, nullptr),
       "better: home.example.org leads here now. Before, it did not lead here as it should: Its AAAA record is not yours (an old prefix)."},
      {verdict(right, nullptr), verdict(wrong, old),
       "worse: home.example.org does not lead here as it should now: Its AAAA record is not yours (an old prefix). Before, it led here."},
      {verdict(wrong, old), verdict(unknown, nullptr),
       "neither: home.example.org could not be judged now. Before, it did not lead here as it should: Its AAAA record is not yours (an old prefix)."},
      {verdict(unknown, unanswered), verdict(wrong, old),
       "neither: home.example.org does not lead here as it should now: Its AAAA record is not yours (an old prefix). Before, it could not be judged: No "
       "resolver answered."},
      {verdict(wrong, "It leads to a stranger"), verdict(wrong, old),
       "neither: home.example.org still does not lead here as it should. Before: It leads to a stranger. Now: Its AAAA record is not yours (an old prefix)."},
  };
  for (const auto& row : rows) CHECK(texts(compare(row.before, row.after)) == std::vector<std::string>{row.expected});
}

TEST_CASE("a service that stops at another place for the same reason is told with both places") {
  const auto stopping_at = [](StoppedAt where, Reachable reachable) {
    auto report = closed_router();
    report.services.erase(report.services.begin() + 1);
    report.findings.erase(report.findings.begin() + 1);
    report.services[0].stopped_at = where;
    report.services[0].reachable = reachable;
    return report;
  };
  struct Row {
    Reachable reachable;
    StoppedAt before, after;
    const char* expected;
  };
  using enum StoppedAt;
  const char* const title = "Your router passes no IPv4 connections for this port on to this host";
  const Row rows[] = {
      {Reachable::no, provider, router, "443/tcp over IPv4 still cannot be reached: {}. It stops at the home router now; before, at the provider."},
      {Reachable::no, upstream, host_firewall,
       "443/tcp over IPv4 still cannot be reached: {}. It stops at this host's own firewall now; before, at the home router or at the provider, which cannot be told apart."},
      {Reachable::no, listener, return_path,
       "443/tcp over IPv4 still cannot be reached: {}. It stops on the way back to the visitor now; before, at the program that should answer."},
      {Reachable::unknown, unknown, listener,
       "443/tcp over IPv4 still could not be tested: {}. As far as is known, it stops at the program that should answer now; before, at a place that is not known."},
  };
  for (const auto& row : rows) {
    const auto comparison = compare(stopping_at(row.before, row.reachable), stopping_at(row.after, row.reachable));
    CHECK(texts(comparison) == std::vector{"neither: " + fmt::format(fmt::runtime(row.expected), title)});
    REQUIRE(comparison.changes.size() == 1);
    CHECK(comparison.changes[0].before != comparison.changes[0].after);
  }
}

TEST_CASE("a finding that is graver or less grave than before is told") {
  using enum Severity;
  struct Row {
    Severity before, after;
    const char* expected;
  };
  const Row rows[] = {
      {warning, error, "worse: Every port is open (IPv4): this is an error now. Before, it was a warning."},
      {error, info, "better: Every port is open (IPv4): this is a note now. Before, it was an error."},
  };
  const auto graded = [](const char* code, Severity severity) {
    return later([&](Report& report) { report.findings.push_back({code, severity, Confidence::likely, "Every port is open", "", {.family = Family::ipv4}, {}, {}}); });
  };
  for (const auto& row : rows) CHECK(texts(compare(graded("exposure.exposed-host", row.before), graded("exposure.exposed-host", row.after))) == std::vector<std::string>{row.expected});
  CHECK(texts(compare(graded("measure.lossy", info), graded("measure.lossy", warning))) ==
        std::vector<std::string>{"neither: Every port is open (IPv4): this is a warning now. Before, it was a note."});
  CHECK(compare(graded("measure.lossy", info), graded("measure.lossy", info)).changes.empty());

  auto after = closed_router();   // what stops a service, too; of one code together
  for (auto& finding : after.findings) finding.code = "inbound.not-arriving", finding.title = "Nothing arrives", finding.severity = warning;
  auto before = after;
  for (auto& finding : before.findings) finding.severity = error;
  CHECK(texts(compare(before, after)) ==
        std::vector<std::string>{"better: Nothing arrives (443/tcp over IPv4 and 443/tcp over IPv6): this is a warning now. Before, it was an error."});
}

TEST_CASE("findings that come and go, a connection that changed, a probe that could not work") {
  const auto moved = compare(healthy(), ds_lite());
  CHECK(std::ranges::any_of(moved.changes, [](const Change& c) { return c.about == About::connection && c.text.starts_with("The connection was: "); }));
  const auto lossy = later([](Report& report) {
    report.findings.push_back({"measure.lossy", Severity::warning, Confidence::likely, "Packets get lost on this line", "", {}, {}, {}});
    report.findings.push_back({"exposure.exposed-host", Severity::warning, Confidence::likely, "Every port is open", "", {.family = Family::ipv4}, {}, {}});
  });
  CHECK(texts(compare(healthy(), lossy)) ==
        std::vector<std::string>{"worse: New: Every port is open (IPv4).", "neither: New: Packets get lost on this line."});
  CHECK(texts(compare(lossy, healthy()))[0] == "better: No longer: Every port is open (IPv4).");
  const auto without = later([](Report& report) { report.probes[1] = {"stun", ProbeStatus::timed_out, {}, "the deadline came first"}; });
  CHECK(texts(compare(healthy(), without)) ==
        std::vector<std::string>{"neither: The probe \"stun\" ended otherwise: before done; now timed-out (the deadline came first)."});
}

TEST_CASE("the masks of redacted reports are not compared") {
  const auto after = later([](Report& report) {
    new_prefix(report);
    report.redacted = true;
  });
  const auto comparison = compare(healthy(), after);
  CHECK(comparison.changes.empty());
  REQUIRE(comparison.caveats.size() == 1);
  CHECK_THAT(comparison.caveats[0], Contains("masked"));
}

TEST_CASE("what makes two reports hard to compare is said") {
  const auto after = later([](Report& report) {
    report.started = "2025-01-01T00:00:00.000Z";
    report.tool.version = "9.9";
    report.evidence.host = host::Evidence{.host_name = "other"};
    report.evidence.request.names = {"another.example.org"};
  });
  auto before = healthy();
  before.evidence.host = host::Evidence{.host_name = "pi"};
  const auto comparison = compare(before, after);
  REQUIRE(comparison.caveats.size() == 4);
  CHECK_THAT(comparison.caveats[0], Contains("older"));
  CHECK(comparison.caveats[1] == "They were made on different hosts: pi and other.");
  CHECK_THAT(comparison.caveats[2], Contains("different versions"));
  CHECK(comparison.caveats[3] == "The second report alone asked about another.example.org.");
}

TEST_CASE("a report compared with itself is said to be so, whether it is masked or not") {
  for (const bool redacted : {false, true}) {
    auto report = healthy();
    report.redacted = redacted;
    const auto comparison = compare(report, report);
    CHECK(comparison.changes.empty());
    CHECK(comparison.caveats == std::vector<std::string>{"Both are the same report: nothing could have changed between them."});
  }
}

TEST_CASE("one run that was judged twice is said to be so") {
  auto before = healthy(), after = closed_router();
  after.started = before.started;
  after.evidence = before.evidence;
  const auto comparison = compare(before, after);
  REQUIRE_FALSE(comparison.caveats.empty());
  CHECK(comparison.caveats[0] == "Both are of the same run: whatever differs was only judged otherwise.");
}

TEST_CASE("another home router may be another household") {
  const auto behind = [](const char* ipv4, const char* ipv6) {
    return later([&](Report& report) {
      const auto uplink = [](const char* mac) { return host::Uplink{.interface = "eth0", .gateway_mac = MacAddress::parse(mac).value()}; };
      report.evidence.host = host::Evidence{.host_name = "raspberrypi"};
      if (ipv4 != nullptr) report.evidence.host->ipv4 = uplink(ipv4);
      if (ipv6 != nullptr) report.evidence.host->ipv6 = uplink(ipv6);
    });
  };
  const auto* one = "02:00:00:00:00:01";
  const auto* other = "02:00:00:00:00:02";
  const auto said = [](auto before, const Report& after) {
    before.started = "2026-01-31T12:00:00.000Z";
    return compare(before, after).caveats;
  };
  CHECK(said(behind(one, one), behind(other, other)) ==
        std::vector<std::string>{"Their home routers have different hardware addresses (02:00:00:00:00:01; 02:00:00:00:00:02): unless the router was exchanged, "
                                 "these are two households."});
  CHECK(said(behind(one, nullptr), behind(nullptr, one)).empty());
  CHECK(said(behind(one, other), behind(other, nullptr)).empty());
  CHECK(said(behind(nullptr, nullptr), behind(other, nullptr)).empty());
  auto masked = behind(other, other);
  masked.redacted = true;
  for (const auto& caveat : said(behind(one, one), masked)) CHECK_THAT(caveat, !Contains("router"));
}

TEST_CASE("judged anew, the verdicts that differ are named") {
  CHECK(judged_otherwise(healthy(), healthy()).empty());
  const auto differ = judged_otherwise(closed_router(), host_firewall());
  REQUIRE(differ.size() == 2);
  CHECK(differ[0] == "443/tcp over IPv4: was: cannot be reached: Your router passes no IPv4 connections for this port on to this host; is now: cannot be "
                     "reached: This host's own packet filter drops what arrives");
}

TEST_CASE("judged anew, whatever differs alone is named, and with it the exit status") {
  struct Row {
    void (*stored)(Report&);
    std::vector<std::string> expected;
  };
  const char* const title = "Your router passes no IPv4 connections for this port on to this host";
  const Row rows[] = {
      {[](Report& r) { r.findings[0].severity = Severity::warning; }, {fmt::format("{} (443/tcp over IPv4), how grave: was: warning; is now: error", title)}},
      {[](Report& r) { for (auto& one : r.findings) one.severity = Severity::info; },
       {fmt::format("{} (443/tcp over IPv4), how grave: was: info; is now: error", title),
        "Your router's IPv6 firewall lets nothing through to this host (443/tcp over IPv6), how grave: was: info; is now: error",
        "The exit status: was: 0; is now: 2"}},
      {[](Report& r) { r.findings[0].confidence = Confidence::possible; }, {fmt::format("{} (443/tcp over IPv4), how certain: was: possible; is now: certain", title)}},
      {[](Report& r) { r.findings.erase(r.findings.begin()); }, {fmt::format("443/tcp over IPv4: was: nothing; is now: {} (443/tcp over IPv4)", title)}},
      {[](Report& r) { r.services[1].confidence = Confidence::likely; }, {"443/tcp over IPv6, how certain: was: likely; is now: certain"}},
      {[](Report& r) { r.services[0].stopped_at = StoppedAt::provider; },
       {fmt::format("443/tcp over IPv4: was: cannot be reached: {0}; it stops at the provider; is now: cannot be reached: {0}; it stops at the home router", title)}},
      {[](Report& r) { r.services.pop_back(); }, {"443/tcp over IPv6, whether it can be reached: was: not judged; is now: no"}},
      {[](Report& r) { r.services.push_back(r.services[0]), r.services.back().service = Service::parse("22/tcp").value(); },
       {"22/tcp over IPv4, whether it can be reached: was: no; is now: not judged"}},
      {[](Report& r) { r.names.push_back({"home.example.org", {}, {}, NameState::wrong, {}, {}}); }, {"home.example.org: was: is not right; is now: not judged"}},
      {[](Report& r) { r.connection.confidence = Confidence::possible; }, {"The connection, how certain: was: possible; is now: certain"}},
      {[](Report& r) { r.connection.ipv4.mapped_address.reset(); }, {"The IPv4 address that the internet sees: was: none; is now: 198.51.100.7"}},
      {[](Report& r) { r.connection.ipv4.nat_layers = 2; }, {"How many translate IPv4 one after the other: was: 2; is now: 1"}},
      {[](Report& r) { r.connection.ipv6.stable_addresses.clear(); }, {"IPv6 addresses that stay: was: none; is now: 2001:db8:1:2::10"}},
      {[](Report& r) { r.connection.ipv6.publish = address("2001:db8:1:2::99"); },
       {"The IPv6 address that a name should lead to: was: 2001:db8:1:2::99; is now: none"}},
  };
  for (const auto& row : rows) {
    auto stored = closed_router();
    row.stored(stored);
    CHECK(judged_otherwise(stored, closed_router()) == row.expected);
    CHECK_FALSE(is_judged_alike(stored, closed_router()));
  }
  auto reworded = closed_router();
  reworded.findings[0].detail = "In other words.";
  CHECK(judged_otherwise(reworded, closed_router()).empty());
  CHECK_FALSE(is_judged_alike(reworded, closed_router()));
  CHECK(is_judged_alike(closed_router(), closed_router()));
}

TEST_CASE("a comparison in every form") {
  const auto before = healthy(), after = later(new_prefix);
  const auto comparison = compare(before, after);
  for (const unsigned columns : {40U, 80U}) {
    const auto text = render(comparison, before, after, Format::text, {.columns = columns});
    CHECK_THAT(text, Contains("Worse"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) CHECK(line.size() <= columns + 2);  // a bullet is three bytes
  }
  CHECK_THAT(render(comparison, before, after, Format::markdown), Contains("#### Worse"));
  const auto json = render(comparison, before, after, Format::json);
  CHECK_THAT(json, Catch::StartsWith("{\"schema\":\"ringback.diff/1\",\"before\":{\"started\":\"2026-01-31T12:00:00.000Z\""));
  CHECK_THAT(json, Contains("\"about\":\"ipv6\",\"effect\":\"worse\""));
}

TEST_CASE("the schema file of comparisons is the one that the types give; RINGBACK_WRITE_SCHEMA=1 test-report writes it") {
  check_is_published("diff.schema.json", comparison_schema());
}

TEST_CASE("a comparison of any two reports is valid by its schema", "[schema]") {
  auto all = samples();
  all.pop_back();   // a report without a time is none
  std::vector<std::pair<std::string, std::string>> documents;
  std::string expected;
  for (const auto& before : all)
    for (const auto& after : all) {
      const auto name = before.name + "-" + after.name;
      documents.emplace_back(name, render(compare(before.report, after.report), before.report, after.report, Format::json));
      expected += name + ": valid\n";
    }
  CHECK(validated("diff.schema.json", documents) == expected);
}

TEST_CASE("a comparison that breaks the contract is not valid by its schema", "[schema]") {
  const auto before = healthy(), after = closed_router();
  const auto said = render(compare(before, after), before, after, Format::json);
  const auto place = [&](auto change) {
    auto value = nlohmann::json::parse(said);
    REQUIRE_FALSE(value["changes"].empty());
    change(value);
    return validated("diff.schema.json", {{"it", value.dump()}});
  };
  CHECK(place([](auto& v) { v["mood"] = "good"; }) == "it: valid\n");   // adding is free
  CHECK(place([](auto& v) { v["schema"] = "ringback.diff/2"; }) == "it: /schema\n");
  CHECK(place([](auto& v) { v.erase("caveats"); }) == "it: /\n");
  CHECK(place([](auto& v) { v["before"]["started"] = "yesterday"; }) == "it: /before/started\n");
  CHECK(place([](auto& v) { v["changes"][0]["effect"] = "bad"; }) == "it: /changes/0/effect\n");
  CHECK(place([](auto& v) { v["changes"][0].erase("before"); }) == "it: /changes/0\n");
}

TEST_CASE("times are told to the nearest unit that says enough") {
  using namespace std::chrono_literals;
  CHECK(about_as_long_as(1s) == "1 second");
  CHECK(about_as_long_as(119s) == "119 seconds");
  CHECK(about_as_long_as(120s) == "2 minutes");
  CHECK(about_as_long_as(47h) == "47 hours");
  CHECK(about_as_long_as(49h) == "2 days");
}
