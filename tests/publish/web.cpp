#include "publish/web.hpp"

#include "publish/ping.hpp"
#include "publish/push.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "publish/without_pauses.hpp"
#include "support/server.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

const auto pinged = WebDestination::parse("https://hc.example/ping/SECRET?create=1").value();

/// hc.example, which answers as the test says.
struct Pinged {
  FakeClock clock;
  ScriptedNetwork network{clock};
  Pinged() { network.looked_up["hc.example"] = {Address::parse("2001:db8::1").value(), Address::parse("192.0.2.1").value()}; }
  std::optional<std::string> end(unsigned char status = 0, const std::string& text = "all is well") {
    return publish::ping_end(pinged, status, text, network, clock, {clock.now() + 10s});
  }
};

HttpPeer one_after_the_other(std::vector<HttpAnswer> answers) {
  return [answers = std::move(answers), next = std::make_shared<std::size_t>()](const io::HttpRequest&) { return answers[std::min((*next)++, answers.size() - 1)]; };
}

}  // namespace

TEST_CASE("a ping has the exit status behind its path, and the report as its body") {
  Pinged there;
  there.network.http("https://hc.example/", [](const auto&) { return http_ok("OK"); });
  CHECK_FALSE(there.end(2, "443/tcp cannot be reached"));
  CHECK_FALSE(publish::ping_start(pinged, there.network, there.clock, {there.clock.now() + 10s}));
  REQUIRE(there.network.requests.size() == 2);
  const auto& end = there.network.requests[0];
  CHECK(end.method == "POST");
  CHECK(end.url == "https://hc.example/ping/SECRET/2?create=1");
  CHECK(end.body == "443/tcp cannot be reached");
  CHECK(end.connect_to == Endpoint::parse("[2001:db8::1]:443").value());
  CHECK(there.network.requests[1].url == "https://hc.example/ping/SECRET/start?create=1");
  CHECK(there.network.requests[1].body.empty());
}

TEST_CASE("a body that is too long ends with a whole character") {
  Pinged there;
  there.network.http("https://hc.example/", [](const auto&) { return http_ok("OK"); });
  std::string text;
  while (text.size() < 200'001) text += "\xe2\x9c\x97";
  CHECK_FALSE(there.end(1, "a" + text));
  const auto& body = there.network.requests[0].body;
  CHECK(body.size() <= 100'000);
  CHECK(body.size() > 99'990);
  CHECK((body.size() - 1) % 3 == 0);
}

TEST_CASE("a server that fails for a moment is asked again, at its other address") {
  Pinged there;
  there.network.http("https://hc.example/", one_after_the_other({http_status(503), http_failure(Errc::refused, "x: Connection refused"), http_status(429), http_ok("OK")}));
  CHECK_FALSE(there.end());
  REQUIRE(there.network.requests.size() == 4);
  CHECK(there.network.requests[1].connect_to == Endpoint::parse("192.0.2.1:443").value());
}

TEST_CASE("what went wrong is said without the URL's path and query") {
  struct Row {
    HttpAnswer answer;
    const char* says;
    std::size_t requests;
  };
  const auto row = GENERATE(values<Row>({
      {http_status(404), "knows nothing under this URL (status 404)", 1},
      {http_status(301), "answered with a redirection (301), which is not followed; name the place where it leads to", 1},
      {http_status(400, "https://hc.example/ping/SECRET is wrong"), "answered with status 400", 1},
      {http_status(500, "SECRET"), "answered with status 500", 5},
      {http_ok("OK (not found)"), "knows no check under this URL", 1},
      {http_ok("OK (rate limited)"), "takes no more pings for now: there were too many", 1},
      {http_failure(Errc::refused, "https://hc.example at [2001:db8::1]:443: Connection refused"), "was not told: Connection refused", 5},
  }));
  Pinged there;
  there.network.http("https://hc.example/", [&](const auto&) { return row.answer; });
  const auto trouble = there.end();
  REQUIRE(trouble);
  CHECK(trouble->starts_with(row.says));
  CHECK(trouble->find("SECRET") == std::string::npos);
  CHECK(there.network.requests.size() == row.requests);
}

TEST_CASE("who never answers costs the deadline and no more") {
  Pinged there;
  const auto start = there.clock.now();
  CHECK(there.end() == "did not answer in 10 s");
  CHECK(there.clock.now() - start <= 10s);
}

TEST_CASE("a name that does not exist is said to") {
  Pinged there;
  there.network.looked_up.clear();
  CHECK(there.end() == "cannot be asked: the name was not found");
}

TEST_CASE("an answer without an end is listened to for a moment") {
  Pinged there;
  HttpAnswer endless = http_ok("");
  for (int i = 0; i < 10'000; ++i) endless.stream.push_back({1ms, std::string(1000, 'x')});
  there.network.http("https://hc.example/", [&](const auto&) { return endless; });
  const auto start = there.clock.now();
  CHECK_FALSE(there.end());
  CHECK(there.clock.now() - start < 1s);
}

TEST_CASE("metrics replace what this instance pushed before") {
  const FakeClock clock;
  ScriptedNetwork network(clock);
  network.http("http://192.0.2.9:9091/", [](const auto&) { return http_ok(""); });
  const auto gateway = WebDestination::parse("http://192.0.2.9:9091").value();
  CHECK_FALSE(publish::push(gateway, "attic", "ringback_check_troubles 0\n", network, clock, {clock.now() + 5s}));
  REQUIRE(network.requests.size() == 1);
  CHECK(network.requests[0].method == "PUT");
  CHECK(network.requests[0].url == "http://192.0.2.9:9091/metrics/job/ringback/instance/attic");
  CHECK(network.requests[0].body == "ringback_check_troubles 0\n");
}

TEST_CASE("over real connections nothing of a URL that is a secret gets into a sentence") {
  const RealClockWithoutPauses clock;
  const auto network = io::make_real_network(clock);
  const Endpoint here{Address::parse("127.0.0.1").value(), 0};
  std::string seen;
  std::optional<std::string> trouble;
  struct Row {
    const char* answer;
    const char* says;
  };
  const auto row = GENERATE(values<Row>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", nullptr},
      {"HTTP/1.1 302 Found\r\nLocation: file:///etc/shadow\r\nContent-Length: 0\r\n\r\n", "redirection (302)"},
      {"nonsense\r\n\r\n", "was not told: "},
      {"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\nOK", "was not told: "},
      {"", "was not told: "},
  }));
  {
    const Server server(here, [&](Peer& peer) {
      seen = peer.read_until("\r\n\r\nbody");
      peer.write(row.answer);
    });
    const auto to = WebDestination::parse("http://" + server.endpoint().to_string() + "/ping/SECRET").value();
    trouble = publish::ping_end(to, 3, "body", *network, clock, {clock.now() + 20s});
  }
  CHECK(seen.starts_with("POST /ping/SECRET/3 HTTP/1.1\r\n"));
  if (row.says == nullptr) {
    CHECK_FALSE(trouble);
    return;
  }
  REQUIRE(trouble);
  CHECK(trouble->find(row.says) != std::string::npos);
  CHECK(trouble->find("SECRET") == std::string::npos);
}
