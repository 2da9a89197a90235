#include "reports.hpp"

namespace ringback::test {
namespace {

Address address(std::string_view text) { return Address::parse(text).value(); }
Endpoint endpoint(std::string_view text) { return Endpoint::parse(text).value(); }
Service service(std::string_view text) { return Service::parse(text).value(); }

ServiceVerdict reached(std::string_view text, Family family) {
  return {service(text), family, Reachable::yes, StoppedAt::none, std::nullopt, Confidence::certain};
}
ServiceVerdict stopped(std::string_view text, Family family, StoppedAt at, std::string cause) {
  return {service(text), family, Reachable::no, at, std::move(cause), Confidence::certain};
}
ServiceVerdict not_tested(std::string_view text, Family family) {
  return {service(text), family, Reachable::unknown, StoppedAt::unknown, "inbound.untested", Confidence::certain};
}

void probes_done(Report& report) {
  for (const char* name : {"host", "stun", "web", "router", "path", "dns", "listeners", "filter", "inbound"})
    report.probes.push_back({name, ProbeStatus::done, std::chrono::milliseconds(41), std::nullopt});
}

/// What every report here has in common.
Report basis() {
  Report report;
  report.started = "2026-01-31T12:00:00.000Z";
  report.duration = std::chrono::milliseconds(812);
  report.connection = {ConnectionType::dual_stack,
                       Confidence::certain,
                       {Ipv4Kind::nat, address("198.51.100.7"), address("198.51.100.7"), 1},
                       {Ipv6Kind::native, Prefix::parse("2001:db8:1:2::/64").value(), {address("2001:db8:1:2::10")}, {address("2001:db8:1:2:9c4e:1:2:3")}},
                       {"The router says that its outside address is 198.51.100.7 (UPnP).", "Three STUN servers see the same address, 198.51.100.7.",
                        "The first hop outside the household answers at distance 2."}};
  report.evidence.request.services = {service("443/tcp")};
  report.evidence.request.services_named = true;
  report.evidence.request.families = {Family::ipv4, Family::ipv6};
  report.evidence.stun = stun::Evidence{};
  report.evidence.stun->observations.push_back({.server_name = "stun.example.org", .server = endpoint("192.0.2.1:3478"), .local = endpoint("192.168.1.10:40000"),
                                                .mapped = endpoint("198.51.100.7:40000"), .round_trip = std::chrono::microseconds(12345), .sent = 1});
  probes_done(report);
  return report;
}

Finding finding(std::string code, Severity severity, std::string title, std::string detail, Subject subject, std::vector<Remedy> remedies) {
  return {std::move(code), severity, Confidence::certain, std::move(title), std::move(detail), std::move(subject), {"/evidence/stun/observations/0/mapped"}, std::move(remedies)};
}

}  // namespace

Report healthy() {
  Report report = basis();
  report.services = {reached("443/tcp", Family::ipv4), reached("443/tcp", Family::ipv6)};
  report.names = {{"home.example.org", {address("198.51.100.7")}, {address("2001:db8:1:2::10")}, NameState::right, {}}};
  report.findings = {finding("dns.ttl-long", Severity::info, "home.example.org may be remembered for a day after the address changes",
                             "The time to live of its records is 86400 s.", {.name = "home.example.org"}, {})};
  return report;
}

Report ds_lite() {
  Report report = basis();
  report.connection.type = ConnectionType::ds_lite;
  report.connection.ipv4 = {Ipv4Kind::ds_lite, address("198.51.100.7"), std::nullopt, 1};
  report.connection.because = {"The router has no IPv4 address of its own towards the provider (UPnP gives an empty one).",
                               "A hop on the way out has the address 192.0.0.1, which is reserved for this kind of tunnel (RFC 6333).",
                               "Against it: the path carries full 1500 byte packets, which a tunnel often does not."};
  report.services = {stopped("443/tcp", Family::ipv4, StoppedAt::provider, "ipv4.ds-lite"), reached("443/tcp", Family::ipv6)};
  report.names = {{"home.example.org", {address("198.51.100.7")}, {address("2001:db8:1:2::10")}, NameState::wrong, {"dns.a-useless"}}};
  report.findings = {
      finding("ipv4.ds-lite", Severity::error, "Your provider shares one IPv4 address among many customers (DS-Lite)",
              "IPv4 connections from outside end at the provider's translator, which does not know to whom to pass them. A port forward in your router cannot help.",
              {service("443/tcp"), Family::ipv4, std::nullopt},
              {{"Publish the service over IPv6 alone, which works already",
                {"Remove the A record of home.example.org.", "Keep the AAAA record."},
                {}},
               {"Ask your provider for a public IPv4 address", {"Ask for \"dual stack\" or a public IPv4 address; some providers switch it on for free."}, {}},
               {"Let a small server with a public IPv4 address pass connections on over IPv6",
                {"Rent any small server.", "Run this on it:"},
                {"socat TCP4-LISTEN:443,fork,reuseaddr TCP6:[2001:db8:1:2::10]:443,connect-timeout=5,keepalive,keepidle=60,keepintvl=10"}}}),
      finding("dns.a-useless", Severity::warning, "home.example.org has an IPv4 address (A record) although no IPv4 connection can come in",
              "Clients that try IPv4 first wait or fail.", {.name = "home.example.org"}, {{"Remove the A record", {"Delete it where you manage the name."}, {}}})};
  return report;
}

Report closed_router() {
  Report report = basis();
  report.services = {stopped("443/tcp", Family::ipv4, StoppedAt::router, "inbound.no-port-forward"),
                     stopped("443/tcp", Family::ipv6, StoppedAt::router, "inbound.no-ipv6-opening")};
  report.findings = {finding("inbound.no-port-forward", Severity::error, "Your router passes no IPv4 connections for this port on to this host",
                             "The router has the public address 198.51.100.7 and nothing that was sent to port 443 there arrived here.",
                             {service("443/tcp"), Family::ipv4, std::nullopt},
                             {{"Forward TCP port 443 to 192.168.1.10 in the router", {"Open the router's settings.", "Add a port forward: TCP 443 to 192.168.1.10, port 443."}, {}}}),
                     finding("inbound.no-ipv6-opening", Severity::error, "Your router's IPv6 firewall lets nothing through to this host",
                             "Nothing that was sent to 2001:db8:1:2::10 arrived here.", {service("443/tcp"), Family::ipv6, std::nullopt},
                             {{"Open TCP port 443 for this host in the router's IPv6 firewall", {"Give the interface identifier ::10 where the router asks for it."}, {}}})};
  return report;
}

/// The card saw a knock on each service.
void add_arrivals(Report& report) {
  auto& knocks = report.evidence.inbound.emplace().knocks;
  for (const auto& verdict : report.services) {
    auto& knock = knocks.emplace_back();
    knock.service = verdict.service;
    knock.family = verdict.family;
    knock.target = Address::parse(verdict.family == Family::ipv4 ? "77.1.2.3" : "2a02:8070::3").value();
    knock.arrivals.emplace_back();
  }
}

Report host_firewall() {
  Report report = basis();
  report.services = {stopped("443/tcp", Family::ipv4, StoppedAt::host_firewall, "inbound.host-firewall"),
                     stopped("443/tcp", Family::ipv6, StoppedAt::host_firewall, "inbound.host-firewall")};
  add_arrivals(report);
  const Remedy open{"Allow TCP port 443 before that rule", {}, {"sudo nft insert rule inet filter input tcp dport 443 accept"}};
  for (const auto family : {Family::ipv4, Family::ipv6})
    report.findings.push_back(finding("inbound.host-firewall", Severity::error, "This host's own packet filter drops what arrives",
                                      "The rule \"policy drop\" of chain input in table inet filter decides.", {service("443/tcp"), family, std::nullopt}, {open}));
  return report;
}

Report no_listener() {
  Report report = basis();
  report.services = {stopped("8443:443/tcp", Family::ipv4, StoppedAt::listener, "inbound.no-listener")};
  add_arrivals(report);
  report.findings = {finding("inbound.no-listener", Severity::error, "Nothing on this host listens on TCP port 443", "The connection attempt arrives and is refused.",
                             {service("8443:443/tcp"), Family::ipv4, std::nullopt}, {{"Start the service", {}, {"sudo systemctl status nginx"}}})};
  return report;
}

Report offline() {
  Report report = basis();
  report.connection = {ConnectionType::offline, Confidence::certain, {}, {}, {"No STUN server, web page or name server answered over IPv4 or IPv6."}};
  report.services = {not_tested("443/tcp", Family::ipv4), not_tested("443/tcp", Family::ipv6)};
  report.findings = {finding("internet.offline", Severity::error, "This host has no connection to the internet at the moment", "Nothing outside answered.", {},
                             {{"Check the router", {"Is its internet light on?", "Restart it, and wait two minutes."}, {}}})};
  report.evidence.stun.reset();
  report.findings.front().evidence = {"/probes/1"};
  report.probes[1] = {"stun", ProbeStatus::timed_out, std::chrono::milliseconds(10000), "the deadline came first"};
  report.probes[7] = {"filter", ProbeStatus::failed, std::chrono::milliseconds(1), "reading the packet filter needs CAP_NET_ADMIN; run it as root"};
  return report;
}

Report untested() {
  Report report = basis();
  report.services = {not_tested("443/tcp", Family::ipv4), not_tested("443/tcp", Family::ipv6)};
  for (const auto family : {Family::ipv4, Family::ipv6})
    report.findings.push_back(finding("inbound.untested", Severity::warning, "There was no vantage point (a host on the internet that knocks when asked)", "",
                                      {std::nullopt, family, std::nullopt}, {{"Name one", {}, {"ringback --vantage http://vantage.example.org:8370"}}}));
  return report;
}

Report many_services() {
  Report report = ds_lite();
  report.services.push_back(stopped("80/tcp", Family::ipv4, StoppedAt::provider, "ipv4.ds-lite"));
  report.services.push_back(stopped("80/tcp", Family::ipv6, StoppedAt::upstream, "inbound.not-arriving"));
  report.services.push_back(stopped("51820:51821/udp", Family::ipv4, StoppedAt::return_path, "inbound.reply-lost"));
  report.services.push_back(reached("51820:51821/udp", Family::ipv6));
  report.services.push_back(not_tested("22/tcp", Family::ipv4));
  report.services.push_back(not_tested("22/tcp", Family::ipv6));
  report.services.push_back(reached("25/tcp", Family::ipv6));
  return report;
}

Report wrong_name() {
  Report report = healthy();
  report.names[0] = {"home.example.org", {address("203.0.113.9")}, {}, NameState::wrong, {"dns.a-wrong", "dns.aaaa-missing"}};
  report.findings.insert(report.findings.begin(), finding("dns.a-wrong", Severity::error, "The name home.example.org leads to 203.0.113.9, which is not yours", "",
                                                          {.name = "home.example.org"}, {{"Correct the A record", {"Set it to 198.51.100.7."}, {}}}));
  return report;
}

Report with_note() {
  Report report = healthy();
  report.findings = {finding("host.vpn-default-route", Severity::info, "A VPN is on", "It takes all.", {},
                             {{"Measure", {"This command measures.", "Write, and load:\na line"}, {"ringback run --interface eth0", "load"}, {1, 2}},
                              {"Ask", {"Ask."}, {"ask"}, {}}})};
  return report;
}

std::vector<Sample> samples() {
  return {{"healthy", healthy()},         {"ds-lite", ds_lite()},   {"closed-router", closed_router()}, {"host-firewall", host_firewall()},
          {"no-listener", no_listener()}, {"offline", offline()},   {"untested", untested()},           {"many-services", many_services()},
          {"wrong-name", wrong_name()},   {"empty", Report{}}};
}

}  // namespace ringback::test
