/// The host is looked at twice, the second time for what the run's own traffic has left in its tables.
#include "gather/destinations.hpp"
#include "gather/household.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

using Troubles = std::vector<std::string>;

const Troubles of_programs{"which programs run was not looked at: the deadline came first",
                           "which programs keep names up to date was not looked at to the end: the deadline came first"};
const Neighbour seen_by_then{ringback::test::router, "eth0", MacAddress{{2, 0, 0, 0, 0, 9}}, false};

/// Each table takes two seconds, until the first datagram leaves.
struct SlowAtFirst : HealthyHousehold {
  explicit SlowAtFirst(const std::function<void(ScriptedHost&)>& by_then) {
    options.skip = {"dns"};
    options.names = {"home.example.org"};
    network.host.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
    network.host.reading = 2s;
    network.watch = [this, by_then](const Sent&) {
      network.host.reading = 0s;
      by_then(network.host);
    };
  }
};

}  // namespace

TEST_CASE("what the second look at the host finds replaces the tables, and not what is missing among the programs") {
  SlowAtFirst home([](ScriptedHost& host) { host.neighbours = std::vector{seen_by_then}; });
  home.options.deadline = 10s;   // the neighbours are not read within half of it
  const auto gathered = home.run();
  REQUIRE(gathered.evidence.host);
  CHECK(gathered.evidence.host->neighbours == std::vector{seen_by_then});
  CHECK(gathered.evidence.host->updaters.empty());
  CHECK(gathered.evidence.host->troubles == of_programs);
}

TEST_CASE("a second look that sees less of the tables is not taken, however little the first one knew of the programs") {
  SlowAtFirst home([](ScriptedHost& host) { host.neighbours = failure(Errc::failed, "list neighbours: Input/output error"); });
  home.options.deadline = 12s;   // all tables are read within half of it, and nothing more
  home.network.host.neighbours = std::vector{seen_by_then};
  const auto gathered = home.run();
  REQUIRE(gathered.evidence.host);
  CHECK(gathered.evidence.host->neighbours == std::vector{seen_by_then});
  CHECK(gathered.evidence.host->troubles == of_programs);
}

TEST_CASE("what the first look found of the programs stays, and the second one adds no trouble of its own about them") {
  HealthyHousehold home;
  home.options.names = {"home.example.org"};
  home.options.skip = {"dns"};
  home.network.host.files["/etc/ddclient.conf"] = "usev6=webv6\nhome.example.org\n";
  const auto gathered = home.run();
  REQUIRE(gathered.evidence.host);
  REQUIRE(gathered.evidence.host->updaters.size() == 1);
  CHECK(gathered.evidence.host->updaters.front().program == "ddclient");
  CHECK(gathered.evidence.host->troubles.empty());
}

TEST_CASE("when the run is over, the kernel is asked how it sends to those who were asked, and to whom an updater asks") {
  HealthyHousehold home;
  home.options.names = {"home.example.org"};
  home.options.skip = {"dns"};
  home.network.host.files["/etc/ddclient.conf"] = "usev6=webv6, webv6=https://see.example.net/\nhome.example.org\n";
  const auto service = Address::parse("2001:db8:99::1").value(), chosen = Address::parse("2001:db8:1::77").value();
  home.network.name("see.example.net", {std::vector{service}});
  home.network.host.lookups[service] = {.destination = service, .source = chosen, .interface = "eth0"};
  const auto gathered = home.run();
  REQUIRE(gathered.evidence.host);
  const auto& destinations = gathered.evidence.host->destinations;
  const auto to_service = std::ranges::find(destinations, "see.example.net", &host::Destination::place);
  REQUIRE(to_service != destinations.end());
  CHECK(to_service->lookup.source == chosen);
  const auto& asked = gathered.evidence.stun->observations.at(0);
  const auto to_server = std::ranges::find(destinations, asked.server_name, &host::Destination::place);
  REQUIRE(to_server != destinations.end());
  CHECK(to_server->lookup.destination == asked.server.address);
}

TEST_CASE("a resolver outside this host is among those who were asked, its own stub is not") {
  Evidence evidence;
  evidence.dns.emplace();
  evidence.dns->resolvers = {Endpoint::parse("127.0.0.53:53").value(), Endpoint::parse("192.0.2.53:53").value()};
  const auto places = asked_places(evidence);
  REQUIRE(places.size() == 1);
  CHECK(places[0].name == "192.0.2.53");
  CHECK(places[0].address.to_string() == "192.0.2.53");
}

TEST_CASE("an updater's service of which no address can be had is named") {
  HealthyHousehold home;
  home.options.names = {"home.example.org"};
  home.options.skip = {"dns"};
  home.network.host.files["/etc/ddclient.conf"] = "usev6=webv6, webv6=https://see.example.net/\nhome.example.org\n";
  home.network.name("see.example.net", {.addresses = failure(Errc::failed, "resolve see.example.net: Could not contact DNS servers")});
  const auto gathered = home.run();
  REQUIRE(gathered.evidence.host);
  CHECK(gathered.evidence.host->troubles == std::vector<std::string>{"an updater's service: resolve see.example.net: Could not contact DNS servers"});
}
