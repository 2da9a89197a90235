/// Which machines a zone can have asked.
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using Catch::Contains;

TEST_CASE("servers in a private network are asked for a zone that is at home there, and for no other; this host never is") {
  struct Row {
    const char* what;
    std::string name;
    bool public_one_knows;
    const char *record, *server;
    bool is_asked;
  };
  const Row rows[] = {
      {"a zone of the internet", "home.example.org", true, "8.8.4.4", "192.168.1.9", false},
      {"whatever its records", "home.example.org", true, "192.168.1.5", "192.168.1.9", false},
      {"and by this network's resolver alone", "home.example.org", false, "8.8.4.4", "192.168.1.9", false},
      {"a carrier's own", "home.example.org", false, "8.8.4.4", "100.64.0.9", false},
      {"unique-local", "home.example.org", false, "8.8.4.4", "fd00::9", false},
      {"behind a translation", "home.example.org", false, "8.8.4.4", "64:ff9b::a00:9", false},
      {"a company's", "home.example.org", false, "10.0.0.5", "10.0.0.9", true},
      {"a home's", "box.home.arpa", false, "8.8.4.4", "192.168.1.9", true},
      {"this host", "box.home.arpa", false, "10.0.0.5", "127.0.0.1", false},
      {"this host, over IPv6", "box.home.arpa", false, "10.0.0.5", "::1", false},
      {"the internet", "home.example.org", true, "8.8.4.4", "198.41.0.9", true},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    Household home;
    home.plan.names = {row.name};
    if (!row.public_one_knows) home.plan.public_resolvers = {};
    const auto zone = row.name.substr(row.name.find('.') + 1) + ".";
    home.resolver = DnsServer().ns(zone, {"ns.anywhere."}).address("ns.anywhere.", row.server).address(row.name + ".", row.record);
    home.start_servers();
    const auto evidence = home.observe();
    CHECK((sent_to(home.network, row.server) > 0) == row.is_asked);
    REQUIRE(evidence.troubles.size() == (row.is_asked ? 0U : 1U));
    if (!row.is_asked) CHECK_THAT(evidence.troubles[0], Contains("ns.anywhere. has no address on the internet, and was not asked"));
  }
}
