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

namespace {

/// Nobody outside answered what left by eth0, and nobody could be asked to knock.
Evidence nothing_past_the_vpn(const std::function<void(Evidence&)>& change) {
  auto e = home();
  vpn(e, Family::ipv4);
  for (const auto* server : {"74.125.250.129", "77.72.169.210"}) {
    ask_stun(e, server, "192.168.1.10:50001", std::nullopt);
    e.stun->observations.back().interface = "eth0";
  }
  ask_stun(e, "74.125.250.129", "10.8.0.2:50009", "88.115.8.66:40009");
  e.host->routes.push_back({.destination = Prefix::parse("0.0.0.0/1").value(), .interface = "wg0"});
  e.host->routes.push_back({.destination = Prefix::parse("128.0.0.0/1").value(), .interface = "wg0"});
  change(e);
  return e;
}

void leads_home(Evidence& e) {
  e.host->routes.push_back({.destination = Prefix::parse("0.0.0.0/0").value(), .gateway = ip("192.168.1.1"), .interface = "eth0"});
}
void strict(Evidence& e) { e.host->ipv4_settings = {{.interface = "wg0", .rp_filter = 1}, {.interface = "eth0", .rp_filter = 1}}; }

}  // namespace

TEST_CASE("a VPN in place of the home's default route: the route is put back behind it, and nothing else is changed") {
  const auto d = diagnose(nothing_past_the_vpn([](auto& e) { e.host->routes.push_back({.destination = Prefix::parse("192.168.1.0/24").value(), .interface = "eth0"}); }));
  CHECK(shown(verdict(d, Family::ipv4)) == "unknown unknown host.vpn-default-route possible");
  CHECK_THAT(said(d).detail, Contains("No default route leads to the home router any more") && Contains("over IPv4"));
  CHECK(std::ranges::find(said(d).evidence, "/evidence/host/routes") != said(d).evidence.end());
  REQUIRE(said(d).remedies.size() == 2);
  const auto& commands = said(d).remedies.front().commands;
  REQUIRE(commands.size() == 2);
  CHECK(commands[0] == "sudo ip -4 route add default via 192.168.1.1 dev eth0 metric 30000");
  CHECK_THAT(commands[1], Catch::StartsWith("sudo ringback run") && Catch::EndsWith("--interface eth0"));
  CHECK(said(d).remedies.back().commands.empty());
}

TEST_CASE("a VPN and a strict reverse-path filter: what comes by the home's line is dropped, and is let in again") {
  const auto d = diagnose(nothing_past_the_vpn([](auto& e) { leads_home(e), strict(e); }));
  CHECK_THAT(said(d).detail, Contains("reverse-path filter is strict on eth0"));
  CHECK(std::ranges::find(said(d).evidence, "/evidence/host/ipv4_settings/1/rp_filter") != said(d).evidence.end());
  REQUIRE(said(d).remedies.front().commands.size() == 2);
  CHECK(said(d).remedies.front().commands[0] == "sudo sysctl -w net/ipv4/conf/eth0/rp_filter=2");
  CHECK_FALSE(found(d, "inbound.host-firewall"));
}

TEST_CASE("where something past the VPN is answered, or nothing tells why not, no route and no setting is changed") {
  const auto loose = [](Evidence& e) { e.host->ipv4_settings = {{.interface = "eth0", .rp_filter = 2}}; };
  const std::function<void(Evidence&)> rows[] = {
      [](Evidence& e) { leads_home(e); },
      [&](Evidence& e) { leads_home(e), loose(e); },
      [](Evidence& e) { leads_home(e), strict(e), e.stun->observations[0].mapped = at("93.184.20.30:50001"); },
      [](Evidence& e) { e.stun->observations[0].mapped = at("93.184.20.30:50001"); },
  };
  for (const auto& change : rows) {
    const auto d = diagnose(nothing_past_the_vpn(change));
    CHECK_THAT(said(d).detail, !Contains("default route leads") && !Contains("reverse-path"));
    CHECK_THAT(in_words(said(d).remedies), !Contains("route add") && !Contains("rp_filter"));
  }
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
