/// Whole conversations with a scripted vantage point: what it says counts as far as it may, and as the card can bear it out.
#include <nlohmann/json.hpp>

#include "probes/inbound/inbound.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"
#include "wire/reader.hpp"

using namespace ringback;
using namespace ringback::inbound;
using namespace ringback::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const auto host_address = Address::parse("192.168.1.10").value();
const auto wan = Address::parse("93.184.20.30").value();
const Endpoint knocker{Address::parse("185.10.20.30").value(), 40123};
constexpr auto url = "http://185.10.20.29:8370";

/// RFC 791 §3.1 and RFC 9293 §3.1, without options and checksums.
io::Bytes tcp(const Endpoint& from, const Endpoint& to, std::uint8_t flags) {
  wire::Writer out;
  out.u16(0x4500).u16(40).u32(0).u8(60).u8(6).u16(0).address(from.address).address(to.address);
  return out.u16(from.port).u16(to.port).u32(1).u32(0).u8(0x50).u8(flags).u16(0xffff).u32(0).take();
}

/// RFC 768, with what a vantage point sends, and the nonce of every knock here.
io::Bytes udp(const Endpoint& from, const Endpoint& to) {
  const auto payload = "ringback-knock " + std::string(32, 'a') + "\n";
  wire::Writer out;
  out.u16(0x4500).u16(static_cast<std::uint16_t>(28 + payload.size())).u32(0).u8(60).u8(17).u16(0).address(from.address).address(to.address);
  return out.u16(from.port).u16(to.port).u16(static_cast<std::uint16_t>(8 + payload.size())).u16(0).text(payload).take();
}

std::string announce(const std::string& id, const Address& target, Port port = knocker.port) {
  return json{{"type", "announce"}, {"id", id}, {"target", target.to_string()}, {"nonce", std::string(32, 'a')},
              {"source", {{"address", knocker.address.to_string()}, {"port", port}}}}.dump() + "\n";
}
std::string result(const std::string& id, const char* what) { return json{{"type", "result"}, {"id", id}, {"result", what}}.dump() + "\n"; }

/// One host behind a router that forwards, and a vantage point that says what the test lets it.
struct Household {
  SharedClock clock;
  ScriptedNetwork network{clock};
  ScriptedRandom random;
  std::string announcements = announce("k0", wan) + announce("k1", wan, 0);
  std::string results = result("k0", "connected") + result("k1", "timeout");
  milliseconds results_after{100};
  InboundPlan plan{.vantages = {url},
                   .services = {Service::parse("443/tcp").value()},
                   .legs = {Leg{.family = Family::ipv4, .interface = "eth0", .source = host_address}}};

  Household() {
    network.host.default_ipv4 = RouteLookup{.source = host_address, .interface = "eth0"};
    network.http(std::string(url) + "/v1/address", [](const auto&) { return http_ok(json{{"address", wan.to_string()}}.dump(), "application/json"); });
    network.http(std::string(url) + "/v1/knock", [this](const auto&) {
      auto answer = http_ok("", "application/x-ndjson");
      answer.stream = {{0ms, announcements}, {results_after, results}};
      return answer;
    });
  }
  /// A SYN of the knock reaches the card and is answered.
  void arrives(const Endpoint& to) {
    network.arrives({.at = clock.now() + 60ms, .interface = "eth0", .bytes = tcp(knocker, to, 0x02), .original_length = 40});
    network.arrives({.at = clock.now() + 61ms, .outgoing = true, .interface = "eth0", .bytes = tcp(to, knocker, 0x12), .original_length = 40});
  }
  inbound::Evidence observe(milliseconds within = 10s) { return inbound::observe(plan, {network, clock, random}, {clock.now() + within}).value(); }
};

}  // namespace

TEST_CASE("a knock that is announced, arrives and is answered, with the way back as the kernel says") {
  Household home;
  home.arrives({host_address, 443});
  const auto seen = home.observe();
  REQUIRE(seen.knocks.size() == 2);
  CHECK(seen.knocks[0].arrivals.size() == 1);
  CHECK(seen.knocks[0].departures.size() == 1);
  CHECK(seen.knocks[0].result == Result::connected);
  CHECK(seen.knocks[0].way_back == "eth0");
  CHECK_FALSE(seen.knocks[1].way_back);
  CHECK(seen.vantages.at(0).knocked);
}

TEST_CASE("what became of an answer over UDP is worth the vantage point's word, a datagram that nobody answers is not") {
  for (const bool answers : {true, false}) {
    INFO(answers);
    Household home;
    home.plan.services = {Service::parse("51820/udp").value()};
    home.results = result("k0", "timeout") + result("k1", "timeout");
    home.results_after = 900ms;
    const Endpoint to{host_address, 51820};
    home.network.arrives({.at = home.clock.now() + 60ms, .interface = "eth0", .bytes = udp(knocker, to), .original_length = 76});
    if (answers) home.network.arrives({.at = home.clock.now() + 61ms, .outgoing = true, .interface = "tun0", .bytes = udp(to, knocker), .original_length = 76});
    const auto seen = home.observe();
    CHECK(seen.knocks.at(0).arrivals.size() == 1);
    CHECK(seen.knocks.at(0).departures.size() == (answers ? 1 : 0));
    CHECK(seen.knocks.at(0).result == (answers ? std::optional(Result::timeout) : std::nullopt));
  }
}

TEST_CASE("a control that the vantage point cannot send does not blind the card for the others") {
  Household home;
  home.announcements = announce("k0", wan) + result("k1", "unavailable");
  home.results = result("k0", "connected");
  home.arrives({host_address, 443});
  const auto seen = home.observe();
  CHECK(seen.knocks.at(0).arrivals.size() == 1);
  CHECK_FALSE(seen.knocks.at(1).source);
}

TEST_CASE("what arrived is kept though an announcement is still missing at the end") {
  Household home;
  home.announcements = announce("k0", wan);
  home.results = result("k0", "connected");
  home.arrives({host_address, 443});
  CHECK(home.observe().knocks.at(0).arrivals.size() == 1);
}

TEST_CASE("a result without its announcement, or a target that is not the caller, is named and not believed") {
  struct Row {
    const char* what;
    std::string announcements;
    const char* trouble;
  };
  for (const auto& row : {Row{"no announcement", "", "never announced"},
                          Row{"a target inside of a home", announce("k0", Address::parse("192.168.1.5").value()) + announce("k1", wan, 0), "not how it sees this host"},
                          Row{"a target of the other family", announce("k0", Address::parse("2a00::9").value()) + announce("k1", wan, 0), "not how it sees this host"}}) {
    INFO(row.what);
    Household home;
    home.announcements = row.announcements;
    const auto seen = home.observe();
    CHECK_FALSE(seen.knocks.at(0).source);
    CHECK_FALSE(seen.knocks.at(0).result);
    CHECK(seen.knocks.at(0).target == wan);
    REQUIRE(seen.vantages.at(0).trouble);
    CHECK(seen.vantages.at(0).trouble->find(row.trouble) != std::string::npos);
  }
}

TEST_CASE("a translator that gives each connection another address: the knock is on the one of the request") {
  Household home;
  home.announcements = announce("k0", Address::parse("9.9.9.9").value()) + announce("k1", wan, 0);
  const auto seen = home.observe();
  CHECK(seen.knocks.at(0).target == Address::parse("9.9.9.9").value());
  CHECK(seen.knocks.at(0).source);
  CHECK(seen.knocks.at(1).target == wan);
}

TEST_CASE("an arrival on another port than was knocked on counts only where something translates") {
  const auto arrivals_at = [](const Address& address) {
    Household home;
    home.arrives({address, 8443});
    return home.observe().knocks.at(0).arrivals.size();
  };
  CHECK(arrivals_at(host_address) == 1);
  CHECK(arrivals_at(wan) == 0);   // the very address that was knocked on
}

TEST_CASE("a router that puts its own address in the knock's place is believed where the vantage point got the answer; nobody at home is") {
  for (const auto* outcome : {"connected", "timeout"}) {
    INFO(outcome);
    Household home;
    home.results = result("k0", outcome) + result("k1", "timeout");
    const Endpoint router{Address::parse("192.168.1.1").value(), knocker.port}, here{host_address, 443};
    home.network.arrives({.at = home.clock.now() + 60ms, .interface = "eth0", .bytes = tcp(router, here, 0x02), .original_length = 40});
    home.network.arrives({.at = home.clock.now() + 61ms, .outgoing = true, .interface = "eth0", .bytes = tcp(here, router, 0x12), .original_length = 40});
    const auto knock = home.observe().knocks.at(0);
    const bool believed = outcome == std::string_view("connected");
    CHECK(knock.arrivals.size() == (believed ? 1 : 0));
    CHECK(knock.departures.size() == (believed ? 1 : 0));
    if (believed) CHECK(knock.arrivals.front().source_rewritten);
  }
}

TEST_CASE("what a connection that got stuck does not answer is asked again over a new one") {
  for (const auto* path : {"/v1/address", "/v1/knock"}) {
    INFO(path);
    Household home;
    const auto whole = std::string(url) + path;
    unsigned asked = 0;
    home.network.http(whole, [&](const auto&) {
      if (++asked == 1) return http_failure(Errc::timed_out, "no answer", 1h);
      if (path == std::string_view("/v1/address")) return http_ok(json{{"address", wan.to_string()}}.dump(), "application/json");
      auto answer = http_ok("", "application/x-ndjson");
      answer.stream = {{0ms, home.announcements}, {100ms, home.results}};
      return answer;
    });
    const auto seen = home.observe();
    CHECK(asked == 2);
    CHECK(seen.knocks.at(0).result == Result::connected);
    CHECK_FALSE(seen.vantages.at(0).trouble);
  }
}

TEST_CASE("where the line loses packets, what stayed silent is knocked on once more") {
  for (const bool lossy : {false, true}) {
    Household home;
    unsigned asked = 0;
    home.network.http(std::string(url) + "/v1/knock", [&](const auto&) {
      auto answer = http_ok("", "application/x-ndjson");
      answer.response->lossy = lossy;
      ++asked;
      answer.stream = {{0ms, home.announcements}, {100ms, asked == 1 ? result("k0", "timeout") + result("k1", "timeout") : home.results}};
      return answer;
    });
    const auto seen = home.observe();
    CHECK(asked == (lossy ? 2 : 1));
    CHECK(seen.vantages.at(0).lossy == lossy);
    CHECK(seen.knocks.size() == 2);
    CHECK(seen.knocks.at(0).result == (lossy ? Result::connected : Result::timeout));
    CHECK(seen.knocks.at(1).result == Result::timeout);
  }
}

TEST_CASE("a vantage point that refuses, or answers rubbish, is not asked again") {
  for (const auto& answer : {http_status(429), http_ok("rubbish\n", "application/x-ndjson")}) {
    Household home;
    unsigned asked = 0;
    home.network.http(std::string(url) + "/v1/knock", [&](const auto&) {
      ++asked;
      return answer;
    });
    CHECK(home.observe().vantages.at(0).trouble);
    CHECK(asked == 1);
  }
}

TEST_CASE("whom this run's own deadline cuts off has had no time to answer, and is told from who says nothing for long") {
  for (const auto& [within, cut_short] : {std::pair<milliseconds, bool>{1s, true}, {10s, false}}) {
    Household home;
    home.network.http(std::string(url) + "/v1/address", [](const auto&) { return http_failure(Errc::timed_out, "GET: Timeout was reached", 20s); });
    const auto seen = home.observe(within);
    REQUIRE(seen.vantages.size() == 1);
    CHECK(seen.vantages[0].trouble);
    CHECK(seen.vantages[0].cut_short == cut_short);
  }
}

TEST_CASE("with nothing to knock on nobody is asked to, and nobody is blamed") {
  Household home;
  home.plan.services.clear();
  unsigned asked = 0;
  home.network.http(std::string(url) + "/v1/knock", [&](const auto&) {
    ++asked;
    return http_ok("", "application/x-ndjson");
  });
  const auto seen = home.observe();
  CHECK(asked == 0);
  CHECK_FALSE(seen.vantages.at(0).refused_with);
  CHECK_FALSE(seen.vantages.at(0).trouble);
}

TEST_CASE("what ought to be closed is knocked on at the end, and its silence is not waited for as long") {
  Household home;
  home.plan.exposure = {Service{Protocol::tcp, 61713, 61713}, Service{Protocol::tcp, 445, 445}};
  home.announcements = announce("k0", wan) + announce("k1", wan, 0) + announce("k2", wan, 41000) + announce("k3", wan, 42000);
  home.results = result("k0", "connected");   // nothing is ever said of the others
  home.arrives({host_address, 443});
  const auto began = home.clock.now();
  const auto seen = home.observe();
  REQUIRE(seen.knocks.size() == 4);
  CHECK(seen.knocks[2].purpose == Purpose::exposure);
  CHECK(seen.knocks[3].port == 445);
  CHECK_FALSE(seen.knocks[3].result);
  CHECK(home.clock.now() - began < 1s);   // of the scripted time: the last attempt at it would come after that
}

TEST_CASE("a port checker is asked for each TCP service, and what it says is taken with what the card saw") {
  Household home;
  constexpr auto checker = "echoip+http://185.10.20.29:80";
  home.plan.vantages = {checker};
  home.plan.services = {Service{Protocol::tcp, 8443, 443}, Service{Protocol::tcp, 22, 22}, Service{Protocol::udp, 51820, 51820}};
  const auto says = [](const char* text) { return [text](const auto&) { return http_ok(text, "application/json"); }; };
  home.network.http("http://185.10.20.29:80/port/8443", says(R"({"ip":"93.184.20.30","port":8443,"reachable":true})"));
  home.network.http("http://185.10.20.29:80/port/22", says(R"({"ip":"93.184.20.30","port":22,"reachable":false})"));
  home.arrives({host_address, 443});
  const auto seen = home.observe();
  REQUIRE(seen.knocks.size() == 2);
  CHECK(seen.vantages.at(0).knocked);
  CHECK(seen.knocks[0].result == Result::connected);
  CHECK(seen.knocks[0].target == wan);
  CHECK_FALSE(seen.knocks[0].source);
  CHECK(seen.knocks[0].arrivals.size() == 1);
  CHECK(seen.knocks[0].departures.size() == 1);
  CHECK(seen.knocks[1].result == Result::failed);
  CHECK(seen.knocks[1].arrivals.empty());
}

TEST_CASE("a port checker that answers something else is named, and proves nothing") {
  for (const auto* body : {"", "[]", "{}", R"({"ip":"x","port":443,"reachable":true})", R"({"ip":"93.184.20.30","port":444,"reachable":true})",
                           R"({"ip":"2001:db8::1","port":443,"reachable":true})", R"({"ip":"93.184.20.30","port":443,"reachable":"yes"})"}) {
    INFO(body);
    Household home;
    home.plan.vantages = {"echoip+http://185.10.20.29"};
    home.network.http("http://185.10.20.29/port/443", [&](const auto&) { return http_ok(body, "application/json"); });
    const auto seen = home.observe();
    CHECK_FALSE(seen.knocks.at(0).result);
    CHECK_FALSE(seen.vantages.at(0).knocked);
    CHECK(seen.vantages.at(0).trouble);
  }
}

TEST_CASE("more services than a request takes are knocked on in several, each of them once") {
  Household home;
  home.plan.services.clear();
  for (Port port = 8001; port <= 8020; ++port) home.plan.services.push_back({Protocol::tcp, port, port});
  std::vector<std::size_t> sizes;
  home.network.http(std::string(url) + "/v1/knock", [&](const io::HttpRequest& request) {
    const auto asked = json::parse(request.body)["knocks"];
    sizes.push_back(asked.size());
    auto answer = http_ok("", "application/x-ndjson");
    std::string said;
    for (const auto& each : asked) said += announce(each["id"], wan) + result(each["id"], "timeout");
    answer.stream = {{0ms, said}};
    return answer;
  });
  const auto seen = home.observe();
  CHECK(sizes == std::vector<std::size_t>{16, 5});
  std::set<Port> ports;
  for (const auto& knock : seen.knocks)
    if (knock.result == Result::timeout && knock.service) ports.insert(knock.port);
  CHECK(ports.size() == 20);
}
