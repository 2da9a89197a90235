#include "report/schema.hpp"

#include <nlohmann/json.hpp>

#include "published.hpp"
#include "report/json.hpp"
#include "report/judged.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using Json = nlohmann::ordered_json;

namespace {

std::string of_reports(const std::vector<std::pair<std::string, std::string>>& documents) { return test::validated("schema.json", documents); }

}  // namespace

TEST_CASE("sizes are said to be in bytes, and times to be in their units") {
  const auto schema = report_schema();
  for (const auto& [type, definition] : schema.at("$defs").items()) {
    if (!definition.contains("properties")) continue;
    for (const auto& [key, property] : definition.at("properties").items()) {
      INFO(type << "." << key);
      const auto text = property.value("description", std::string());
      const bool is_size = key == "mtu" || key == "mss" || key == "size" || key == "sizes" || key == "told" || key == "answer_sizes";
      if (is_size) CHECK(text.find("bytes") != std::string::npos);
      for (const auto& [ending, unit] : {std::pair{"_us", "microseconds"}, std::pair{"_ms", "milliseconds"}, std::pair{"_s", "seconds"}})
        if (key.ends_with(ending)) CHECK(text.find(unit) != std::string::npos);
    }
  }
}

TEST_CASE("the schema file is the one that the types give; RINGBACK_WRITE_SCHEMA=1 test-report writes it") {
  test::check_is_published("schema.json", report_schema());
}

TEST_CASE("every property of every published schema says what it is") {
  for (const auto* file : {"schema.json", "arrivals.schema.json", "diff.schema.json", "history.schema.json", "explain.schema.json"}) {
    INFO(file);
    CHECK(test::undescribed(test::published(file)) == std::vector<std::string>());
  }
}

TEST_CASE("a property that does not say what it is, is found wherever it stands") {
  const auto schema = Json::parse(R"({"properties": {"a": {"description": "d", "items": {"properties": {"b": {}}}}},
                                      "$defs": {"T": {"properties": {"properties": {"type": "string"}}, "then": {"properties": {"c": {}}}}}})");
  CHECK(test::undescribed(schema) == std::vector<std::string>{"a.b", "T.properties"});
}

TEST_CASE("every kind of report is valid by the schema", "[schema]") {
  std::vector<std::pair<std::string, std::string>> documents;
  std::string expected;
  auto all = test::samples();
  all.pop_back();  // a report without a time is none
  auto filled = test::filled_with("2026-01-31T12:00:00.000Z");
  filled.findings[0].code = filled.names[0].findings[0] = "ipv4.cgnat";
  filled.findings[0].evidence = {"/evidence/host/interfaces/0", "/a~1b/~0"};
  filled.services[0].cause = "ipv4.cgnat";
  all.push_back({"filled", filled});
  for (const auto& sample : all) {
    documents.emplace_back(sample.name, to_json(sample.report));
    expected += sample.name + ": valid\n";
  }
  CHECK(of_reports(documents) == expected);
}

TEST_CASE("a redacted report is valid by the schema", "[schema]") {
  std::vector<std::pair<std::string, std::string>> documents;
  std::string expected;
  auto filled = test::filled_with("a secret");
  filled.started = "2026-01-31T12:00:00.000Z";
  for (const auto& sample : {test::Sample{"ds-lite", test::ds_lite()}, test::Sample{"filled", filled}}) {
    documents.emplace_back(sample.name, to_json(redacted(sample.report).value()));
    expected += sample.name + ": valid\n";
  }
  CHECK(of_reports(documents) == expected);
}

TEST_CASE("what breaks the contract is not valid by the schema", "[schema]") {
  std::vector<std::pair<std::string, std::string>> documents;
  std::string expected;
  const auto broken = [&](const std::string& name, const std::string& place, auto change) {
    auto value = Json::parse(to_json(test::ds_lite()));
    change(value);
    documents.emplace_back(name, value.dump());
    expected += name + ": " + place + "\n";
  };
  broken("another-schema", "/schema", [](auto& v) { v["schema"] = "ringback.report/2"; });
  broken("no-evidence", "/", [](auto& v) { v.erase("evidence"); });
  broken("unknown-type", "/connection/type", [](auto& v) { v["connection"]["type"] = "fast"; });
  broken("no-cause-key", "/services/0", [](auto& v) { v["services"][0].erase("cause"); });
  broken("cause-of-reachable", "/services/1/cause", [](auto& v) { v["services"][1]["cause"] = "ipv4.cgnat"; });
  broken("stopped-though-reachable", "/services/1/stopped_at", [](auto& v) { v["services"][1]["stopped_at"] = "router"; });
  broken("error-without-remedy", "/findings/0/remedies", [](auto& v) { v["findings"][0]["remedies"] = Json::array(); });
  broken("code-with-space", "/findings/0/code", [](auto& v) { v["findings"][0]["code"] = "ipv4 cgnat"; });
  broken("pointer-without-slash", "/findings/0/evidence/0", [](auto& v) { v["findings"][0]["evidence"][0] = "evidence"; });
  broken("no-date", "/started", [](auto& v) { v["started"] = "yesterday"; });
  broken("no-address", "/names/0/a/0", [](auto& v) { v["names"][0]["a"][0] = "home"; });
  broken("below-zero", "/evidence/stun",  // the deepest place outside the choice "null or what the probe saw"
         [](auto& v) { v["evidence"]["stun"]["observations"][0]["sent"] = -1; });
  CHECK(of_reports(documents) == expected);
}

TEST_CASE("adding keys is free", "[schema]") {
  auto value = Json::parse(to_json(test::healthy()));
  value["mood"] = "good";
  value["connection"]["speed"] = 1;
  value["findings"][0]["links"] = Json::array();
  value["evidence"]["satellite"] = Json::object();
  CHECK(of_reports({{"more", value.dump()}}) == "more: valid\n");
}
