#include "report/json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "diagnosis/codes.hpp"
#include "report/pointers.hpp"
#include "report/promises.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using Json = nlohmann::ordered_json;

namespace {

std::string error_of(const std::string& text) {
  const auto report = from_json(text);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == Errc::invalid_input);
  return report.error().what;
}

/// The error after one change to a good report.
template <class Change>
std::string error_after(Change change) {
  auto value = Json::parse(to_json(test::ds_lite()));
  change(value);
  return error_of(value.dump());
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

TEST_CASE("a report goes to JSON and back without loss") {
  auto samples = test::samples();
  samples.pop_back();   // a report without a time is none
  for (const auto& sample : samples) {
    INFO(sample.name);
    CHECK(from_json(to_json(sample.report)).value() == sample.report);
    CHECK(from_json(to_json(sample.report, true)).value() == sample.report);
  }
  const auto filled = test::storable_filled_with("ä\x1b[31m\n\"\\ \xE2\x80\xAE");
  CHECK(from_json(to_json(filled)).value() == filled);
}

TEST_CASE("a report is one line of printable ASCII, pretty it is several") {
  for (const char* hostile : {"line\nline", "\x1b]0;title\x07", "\xE2\x80\xAEright to left", "\xC2\x9b" "31m", "del\x7f", "broken \xFF\xC3 UTF-8"}) {
    const auto text = to_json(test::storable_filled_with(hostile));
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; }));
    CHECK(from_json(text));
  }
  const auto pretty = to_json(test::healthy(), true);
  CHECK(pretty.starts_with("{\n  \"schema\": \"ringback.report/1\",\n  \"tool\": {"));
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD") {
  Report report = test::healthy();
  report.findings[0].title = "caf\xE9";
  CHECK(from_json(to_json(report)).value().findings[0].title == "caf\xEF\xBF\xBD");
}

TEST_CASE("an error names the place and what would be right") {
  CHECK(error_after([](auto& v) { v["schema"] = "ringback.report/2"; }) ==
        R"(/schema: expected "ringback.report/1", got "ringback.report/2"; a newer version of ringback wrote it)");
  CHECK(error_after([](auto& v) { v["schema"] = "ringback.report/10"; }).ends_with("a newer version of ringback wrote it"));
  CHECK(error_after([](auto& v) { v["schema"] = "ringback.report/0"; }) ==
        R"(/schema: expected "ringback.report/1", got "ringback.report/0"; an older version of ringback wrote it, and this one does not read it)");
  for (const auto* other : {"ringback.report/01", "ringback.report/", "ringback.report/x", "ringback.diff/2", "ring"})
    CHECK_FALSE(test::has(error_after([&](auto& v) { v["schema"] = other; }), "wrote it"));
  CHECK(error_after([](auto& v) { v.erase("schema"); }) == R"(/schema: is missing; a report says "ringback.report/1" there)");
  CHECK(error_after([](auto& v) { v.erase("findings"); }) == "/findings: is missing");
  CHECK(error_after([](auto& v) { v["services"][1].erase("cause"); }) == "/services/1/cause: is missing");
  CHECK(error_after([](auto& v) { v["services"][0]["reachable"] = "maybe"; }) == R"(/services/0/reachable: expected one of unknown, yes, no, got "maybe")");
  CHECK(error_after([](auto& v) { v["duration_ms"] = "long"; }) == R"(/duration_ms: expected a whole number in range, got "long")");
  CHECK(error_after([](auto& v) { v["names"][0]["a"][0] = "192.0.2.300"; }).starts_with("/names/0/a/0: "));
  CHECK(error_after([](auto& v) { v["evidence"]["stun"]["observations"][0].erase("sent"); }) == "/evidence/stun/observations/0/sent: is missing");
  CHECK(error_of("[]") == "the document: expected a report, which is an object, got array");
  CHECK(error_of("") == "the document: is empty");
  CHECK(error_of(" \n") == "the document: is empty");
  for (const auto* other : {"not JSON", "<!DOCTYPE html>", "**443/tcp**", "443/tcp cannot be reached", "\x1f\x8b\x08", "\xff\xfe{"}) {
    INFO(other);
    CHECK(error_of(other).starts_with("the document: is not JSON (a report is what -f json writes): line 1, column "));
  }
  CHECK(error_of("{\"schema\": tru}").starts_with("the document: is not JSON any more: line 1, column 15: syntax error while parsing value - invalid literal"));
  CHECK(error_of(to_json(Report{}) + "\n" + to_json(Report{})).find("expected end of input") != std::string::npos);
}

TEST_CASE("a time that is none is refused, and so is a negative duration") {
  for (const auto* started : {"yesterday", "", "2026-01-31", "2026-01-31T12:00:00.000", "2026-01-31T12:00:00.000+01:00", "2026-01-31T12:00:00.Z",
                              "2026-01-31T12:00:00.0000000Z", "2026-01-31T12:00:00.00xZ", "2026-01-31T12:00:00.000ZZ", "2026-02-30T12:00:00.000Z"})
    CHECK(error_after([&](auto& v) { v["started"] = started; }) ==
          fmt::format("/started: expected a time in UTC such as 2026-01-31T12:00:00.000Z, got \"{}\"", started));
  for (const auto* started : {"2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.123456Z"}) {
    auto report = test::healthy();
    report.started = started;
    CHECK(from_json(to_json(report)).value() == report);
  }
  CHECK(error_after([](auto& v) { v["duration_ms"] = -5; }) == "/duration_ms: expected milliseconds, 0 or more, got -5");
  CHECK(error_after([](auto& v) { v["probes"][2]["duration_ms"] = -1; }) == "/probes/2/duration_ms: expected milliseconds, 0 or more, got -1");
}

TEST_CASE("a verdict that contradicts itself is refused, and so is an error that nothing can be done about") {
  CHECK(error_after([](auto& v) { v["services"][1]["cause"] = "ipv4.cgnat"; }) == R"(/services/1/cause: expected null, as the service can be reached, got "ipv4.cgnat")");
  CHECK(error_after([](auto& v) { v["findings"][0]["remedies"] = Json::array(); }) == "/findings/0/remedies: expected at least one, as the severity is error, got none");
  CHECK(error_after([](auto& v) { v["findings"][1]["remedies"] = Json::array(); }) == "/findings/1/remedies: expected at least one, as the severity is warning, got none");
  CHECK(error_after([](auto& v) { v["tool"]["name"] = ""; }) == R"(/tool/name: expected the name of the program that made the report, got "")");
  auto unexplained = test::ds_lite();
  unexplained.services[0].cause.reset();   // of what cannot be reached, the cause may be unknown
  CHECK(from_json(to_json(unexplained)).value() == unexplained);
  auto reached = test::ds_lite();
  reached.services[1].stopped_at = StoppedAt::listener;   // of what can be reached, the contract promises no place
  CHECK(from_json(to_json(reached)).value() == reached);
}

TEST_CASE("a code that this version does not know stays as it is, and what has no form of one is refused") {
  auto newer = test::ds_lite();
  for (const auto* code : {"ipv7.not-yet2-known", "ipv7.not_yet", "ipv7.cgnat.more", "Satellite"}) {
    newer.findings[0].code = code;
    newer.services[0].cause = code;
    newer.names[0].findings = {code};
    CHECK(from_json(to_json(newer)).value() == newer);
  }
  CHECK(error_after([](auto& v) { v["findings"][1]["code"] = std::string(101, 'x'); }).starts_with("/findings/1/code: expected a code"));
  CHECK(error_after([](auto& v) { v["findings"][1]["code"] = "ipv4.\n"; }).starts_with("/findings/1/code: expected a code"));
  for (const auto* code : {"", "ipv4 cgnat", "rm -rf /.x", "ipv4.\u00e4"}) {
    const auto said = fmt::format(": expected a code such as ipv4.cgnat, got {}", Json(code).dump(-1, ' ', true));
    CHECK(error_after([&](auto& v) { v["findings"][1]["code"] = code; }) == "/findings/1/code" + said);
    CHECK(error_after([&](auto& v) { v["services"][0]["cause"] = code; }) == "/services/0/cause" + said);
    CHECK(error_after([&](auto& v) { v["names"][0]["findings"][0] = code; }) == "/names/0/findings/0" + said);
  }
  for (const auto& known : diagnosis::codes()) CHECK(std::regex_match(std::string(known.code), std::regex("[a-z][a-z0-9]*\\.[a-z0-9]+(-[a-z0-9]+)*")));
}

TEST_CASE("a pointer to evidence that leads nowhere is refused with its place") {
  for (const auto* pointer : {"evidence", "/evidence/sun", "/evidence/stun/observations/1", "/evidence/stun/observations/00", "/evidence/stun/observations/-", "/evidence/stun/observations/ 0",
                              "/evidence/stun/observations/18446744073709551616", "/evidence/stun/observations/0/mapped/0", "/evidence/", "/evidence/~2", "/evidence~", "nowhere"})
    CHECK(error_after([&](auto& v) { v["findings"][1]["evidence"].push_back(pointer); }) ==
          fmt::format("/findings/1/evidence/1: expected a pointer to what stands in this report, such as /evidence/stun, got \"{}\"", pointer));
  const auto document = Json::parse(R"({"a/b": [7], "m~n": {"": {"0": 1}}})");
  for (const auto* pointer : {"", "/a~1b", "/a~1b/0", "/m~0n", "/m~0n/", "/m~0n//0"}) CHECK(leads_somewhere(pointer, document));
}

TEST_CASE("a pointer to what a newer version added is passed over with it, so that what is written again is right") {
  auto value = Json::parse(to_json(test::ds_lite()));
  value["evidence"]["satellite"] = {{"seen", true}};
  value["findings"][0]["evidence"] = {"/evidence/satellite/seen", "/evidence/stun", "/evidence/satellite"};
  const auto report = from_json(value.dump()).value();
  CHECK(report.findings[0].evidence == std::vector<std::string>{"/evidence/stun"});
  CHECK(from_json(to_json(report)).value() == report);
}

TEST_CASE("a key that comes twice in one object is refused, wherever it stands") {
  CHECK(error_of(R"({"schema": "ringback.report/1", "schema": "ringback.report/1"})") == "/schema: comes twice in one object");
  CHECK(error_of(R"({"schema": 1, "findings": [{"code": 1}, {"code": 1, "title": 2, "code": 1}]})") == "/findings/1/code: comes twice in one object");
  CHECK(error_of(R"({"a key of a newer version": {"x": {"y": [], "z": 0, "y": {}}}})") == "/a key of a newer version/x/y: comes twice in one object");
  CHECK(error_of(R"({"x": 1, "\u0078": 2})") == "/x: comes twice in one object");
  const std::string whole = to_json(test::ds_lite()), last = R"("services":)";
  const auto at = whole.find(last);
  REQUIRE(at != std::string::npos);
  CHECK(error_of(whole.substr(0, at) + R"("tool":null,)" + whole.substr(at)) == "/tool: comes twice in one object");
  CHECK(error_of(R"([{"x": 1}, {"x": {"x": [{"x": 2}]}}])") == "the document: expected a report, which is an object, got array");   // each once
}

TEST_CASE("a number that is too large to be one is told with its place") {
  CHECK(error_of(R"({"schema": "ringback.report/1", "duration_ms": 1e999})") == "/duration_ms: expected a number in range, got 1e999");
  CHECK(error_of(R"({"findings": [0, {"x": [1, -1e999]}]})") == "/findings/1/x/1: expected a number in range, got -1e999");
  CHECK(error_of("[1e999]") == "/0: expected a number in range, got 1e999");
  CHECK(error_of("1e999") == "the document: expected a number in range, got 1e999");
  CHECK(error_of("[" + std::string(500, '9') + "]") == "/0: expected a number in range, got " + std::string(60, '9') + "...");
}

TEST_CASE("a report that is cut off anywhere is said to be so") {
  const auto whole = to_json(test::ds_lite());
  for (std::size_t size = 1; size < std::min<std::size_t>(whole.size(), 1500); ++size) {
    const auto what = error_of(whole.substr(0, size));
    if (!what.starts_with("the document: seems to be cut off: line 1, column ")) FAIL(size << ": " << what);
  }
}

TEST_CASE("an error never carries what would act on a terminal") {
  for (const char* text : {"{\"\\u001b[31m\": 1}", "\"\x1b[31m", "{\"schema\": \"\\u202e\"}", "{\"schema\":\"\xE2\x80\xAE"}) {
    const auto what = error_of(text);
    CHECK(what.find('\x1b') == std::string::npos);
    CHECK(what.find("\xE2\x80\xAE") == std::string::npos);
  }
}

TEST_CASE("a newer report's additions are passed over, and what an older one did not gather is absent") {
  auto value = Json::parse(to_json(test::ds_lite()));
  value["mood"] = "good";
  value["findings"][0]["links"] = {"https://example.org"};
  value["evidence"]["satellite"] = {{"seen", true}};
  value["evidence"]["stun"]["observations"][0]["colour"] = "blue";
  CHECK(from_json(value.dump()).value() == test::ds_lite());

  value = Json::parse(to_json(test::ds_lite()));
  value["evidence"].erase("inbound");
  value["evidence"]["stun"]["observations"][0].erase("interface");
  CHECK(from_json(value.dump()).value() == test::ds_lite());
}

TEST_CASE("a stranger's document cannot cost more than its size") {
  CHECK(error_of(nested(65)).ends_with(": nested deeper than 64 levels"));
  CHECK(error_of(nested(64)) == "the document: expected a report, which is an object, got array");
  CHECK(error_of(nested(4'000'000)).ends_with(": nested deeper than 64 levels"));
  std::string keys = "{\"evidence\": {";
  for (int i = 0; i < 300; ++i) keys += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  CHECK(error_of(keys + "}}") == "/evidence/256: more than 256 keys in one object");
  std::string values = "{\"findings\":[0";
  for (int i = 0; i < 2'000'000; ++i) values += ",0";
  CHECK(error_of(values + "]}").ends_with(": more than 2000000 values"));
  CHECK(error_of(std::string(64 * 1024 * 1024 + 1, ' ')) == "the document: has 67108865 bytes, at most 67108864 are read");
}

TEST_CASE("evidence of a version that observed less is read: what it lacks is unknown, nothing, or not so") {
  const auto report = test::storable_filled_with("x");
  auto document = Json::parse(to_json(report));
  auto& evidence = document["evidence"];
  evidence["host"].erase("ipv4_settings");                                          // a list
  for (auto& knock : evidence["inbound"]["knocks"]) knock.erase("way_back");       // optional
  for (auto& answer : evidence["dns"]["ipv4only"]) answer.erase("recursion_available");  // yes or no
  const auto read = from_json(document.dump());
  REQUIRE(read);
  CHECK(read->evidence.host->ipv4_settings.empty());
  CHECK_FALSE(read->evidence.inbound->knocks.at(0).way_back);
  CHECK_FALSE(read->evidence.dns->ipv4only.at(0).recursion_available);
  evidence["host"].erase("system");
  CHECK_FALSE(from_json(document.dump()));
}
