#include "report/schema.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "report/json.hpp"
#include "report/judged.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

const fs::path kSources = fs::path(RINGBACK_FIXTURES).parent_path();
const fs::path kSchema = kSources / "report" / "schema.json";

/// A folder of this test, removed with it.
struct Folder {
  fs::path path;
  Folder() {
    auto pattern = (fs::temp_directory_path() / "test-report-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

void write(const fs::path& path, const std::string& text) { REQUIRE(std::ofstream(path) << text); }

/// What the validator prints: one line for each document, "name: valid" or "name: PLACE: what is wrong".
std::string validated(const std::vector<std::pair<std::string, std::string>>& documents) {
  const Folder folder;
  std::string command = "/usr/bin/python3 '" + (kSources / "tests/report/validate.py").string() + "' '" + kSchema.string() + "'";
  for (const auto& [name, text] : documents) {
    write(folder.path / name, text);
    command += " '" + (folder.path / name).string() + "'";
  }
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) != 0;) output.append(buffer, n);
  CHECK(pclose(pipe) == 0);
  return output;
}

}  // namespace

TEST_CASE("properties of the schema say what they are, and sizes that they are in bytes") {
  const auto schema = report_schema();
  std::size_t all = 0, described = 0;
  for (const auto& [type, definition] : schema.at("$defs").items()) {
    if (!definition.contains("properties")) continue;
    for (const auto& [key, property] : definition.at("properties").items()) {
      INFO(type << "." << key);
      ++all;
      const auto text = property.value("description", std::string());
      described += text.empty() ? 0U : 1U;
      const bool is_size = key == "mtu" || key == "mss" || key == "size" || key == "sizes" || key == "told" || key == "answer_sizes";
      if (is_size) CHECK(text.find("bytes") != std::string::npos);
      const bool is_of_the_verdict = type.find('.') == std::string::npos && type != "Interface" && type != "InterfaceAddress" && type != "Listener" &&
                                     type != "Neighbour" && type != "Route" && type != "RouteLookup";
      if (is_of_the_verdict) CHECK_FALSE(text.empty());
    }
  }
  CHECK(described * 10 >= all * 6);
}

TEST_CASE("the schema file is the one that the types give; RINGBACK_WRITE_SCHEMA=1 test-report writes it") {
  const auto generated = report_schema().dump(2) + "\n";
  if (std::getenv("RINGBACK_WRITE_SCHEMA") != nullptr) write(kSchema, generated);
  std::ifstream file(kSchema);
  const std::string stored((std::istreambuf_iterator<char>(file)), {});
  INFO("report/schema.json is out of date; regenerate it: RINGBACK_WRITE_SCHEMA=1 test-report");
  CHECK((stored == generated));
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
  CHECK(validated(documents) == expected);
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
  CHECK(validated(documents) == expected);
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
  CHECK(validated(documents) == expected);
}

TEST_CASE("adding keys is free", "[schema]") {
  auto value = Json::parse(to_json(test::healthy()));
  value["mood"] = "good";
  value["connection"]["speed"] = 1;
  value["findings"][0]["links"] = Json::array();
  value["evidence"]["satellite"] = Json::object();
  CHECK(validated({{"more", value.dump()}}) == "more: valid\n");
}
