#include "report/arrivals.hpp"

#include <nlohmann/json.hpp>

#include "published.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::arrivals;
using Json = nlohmann::ordered_json;

namespace {

/// What the validator says of these lines: "NUMBER: valid", or the places that are wrong.
std::string validated(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return test::validated("arrivals.schema.json", {{"a.jsonl", text}});
}

Attempt filled() {
  return {.id = 3,
          .from = Endpoint::parse("[2c0f:f6a::7]:40000").value(),
          .to = Endpoint::parse("[2c0f:f6a::8]:443").value(),
          .at = std::chrono::seconds(1'764'044'718),
          .interface = "eth0",
          .tries = 2,
          .answer = Answer::unreachable,
          .answers = 1,
          .answered_on = "eth0",
          .icmp_type = 1,
          .icmp_code = 4,
          .settled = true};
}

Verdict full_verdict() {
  Verdict verdict{.counts = {.packets = 9, .outside = 1, .lan = 2}, .services_left_out = 1, .dropped = 2, .notes = {"a note"}};
  verdict.outcomes = {{.verdict = {Service::parse("443/tcp").value(), Family::ipv6, Reachable::no, StoppedAt::listener,
                                   "inbound.no-listener", Confidence::likely},
                       .title = "",
                       .detail = "Nothing listens.",
                       .tally = {.attempts = 1, .refused = 1},
                       .remedies = {{"Start it", {"Do."}, {"true"}}}}};
  verdict.to_try = {{"Knock", {"Take a phone."}, {}}};
  return verdict;
}

/// Every kind of line, full and as empty as can be.
std::vector<std::string> all_lines() {
  const FileContents file{.format = "pcap", .packets = 2, .ipv4 = 2, .first = std::chrono::seconds(1), .last = std::chrono::seconds(2),
                          .addresses = {{Address::v4(1), 2}}};
  const FileContents empty{.format = "pcapng"};
  return {
      watching_json("ringback.wait/1", {.service = Service::parse("8443:443/tcp").value(),
                                        .interface = "any",
                                        .rules_readable = true,
                                        .ipv4 = Address::v4(0x4da91106),
                                        .ipv6 = Address::parse("2c0f:f6a::8").value(),
                                        .guide = {"Knock", {"Now"}, {}}}),
      watching_json("ringback.wait/1", {.service = Service::parse("443/tcp").value(), .interface = "eth0"}),
      arrival_json("ringback.wait/1", filled(),
                   {.reachable = Reachable::no, .stopped_at = StoppedAt::router, .cause = "inbound.not-arriving", .detail = "x"}, "nginx"),
      arrival_json("ringback.read/1", {}, {}, ""),
      ignored_json("ringback.wait/1", filled()),
      verdict_json("ringback.wait/1", full_verdict(), "count", 2),
      verdict_json("ringback.wait/1", {}, "time", 3),
      verdict_json("ringback.read/1", full_verdict(), "damage", 2, &file),
      verdict_json("ringback.read/1", {}, "end", 3, &empty)};
}

}  // namespace

TEST_CASE("the schema file of the lines is the one that the types give; RINGBACK_WRITE_SCHEMA=1 test-report writes it") {
  test::check_is_published("arrivals.schema.json", arrivals_schema());
}

TEST_CASE("every kind of line is valid by its schema", "[schema]") {
  const auto lines = all_lines();
  std::string expected;
  for (std::size_t i = 1; i <= lines.size(); ++i) expected += "a.jsonl:" + std::to_string(i) + ": valid\n";
  CHECK(validated(lines) == expected);
}

TEST_CASE("a line that breaks the contract is not valid by its schema", "[schema]") {
  const auto lines = all_lines();
  const auto broken = [&](std::size_t at, auto change) {
    auto value = Json::parse(lines[at]);
    change(value);
    return validated({value.dump()}) == "a.jsonl:1: valid\n";
  };
  CHECK(broken(2, [](auto& v) { v["mood"] = "good"; }));   // adding is free
  CHECK_FALSE(broken(2, [](auto& v) { v["kind"] = "departure"; }));
  CHECK_FALSE(broken(2, [](auto& v) { v["schema"] = "ringback.wait/2"; }));
  CHECK_FALSE(broken(2, [](auto& v) { v["time"] = "yesterday"; }));
  CHECK_FALSE(broken(2, [](auto& v) { v["answer"] = "maybe"; }));
  CHECK_FALSE(broken(2, [](auto& v) { v.erase("settled"); }));
  CHECK_FALSE(broken(5, [](auto& v) { v["exit_status"] = 64; }));
  CHECK_FALSE(broken(5, [](auto& v) { v["services"][0]["family"] = "ipv5"; }));
  CHECK_FALSE(broken(7, [](auto& v) { v["file"]["addresses"][0]["packets"] = -1; }));
  CHECK_FALSE(broken(0, [](auto& v) { v["knock_at"]["ipv4"] = "home"; }));
}
