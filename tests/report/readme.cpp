/// What the README shows is what the program says.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "evidence/evidence_json.hpp"
#include "report/judged.hpp"
#include "report/text.hpp"
#include "support/catch.hpp"

using namespace ringback;
namespace fs = std::filesystem;

TEST_CASE("the README's report is what a recorded household is told; RINGBACK_WRITE_README=1 test-report writes it") {
  const fs::path fixtures = RINGBACK_FIXTURES, readme = fixtures.parent_path() / "README.md";
  std::ifstream in(fixtures / "diagnosis/lab-host-firewall/evidence.json"), file(readme);
  const auto evidence = evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence").value();
  const auto told = to_text(judged({.started = "2026-11-25T02:36:29.213Z", .duration = std::chrono::milliseconds(1400), .evidence = evidence}), {.columns = 80});
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string heading = "## What a diagnosis looks like\n\n```\n";
  const auto begin = text.find(heading) + heading.size(), end = text.find("```\n", begin);
  REQUIRE(begin < end);
  REQUIRE(end != std::string::npos);
  CHECK(told.find("```") == std::string::npos);
  if (std::getenv("RINGBACK_WRITE_README") != nullptr) {
    text.replace(begin, end - begin, told);
    REQUIRE(std::ofstream(readme) << text);
  } else {
    CHECK(text.substr(begin, end - begin) == told);
  }
}
