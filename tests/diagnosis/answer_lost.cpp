#include "support/catch.hpp"

#include "advice.hpp"
#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

inbound::Knock through(Family family, const char* came_by, std::optional<const char*> left_by) {
  auto k = arrived(knock(family), left_by ? syn_ack_left() : std::nullopt, Result::timeout);
  k.arrivals[0].interface = came_by;
  for (auto& departure : k.departures) departure.interface = *left_by;
  return k;
}

const Finding& lost(const Diagnosis& d) {
  REQUIRE(found(d, "inbound.reply-lost"));
  return *found(d, "inbound.reply-lost");
}

}  // namespace

TEST_CASE("an answer that left by the card the visitor came by is no fault of this host: nothing is changed here") {
  const auto d = diagnose(v4(through(Family::ipv4, "eth0", "eth0")));
  CHECK(shown(verdict(d, Family::ipv4)) == "no return-path inbound.reply-lost likely");
  CHECK_THAT(lost(d).detail, Contains("left this host correctly through eth0") && Contains("in the home router, or at the provider"));
  const auto advice = in_words(lost(d).remedies);
  CHECK_THAT(advice, Contains("hands its answers to 192.168.1.1.") && Contains("sudo ringback wait 443/tcp") &&
             Contains("ringback read FILE"));
  CHECK_THAT(advice, !Contains("AllowedIPs") && !Contains("ip -4") && !Contains("rp_filter"));
}

TEST_CASE("a VPN is not to blame for an answer that went out at home beside it") {
  const auto d = diagnose(v4(through(Family::ipv4, "eth0", "eth0"), [](auto& e) { vpn(e, Family::ipv4); }));
  CHECK_THAT(lost(d).detail, Contains("left this host correctly through eth0"));
  CHECK_THAT(in_words(lost(d).remedies), !Contains("AllowedIPs"));
}

TEST_CASE("what gets lost over both families behind this host is advised on alike") {
  auto e = dual();
  add(e, through(Family::ipv4, "eth0", "eth0"));
  add(e, through(Family::ipv6, "eth0", "eth0"));
  const auto d = diagnose(e);
  std::vector<const Finding*> both;
  for (const auto& f : d.findings)
    if (f.code == "inbound.reply-lost") both.push_back(&f);
  REQUIRE(both.size() == 2);
  CHECK(both[0]->remedies == both[1]->remedies);
  CHECK_THAT(in_words(both[0]->remedies), Contains("hands its answers to 192.168.1.1 and fe80::1."));
}

TEST_CASE("an answer that left through a tunnel is given the home router, from the address that the visitor came to") {
  const auto d = diagnose(v4(through(Family::ipv4, "eth0", "wg0"), [](auto& e) { vpn(e, Family::ipv4); }));
  CHECK(verdict(d, Family::ipv4).confidence == Confidence::certain);
  CHECK_THAT(lost(d).detail, Contains("through wg0 and not through eth0"));
  const auto advice = in_words(lost(d).remedies);
  CHECK_THAT(advice, Contains("leave through wg0, a tunnel (VPN)") && Contains("default via 192.168.1.1 dev eth0 table 100") &&
                         Contains("from 192.168.1.10 table 100") && Contains("AllowedIPs"));
}

TEST_CASE("what keeps the way back over a restart is written out, as each network manager takes it") {
  using host::Manager;
  struct Row {
    Manager manager;
    std::string_view before;   // each line
    const char* says;
  };
  const Row rows[] = {
      {Manager::unknown, "@reboot sleep 60; ", "opens the list of what root's cron does.\nsudo crontab -e\nWrite these lines there"},
      {Manager::systemd_networkd, "@reboot sleep 60; ", "sudo crontab -e"},
      {Manager::network_manager, "", "whenever a connection comes up.\n#!/bin/sh\nip -4 route"},
      {Manager::ifupdown, "    post-up ", "below the one that begins with \"iface eth0\""},
      {Manager::dhcpcd, "", "/etc/dhcpcd.exit-hook"},
  };
  for (const auto& row : rows) {
    const auto d = diagnose(v4(through(Family::ipv4, "eth0", "wg0"), [&](auto& e) {
      vpn(e, Family::ipv4);
      e.host->system.manager = row.manager;
    }));
    const auto advice = in_words(lost(d).remedies);
    INFO(advice);
    CHECK_THAT(advice, Contains(row.says) && Contains("the way in list 100 no longer than eth0 stays up: after a reconnect, run the first command again.") &&
                           Contains("They are for the address 192.168.1.10: let this host keep it (the home router's menu"));
    CHECK_THAT(advice, Contains(fmt::format("\n{0}ip -4 route add default via 192.168.1.1 dev eth0 table 100\n{0}ip -4 rule add from 192.168.1.10 table main suppress_prefixlength 1 "
                                            "priority 100\n{0}ip -4 rule add from 192.168.1.10 table 100 priority 101\n", row.before)));
  }
}

TEST_CASE("whose words a VPN is told not to take everything in depends on what made it, and what that costs is said") {
  const auto told = [](const char* name, const char* kind) {
    return in_words({lost(diagnose(v4(through(Family::ipv4, "eth0", name), [&](auto& e) {
      vpn(e, Family::ipv4);
      e.host->interfaces.back().name = e.host->ipv4->default_interface = name;
      e.host->interfaces.back().kind = kind;
    }))).remedies.back()});
  };
  CHECK_THAT(told("home", "wireguard"), Contains("in its file, /etc/wireguard/home.conf, the line AllowedIPs") && Contains("\nsudo wg-quick down home\nsudo wg-quick up home\n") &&
                                            Contains("If a VPN provider's own program made it") && !Contains("OpenVPN") && Contains("What it costs"));
  CHECK_THAT(told("tun0", "tun"), Contains("do what fits the program that made tun0") && Contains("\nsudo wg-quick down NAME\n") && Contains("If OpenVPN made it: start it again") &&
                                      Contains("\npull-filter ignore redirect-gateway\n") && Contains("If a VPN provider's own program made it") && Contains("What it costs"));
}

TEST_CASE("an answer over UDP is given the home router by its port: its address follows the way that it takes") {
  const auto datagram = [](const char* left_by) {
    auto k = arrived(knock(Family::ipv4, "51820/udp"), DepartureKind::datagram, Result::timeout);
    k.arrivals[0].interface = "eth0";
    for (auto& departure : k.departures) departure.interface = left_by;
    return k;
  };
  const auto d = diagnose(v4(datagram("wg0"), [](auto& e) { wants(e, "51820/udp"), vpn(e, Family::ipv4); }));
  CHECK(shown(verdict(d, Family::ipv4)) == "no return-path inbound.reply-lost certain");
  const auto advice = in_words(lost(d).remedies);
  CHECK_THAT(advice, Contains("what this host sends from its UDP port 51820 by the home router instead") &&
                         Contains("sudo ip -4 rule add ipproto udp sport 51820 table main suppress_prefixlength 1 priority 100\n") &&
                         Contains("sudo ip -4 rule add ipproto udp sport 51820 table 100 priority 101\n") && !Contains("rule add from"));
}

TEST_CASE("an answer that left by a second card is not blamed on a VPN") {
  const auto d = diagnose(v4(through(Family::ipv4, "eth0", "wlan0")));
  const auto advice = in_words(lost(d).remedies);
  CHECK_THAT(advice, Contains("leave through wlan0") && Contains("this host prefers eth0") && !Contains("VPN") && !Contains("AllowedIPs"));
}

TEST_CASE("where no router is known behind the card that visitors come by, no route through it is advised") {
  const auto d = diagnose(v4(through(Family::ipv4, "wlan0", "eth1")));
  CHECK_THAT(in_words(lost(d).remedies), !Contains("table 100") && Contains("forward port 443 (TCP)"));
}

TEST_CASE("the strict reverse-path filter is loosened first, and the other card is left alone") {
  auto k = through(Family::ipv4, "wlan0", std::nullopt);
  k.arrivals[0].to.address = ip("192.168.2.20");
  k.way_back = "eth0";
  const auto strict = [](auto& e) {
    e.host->interfaces.push_back({.index = 3, .name = "wlan0", .up = true,
                                  .addresses = {{.address = ip("192.168.2.20"), .prefix_length = 24}}});
    e.host->ipv4_settings = {{.interface = "wlan0", .rp_filter = 1}};
  };
  const auto d = diagnose(v4(k, strict));
  REQUIRE(lost(d).remedies.size() == 2);
  const auto& first = lost(d).remedies.front();
  REQUIRE(first.commands.size() == 2);
  CHECK(first.commands[0] == "sudo sysctl -w net/ipv4/conf/wlan0/rp_filter=2");
  CHECK_THAT(in_words(lost(d).remedies), Contains("from 192.168.2.20 to 192.168.1.10") && !Contains("table 100") && !Contains("VPN"));
}

TEST_CASE("routes that swallow the answers are looked for, and none is added") {
  auto k = arrived(knock(Family::ipv4), std::nullopt, Result::timeout);
  k.way_back = "";
  const auto d = diagnose(v4(k));
  CHECK_THAT(in_words(lost(d).remedies), Contains("blackhole") && Contains("ip rule show") && !Contains("route add"));
}
