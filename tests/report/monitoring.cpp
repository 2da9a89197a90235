#include "report/monitoring.hpp"

#include <fmt/format.h>

#include "report/summary.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;
using Catch::Contains;

namespace {

std::string output(const Report& report, Announcement announcement, bool verbose = false) {
  return monitoring_output(report, announcement, {.verbose = verbose});
}

std::string output(const Report& report) { return output(report, {level_of(report), "2026-01-31T12:00:00Z", true, {}}); }

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("a healthy home is one line") {
  CHECK(output(healthy()) ==
        "OK - 443/tcp can be reached from the internet over IPv4 and IPv6. | time=0.812s;;;0;10 reachable=2;;;0;2 unreachable=0;;;0;2 untested=0;;;0;2 "
        "errors=0;;0;0; warnings=0;0;;0;\n");
}

TEST_CASE("a state that is not new says since when") {
  CHECK_THAT(output(healthy(), {Level::ok, "2026-01-31T04:12:00Z", false, {}}), Contains("IPv6. (since 2026-01-31 04:12 UTC) |"));
}

TEST_CASE("a state that is announced after it held says since when, and one that began with this check does not") {
  CHECK_THAT(output(healthy(), {Level::ok, "2026-01-31T11:59:59Z", true, {}}), Contains("IPv6. (since 2026-01-31 11:59 UTC) |"));
  CHECK_THAT(output(healthy(), {Level::ok, "2026-01-31T12:00:00Z", true, {}}), !Contains("since"));
}

TEST_CASE("each level by its word") {
  CHECK(output(closed_router()).starts_with("CRITICAL - "));
  CHECK(output(untested()).starts_with("UNKNOWN - "));
  CHECK(output(offline()).starts_with("CRITICAL - "));
  auto warned = healthy();
  warned.findings = closed_router().findings;
  for (auto& finding : warned.findings) finding.severity = Severity::warning;
  REQUIRE(level_of(warned) == Level::warning);
  const auto text = output(warned);
  CHECK(text.starts_with("WARNING - "));
  CHECK_THAT(first_line(text), Contains(fmt::format("errors=0;;0;0; warnings={};0;;0;", warned.findings.size())));
}

TEST_CASE("after the line: what is wrong, what to do, and each service") {
  const auto text = output(host_firewall());
  CHECK_THAT(text, Contains("[inbound.host-firewall]\n") && Contains("\n  What to do: ") && Contains("\nMore: ringback explain ") &&
                       Contains("443/tcp over IPv4: cannot be reached [inbound.host-firewall]"));
}

TEST_CASE("a level that is held back does not hide what this check saw") {
  const auto text = output(closed_router(), {Level::ok, "2026-01-31T04:12:00Z", false, {}});
  CHECK(text.starts_with("OK - as before; this check alone says CRITICAL: "));
}

TEST_CASE("what went wrong beside the check comes first after its line") {
  const auto text = output(closed_router(), {Level::critical, "", true, {"MQTT: the broker did not answer"}});
  CHECK(text.find("\nBeside the check: MQTT: the broker did not answer\n") == text.find('\n'));
}

TEST_CASE("one bar alone, ASCII alone, and no control character, whatever the names are") {
  for (const auto* evil : {"a|b", "a\nb", "a\x1b[31m", "\xe2\x80\xae" "abc", "\xff\xfe"}) {
    for (const auto& text : {output(filled_with(evil)), output(filled_with(evil), {Level::ok, evil, false, {evil}}, true)}) {
      CAPTURE(evil);
      const auto line = first_line(text);
      CHECK(std::ranges::count(line, '|') <= 1);
      CHECK(std::ranges::count(text, '|') == std::ranges::count(line, '|'));
      CHECK(std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    }
  }
}

TEST_CASE("it is bounded, and ends with a whole line") {
  auto report = closed_router();
  for (int i = 0; i < 400; ++i) {
    auto finding = report.findings.front();
    finding.title += std::to_string(i);
    finding.detail = std::string(3000, 'x');
    report.findings.push_back(finding);
  }
  const auto text = output(report);
  CHECK(text.size() <= 8192);
  CHECK(text.ends_with("\n...\n"));
  CHECK(first_line(text).find(" | time=") != std::string::npos);
}

TEST_CASE("what came later stands behind it, and both together are as long as is taken") {
  CHECK(monitoring_troubles({"MQTT: a|b", "Ping: c"}, 100) == "Beside the check: MQTT: a/b\nBeside the check: Ping: c\n");
  CHECK(monitoring_troubles({}, 100).empty());
  const auto text = monitoring_troubles(std::vector<std::string>(100, "Ping: http://192.0.2.1 did not answer in 5 s"), 2048);
  CHECK(text.size() <= 2048);
  CHECK(text.ends_with(" s\n...\n"));
  auto report = closed_router();
  report.findings.resize(1);
  for (int i = 0; i < 400; ++i) report.findings.push_back(report.findings.front());
  CHECK(monitoring_output(report, {}, {.longest = 1000}).size() <= 1000);
}

TEST_CASE("no check at all") {
  CHECK(monitoring_failure("another check\nhas | held it") == "UNKNOWN - another check has / held it\n");
}

TEST_CASE("what is remembered of a report") {
  const auto state = state_of(closed_router());
  CHECK(state.connection == closed_router().connection.type);
  CHECK(state.services.size() == closed_router().services.size());
  CHECK_FALSE(state.problems.empty());
  CHECK(std::ranges::none_of(state.problems, [](const auto& problem) { return problem.severity == Severity::info; }));
  auto many = closed_router();
  many.services.assign(100000, many.services.front());
  CHECK(state_of(many).services.size() == kMostServices);
}
