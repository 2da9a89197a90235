#include "report/arrivals.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::arrivals;

namespace {

Attempt attempt() {
  return {.id = 3,
          .from = Endpoint::parse("203.0.112.7:40000").value(),
          .to = Endpoint::parse("192.168.1.5:443").value(),
          .at = std::chrono::seconds(1'764'044'718),
          .interface = "eth0",
          .tries = 2,
          .settled = true};
}
const Judged dropped{.reachable = Reachable::no,
                     .stopped_at = StoppedAt::host_firewall,
                     .cause = "inbound.host-firewall",
                     .confidence = Confidence::certain,
                     .detail = "The packet filter drops it."};

Outcome outcome(Family family, const Judged& judged, const char* remedy) {
  return {.verdict = {Service::parse("443/tcp").value(), family, judged.reachable, judged.stopped_at, judged.cause, judged.confidence},
          .detail = judged.detail,
          .tally = {.attempts = 1, .silent = 1},
          .remedies = {{.title = remedy, .steps = {"Do it."}, .commands = {"true"}}}};
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("an attempt is one line, and why it was stopped stands below it") {
  const ArrivalStyle style{.utc_offset = std::chrono::hours(1)};
  CHECK(arrival_text(attempt(), dropped, "", style) ==
        "05:25:18  203.0.112.7:40000  IPv4 port 443/tcp  no answer (tried 2 times)\n          The packet filter drops it.\n");
  auto connected = attempt();
  connected.answer = Answer::syn_ack;
  connected.reached = true;
  connected.tries = 1;
  CHECK(arrival_text(connected, {.reachable = Reachable::yes}, "nginx", style) ==
        "05:25:18  203.0.112.7:40000  IPv4 port 443/tcp  answered by nginx, connected\n");
}

TEST_CASE("a program's name cannot act on the terminal, nor break a line of JSON") {
  auto answered = attempt();
  answered.answer = Answer::syn_ack;
  const std::string evil = "x\x1b[2J\n\"}";
  CHECK(arrival_text(answered, {.reachable = Reachable::yes}, evil, {}).find('\x1b') == std::string::npos);
  const auto line = arrival_json("ringback.wait/1", answered, {}, evil);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(nlohmann::json::parse(line)["program"] == evil);
}

TEST_CASE("the lines of JSON carry the contract's words") {
  const auto arrival = nlohmann::json::parse(arrival_json("ringback.wait/1", attempt(), dropped, "nginx"));
  CHECK(arrival["kind"] == "arrival");
  CHECK(arrival["time"] == "2025-11-25T04:25:18.000000Z");
  CHECK(arrival["stopped_at"] == "host-firewall");
  CHECK(arrival["answer"] == "none");
  const auto verdict =
      nlohmann::json::parse(verdict_json("ringback.read/1", {.outcomes = {outcome(Family::ipv4, dropped, "Open it")}}, "end", 2));
  CHECK(verdict["services"][0]["cause"] == "inbound.host-firewall");
  CHECK(verdict["services"][0]["attempts"]["silent"] == 1);
  CHECK(verdict["exit_status"] == 2);
  CHECK(nlohmann::json::parse(watching_json("ringback.wait/1", Service::parse("443/tcp").value(), "e\"0", true))["interface"] == "e\"0");
}

TEST_CASE("the same advice for both families is given once, different advice twice") {
  const auto once = verdict_text({.outcomes = {outcome(Family::ipv4, dropped, "Open it"), outcome(Family::ipv6, dropped, "Open it")}}, {});
  CHECK(count(once, "Open it") == 1);
  CHECK(count(once, "visitors do not get in") == 2);
  const auto twice =
      verdict_text({.outcomes = {outcome(Family::ipv4, dropped, "Open it"), outcome(Family::ipv6, dropped, "Start it")}}, {});
  CHECK(count(twice, "Open it") + count(twice, "Start it") == 2);
}

TEST_CASE("nothing at all is a verdict, too") { CHECK(verdict_text({}, {}).find("Nothing arrived from outside.") == 0); }
