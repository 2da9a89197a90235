/// What was not observed accuses nobody: the missing observation is what would settle the verdict.
#include "support/catch.hpp"

#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

constexpr auto other_stable = "2a02:8070:1:2::77";

/// Two addresses that stay; the knock at the first one does not arrive.
Evidence two_addresses(const std::function<void(Evidence&)>& change = [](auto&) {}) {
  auto e = build::dual();
  eth0(e).addresses.push_back({.address = ip(other_stable), .prefix_length = 64});
  add(e, knock(Family::ipv6));
  change(e);
  return e;
}

inbound::Knock at_other(inbound::Knock k) {
  k.target = k.local = ip(other_stable);
  for (auto& arrival : k.arrivals) arrival.to.address = ip(other_stable);
  return k;
}

inbound::Knock unanswered() { return arrived(knock(Family::ipv4), std::nullopt, Result::timeout); }

/// The answer would go by this gateway of the home network.
inbound::Knock answered_by(const char* gateway) {
  auto k = unanswered();
  k.way_back = "eth0";
  k.way_back_by = ip(gateway);
  return k;
}

std::string said_over4(const Evidence& e) { return build::shown(verdict(diagnose(e), Family::ipv4)); }
std::string said_over6(const Evidence& e) { return build::shown(verdict(diagnose(e), Family::ipv6)); }

}  // namespace

TEST_CASE("silence is this host's filter's where nothing else is left that keeps silent") {
  CHECK(said_over4(v4(unanswered(), unreadable)) == "no host-firewall inbound.host-firewall likely");
  CHECK(said_over4(v4(unanswered(), [](auto& e) { unreadable(e), e.listeners.reset(); })) == "no unknown inbound.host-firewall possible");
  CHECK(said_over4(v4(unanswered(), [](auto& e) { unreadable(e), e.host.reset(); })) == "no unknown inbound.host-firewall possible");
  CHECK(said_over4(v4(answered_by("192.168.1.1"), unreadable)) == "no unknown inbound.host-firewall possible");   // which nobody looked for
  CHECK(said_over4(v4(answered_by("192.168.1.1"), [](auto& e) {
          unreadable(e);
          e.host->neighbours.push_back({.address = ip("192.168.1.1"), .interface = "eth0", .mac = mac("02:00:5e:10:00:01")});
        })) == "no host-firewall inbound.host-firewall likely");
  CHECK_THAT(found(diagnose(v4(unanswered(), [](auto& e) { unreadable(e), e.listeners.reset(); })), "inbound.host-firewall")->detail,
             Contains("Not everything about this host was seen"));
}

TEST_CASE("that nothing listens is possible where rules that were not read may pass visitors on, and nobody was refused") {
  const auto nobody = [](auto& e) { no_capture(e), unreadable(e), nobody_listens(e); };
  CHECK(said_over4(v4(knock(Family::ipv4), nobody)) == "no listener inbound.no-listener possible");
  CHECK(said_over4(v4(with_result(knock(Family::ipv4), Result::refused), nobody)) == "no listener inbound.no-listener likely");
  CHECK(said_over4(v4(with_result(knock(Family::ipv4), Result::connected), nobody)) == "no upstream inbound.answered-elsewhere possible");
  CHECK(said_over4(v4(knock(Family::ipv4), [](auto& e) { no_capture(e), nobody_listens(e); })) == "no listener inbound.no-listener certain");
}

TEST_CASE("without a capture an answer is hardly this host's where the router's list names another machine") {
  const auto listed = [](Evidence& e) {
    no_capture(e);
    igd(e, public_ipv4).mappings = {
        {.protocol = Protocol::tcp, .external_port = 443, .internal_client = ip("192.168.1.66"), .internal_port = 443, .enabled = true}};
  };
  CHECK(said_over4(v4(with_result(knock(Family::ipv4), Result::connected), listed)) == "no router router.forward-elsewhere possible");
}

TEST_CASE("a knock in vain blames the router only where another knock that was made has been heard of") {
  auto e = v4(knock(Family::ipv4));
  CHECK(said_over4(e) == "no router inbound.no-port-forward likely");
  const auto second = [&](bool knocked) {
    return with(e, [&](Evidence& x) {
      x.request.vantages.push_back("http://other.example:8370");
      x.inbound->vantages.push_back({.url = "http://other.example:8370", .family = Family::ipv4, .knocked = knocked});
    });
  };
  CHECK(said_over4(second(true)) == "no router inbound.no-port-forward possible");
  CHECK(said_over4(second(false)) == "no router inbound.no-port-forward likely");
  CHECK_THAT(found(diagnose(second(true)), "inbound.no-port-forward")->detail, Contains("What a knock from http://other.example:8370 came to is unknown."));
  e.inbound->vantages.clear();   // whether its own line works is unknown as well
  CHECK(said_over4(e) == "unknown unknown inbound.untested possible");
}

TEST_CASE("of several addresses of this host, those that no knock was told of leave a doubt") {
  CHECK(said_over6(two_addresses()) == "no upstream inbound.not-arriving possible");
  CHECK(said_over6(two_addresses([](auto& e) { add(e, at_other(knock(Family::ipv6))); })) == "no upstream inbound.not-arriving likely");
  const auto leads_to = [](const char* address, bool both) {
    return two_addresses([&](Evidence& e) {
      if (!both) e.inbound->knocks.clear();
      add(e, at_other(connected(Family::ipv6)));
      name(e, {public_ipv4}, {address});
    });
  };
  CHECK(said_over6(leads_to(other_stable, true)) == "yes none - certain");
  CHECK(said_over6(leads_to(other_stable, false)) == "yes none - certain");
  CHECK(said_over6(leads_to(stable, false)) == "yes none - possible");   // where visitors come to nobody knocked
  CHECK(said_over6(with(leads_to(stable, true), [](auto& e) { e.dns.reset(); })) == "yes none - possible");
}

TEST_CASE("an address beside those of another prefix is right where its prefix is seen to be alive") {
  const auto named = [](const std::function<void(Evidence&)>& change) {
    auto e = build::dual();
    for (auto& own : eth0(e).addresses)
      if (own.address == ip(stable)) own.valid_left = std::chrono::seconds(80000);
    eth0(e).addresses.push_back({.address = ip("2a02:8070:9:9::77"), .prefix_length = 64});
    name(e, {public_ipv4}, {stable});
    change(e);
    return std::string(to_string(diagnose(e).names[0].verdict));
  };
  const auto heard = [](Evidence& e) {
    const auto offered = [](const char* prefix) {
      return link::OfferedPrefix{.prefix = Prefix::parse(prefix).value(), .on_link = true, .autonomous = true, .valid_s = 7200U, .preferred_s = 3600U};
    };
    e.link = link::Evidence{.interface = "eth0", .solicitations = 1,
                            .advertisements = {{.router = ip("fe80::1"), .router_lifetime_s = 1800,
                                                .prefixes = {offered("2a02:8070:1:2::/64"), offered("2a02:8070:9:9::/64")}}}};
  };
  CHECK(named([](auto&) {}) == "unknown");
  CHECK(named(heard) == "right");
  CHECK(named([](auto& e) { add(e, connected(Family::ipv6)); }) == "right");
}
