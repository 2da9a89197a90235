#include "probes/web/web.hpp"

#include "probes/web/url.hpp"
#include "probes/web/vantage_answer.hpp"
#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"

using namespace ringback;
using namespace ringback::web;
using namespace ringback::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Address address(const char* text) { return Address::parse(text).value(); }

constexpr auto seen_v4 = R"({"address":"198.41.0.7","port":40001,"families":["ipv4","ipv6"],"version":"0.1.0"})";
constexpr auto seen_v6 = R"({"address":"2a00:1::7","port":40002,"families":["ipv6"],"version":"0.1.0"})";

struct Household {
  SharedClock clock;   // the targets are asked side by side
  ScriptedRandom random;
  ScriptedNetwork network{clock};
  WebPlan plan;

  Household() {
    network.name("vantage.example", {std::vector{address("2a00:2::1"), address("198.41.1.1"), address("198.41.1.2")}});
    network.name("page.example", {std::vector{address("198.41.2.1")}});
    plan.legs = {Leg{.family = Family::ipv4, .source = address("192.168.1.2")}, Leg{.family = Family::ipv6, .source = address("2a00:1::2")}};
  }
  std::vector<Observation> observe(milliseconds limit = 10s) {
    return web::observe(plan, {network, clock, random}, {clock.now() + limit}).value().observations;
  }
  /// What one target gives over IPv4 where every page answers so.
  Observation over_ipv4(const WebTarget& target, HttpAnswer reply) {
    plan.targets = {target};
    plan.legs.resize(1);
    network.http("http", [reply](const io::HttpRequest&) { return reply; });
    return observe().at(0);
  }
};

const WebTarget vantage{Kind::vantage, "http://vantage.example:8370"};
const WebTarget page{Kind::connectivity, "http://page.example/success.txt", 200, "success"};

}  // namespace

TEST_CASE("a vantage point is asked over each family, and says how it sees us") {
  Household home;
  home.plan.targets = {vantage};
  home.network.http("http://vantage.example:8370/v1/address",
                    [](const io::HttpRequest& r) { return http_ok(r.connect_to.address.is_v4() ? seen_v4 : seen_v6, "application/json"); });
  const auto observations = home.observe();
  REQUIRE(observations.size() == 2);
  CHECK(observations[0].family == Family::ipv4);
  CHECK(observations[0].server == Endpoint{address("198.41.1.1"), 8370});
  CHECK(observations[0].as_expected);
  CHECK(observations[0].status == 200);
  CHECK(observations[0].seen_as == Endpoint{address("198.41.0.7"), 40001});
  CHECK(observations[0].vantage_families == std::vector{Family::ipv4, Family::ipv6});
  CHECK(observations[1].seen_as == Endpoint{address("2a00:1::7"), 40002});
  CHECK(observations[1].url == "http://vantage.example:8370");
  CHECK_FALSE(observations[1].trouble);
  for (const auto& request : home.network.requests) {
    CHECK_FALSE(request.local);
    CHECK_FALSE(request.interface);
  }
}

TEST_CASE("even where the default route leaves through a tunnel the kernel chooses the way: that is what is to be seen") {
  Household home;
  home.plan.legs[0].bind = true;
  home.plan.legs[0].interface = "eth0";
  home.over_ipv4(vantage, http_ok(seen_v4));
  CHECK_FALSE(home.network.requests.at(0).interface);
  CHECK_FALSE(home.network.requests.at(0).local);
}

TEST_CASE("a vantage point's answer is believed only if it is one") {
  struct Row {
    const char* what;
    HttpAnswer reply;
    const char* trouble;
  };
  const Row rows[] = {
      {"a portal's page", http_ok("<html>Welcome to the hotel</html>"), "no JSON"},
      {"a redirect", http_status(302), "status is 302"},
      {"a refusal", http_status(403, R"({"type":"about:blank"})"), "status is 403"},
      {"no address", http_ok(R"({"port":1,"families":[],"version":"1"})"), "no address"},
      {"an address that is none", http_ok(R"({"address":"me","port":1,"families":[],"version":"1"})"), "no address"},
      {"a number for an address", http_ok(R"({"address":7,"port":1,"families":[],"version":"1"})"), "no address"},
      {"port 0", http_ok(R"({"address":"198.41.0.7","port":0,"families":[],"version":"1"})"), "no port"},
      {"port 65536", http_ok(R"({"address":"198.41.0.7","port":65536,"families":[],"version":"1"})"), "no port"},
      {"a negative port", http_ok(R"({"address":"198.41.0.7","port":-1,"families":[],"version":"1"})"), "no port"},
      {"families that are no list", http_ok(R"({"address":"198.41.0.7","port":1,"families":"ipv4","version":"1"})"), "no list"},
      {"a family that is none", http_ok(R"({"address":"198.41.0.7","port":1,"families":["ipv5"],"version":"1"})"), "family that is none"},
      {"no version", http_ok(R"({"address":"198.41.0.7","port":1,"families":[]})"), "no version"},
      {"the other family", http_ok(seen_v6), "not ipv4"},
      {"an array", http_ok("[]"), "no JSON object"},
      {"brackets without end", http_ok(std::string(15000, '[')), "no JSON object"},
      {"an answer that has no end", http_ok(std::string(seen_v4) + std::string(100000, ' ')), ""},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Household home;
    const auto observation = home.over_ipv4(vantage, row.reply);
    if (*row.trouble) {
      CHECK_FALSE(observation.as_expected);
      CHECK_FALSE(observation.seen_as);
      CHECK_THAT(observation.trouble.value(), Contains(row.trouble));
    } else {
      CHECK(observation.as_expected);
    }
    CHECK(observation.status == row.reply.response->status);
  }
}

TEST_CASE("an IPv4 address in IPv6 form is the IPv4 address, and members of later versions do no harm") {
  const auto answer = parse_vantage_answer(R"({"address":"::ffff:198.41.0.7","port":1,"families":["ipv4","ipv4"],"version":"9","more":{}})");
  CHECK(answer.value() == VantageAnswer{{address("198.41.0.7"), 1}, {Family::ipv4}});
}

TEST_CASE("a connectivity page is told from a portal by its status and body") {
  struct Row {
    const char* what;
    WebTarget target;
    HttpAnswer reply;
    bool as_expected;
  };
  const WebTarget empty{Kind::connectivity, "http://page.example/generate_204", 204, ""};
  const Row rows[] = {{"the page", page, http_ok("success\n"), true},
                      {"another page", page, http_ok("<html>Log in</html>"), false},
                      {"nothing", page, http_ok(""), false},
                      {"no content, as it should be", empty, http_status(204), true},
                      {"content where there should be none", empty, http_ok("<html>Log in</html>"), false},
                      {"an error", page, http_status(503, "success"), false}};
  for (const auto& row : rows) {
    INFO(row.what);
    Household home;
    const auto observation = home.over_ipv4(row.target, row.reply);
    CHECK(observation.as_expected == row.as_expected);
    CHECK(observation.trouble.has_value() == !row.as_expected);
  }
}

TEST_CASE("where a portal redirects to is kept, fit to be shown") {
  Household home;
  auto reply = http_status(302);
  reply.response->location = "http://portal.example/login?\x1b[2J" + std::string(2000, 'x');
  const auto observation = home.over_ipv4(page, reply);
  CHECK_FALSE(observation.as_expected);
  CHECK(observation.status == 302);
  CHECK_THAT(observation.redirect.value(), Catch::StartsWith("http://portal.example/login??[2J"));
  CHECK(observation.redirect->size() <= 500);
}

TEST_CASE("what fails before an answer is a trouble with its operands") {
  Household home;
  home.plan.targets = {page, {Kind::vantage, "http://gone.example"}, {Kind::vantage, "ftp://vantage.example"}, vantage};
  home.plan.legs.resize(2);
  home.network.http("http://page.example", [](const io::HttpRequest&) { return http_ok("success"); });
  const auto observations = home.observe();
  REQUIRE(observations.size() == 8);
  CHECK(observations[0].as_expected);
  CHECK_THAT(observations[1].trouble.value(), Contains("page.example has no ipv6 address"));
  CHECK_FALSE(observations[1].server);
  CHECK_THAT(observations[2].trouble.value(), Contains("gone.example"));
  CHECK_THAT(observations[4].trouble.value(), Contains("not http"));
  CHECK_THAT(observations[6].trouble.value(), Contains("198.41.1.1:8370"));
  CHECK_FALSE(observations[6].status);
}

TEST_CASE("silence costs two and a half seconds, and never more than the deadline") {
  Household home;
  home.plan.targets = {vantage};
  home.plan.legs.resize(1);
  auto began = home.clock.now();
  CHECK_THAT(home.observe().at(0).trouble.value(), Contains("by the deadline"));
  CHECK(home.clock.now() - began == 2500ms);
  began = home.clock.now();
  home.observe(700ms);
  CHECK(home.clock.now() - began == 700ms);
}

TEST_CASE("many targets keep their order") {
  Household home;
  for (int i = 0; i < 20; ++i) home.plan.targets.push_back({Kind::connectivity, "http://page.example/" + std::to_string(i), 200, std::to_string(i)});
  home.plan.legs.resize(1);
  home.network.http("http://page.example/", [](const io::HttpRequest& r) { return http_ok(r.url.substr(r.url.rfind('/') + 1)); });
  const auto observations = home.observe();
  REQUIRE(observations.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(observations[i].url == home.plan.targets[i].url);
    CHECK(observations[i].as_expected);
  }
}

TEST_CASE("a vantage point's URL may end in a slash or have a folder") {
  Household home;
  home.plan.legs.resize(1);
  home.plan.targets = {{Kind::vantage, "http://vantage.example:8370/"}, {Kind::vantage, "http://vantage.example:8370/behind/proxy"}};
  home.network.http("http://vantage.example", [](const io::HttpRequest&) { return http_ok(seen_v4); });
  home.observe();
  std::vector<std::string> urls;
  for (const auto& request : home.network.requests) urls.push_back(request.url);
  std::ranges::sort(urls);
  CHECK(urls == std::vector<std::string>{"http://vantage.example:8370/behind/proxy/v1/address", "http://vantage.example:8370/v1/address"});
}

TEST_CASE("URLs are taken apart as RFC 3986 draws them") {
  struct Row {
    const char* text;
    Url url;
  };
  const Row rows[] = {{"http://a.example", {"http", {"a.example", 80}, ""}},
                      {"https://a.example/p?q#f", {"https", {"a.example", 443}, "/p?q"}},
                      {"http://a.example:8370?q", {"http", {"a.example", 8370}, "?q"}},
                      {"http://[2a00::1]:99/", {"http", {"2a00::1", 99}, "/"}},
                      {"http://198.41.1.1", {"http", {"198.41.1.1", 80}, ""}}};
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(parse_url(row.text).value() == row.url);
  }
  for (const auto* text : {"", "a.example", "ftp://a.example", "http://", "http://u:p@a.example", "http://a.example:0", "http://a.example:99999",
                           "http://a example", "http:///path", "http://a.example/\r\nX: y"})
    CHECK_FALSE(parse_url(text));
}
