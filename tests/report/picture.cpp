#include "report/picture.hpp"

#include "report/html_picture.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;

namespace {

std::string drawn(const Report& report, const TextStyle& style) {
  Page page(style);
  draw(picture(report), page);
  return page.text();
}

}  // namespace

TEST_CASE("where it stops, as five marks: internet, provider, router, this host, service") {
  struct Row {
    Reachable reachable;
    StoppedAt stopped_at;
    const char* marks;
    const char* outcome;
    bool got_here = false;
    const char* from = "88.1.2.3:40000";
  };
  using enum StoppedAt;
  const auto row = GENERATE(values<Row>({
      {Reachable::yes, none, "ooooo", "reachable"},
      {Reachable::no, provider, "oX...", "stopped"},
      {Reachable::no, router, "ooX..", "stopped"},
      {Reachable::no, upstream, "o??..", "stopped"},
      {Reachable::no, host_firewall, "oooX.", "stopped", true},
      {Reachable::no, host_firewall, "o??X.", "stopped"},
      {Reachable::no, host_firewall, "o??X.", "stopped", true, "192.168.178.5:40000"},   // from this home, it proves nothing
      {Reachable::no, listener, "ooooX", "stopped", true},
      {Reachable::no, listener, "o???X", "stopped"},
      {Reachable::no, return_path, "ooooo", "answer lost"},
      {Reachable::no, StoppedAt::unknown, "o????", "stopped"},
      {Reachable::unknown, StoppedAt::unknown, "o????", "not tested"},
      {Reachable::unknown, provider, "o????", "not tested"},
      {Reachable::unknown, host_firewall, "o??X.", "not tested"},
      {Reachable::unknown, listener, "o???X", "not tested"},
  }));
  Report report;
  report.services = {{Service::parse("443/tcp").value(), Family::ipv4, row.reachable, row.stopped_at, std::nullopt, Confidence::certain}};
  auto& knock = report.evidence.inbound.emplace().knocks.emplace_back();
  knock.service = report.services[0].service;
  knock.family = row.got_here ? Family::ipv4 : Family::ipv6;   // over the other one it says nothing of this one
  knock.target = Address::parse(row.got_here ? "77.1.2.3" : "2a02:8070::3").value();
  knock.source = Endpoint::parse(row.from).value();
  knock.arrivals.emplace_back();
  std::string marks;
  const auto drawn_row = picture(report).front();
  for (const auto mark : drawn_row.marks) marks += symbol(mark, false);
  CHECK(marks == row.marks);
  CHECK(drawn_row.outcome == row.outcome);
}

TEST_CASE("services of one fate share their rows, and what is not drawn is counted") {
  auto report = test::healthy();
  report.services.clear();
  const auto add = [&](Port port, Reachable reachable, StoppedAt at) {
    report.services.push_back({Service::parse(std::to_string(port) + "/tcp").value(), Family::ipv4, reachable, at, std::nullopt, Confidence::certain});
  };
  for (Port port = 8001; port <= 8040; ++port) add(port, port < 8040 ? Reachable::yes : Reachable::no, port < 8040 ? StoppedAt::none : StoppedAt::router);
  auto rows = picture(report);
  REQUIRE(rows.size() == 2);
  CHECK(label(rows[0]) == "39 services");
  CHECK(label(rows[1]) == "8040/tcp");
  CHECK(headline(report).text.starts_with("Of 40 services 39 can be reached from the internet and 1 cannot"));
  for (auto& verdict : report.services) verdict.reachable = Reachable::no, verdict.stopped_at = StoppedAt::router;
  REQUIRE(picture(report).size() == 1);
  CHECK(headline(report).text.starts_with("None of the 40 services can be reached from the internet over IPv4"));
  report.services.clear();
  for (Port port = 1; port <= 100; ++port) {
    add(port, Reachable::no, StoppedAt::router);
    report.services.back().family = port % 2 == 0 ? Family::ipv4 : Family::ipv6;
  }
  CHECK(picture(report).size() == 2);
}

TEST_CASE("of a service that not every visitor reaches the picture says so") {
  auto report = test::healthy();
  report.findings.push_back({.code = "inbound.host-firewall", .severity = Severity::warning, .title = "Some visitors do not get in: this host stops them"});
  report.findings.back().subject.service = report.services[0].service;
  report.findings.back().subject.family = Family::ipv4;
  CHECK(picture(report)[0].outcome == "not for all");
  CHECK(picture(report)[1].outcome == "reachable");
  CHECK_THAT(legend(picture(report), false), Catch::Contains("not for all = some visitors get in, and others do not"));
}

TEST_CASE("without internet the picture knows nothing of the way") {
  for (const auto& row : picture(test::offline())) CHECK(std::ranges::all_of(row.marks, [](Mark mark) { return mark == Mark::doubtful; }));
}

TEST_CASE("where a family is absent, nothing sets out, and nothing is open about it") {
  auto report = test::healthy();
  report.services[1] = {report.services[1].service, Family::ipv6, Reachable::no, StoppedAt::upstream, "ipv6.none", Confidence::certain};
  CHECK(drawn(report, {.columns = 80, .unicode = false}) ==
        "               internet  provider  router  this host  service\n"
        "443/tcp  IPv4      o---------o--------o--------o---------o     reachable\n"
        "         IPv6      .         .        .        .         .     no IPv6\n"
        "o = passed, . = never got there\n");
}

TEST_CASE("of a lost answer the picture says that it is the answer which is lost, and not the visitor") {
  auto report = test::healthy();
  report.services = {report.services[0]};
  report.services[0].reachable = Reachable::no;
  report.services[0].stopped_at = StoppedAt::return_path;
  CHECK(drawn(report, {.columns = 80}) ==
        "               internet  provider  router  this host  service\n"
        "443/tcp  IPv4      ●───✗←────●────────●────────●─────────●     answer lost\n"
        "answer lost (✗ on the line) = it gets here, and what this host answers does not\n"
        "get back\n");
  CHECK(drawn(report, {.columns = 80, .unicode = false}).find("IPv4      o---X<----o--------o--------o---------o     answer lost\n") != std::string::npos);
  CHECK(drawn(report, {.columns = 40}).find("443/tcp  IPv4  ●✗●─●─●─●  answer lost\n") != std::string::npos);
  CHECK(legend(picture(report), false) == "answer lost (X on the line) = it gets here, and what this host answers does not get back");
  CHECK(test::has(picture_svg(picture(report)), "443/tcp over IPv4: it gets here, and its answer is lost on the way back; internet passed,"));
  const auto crosses = [](const Report& one) { return test::has(picture_svg(picture(one)), "class=\"bad\"/>"); };
  CHECK(crosses(report));
  CHECK_FALSE(crosses(test::healthy()));
  CHECK(legend(picture(test::healthy()), false).empty());
}

TEST_CASE("a table where the terminal is wide, a stair where it is not") {
  CHECK(drawn(test::ds_lite(), {.columns = 80}) ==
        "               internet  provider  router  this host  service\n"
        "443/tcp  IPv4      ●─────────✗        ·        ·         ·     stopped\n"
        "         IPv6      ●─────────●────────●────────●─────────●     reachable\n"
        "● = passed, ✗ = stops here, · = never got there\n");
  CHECK(drawn(test::ds_lite(), {.columns = 40}) ==
        "               internet\n"
        "               │ provider\n"
        "               │ │ router\n"
        "               │ │ │ this host\n"
        "               │ │ │ │ service\n"
        "443/tcp  IPv4  ●─✗ · · ·  stopped\n"
        "         IPv6  ●─●─●─●─●  reachable\n"
        "● = passed, ✗ = stops here, · = never\n"
        "got there\n");
  CHECK(drawn(test::healthy(), {.columns = 80, .unicode = false}) ==
        "               internet  provider  router  this host  service\n"
        "443/tcp  IPv4      o---------o--------o--------o---------o     reachable\n"
        "         IPv6      o---------o--------o--------o---------o     reachable\n");
  auto long_service = test::no_listener();
  long_service.services[0].service = Service::parse("51820:51821/udp").value();
  long_service.evidence.inbound->knocks[0].service = long_service.services[0].service;
  CHECK(drawn(long_service, {.columns = 40, .unicode = false}) ==
        "      internet\n"
        "      | provider\n"
        "      | | router\n"
        "      | | | this host\n"
        "      | | | | service\n"
        "51820:51821/udp\n"
        "IPv4  o-o-o-o-X  stopped\n"
        "o = passed, X = stops here\n");
  CHECK(drawn(Report{}, {}).empty());
}

TEST_CASE("what opens and then loses large packets is not called reachable without a word") {
  auto report = test::healthy();
  report.findings.push_back({.code = "inbound.mtu-blackhole", .severity = Severity::error,
                             .subject = {.service = report.services[0].service, .family = Family::ipv4}});
  const auto rows = picture(report);
  CHECK(rows[0].outcome == "stalls");
  CHECK(rows[0].in_full == "reachable, large packets lost");
  CHECK(rows[0].tone == Tone::doubtful);
  CHECK(rows[1].outcome == "reachable");
  CHECK_THAT(drawn(report, {.columns = 80}), Catch::Contains("stalls = reachable, but large packets get lost"));
  report.findings.back().subject = {.family = Family::ipv6};   // a report of an earlier version: all services of the family
  CHECK(picture(report)[1].outcome == "stalls");
  report.findings.back().severity = Severity::info;            // not seen to hit anybody
  CHECK(picture(report)[1].outcome == "reachable");
}

TEST_CASE("many services that pass alike share a row, which names them below") {
  auto report = test::healthy();
  const auto verdicts = report.services;
  report.services.clear();
  const auto add = [&](const char* service) {
    for (auto verdict : verdicts) {
      verdict.service = Service::parse(service).value();
      report.services.push_back(verdict);
    }
  };
  for (const auto* service : {"80/tcp", "443/tcp", "22/tcp"}) add(service);
  CHECK(picture(report).size() == 6);   // three are told apart
  add("51820/udp");
  const std::string legend_of_four = "4 services = 80/tcp, 443/tcp, 22/tcp and 51820/udp";
  CHECK(drawn(report, {.columns = 80}) ==
        "                  internet  provider  router  this host  service\n"
        "4 services  IPv4      ●─────────●────────●────────●─────────●     reachable\n"
        "            IPv6      ●─────────●────────●────────●─────────●     reachable\n" + legend_of_four + "\n");
  report.services[3].reachable = Reachable::no;   // 443/tcp over IPv6
  report.services[3].stopped_at = StoppedAt::router;
  CHECK(picture(report).size() == 8);             // three that pass alike are left
  add("25/tcp");
  const auto rows = picture(report);
  REQUIRE(rows.size() == 4);
  CHECK(label(rows[0]) == "4 services");
  CHECK(label(rows[2]) == "443/tcp");
  CHECK(rows[3].outcome == "stopped");
  CHECK_THAT(legend(rows, false), Catch::Contains("4 services = 80/tcp, 22/tcp, 51820/udp and 25/tcp"));
}
