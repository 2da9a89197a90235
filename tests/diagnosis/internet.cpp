/// Is there any internet at all, or a portal in its place?
#include "build.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

TEST_CASE("a resolver that fails and names that do not resolve are offline at most possibly") {
  auto e = home();
  e.stun->unresolved = {"stun.example.org: SERVFAIL"};
  CHECK(diagnose(e).connection.type == ConnectionType::unknown);
  e.dns = dns::Evidence{.resolvers = {at("192.168.1.1:53")}};
  auto failed = answer(dns::Role::system, "192.168.1.1", "AAAA", {}, "ipv4only.arpa.");
  failed.rcode = "SERVFAIL";
  e.dns->ipv4only = {failed};
  CHECK(diagnose(e).connection.type == ConnectionType::offline);
  CHECK(diagnose(e).connection.confidence == Confidence::possible);
}

TEST_CASE("a portal that answers in the vantage point's place is told from a wrong URL by the silence of all else") {
  auto e = home();
  e.web->observations.push_back({.kind = web::Kind::vantage, .url = "http://vantage.example:8370", .family = Family::ipv4, .server = at("185.10.20.30:8370"),
                                 .local = at("192.168.1.10:50010"), .status = 200});
  CHECK_FALSE(found(diagnose(e), "internet.captive-portal"));
  ask_stun(e, "74.125.250.129", "192.168.1.10:50001", std::nullopt);
  CHECK(found(diagnose(e), "internet.captive-portal"));
  e.stun->observations[0].mapped = at("93.184.20.30:40001");
  CHECK_FALSE(found(diagnose(e), "internet.captive-portal"));
}

TEST_CASE("offline needs more than one silent server, and a portal a page that somebody else answers") {
  auto e = home();
  ask_stun(e, "74.125.250.129", "192.168.1.10:50001", std::nullopt);
  CHECK(diagnose(e).connection.type == ConnectionType::unknown);
  ask_stun(e, "77.72.169.210", "192.168.1.10:50002", std::nullopt);
  ask_stun(e, "77.72.169.211", "192.168.1.10:50003", std::nullopt);
  const auto offline = diagnose(e);
  CHECK(offline.connection.type == ConnectionType::offline);
  REQUIRE(found(offline, "internet.offline"));
  CHECK(shown(verdict(offline, Family::ipv4)) == "unknown unknown internet.offline likely");
  CHECK_THAT(found(offline, "internet.offline")->detail, Contains("behind a login page (a captive portal) it would look the same"));
  const auto without_pages = diagnose(with(e, [](auto& x) {
    x.web->observations.push_back({.kind = web::Kind::connectivity, .url = "http://connectivity.example/generate_204", .family = Family::ipv4,
                                   .server = at("142.250.1.1:80"), .local = at("192.168.1.10:50010"), .trouble = "timed out"});
  }));
  CHECK(shown(verdict(without_pages, Family::ipv4)) == "unknown unknown internet.offline certain");

  e.web->observations.push_back({.kind = web::Kind::connectivity, .url = "http://connectivity.example/generate_204", .family = Family::ipv4,
                                 .server = at("142.250.1.1:80"), .local = at("192.168.1.10:50010"), .status = 302, .redirect = "http://login.hotel/"});
  const auto portal = diagnose(e);
  CHECK(found(portal, "internet.captive-portal"));
  CHECK_FALSE(found(portal, "internet.offline"));

  e.web->observations[0].as_expected = true;
  CHECK_FALSE(found(diagnose(e), "internet.captive-portal"));
}
