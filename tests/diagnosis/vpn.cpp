#include "support/catch.hpp"

#include "advice.hpp"
#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

constexpr const char* tunnel_end = "88.115.8.66";

/// IPv4 leaves through a VPN, and a server says how that looks from outside.
void through_vpn(Evidence& e) {
  vpn(e, Family::ipv4);
  ask_stun(e, "74.125.250.129", "10.8.0.2:50009", "88.115.8.66:40009");
}

const Finding& said(const Diagnosis& d) {
  REQUIRE(found(d, "host.vpn-default-route"));
  return *found(d, "host.vpn-default-route");
}

}  // namespace

TEST_CASE("a VPN is a note where visitors get in, and where their answers' way is told already") {
  struct Row {
    const char* what;
    inbound::Knock knock;
    Severity severity;
  };
  auto into_tunnel = arrived(knock(Family::ipv4), syn_ack_left(), Result::timeout);
  for (auto& departure : into_tunnel.departures) departure.interface = "wg0";
  const Row rows[] = {
      {"reachable", connected(Family::ipv4), Severity::info},
      {"the answer goes into the tunnel", into_tunnel, Severity::info},
      {"nothing arrives", knock(Family::ipv4), Severity::warning},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(said(diagnose(v4(row.knock, through_vpn))).severity == row.severity);
  }
  CHECK(said(diagnose(with(plain_nat(), through_vpn))).severity == Severity::warning);   // nobody knocked
  CHECK(said(diagnose(with(plain_nat(), [](auto& e) { through_vpn(e), e.request.services_named = false; }))).severity == Severity::info);
}

TEST_CASE("a name that leads to the VPN's address is told, with what to do either way") {
  const auto d = diagnose(v4(knock(Family::ipv4), [](auto& e) {
    through_vpn(e);
    name(e, {tunnel_end}, {});
  }));
  const auto& f = said(d);
  CHECK(f.severity == Severity::warning);
  CHECK(f.title == "The name leads to your VPN's address");
  CHECK(f.subject.name == "home.example.org");
  CHECK(f.subject.family == Family::ipv4);
  CHECK_THAT(f.detail, Contains("leads to 88.115.8.66"));
  CHECK_THAT(in_words(f.remedies), Contains("port 443 (TCP)") && Contains(fmt::format("to {}.", public_ipv4)));
  CHECK_FALSE(found(d, "dns.a-wrong"));
  CHECK(d.names.at(0).verdict == NameState::unknown);
  CHECK(d.names.at(0).findings == std::vector<std::string>{"host.vpn-default-route"});
  CHECK_THAT(found(d, "inbound.no-port-forward")->detail, Contains("home.example.org do not come this way: it leads to your VPN's address, "
                                                                   "88.115.8.66"));
}

TEST_CASE("a name that leads home is not said to lead to the VPN") {
  const auto d = diagnose(v4(knock(Family::ipv4), [](auto& e) {
    through_vpn(e);
    name(e, {public_ipv4}, {});
  }));
  CHECK_FALSE(said(d).subject.name);
  CHECK_THAT(found(d, "inbound.no-port-forward")->detail, !Contains("VPN"));
}

TEST_CASE("the same is said of an AAAA record: it is the tunnel's and not a stranger's") {
  auto e = dual();
  vpn(e, Family::ipv6);
  e.host->interfaces.back().addresses.push_back({.address = ip("fd66::2"), .prefix_length = 64});
  ask_stun(e, "2001:4860:4864:5:8000::1", "[fd66::2]:50009", "[2a00:172a:8::66]:40009");
  name(e, {public_ipv4}, {"2a00:172a:8::66"});
  const auto d = diagnose(e);
  CHECK_FALSE(found(d, "dns.aaaa-wrong"));
  CHECK(said(d).title == "The name leads to your VPN's address");
}

TEST_CASE("each address is told once, in one sentence for both families") {
  auto e = dual();
  vpn(e, Family::ipv4);
  e.host->ipv6->default_interface = "wg0";
  e.host->ipv6->through_tunnel = true;
  e.host->interfaces.back().addresses.push_back({.address = ip("fd66::2"), .prefix_length = 64});
  for (const auto* server : {"74.125.250.129", "77.72.169.210"}) ask_stun(e, server, "10.8.0.2:50009", "88.115.8.66:40009");
  ask_stun(e, "2001:4860:4864:5:8000::1", "[fd66::2]:50009", "[2a00:172a:8::66]:40009");
  CHECK_THAT(said(diagnose(e)).detail, Contains("sees 88.115.8.66 and 2a00:172a:8::66: the VPN's"));
}

TEST_CASE("advised command lines hold what the user gave") {
  auto e = v4(knock(Family::ipv4), [](auto& one) {
    vpn(one, Family::ipv4);
    one.request.services = {service("8443:443/tcp")};
    one.request.names = {"home.example.org"};
    one.request.families = {Family::ipv4};
    one.request.third_party = false;
  });
  CHECK_THAT(in_words(said(diagnose(e)).remedies),
             Contains("sudo ringback run --service 8443:443/tcp --name home.example.org --vantage http://vantage.example:8370 -4 "
                      "--no-third-party --interface eth0"));
  e.request.services_named = false;
  CHECK_THAT(in_words(said(diagnose(e)).remedies), !Contains("--service"));
}

TEST_CASE("a missing right is told with the command line that has it, and stands behind what was found") {
  auto e = with(plain_nat(), [](auto& one) {
    no_capture(one);
    unreadable(one);
    one.listeners->listeners.clear();
    one.host->system.capture_allowed = false;
    name(one, {other_ipv4}, {});
  });
  add(e, knock(Family::ipv4));
  auto six = knock(Family::ipv4, "80/tcp");
  e.request.services.push_back(service("80/tcp"));
  e.listeners->listeners.push_back({.protocol = Protocol::tcp, .local = at("0.0.0.0:80"), .program = "nginx"});
  add(e, six);
  const auto d = diagnose(e);
  const auto* f = found(d, "measure.no-privilege");
  REQUIRE(f);
  CHECK(f->severity == Severity::error);
  REQUIRE(f->remedies.size() == 1);
  CHECK(f->remedies[0].title == "Run it with sudo");
  CHECK_THAT(in_words(f->remedies), Contains("sudo ringback run --service 443/tcp --service 80/tcp --name home.example.org"));
  bool behind = false;
  for (const auto& one : d.findings) {
    behind = behind || &one == f;
    if (one.severity != Severity::info && !one.code.starts_with("measure.")) CHECK_FALSE(behind);
  }
}
