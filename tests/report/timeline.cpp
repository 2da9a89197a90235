#include "report/timeline.hpp"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "published.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;
using Catch::Contains;

namespace {

Moment when(const char* text) { return Moment::parse(text).value(); }

history::Period span(const char* began, const char* last, Level level, std::vector<std::string> changes = {}) {
  return {.began = when(began), .last = when(last), .checks = 12, .level = level, .state = {}, .changes = std::move(changes), .has_report = true};
}

/// Two quiet days, a night without IPv6, and well again.
History night() {
  return {.periods = {span("2026-11-27T10:00:00Z", "2026-11-29T04:10:00Z", Level::ok),
                      span("2026-11-29T04:15:00Z", "2026-11-29T09:00:00Z", Level::critical, {"The IPv6 prefix changed; home.example.org did not follow."})},
          .since = std::nullopt,
          .now = when("2026-11-29T09:01:00Z")};
}

/// Every level, from night() to a year later.
History year() {
  auto history = night();
  history.now = when("2027-11-29T09:00:00Z");
  history.older_left_out = true;
  history.periods[1].state.services = {{.service = Service{Protocol::tcp, 443, 443}, .family = Family::ipv6, .reachable = Reachable::no, .cause = "inbound.not-arriving"}};
  history.periods.push_back(span("2026-11-29T09:05:00Z", "2027-03-01T00:00:00Z", Level::warning, {"A resolver of this network gives an old answer."}));
  history.periods.push_back(span("2027-03-01T00:05:00Z", "2027-03-09T12:00:00Z", Level::unknown, {"The vantage point did not answer."}));
  history.periods.push_back(span("2027-03-10T00:00:00Z", "2027-11-29T08:55:00Z", Level::ok, {"All is well again."}));
  return history;
}

std::string drawn(const Timeline& timeline) {
  std::string text;
  for (const auto& row : timeline.rows) {
    text += row.begin.to_string().substr(0, 10) + " ";
    for (const auto& slot : row.slots) text += !slot.checked ? '.' : slot.level == Level::ok ? '-' : slot.level == Level::critical ? '#' : '?';
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("a row is a day, and a character half an hour") {
  CHECK(drawn(timeline_of(night())) ==
        "2026-11-27 ....................----------------------------\n"
        "2026-11-28 ------------------------------------------------\n"
        "2026-11-29 --------###########.............................\n");
}

TEST_CASE("what was not checked is not said to be well") {
  History history{.periods = {span("2026-11-28T00:00:00Z", "2026-11-28T01:00:00Z", Level::ok), span("2026-11-28T20:00:00Z", "2026-11-28T20:00:00Z", Level::ok)},
                  .since = std::nullopt,
                  .now = when("2026-11-28T21:00:00Z")};
  CHECK(drawn(timeline_of(history)) == "2026-11-28 ---.....................................-.......\n");
}

TEST_CASE("a year is drawn by days") {
  History history{.periods = {span("2025-12-01T00:00:00Z", "2026-11-28T23:59:00Z", Level::ok)}, .since = std::nullopt, .now = when("2026-11-28T23:59:00Z")};
  const auto timeline = timeline_of(history);
  CHECK(timeline.slot == std::chrono::days(1));
  CHECK(timeline.rows.size() == 12);
  CHECK(timeline.rows.back().slots.back().checked);
}

TEST_CASE("any times at all make a timeline within bounds") {
  History history{.periods = {span("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", Level::ok), span("2026-01-01T00:00:00Z", "1990-01-01T00:00:00Z", Level::warning)},
                  .since = when("1980-01-01T00:00:00Z"),
                  .now = when("2026-11-28T00:00:00Z")};
  CHECK(timeline_of(history).rows.size() <= 31);
  CHECK(timeline_of({.periods = {}, .since = std::nullopt, .now = when("2026-11-28T00:00:00Z")}).rows.empty());
  for (const auto format : {Format::text, Format::json, Format::html}) CHECK_FALSE(render(history, format).empty());
}

TEST_CASE("the turn is told in one sentence") {
  CHECK(last_turn(night()) == "Worked until 2026-11-29 04:10 UTC, then: The IPv6 prefix changed; home.example.org did not follow.");
  auto well = night();
  well.periods.push_back(span("2026-11-29T09:05:00Z", "2026-11-29T09:05:00Z", Level::ok));
  CHECK(last_turn(well).empty());
  well.periods = {span("2026-11-29T09:05:00Z", "2026-11-29T09:05:00Z", Level::critical)};
  CHECK(last_turn(well).empty());
}

TEST_CASE("what could not be measured is no turn, and a silence is no time of a turn") {
  auto blind = night();
  blind.periods[1].level = Level::unknown;
  CHECK(last_turn(blind).empty());
  auto silence = night();
  silence.periods[0].last = when("2026-11-28T10:00:00Z");
  CHECK_THAT(last_turn(silence), Contains("Worked at 2026-11-28 10:00 UTC. The next check that could tell was at 2026-11-29 04:15 UTC: "));
  auto old = night();
  old.now = when("2026-12-29T09:01:00Z");
  CHECK_THAT(render(old, Format::text), Contains("last checked 2026-11-29 09:00 UTC, 12 checks"));
}

TEST_CASE("as text") {
  const auto text = render(night(), Format::text, {.columns = 80});
  CHECK_THAT(text, Contains("Worked until 2026-11-29 04:10 UTC, then:") && Contains("2026-11-29  ────────███████████·") &&
                       Contains("2026-11-29 04:15  CRITICAL  until now, 12 checks") && Contains("2026-11-27 10:00  OK  for 42 hours, 12 checks"));
  const auto narrow = render(night(), Format::text, {.columns = 40, .unicode = false});
  for (std::size_t at = 0; at < narrow.size(); at = narrow.find('\n', at) + 1) CHECK(narrow.find('\n', at) - at <= 40);
  CHECK(std::ranges::all_of(narrow, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
}

TEST_CASE("as JSON, one line") {
  const auto text = render(night(), Format::json);
  CHECK(text.find('\n') == text.size() - 1);
  const auto value = nlohmann::json::parse(text);
  CHECK(value["schema"] == "ringback.history/1");
  CHECK(value["periods"].size() == 2);
  CHECK(value["periods"][1]["level"] == "critical");
}

TEST_CASE("the schema file of histories is the one that the types give; RINGBACK_WRITE_SCHEMA=1 test-report writes it") {
  check_is_published("history.schema.json", history_schema());
}

TEST_CASE("every history is valid by its schema, and what breaks the contract is not", "[schema]") {
  auto full = night();
  full.since = when("2026-11-27T00:00:00Z");
  const auto service = Service::parse("8443:443/tcp").value();
  const Subject about{.service = service, .family = Family::ipv6, .name = "home.example.org"};
  full.periods[1].state = {.connection = ConnectionType::ds_lite,
                           .ipv4 = Address::parse("198.51.100.7").value(),
                           .prefix = Prefix::parse("2001:db8:1:2::/64").value(),
                           .ipv6 = Address::parse("2001:db8:1:2::10").value(),
                           .services = {{service, Family::ipv6, Reachable::no, "inbound.no-ipv6-opening"}},
                           .names = {{"home.example.org", NameState::wrong}},
                           .problems = {{"dns.aaaa-old-prefix", Severity::error, about}, {"measure.lossy", Severity::warning, {}}},
                           .mappings = std::vector<Service>{service}};
  const History none{.periods = {}, .since = std::nullopt, .now = when("2026-11-28T00:00:00Z")};
  const auto broken = [&](auto change) {
    auto value = nlohmann::json::parse(render(full, Format::json));
    change(value);
    return value.dump();
  };
  CHECK(validated("history.schema.json", {{"night", render(night(), Format::json)},
                                          {"full", render(full, Format::json)},
                                          {"none", render(none, Format::json)},
                                          {"more", broken([](auto& v) { v["mood"] = "good"; })},
                                          {"another", broken([](auto& v) { v["schema"] = "ringback.history/2"; })},
                                          {"level", broken([](auto& v) { v["periods"][1]["level"] = "bad"; })},
                                          {"prefix", broken([](auto& v) { v["periods"][1]["state"]["prefix"] = "home"; })},
                                          {"checks", broken([](auto& v) { v["periods"][0]["checks"] = -1; })},
                                          {"without", broken([](auto& v) { v.erase("now"); })}}) ==
        "night: valid\nfull: valid\nnone: valid\nmore: valid\nanother: /schema\nlevel: /periods/1/level\nprefix: /periods/1/state/prefix\n"
        "checks: /periods/0/checks\nwithout: /\n");
}

TEST_CASE("as HTML, everything from outside escaped") {
  auto history = night();
  history.periods[1].changes = {"<script>alert(1)</script>"};
  history.periods[1].state.names = {{"\"><b>", NameState::wrong}};
  const auto text = render(history, Format::html);
  CHECK_THAT(text, Contains("<svg") && !Contains("<script") && !Contains("<b>") && Contains("2026-11-29 04:00 to 2026-11-29 09:30 UTC: Critical"));
}

TEST_CASE("up to a time is not up to now") {
  auto history = night();
  history.until = when("2026-11-29T06:00:00Z");
  const auto text = render(history, Format::text, {.columns = 80});
  CHECK_THAT(text, !Contains("Worked until") && !Contains("until now") && Contains("2026-11-29 04:15  CRITICAL  for 5 hours, 12 checks"));
  history.periods.pop_back();
  history.until = when("2026-11-28T06:00:00Z");
  history.periods[0].last = when("2026-11-28T05:00:00Z");
  CHECK(drawn(timeline_of(history)) ==
        "2026-11-27 ....................----------------------------\n"
        "2026-11-28 -----------.....................................\n");
  CHECK(nlohmann::json::parse(render(history, Format::json))["until"] == "2026-11-28T06:00:00Z");
}

TEST_CASE("what is not read at once is said to be left out") {
  CHECK_THAT(render(year(), Format::html), Contains("What is older is left out."));
  CHECK(nlohmann::json::parse(render(year(), Format::json))["older_left_out"] == true);
  auto many = year();
  for (int i = 0; i < 40; ++i) many.periods.push_back(span("2027-11-29T08:55:00Z", "2027-11-29T08:55:00Z", Level::ok));
  CHECK_THAT(render(many, Format::text, {.columns = 200}), Contains("15 and more before that are left out: --json has the 45 newest, --until what is older"));
  many.older_left_out = false;
  CHECK_THAT(render(many, Format::text, {.columns = 200}), Contains("15 before that are left out: --json has them"));
  CHECK_THAT(render(many, Format::html), !Contains("left out"));
}

TEST_CASE("nothing is remembered yet") {
  const History none{.periods = {}, .since = std::nullopt, .now = when("2026-11-28T00:00:00Z")};
  CHECK(render(none, Format::text) == "No check is remembered yet.\n");
  CHECK_THAT(render(none, Format::html), Contains("No check is remembered."));
}

// For test_browser.py, which says where.
TEST_CASE("histories as HTML files", "[.]") {
  const char* folder = std::getenv("RINGBACK_WRITE_HTML");
  REQUIRE(folder != nullptr);
  const History none{.periods = {}, .since = std::nullopt, .now = when("2026-11-28T00:00:00Z")};
  for (const auto& [name, history] : {std::pair("night", night()), std::pair("year", year()), std::pair("none", none)}) {
    std::ofstream file(std::string(folder) + "/history-" + name + ".html");
    file << render(history, Format::html);
    CHECK(file.good());
  }
}
