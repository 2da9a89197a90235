#include "report/schema.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "evidence/evidence_json.hpp"
#include "published.hpp"
#include "report/json.hpp"
#include "report/judged.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kPublished[]{"schema.json", "arrivals.schema.json", "diff.schema.json", "history.schema.json", "explain.schema.json"};

/// Numbers that are no times. Where they are measured, their description has to say in what.
struct WithoutUnit {
  const char* why;
  const char* said;   ///< a word of the description; empty: they have no unit
  const char* keys;
};
constexpr WithoutUnit kWithoutUnit[]{
    {"sizes of packets, by the names that the protocols give them", "bytes", "mtu mss size told"},
    {"the length of a prefix", "bits", "prefix_length"},
    {"hops", "", "distance reached_at ttl hop_limit"},
    {"ports", "", "port internal_port external_port"},
    {"counts", "",
     "nat_layers solicitations dhcpv4_requests dhcpv6_requests sent answered sent_in_vain queued backlog received dropped malformed checks tries answers "
     "services_left_out packets outside untracked attempts connected lost refused silent open lan router near unroutable self ipv4 ipv6 not_ip tcp udp icmp "
     "openings fragments more_addresses"},
    {"what protocols, kernels and this program number: versions, codes, settings, places", "",
     "version result_code upnp_error unique_id serial extended_error type code icmp_type icmp_code status refused_with exit_status index metric table uid handle "
     "rp_filter use_tempaddr addr_gen_mode accept_ra forwarding disable_ipv6 line id rfc command_steps"},
};

std::vector<std::string> words_of(const char* text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

/// Empty: its name has the unit, and its description the same; or it is known to have none.
std::string fault_of_unit(const std::string& key, const std::string& description) {
  const auto says = [&](const std::string& word) { return description.find(word) != std::string::npos ? "" : "the description does not say " + word; };
  for (const auto& [ending, unit] : {std::pair{"_us", "microseconds"}, std::pair{"_ms", "milliseconds"}, std::pair{"_s", "seconds"}})
    if (key.ends_with(ending)) return says(unit);
  for (const auto& group : kWithoutUnit)
    if (const auto keys = words_of(group.keys); std::ranges::find(keys, key) != keys.end()) return says(group.said);
  return "no unit in the name";
}

std::vector<fs::path> recorded() {
  std::vector<fs::path> folders;
  for (const auto& folder : fs::directory_iterator(fs::path(RINGBACK_FIXTURES) / "diagnosis"))
    if (folder.is_directory()) folders.push_back(folder.path());
  return folders;
}

std::string of_reports(const std::vector<std::pair<std::string, std::string>>& documents) { return test::validated("schema.json", documents); }

}  // namespace

TEST_CASE("every number of every published schema has its unit in its name, or is one of those that are known to have none there") {
  std::set<std::string> seen;
  for (const auto* file : kPublished)
    for (const auto& [name, key, text] : test::numbers(test::published(file))) {
      INFO(file << ": " << name);
      CHECK(fault_of_unit(key, text) == "");
      seen.insert(key);
    }
  for (const auto& group : kWithoutUnit)   // what is no key any more is no exception either
    for (const auto& key : words_of(group.keys)) {
      INFO(key);
      CHECK(seen.contains(key));
    }
}

TEST_CASE("a number without its unit is found, and one whose description names another") {
  const auto schema = Json::parse(R"({"properties": {"wait": {"type": "integer"}, "name": {"type": "string"}},
    "$defs": {"T": {"properties": {"some": {"type": "array", "items": {"type": ["integer", "null"]}}, "ratio": {"type": "number"}}}}})");
  std::vector<std::string> names;
  for (const auto& number : test::numbers(schema)) names.push_back(number.name);
  CHECK(names == std::vector<std::string>{".wait", "T.some", "T.ratio"});
  CHECK(fault_of_unit("wait", "seconds to wait") != "");
  CHECK(fault_of_unit("wait_ms", "seconds to wait") != "");
  CHECK(fault_of_unit("wait_s", "seconds to wait") == "");
  CHECK(fault_of_unit("mtu", "the largest packet") != "");
}

TEST_CASE("the schema file is the one that the types give; RINGBACK_WRITE_SCHEMA=1 test-report writes it") {
  test::check_is_published("schema.json", report_schema());
}

TEST_CASE("every property of every published schema says what it is") {
  for (const auto* file : kPublished) {
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

TEST_CASE("the reports of every recorded household are valid by the schema, redacted ones too", "[schema]") {
  std::vector<std::pair<std::string, std::string>> documents;
  std::set<std::string> expected;
  for (const auto& folder : recorded()) {
    std::ifstream in(folder / "evidence.json");
    const auto report = judged({.started = "2026-01-31T12:00:00.000Z", .evidence = evidence_from_json(Json::parse(in), "/evidence").value()});
    const auto name = folder.filename().string();
    documents.emplace_back(name, to_json(report));
    documents.emplace_back(name + "-redacted", to_json(redacted(report).value()));
    expected.insert({name + ": valid", name + "-redacted: valid"});
  }
  CHECK(documents.size() > 400);
  std::istringstream lines(of_reports(documents));
  std::set<std::string> said;
  for (std::string line; std::getline(lines, line);) said.insert(line);
  CHECK(said == expected);
}

TEST_CASE("the keys of a report stand in the schema's order at every depth, each time it is written") {
  const auto schema = test::published("schema.json");
  const auto filled = test::filled_with("x");
  CHECK(test::out_of_order(schema, Json::parse(to_json(filled))) == std::vector<std::string>());
  CHECK(to_json(filled) == to_json(filled));
  for (const auto& sample : test::samples()) CHECK(test::out_of_order(schema, Json::parse(to_json(sample.report, false))) == std::vector<std::string>());
}

TEST_CASE("keys out of order are found wherever they stand") {
  const auto schema = test::published("schema.json");
  auto value = Json::parse(to_json(test::filled_with("x")));
  const auto to_the_end = [](Json& object, const char* key) {
    auto moved = object.at(key);
    object.erase(key);
    object[key] = moved;
  };
  to_the_end(value, "schema");
  to_the_end(value["findings"][0]["subject"], "service");
  to_the_end(value["evidence"]["host"]["interfaces"][0]["addresses"][0], "address");
  CHECK(test::out_of_order(schema, value) == std::vector<std::string>{"/", "/findings/0/subject/", "/evidence/host/interfaces/0/addresses/0/"});
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
