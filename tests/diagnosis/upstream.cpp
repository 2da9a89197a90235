#include <algorithm>

#include "support/catch.hpp"

#include "advice.hpp"
#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

constexpr auto over4 = Family::ipv4;
constexpr auto over6 = Family::ipv6;

/// A row of the router's own list.
router::Mapping listed(Port outside, Port inside, const char* to = "192.168.1.10") {
  return {.external_port = outside, .internal_client = ip(to), .internal_port = inside};
}
void lists(Evidence& e, std::vector<router::Mapping> rows) { igd(e, public_ipv4).mappings = std::move(rows); }
void says_firewall_on(Evidence& e) { igd(e, public_ipv4).ipv6_firewall = router::Ipv6Firewall{true, true}; }

inbound::Knock another(Family family, Port port = 8080) { return arrived(on_port(family, port), syn_ack_left(), Result::connected); }
inbound::Knock refusal_of(inbound::Knock k) { return with_result(std::move(k), Result::refused); }
/// On a port that nobody opened.
inbound::Knock control(Family family, Result result) { return with_result(on_port(family, 61713), result); }

/// Behind a home router that has the public address, with IPv6.
Evidence house(
    std::vector<inbound::Knock> knocks, const std::function<void(Evidence&)>& change = [](auto&) {}) {
  auto e = dual();
  change(e);
  for (auto& k : knocks) add(e, std::move(k));
  return e;
}

struct UpstreamCase {
  const char* what;
  Evidence evidence;
  Family family;
  const char* verdict;
};

void check_each(const std::vector<UpstreamCase>& cases) {
  for (const auto& c : cases) {
    INFO(c.what);
    const auto d = diagnose(c.evidence);
    CHECK(shown(verdict(d, c.family)) == c.verdict);
    const auto* finding = found(d, verdict(d, c.family).cause.value_or("-"));
    if (verdict(d, c.family).reachable == Reachable::no) REQUIRE(finding);
    for (const auto* accused : {"inbound.no-port-forward", "inbound.no-ipv6-opening", "inbound.provider-block"})
      for (const auto& f : d.findings)
        if (f.code == accused && f.subject.family == c.family) CHECK(verdict(d, c.family).cause == accused);
  }
}

const auto* const nobody_is_told_apart = "no upstream inbound.not-arriving likely";
const auto* const the_provider = "no provider inbound.provider-block likely";
const auto* const no_forward_there = "no router inbound.no-port-forward likely";
const auto* const no_opening_there = "no router inbound.no-ipv6-opening likely";

}  // namespace

TEST_CASE("the provider is accused of a listed forward where the port is missing over both families, and others are not") {
  const auto both_listed = [](Evidence& e) { lists(e, {listed(443, 443), listed(8080, 8080)}); };
  const std::vector<inbound::Knock> others{another(over4), another(over6)};
  const auto with_others = [&](std::vector<inbound::Knock> knocks) {
    knocks.insert(knocks.end(), others.begin(), others.end());
    return knocks;
  };
  check_each({
      {"listed, and missing over both families", house(with_others({knock(over4), knock(over6)}), both_listed), over4, the_provider},
      {"the same over IPv6, which no list tells of", house(with_others({knock(over4), knock(over6)}), both_listed), over6,
       nobody_is_told_apart},
      {"refused over both", house(with_others({refusal_of(knock(over4)), refusal_of(knock(over6))}), both_listed), over4, the_provider},
      {"refused over both, over IPv6", house(with_others({refusal_of(knock(over4)), refusal_of(knock(over6))}), both_listed), over6,
       nobody_is_told_apart},
      {"over IPv6 the port arrives: another rule of the router may come first",
       house(with_others({knock(over4), connected(over6)}), both_listed), over4, nobody_is_told_apart},
      {"nobody knocked over IPv6", house({knock(over4), another(over4)}, both_listed), over4, nobody_is_told_apart},
      {"over IPv6 no port arrives at all", house({knock(over4), knock(over6), another(over4)}, both_listed), over4, nobody_is_told_apart},
      {"silent over IPv4 and refused over IPv6: that is not one hand",
       house(with_others({knock(over4), refusal_of(knock(over6))}), both_listed), over4, nobody_is_told_apart},
      {"the list is not known to be true of any port",
       house(with_others({knock(over4), knock(over6)}), [](Evidence& e) { lists(e, {listed(443, 443)}); }), over4, nobody_is_told_apart},
      {"the port that arrives does so at another inside port than the list says",
       house(with_others({knock(over4), knock(over6)}),
             [](Evidence& e) {
               lists(e, {listed(443, 443), listed(8080, 80)});
             }),
       over4, nobody_is_told_apart},
      {"another vantage point's knock arrives over IPv6",
       house(with_others({knock(over4), knock(over6),
                          [] {
                            auto k = connected(over6);
                            k.vantage = "http://other.example:8370";
                            return k;
                          }()}),
             both_listed),
       over4, nobody_is_told_apart},
      {"the address is a carrier's, which lets something in",
       with(cgnat(),
            [&](Evidence& e) {
              native_ipv6(e);
              igd(e, "100.72.3.4").mappings = {listed(443, 443), listed(8080, 8080)};
              for (const auto& k : with_others({knock(over4), knock(over6)})) add(e, k);
            }),
       over4, nobody_is_told_apart},
  });
  const auto d = diagnose(house(with_others({knock(over4), knock(over6)}), both_listed));
  const auto& evidence = found(d, "inbound.provider-block")->evidence;
  for (const auto* at : {"/evidence/router/gateways/0/igds/0/mappings/0", "/evidence/inbound/knocks/1", "/evidence/inbound/knocks/3"})
    CHECK(std::ranges::find(evidence, at) != evidence.end());
  CHECK_THAT(found(d, "inbound.not-arriving")->detail, Contains("Over IPv4 it is most likely the provider"));
}

TEST_CASE("whose list has the forward is not told to add it, but to look beside it") {
  const auto d = diagnose(house({knock(over4), another(over4), connected(over6)}, [](Evidence& e) {
    lists(e, {listed(443, 443), listed(8080, 8080)});
  }));
  REQUIRE(found(d, "inbound.not-arriving"));
  const auto& found_one = *found(d, "inbound.not-arriving");
  CHECK_THAT(found_one.detail, Contains("arrives over IPv6") && Contains("comes before the listed one"));
  CHECK_THAT(in_words(found_one.remedies), Contains("second rule for outside port 443") && !Contains("Forward 443"));
  CHECK_THAT(in_words(found_one.remedies), !Contains("inside port"));
  const auto mistyped = diagnose(house({knock(over4)}, [](Evidence& e) { lists(e, {listed(443, 4443)}); }));
  REQUIRE(found(mistyped, "inbound.not-arriving"));
  CHECK_THAT(found(mistyped, "inbound.not-arriving")->detail, Contains("(to its port 4443)"));
  CHECK_THAT(in_words(found(mistyped, "inbound.not-arriving")->remedies), Contains("change the inside port from 4443 to 443"));
}

TEST_CASE("over IPv4 the home router is not accused where something shows that it may be another") {
  const auto two_services = [](Evidence& e) {
    e.request.services.push_back(service("8443/tcp"));
    lists(e, {listed(8443, 8443)});
  };
  check_each({
      {"refused, and nothing else is known", house({refusal_of(knock(over4))}), over4, no_forward_there},
      {"refused, and another port arrives", house({refusal_of(knock(over4)), another(over4)}), over4, nobody_is_told_apart},
      {"an ICMP error, and another port arrives", house({with_result(knock(over4), Result::unreachable), another(over4)}), over4,
       nobody_is_told_apart},
      {"refused, and so is a port that nobody opened", house({refusal_of(knock(over4)), control(over4, Result::refused)}), over4,
       no_forward_there},
      {"refused, and a port that nobody opened is met with silence", house({refusal_of(knock(over4)), control(over4, Result::timeout)}),
       over4, nobody_is_told_apart},
      {"an ICMP error beside that silence, which routers have few of",
       house({with_result(knock(over4), Result::unreachable), control(over4, Result::timeout)}), over4, no_forward_there},
      {"whether the other knock was made, the vantage point never said",
       house({refusal_of(knock(over4)), with_result(on_port(over4, 61713), std::nullopt)}), over4, no_forward_there},
      {"that silence over the other family alone", house({refusal_of(knock(over4)), control(over6, Result::timeout)}), over4,
       no_forward_there},
      {"a program listens on the port that is met with silence",
       house({refusal_of(knock(over4)), control(over4, Result::timeout)},
             [](Evidence& e) { e.listeners->listeners.push_back({.protocol = Protocol::tcp, .local = at("0.0.0.0:61713")}); }),
       over4, no_forward_there},
      {"refused, unwatched, and a program here takes visitors on another port",
       house({refusal_of(knock(over4)), with_result(on_port(over4, 8080), Result::connected)},
             [](Evidence& e) {
               no_capture(e);
               e.listeners->listeners.push_back({.protocol = Protocol::tcp, .local = at("0.0.0.0:8080")});
             }),
       over4, nobody_is_told_apart},
      {"refused, unwatched, and the answer on the other port is not this host's",
       house({refusal_of(knock(over4)), with_result(on_port(over4, 8080), Result::connected)}, no_capture), over4, no_forward_there},
      {"silence, and a forward that the router lists is in vain as well", house({knock(over4), knock(over4, "8443/tcp")}, two_services),
       over4, nobody_is_told_apart},
      {"silence, a listed forward in vain, and yet somebody at home answers on a third port",
       house({knock(over4), knock(over4, "8443/tcp"), with_result(on_port(over4, 80), Result::connected)}, two_services), over4,
       no_forward_there},
      {"silence, and nobody knocked on the forward that the router lists", house({knock(over4)}, two_services), over4, nobody_is_told_apart},
      {"listed, but to another port of this host", house({knock(over4)}, [](Evidence& e) { lists(e, {listed(443, 4443)}); }), over4,
       nobody_is_told_apart},
      {"listed to another port of this host, and refused",
       house({refusal_of(knock(over4))}, [](Evidence& e) { lists(e, {listed(443, 4443)}); }), over4, nobody_is_told_apart},
      {"the list is about UDP alone",
       house({knock(over4)},
             [](Evidence& e) {
               lists(e, {listed(443, 443)});
               e.router->gateways[0].igds[0].mappings[0].protocol = Protocol::udp;
             }),
       over4, no_forward_there},
      {"two routers, and nothing arrives", with(double_nat(), [](auto& e) { add(e, knock(over4)); }), over4,
       "no router ipv4.double-nat certain"},
      {"two routers, and another port gets through both", with(double_nat(), [](auto& e) { add(e, knock(over4)), add(e, another(over4)); }),
       over4, nobody_is_told_apart},
  });
}

TEST_CASE("over IPv6 a firewall that is on is accused only where nothing shows that it may be another") {
  const auto vain = [](Evidence& e) {
    says_firewall_on(e);
    e.router->gateways[0].igds[0].mappings = {listed(443, 443)};
  };
  auto to_the_other = connected(over6);
  to_the_other.target = ip(temporary);
  to_the_other.arrivals[0].to.address = ip(temporary);
  auto elsewhere = connected(over6);
  elsewhere.target = ip("2a02:8070:1:7::10");
  check_each({
      {"it says that it is on", house({knock(over6)}, says_firewall_on), over6, no_opening_there},
      {"it is on, and another port arrives", house({knock(over6), another(over6)}, says_firewall_on), over6, nobody_is_told_apart},
      {"it is on, another port arrives, and this one over IPv4", house({knock(over6), another(over6), connected(over4)}, says_firewall_on),
       over6, no_opening_there},
      {"another port arrives, and this one over IPv4; the router says nothing", house({knock(over6), another(over6), connected(over4)}),
       over6, no_opening_there},
      {"another port arrives, and this one does not over IPv4", house({knock(over6), another(over6), knock(over4)}, says_firewall_on),
       over6, nobody_is_told_apart},
      {"refused, and another port arrives", house({refusal_of(knock(over6)), another(over6)}, says_firewall_on), over6,
       nobody_is_told_apart},
      {"it is on, and nothing comes by the listed forward over IPv4 either", house({knock(over6), knock(over4)}, vain), over6,
       nobody_is_told_apart},
      {"it is on, and the listed forward over IPv4 works", house({knock(over6), connected(over4)}, vain), over6, no_opening_there},
      {"it is on, and nothing comes over IPv4, where no forward is listed", house({knock(over6), knock(over4)}, says_firewall_on), over6,
       no_opening_there},
      {"echo requests arrive, and nothing comes by the listed forward over IPv4",
       house({knock(over6), knock(over4), arrived(echo(over6), DepartureKind::echo_reply, Result::replied)}, vain), over6,
       nobody_is_told_apart},
      {"refused, and a port that nobody opened is met with silence",
       house({refusal_of(knock(over6)), control(over6, Result::timeout)}, says_firewall_on), over6, nobody_is_told_apart},
      {"refused as any port", house({refusal_of(knock(over6)), control(over6, Result::refused)}, says_firewall_on), over6,
       no_opening_there},
      {"an ICMP error beside silence, which routers have few of",
       house({with_result(knock(over6), Result::unreachable), control(over6, Result::timeout)}, says_firewall_on), over6, no_opening_there},
      {"the same port arrives at another address of this host", house({knock(over6), to_the_other}), over6, no_opening_there},
      {"at an address of another network", house({knock(over6), elsewhere}), over6, nobody_is_told_apart},
  });
  const auto d = diagnose(house({knock(over6), to_the_other}));
  CHECK_THAT(found(d, "inbound.no-ipv6-opening")->detail, Contains(temporary));
}

TEST_CASE("with another port outside than inside, IPv4 and IPv6 are knocked on at different ports, and told apart") {
  const auto wanted = [](std::vector<router::Mapping> rows) {
    return [rows](Evidence& e) {
      wants(e, "8443:443/tcp");
      lists(e, rows);
    };
  };
  const auto k4 = knock(over4, "8443:443/tcp");
  const auto k6 = knock(over6, "8443:443/tcp");
  REQUIRE(k4.port == 8443);
  REQUIRE(k6.port == 443);
  auto mistyped = arrived(k4, DepartureKind::reset, Result::refused);
  mistyped.arrivals[0].to.port = 8443;
  check_each({
      {"over IPv4 it arrives at the inside port", house({arrived(k4, syn_ack_left(), Result::connected)}, wanted({listed(8443, 443)})),
       over4, "yes none - certain"},
      {"over IPv6 the inside port is the outside one", house({arrived(k6, syn_ack_left(), Result::connected)}, wanted({})), over6,
       "yes none - certain"},
      {"the forward is missing", house({k4}, wanted({})), over4, no_forward_there},
      {"the list has the inside port's forward alone", house({k4}, wanted({listed(443, 443)})), over4, no_forward_there},
      {"the list has it, and nothing arrives", house({k4}, wanted({listed(8443, 443)})), over4, nobody_is_told_apart},
      {"the list sends the outside port to another machine", house({k4}, wanted({listed(8443, 443, "192.168.1.77")})), over4,
       "no router router.forward-elsewhere certain"},
      {"the list keeps the outside port inside, where nobody listens", house({mistyped}, wanted({listed(8443, 8443)})), over4,
       "no router inbound.no-listener certain"},
      {"8443 is missing over IPv4 and 443 over IPv6: two ports, and no one provider's block",
       house({k4, k6, another(over4), another(over6)}, wanted({listed(8443, 443), listed(8080, 8080)})), over4, nobody_is_told_apart},
      {"8443 arrives over IPv4, which says nothing of 443 over IPv6",
       house({arrived(k4, syn_ack_left(), Result::connected), k6, another(over6)}, wanted({listed(8443, 443)})), over6,
       nobody_is_told_apart},
  });
}

TEST_CASE("a router that lets no program open ports says so where an opening may be missing") {
  const auto forbids = [](Evidence& e) { igd(e, public_ipv4).ipv6_firewall = router::Ipv6Firewall{true, false}; };
  for (const auto& evidence : {house({knock(over6)}, forbids), house({knock(over6), another(over6)}, forbids)}) {
    const auto d = diagnose(evidence);
    REQUIRE(found(d, "router.pinhole-forbidden"));
    CHECK(found(d, "router.pinhole-forbidden")->subject.family == over6);
    CHECK(found(d, "router.pinhole-forbidden")->severity == Severity::info);
    CHECK(found(d, "router.pinhole-forbidden")->evidence ==
          std::vector<std::string>{"/evidence/router/gateways/0/igds/0/ipv6_firewall/pinhole_allowed"});
  }
  CHECK_FALSE(found(diagnose(house({knock(over6)}, says_firewall_on)), "router.pinhole-forbidden"));
  CHECK_FALSE(found(diagnose(house({connected(over6)}, forbids)), "router.pinhole-forbidden"));
  CHECK_FALSE(found(diagnose(house({knock(over4), connected(over6)}, forbids)), "router.pinhole-forbidden"));
  CHECK_FALSE(found(diagnose(house({knock(over6)},
                                   [](Evidence& e) {
                                     igd(e, public_ipv4).ipv6_firewall = router::Ipv6Firewall{false, false};
                                   })),
                    "router.pinhole-forbidden"));
}
