/// Recorded households in which nothing is wrong fit one screen.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "evidence/evidence_json.hpp"
#include "report/judged.hpp"
#include "report/summary.hpp"
#include "report/text.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
namespace fs = std::filesystem;

namespace {

std::ptrdiff_t count_of_lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

/// A long answer, and something to change: a few lines more.
const std::map<std::string, std::ptrdiff_t> longer{{"lab-ipv4-only", 26}, {"lab-ipv6-only", 28}, {"lab-no-services-named", 34}, {"lab-vantage-ipv4-only", 26}};

}  // namespace

TEST_CASE("recorded households in which nothing is wrong fit one screen") {
  std::size_t well = 0;
  for (const auto& folder : fs::directory_iterator(fs::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    const auto name = folder.path().filename().string();
    std::ifstream in(folder.path() / "evidence.json");
    const auto report = judged({.evidence = evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence").value()});
    if (!is_all_well(report)) continue;
    ++well;
    const auto text = to_text(report, {.columns = 80});
    INFO(name << "\n" << text);
    const auto exception = longer.find(name);
    CHECK(count_of_lines(text) <= (exception == longer.end() ? 24 : exception->second));
  }
  CHECK(well >= 30);
}

TEST_CASE("where nothing is wrong, the steps of what could be changed wait for -v") {
  auto report = test::closed_router();
  for (auto& finding : report.findings) finding.severity = Severity::info;
  CHECK(is_all_well(report));
  const auto brief = to_text(report, {.columns = 400}), full = to_text(report, {.columns = 400, .verbose = true});
  CHECK(test::has(brief, "What could be changed, if you want it (-v shows the steps)\n"
                         "1. Note: Your router passes no IPv4 connections for this port on to this host (443/tcp over IPv4)\n"
                         "   → Forward TCP port 443 to 192.168.1.10 in the router\n"
                         "2. Note: "));
  CHECK_FALSE(test::has(brief, "Open the router's settings."));
  CHECK_FALSE(test::has(brief, "Because:"));
  CHECK(test::has(full, "1. Open the router's settings."));
  CHECK(test::has(full, "Because:"));
  report.findings.front().severity = Severity::error;
  CHECK_FALSE(is_all_well(report));
  CHECK(test::has(to_text(report), "Open the router's settings."));
}

TEST_CASE("notes that differ in their steps alone are told together where they are told briefly") {
  auto report = test::no_listener();
  report.findings.front().severity = Severity::info;
  report.findings.front().remedies.front().steps = {"Start this one."};
  report.findings.push_back(report.findings.front());
  report.findings.back().subject.service = Service::parse("22/tcp").value();
  report.findings.back().remedies.front().steps = {"Start that one."};
  report.services.push_back(report.services.front());
  report.services.back().service = Service::parse("22/tcp").value();
  REQUIRE(problems(report).size() == 2);
  CHECK(joined_by_code(problems(report)).size() == 1);
  CHECK(test::has(to_text(report, {.columns = 400}), "(8443:443/tcp over IPv4; 22/tcp over IPv4)\n"));
}
