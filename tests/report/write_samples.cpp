#include <cstdlib>
#include <fstream>

#include "report/json.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;

// For tests/publish/test_real.py, which says where.
TEST_CASE("samples as JSON files", "[.]") {
  const char* folder = std::getenv("RINGBACK_WRITE_JSON");
  REQUIRE(folder != nullptr);
  auto samples = test::samples();
  samples.push_back({"hostile", test::storable_filled_with("\"} 1\n{{ 1/0 }}\\ '+/#\xe2\x80\xae")});
  auto many = test::healthy();
  for (int i = 1; i <= 300; ++i) {
    many.services.push_back({Service{Protocol::udp, static_cast<Port>(i), static_cast<Port>(i)}, Family::ipv6, Reachable::yes, StoppedAt::none, {}, Confidence::certain});
    many.names.push_back({"n" + std::to_string(i) + ".example.org", {}, {}, NameState::right, {}, {}});
  }
  samples.push_back({"many", many});
  for (auto& sample : samples) {
    sample.report.started = "2026-01-31T12:00:00.000Z";   // a stored report without a time is none
    std::ofstream file(std::string(folder) + "/" + sample.name + ".json");
    file << to_json(sample.report);
    CHECK(file.good());
  }
}
