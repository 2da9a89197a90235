#include "publish/publish.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/scripted_network.hpp"
#include "support/shared_clock.hpp"

using namespace ringback;
using namespace ringback::test;
using namespace std::chrono_literals;

namespace {

WebDestination listener_at(const std::string& url) { return WebDestination::parse(url).value(); }

/// Everybody is at an address, so that nothing is looked up.
struct Outside {
  SharedClock clock;
  ScriptedNetwork network{clock};
  Instant start = clock.now();
  [[nodiscard]] Deadline deadline() const { return {start + 5s}; }
};

}  // namespace

TEST_CASE("nobody is told where nobody was named") {
  Outside there;
  CHECK(publish::publish({}, {}, {}, there.network, there.clock, there.deadline()).empty());
  CHECK(publish::StartPings({}, there.network, there.clock, there.deadline()).troubles().empty());
  CHECK(publish::remove_from_mqtt({}, false, there.network, there.clock, there.deadline()).empty());
  CHECK(there.network.requests.empty());
}

TEST_CASE("destinations are told side by side, and those that never answer cost one deadline together") {
  Outside there;
  there.network.http("http://192.0.2.1/", [](const auto&) { return http_ok("OK"); });
  there.network.http("http://192.0.2.4/", [](const auto&) { return http_status(404); });
  Destinations destinations;
  destinations.pushgateway = listener_at("http://192.0.2.9:9091");
  for (const char* url : {"http://192.0.2.1/SECRET", "http://192.0.2.2/SECRET", "http://192.0.2.3/SECRET", "http://192.0.2.4/SECRET"}) destinations.pings.push_back(listener_at(url));
  destinations.troubles = {"--mqtt: this is no broker's URL"};
  const auto troubles = publish::publish(destinations, {}, {.level = Level::critical}, there.network, there.clock, there.deadline());
  CHECK(troubles == std::vector<std::string>{"--mqtt: this is no broker's URL", "Pushgateway: http://192.0.2.9:9091 did not answer in 5 s",
                                             "Ping: http://192.0.2.2 did not answer in 5 s", "Ping: http://192.0.2.3 did not answer in 5 s",
                                             "Ping: http://192.0.2.4 knows nothing under this URL (status 404)"});
  CHECK(there.clock.now() - there.start <= 5s);
  CHECK(std::ranges::any_of(there.network.requests, [](const auto& request) { return request.url == "http://192.0.2.1/SECRET/2"; }));
}

TEST_CASE("a ping's body says what is announced, and then what was found") {
  Outside there;
  there.network.http("http://192.0.2.1/", [](const auto&) { return http_ok("OK"); });
  Destinations destinations;
  destinations.pings = {listener_at("http://192.0.2.1/x")};
  CHECK(publish::publish(destinations, {}, {.level = Level::warning, .since = "2026-01-31T12:00:00.000Z"}, there.network, there.clock, there.deadline()).empty());
  REQUIRE(there.network.requests.size() == 1);
  CHECK(there.network.requests[0].body.starts_with("warning since 2026-01-31T12:00:00.000Z\n\nNo service was tested"));
}

TEST_CASE("those who take pings are told of the start") {
  Outside there;
  there.network.http("http://192.0.2.1/", [](const auto&) { return http_ok("OK"); });
  Destinations destinations;
  destinations.pings = {listener_at("http://192.0.2.1/x"), listener_at("http://192.0.2.2/x")};
  publish::StartPings start(destinations, there.network, there.clock, there.deadline());
  CHECK(start.troubles() == std::vector<std::string>{"Ping: http://192.0.2.2 did not answer in 5 s"});
  CHECK(std::ranges::any_of(there.network.requests, [](const auto& request) { return request.url == "http://192.0.2.1/x/start"; }));
}

TEST_CASE("a host is called what the user says, otherwise by its name, and of a redacted report by nobody's") {
  const FakeClock clock;
  ScriptedNetwork network(clock);
  CHECK(publish::instance_of({}, false, network) == "ringback");
  network.host.files["/proc/sys/kernel/hostname"] = "nas.home\n";
  CHECK(publish::instance_of({}, false, network) == "nas.home");
  CHECK(publish::instance_of({}, true, network) == "ringback");
  CHECK(publish::instance_of({.instance = "attic"}, true, network) == "attic");
  network.host.files["/proc/sys/kernel/hostname"] = "\xff/..\n";
  CHECK(publish::instance_of({}, false, network) == "ringback");
}
