#include "report/arrivals.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

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
  AlreadyTold told;
  CHECK(arrival_text(attempt(), dropped, "", style, &told) ==
        "05:25:18  203.0.112.7:40000  IPv4 port 443/tcp  no answer (tried 2 times)\n          The packet filter drops it.\n");
  auto connected = attempt();
  connected.answer = Answer::syn_ack;
  connected.reached = true;
  connected.tries = 1;
  CHECK(arrival_text(connected, {.reachable = Reachable::yes}, "nginx", style, &told) ==
        "05:25:18  203.0.112.7:40000  IPv4 port 443/tcp  answered by nginx, connected\n");
}

TEST_CASE("why an attempt was stopped is told once: not for the next one, and not in the verdict") {
  AlreadyTold told;
  CHECK(count(arrival_text(attempt(), dropped, "", {}, &told), dropped.detail) == 1);
  CHECK(count(arrival_text(attempt(), dropped, "", {}, &told), dropped.detail) == 0);
  const Verdict verdict{.outcomes = {outcome(Family::ipv4, dropped, "Open it")}};
  CHECK(count(verdict_text(verdict, {}, told), dropped.detail) == 0);
  CHECK(count(verdict_text(verdict, {}), dropped.detail) == 1);
  CHECK(count(arrival_text(attempt(), dropped, "", {}, nullptr), dropped.detail) == 0);   // of a file the verdict tells it
}

TEST_CASE("no line but a command is wider than the terminal") {
  auto long_one = attempt();
  long_one.from = Endpoint::parse("[2c0f:f6a:a500:1:dea6:32ff:feb6:8b6]:40000").value();
  long_one.to = Endpoint::parse("[2c0f:f6a:a500:1:dea6:32ff:feb6:8b7]:443").value();
  long_one.answer = Answer::unreachable;
  long_one.icmp_type = 1;
  for (const unsigned columns : {40U, 60U, 80U}) {
    const ArrivalStyle style{.text = {.columns = columns}, .with_date = columns > 60};
    AlreadyTold told;
    FileContents contents{.format = "pcap", .packets = 12, .ipv6 = 12, .tcp = 12};
    contents.addresses.assign(5, {long_one.from.address, 3});
    auto lan = long_one;
    lan.origin = Origin::router;
    const Remedy guide{.title = "Knock",
                       .steps = {std::string(300, 'x').replace(100, 1, " ").replace(130, 1, " "),
                                 "open https://[2c0f:f6a:a500:1:dea6:32ff:feb6:8b6] in its browser"}};
    const auto all = arrival_text(long_one, dropped, "a-program", style, &told) + ignored_text(lan, style) +
                     verdict_text({.outcomes = {outcome(Family::ipv6, dropped, "Open it")},
                                   .notes = {"a note of many words that goes on and on and on"}},
                                  style.text) +
                     contents_text(contents, style.text) + watching_text(Service::parse("443/tcp").value(), {}, true, style.text);
    std::istringstream lines(all);
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK((line.size() <= columns || line.find(' ', line.find_first_not_of(' ')) == std::string::npos));   // one word may be longer
    }
    CHECK_FALSE(guide_text(guide, style.text).empty());
  }
}

TEST_CASE("a file in which nobody came: what it holds") {
  const FileContents contents{.format = "pcap",
                              .packets = 120,
                              .ipv4 = 100,
                              .ipv6 = 15,
                              .not_ip = 5,
                              .tcp = 80,
                              .udp = 30,
                              .icmp = 5,
                              .openings = 3,
                              .first = std::chrono::seconds(1'764'044'718),
                              .last = std::chrono::milliseconds(1'764'044'730'500),
                              .addresses = {{Address::parse("192.168.1.5").value(), 110}},
                              .more_addresses = 4};
  const auto text = contents_text(contents, {.columns = 200});
  for (const auto* part : {"120 packets", "2025-11-25 04:25:18", "12.5 seconds", "100 over IPv4", "15 over IPv6", "5 of neither",
                           "80 of TCP", "30 of UDP", "3 of them to open a connection", "192.168.1.5 (110)", "4 more"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(contents_text({}, {}) == "The file holds no packets.\n");
}

TEST_CASE("a program's name cannot act on the terminal, nor break a line of JSON") {
  auto answered = attempt();
  answered.answer = Answer::syn_ack;
  const std::string evil = "x\x1b[2J\n\"}";
  CHECK(arrival_text(answered, {.reachable = Reachable::yes}, evil, {}, nullptr).find('\x1b') == std::string::npos);
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
  const auto watching = nlohmann::json::parse(watching_json(
      "ringback.wait/1", {.service = Service::parse("443/tcp").value(), .interface = "e\"0", .ipv4 = Address::v4(0x4da91106)}));
  CHECK(watching["interface"] == "e\"0");
  CHECK(watching["knock_at"]["ipv4"] == "77.169.17.6");
  CHECK(watching["knock_at"]["ipv6"].is_null());
  CHECK(verdict["services"][0]["title"] == "This host's own firewall keeps visitors out");
  CHECK(verdict["file"].is_null());
}

TEST_CASE("what is the same for both families is told once, different advice twice") {
  const auto once = verdict_text({.outcomes = {outcome(Family::ipv4, dropped, "Open it"), outcome(Family::ipv6, dropped, "Open it")}}, {});
  CHECK(count(once, "Open it") == 1);
  CHECK(count(once, "over IPv4 and IPv6: visitors do not get in") == 1);
  CHECK(count(once, "1 attempt from outside") == 2);
  const auto twice =
      verdict_text({.outcomes = {outcome(Family::ipv4, dropped, "Open it"), outcome(Family::ipv6, dropped, "Start it")}}, {});
  CHECK(count(twice, "Open it") + count(twice, "Start it") == 2);
  CHECK(count(twice, "visitors do not get in") == 2);
}

TEST_CASE("who does not count is told why in one line") {
  struct Row {
    Origin origin;
    const char* says;
  };
  for (const auto& row : {Row{Origin::lan, "another machine at home"}, Row{Origin::router, "the home router's own address"},
                          Row{Origin::near, "it could be from this house"}, Row{Origin::unroutable, "not an address of the internet"},
                          Row{Origin::self, "this host itself"}}) {
    auto one = attempt();
    one.origin = row.origin;
    CHECK(ignored_text(one, {.text = {.columns = 200}}).find(std::string("does not count: ") + row.says) != std::string::npos);
    CHECK(nlohmann::json::parse(ignored_json("ringback.wait/1", one))["origin"] == to_string(row.origin));
  }
  const auto verdict = nlohmann::json::parse(verdict_json("ringback.wait/1", {.counts = {.near = 3}}, "time", 3));
  CHECK(verdict["ignored"]["near"] == 3);
}

TEST_CASE("nothing at all is a verdict, too") { CHECK(verdict_text({}, {}).find("Nothing arrived from outside.") == 0); }
