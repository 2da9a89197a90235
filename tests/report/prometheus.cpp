#include "report/prometheus.hpp"

#include <map>
#include <regex>
#include <sstream>

#include "report/safe_text.hpp"
#include "report/summary.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using test::has;

namespace {

const Announcement announced{.level = Level::critical, .since = "2026-01-31T11:55:00.000Z", .changed = true, .troubles = {"one", "two"}};

/// Reads the format as a scrape does; the samples by their series.
std::map<std::string, std::string> scraped(const std::string& text) {
  static const std::regex sample(R"re(([a-z0-9_:]+(\{[a-z0-9_]+="([^"\\]|\\["\\n])*"(,[a-z0-9_]+="([^"\\]|\\["\\n])*")*\})?) ([-+.0-9e]+))re");
  static const std::regex comment("# (HELP|TYPE) ringback_[a-z_]+ .+");
  std::map<std::string, std::string> samples;
  std::string family;
  std::vector<std::string> families;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    INFO(line);
    std::smatch found;
    if (line.starts_with('#')) {
      CHECK(std::regex_match(line, comment));
      if (line.starts_with("# TYPE ")) {
        CHECK(line.ends_with(" gauge"));
        family = line.substr(7, line.size() - 7 - 6);
        CHECK(std::find(families.begin(), families.end(), family) == families.end());   // a family stands together
        families.push_back(family);
      }
      continue;
    }
    if (!std::regex_match(line, found, sample)) {
      FAIL_CHECK("no sample");
      continue;
    }
    const std::string series = found[1];
    CHECK(series.substr(0, series.find('{')) == family);
    CHECK(samples.emplace(series, found[6]).second);   // a second one fails the scrape
  }
  CHECK(text.ends_with('\n'));
  return samples;
}

std::size_t count_of(const std::map<std::string, std::string>& samples, const std::string& name) {
  return static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(), [&](const auto& s) { return s.first.starts_with(name + "{"); }));
}

}  // namespace

TEST_CASE("metrics say what the report says") {
  const auto samples = scraped(prometheus_text(test::ds_lite(), announced));
  CHECK(samples.at("ringback_check_level{level=\"ok\"}") == "0");
  CHECK(samples.at("ringback_check_level{level=\"critical\"}") == "1");
  CHECK(count_of(samples, "ringback_check_level") == 4);
  CHECK(samples.at("ringback_check_level_since_timestamp_seconds") == "1769860500");
  CHECK(samples.at("ringback_last_check_timestamp_seconds") == "1769860800");
  CHECK(samples.at("ringback_check_duration_seconds") == "0.812");
  CHECK(samples.at("ringback_check_troubles") == "2");
  CHECK(samples.at("ringback_build_info{version=\"" RINGBACK_VERSION "\"}") == "1");
  CHECK(samples.at(R"(ringback_service_reachable{service="443/tcp",family="ipv4"})") == "0");
  CHECK(samples.at(R"(ringback_service_reachable{service="443/tcp",family="ipv6"})") == "1");
  CHECK(samples.contains(
      R"(ringback_service_info{service="443/tcp",family="ipv4",reachable="no",stopped_at="provider",cause="ipv4.ds-lite",confidence="certain"})"));
  CHECK(samples.contains(R"(ringback_service_info{service="443/tcp",family="ipv6",reachable="yes",stopped_at="none",cause="",confidence="certain"})"));
  CHECK(count_of(samples, "ringback_connection_info") == 1);
  CHECK(samples.at("ringback_findings{severity=\"error\"}") == "1");
  CHECK(samples.at("ringback_findings{severity=\"warning\"}") == "1");
  CHECK(samples.at(R"(ringback_finding{code="ipv4.ds-lite",severity="error"})") == "1");
}

TEST_CASE("every sample report is one that can be scraped") {
  for (const auto& sample : test::samples()) {
    INFO(sample.name);
    CHECK(scraped(prometheus_text(sample.report, announced)).size() > 10);
  }
  CHECK(scraped(prometheus_text({}, {})).at("ringback_check_level{level=\"unknown\"}") == "1");
}

TEST_CASE("what could not be tested is neither 1 nor 0") {
  auto report = test::untested();
  report.names = {{"home.example.org", {}, {}, NameState::unknown, {}}};
  const auto samples = scraped(prometheus_text(report, announced));
  CHECK(count_of(samples, "ringback_service_reachable") == 0);
  CHECK(count_of(samples, "ringback_service_info") == report.services.size());
  CHECK(count_of(samples, "ringback_name_right") == 0);
  CHECK(samples.contains(R"(ringback_name_info{name="home.example.org",verdict="unknown"})"));
}

TEST_CASE("a name that leads here is told from one that does not") {
  auto report = test::healthy();
  report.names.push_back({"other.example.org", {}, {}, NameState::wrong, {"dns.a-wrong"}});
  const auto samples = scraped(prometheus_text(report, announced));
  CHECK(samples.at(R"(ringback_name_right{name="home.example.org"})") == "1");
  CHECK(samples.at(R"(ringback_name_right{name="other.example.org"})") == "0");
}

TEST_CASE("times that are none are left out") {
  auto report = test::healthy();
  report.started = "yesterday";
  const auto samples = scraped(prometheus_text(report, {.level = Level::ok, .since = ""}));
  CHECK_FALSE(samples.contains("ringback_last_check_timestamp_seconds"));
  CHECK_FALSE(samples.contains("ringback_check_level_since_timestamp_seconds"));
}

TEST_CASE("no text of a stranger's report ends a label or a line") {
  const auto hostile = GENERATE(values<std::string>({"\"} 1\nringback_check_level{level=\"ok\"} 1\n", "\\", "\\\"", "a\nb", std::string("a\0b", 3), "\xff\xfe", "\xe2\x82",
                                                     "\r\n# TYPE x counter", "{}=,\"'", "\x1b[31m", "\xe2\x80\xae", "x\xf0\x9f\x92\xa9y", ""}));
  const auto text = prometheus_text(test::filled_with(hostile), {.level = Level::ok, .since = hostile, .troubles = {hostile}});
  const auto samples = scraped(text);
  CHECK(count_of(samples, "ringback_check_level") == 4);
  for (const char32_t c : decode_utf8(text)) CHECK((c == '\n' || (c >= 0x20 && c != 0x7f)));
}

TEST_CASE("a series appears once, whatever the report repeats") {
  auto report = test::healthy();
  report.services.push_back(report.services[0]);
  report.services.back().reachable = Reachable::no;
  report.names.push_back(report.names[0]);
  report.names.back().verdict = NameState::wrong;
  report.findings.push_back(report.findings[0]);
  const auto samples = scraped(prometheus_text(report, announced));
  CHECK(samples.at(R"(ringback_service_reachable{service="443/tcp",family="ipv4"})") == "1");
  CHECK(count_of(samples, "ringback_service_info") == 2);
  CHECK(count_of(samples, "ringback_name_info") == 1);
  CHECK(samples.at(R"(ringback_finding{code="dns.ttl-long",severity="info"})") == "2");
}

TEST_CASE("however long a report is, the metrics are bounded") {
  auto report = test::healthy();
  report.services.clear();
  for (int port = 1; port <= 1000; ++port)
    report.services.push_back({Service{Protocol::tcp, static_cast<Port>(port), static_cast<Port>(port)}, Family::ipv4, Reachable::yes, StoppedAt::none, {}, Confidence::certain});
  report.names.clear();
  for (int i = 0; i < 1000; ++i) report.names.push_back({std::string(10000, 'a') + std::to_string(i), {}, {}, NameState::right, {}});
  for (int i = 0; i < 1000; ++i) report.names.push_back({"n" + std::to_string(i), {}, {}, NameState::right, {}});
  for (int i = 0; i < 5000; ++i) report.findings.push_back({.code = "x." + std::to_string(i) + std::string(10000, 'b'), .severity = Severity::info});
  const auto text = prometheus_text(report, announced);
  const auto samples = scraped(text);
  CHECK(count_of(samples, "ringback_service_info") == kMostServices);
  CHECK(count_of(samples, "ringback_name_info") <= kMostNames);
  CHECK(count_of(samples, "ringback_finding") == kMostFindings);
  CHECK(samples.at("ringback_findings{severity=\"info\"}") == "5001");
  CHECK(text.size() < 100'000);
}
