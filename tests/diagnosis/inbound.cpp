#include "support/catch.hpp"

#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using ringback::inbound::DepartureKind;
using ringback::inbound::Result;

namespace {

struct InboundCase {
  const char* what;
  Evidence evidence;
  Family family;
  const char* verdict;
};

}  // namespace

TEST_CASE("a knock and what became of it decide whether a service is reached, and where it stops") {
  const auto f4 = Family::ipv4;
  const auto f6 = Family::ipv6;
  const auto syn_ack = DepartureKind::syn_ack;
  const auto none = std::optional<DepartureKind>();
  const std::vector<InboundCase> cases{
      // Reached.
      {"arrived, answered, connected", v4(connected(f4)), f4, "yes none - certain"},
      {"connected, and nobody watched the card", v4(with_result(knock(f4), Result::connected), no_capture), f4, "yes none - likely"},
      {"IPv6 connected", v6(connected(f6)), f6, "yes none - certain"},
      {"a UDP datagram that need not be answered", v4(arrived(knock(f4, "51820/udp"), none, Result::timeout), [](auto& e) { wants(e, "51820/udp"); }), f4,
       "yes none - certain"},
      {"a UDP datagram, and the filter is unreadable",
       v4(arrived(knock(f4, "51820/udp"), none, Result::timeout), [](auto& e) { wants(e, "51820/udp"), unreadable(e); }), f4, "yes none - likely"},
      {"a forward to another inside port", v4(arrived(knock(f4, "8443:443/tcp"), syn_ack, Result::connected), [](auto& e) { wants(e, "8443:443/tcp"); }), f4,
       "yes none - certain"},

      {"a rule redirects to the port that a program listens on",
       v4(arrived(knock(f4), syn_ack, Result::connected), [](auto& e) { translates(e, "0.0.0.0:8443"), listens_on(e, "0.0.0.0:8443"); }), f4, "yes none - certain"},
      {"a rule hands a datagram on to a container", v4(arrived(knock(f4, "51820/udp"), none, Result::timeout), [](auto& e) {
         wants(e, "51820/udp"), nobody_listens(e), translates(e, "172.17.0.2:51820");
       }), f4, "unknown unknown - possible"},
      {"a packet for a bridge is seen on the card below it as well",
       v4([] {
         auto k = arrived(knock(Family::ipv4, "51820/udp"), std::nullopt, Result::timeout);
         k.arrivals[0].interface = "eno1";
         k.arrivals.push_back(k.arrivals[0]);
         k.arrivals[1].interface = "br0";
         k.way_back = "br0";
         return k;
       }(),
          [](auto& e) { wants(e, "51820/udp"), e.host->ipv4_settings = {{.interface = "eno1", .rp_filter = 1}}; }),
       f4, "yes none - certain"},
      {"nobody watched the card, and a rule hands it on to a container",
       v4(with_result(knock(f4), Result::connected), [](auto& e) { no_capture(e), nobody_listens(e), translates(e, "172.17.0.2:80"); }), f4, "yes none - likely"},

      // Stopped on this host.
      {"arrived by one card, and the way back leads out of another",
       v4([] {
         auto k = arrived(knock(Family::ipv4), std::nullopt, Result::timeout);
         k.arrivals[0].interface = "wlan0";
         k.way_back = "eth0";
         return k;
       }(),
          [](auto& e) { e.host->ipv4_settings = {{.interface = "wlan0", .rp_filter = 1}}; }),
       f4,
       "no return-path inbound.reply-lost likely"},
      {"arrived for a virtual machine behind this host's bridge, and no way back from there",
       v4([] {
         auto k = arrived(knock(Family::ipv4), std::nullopt, Result::timeout);
         k.arrivals[0].to.address = ip("192.168.1.99");
         k.way_back = "";
         return k;
       }()),
       f4, "no router router.forward-elsewhere likely"},
      {"arrived, the capture lost packets, and no answer was seen", v4(arrived(knock(f4), none, Result::timeout), [](auto& e) { e.inbound->capture.dropped = 5; }), f4,
       "no unknown measure.lossy likely"},
      {"arrived, and no route leads back",
       v4([] {
         auto k = arrived(knock(Family::ipv4), std::nullopt, Result::timeout);
         k.way_back = "";
         return k;
       }()),
       f4, "no return-path inbound.reply-lost certain"},
      {"arrived, silence, and the program's queue is full",
       v4(arrived(knock(f4), none, Result::timeout), [](auto& e) { for (auto& l : e.listeners->listeners) l.queued = 129, l.backlog = 128; }), f4,
       "no listener inbound.no-listener likely"},
      {"arrived, silence, the program is ready and incoming packets are accepted: something beside the rules",
       v4(arrived(knock(f4), none, Result::timeout), [](auto& e) { for (auto& l : e.listeners->listeners) l.queued = 0, l.backlog = 128; }), f4,
       "no host-firewall inbound.host-firewall likely"},
      {"arrived, silence, and nothing tells why", v4(arrived(knock(f4), none, Result::timeout)), f4, "no unknown inbound.host-firewall possible"},
      {"the router forwards to another port of this host",
       v4([] {
         auto k = arrived(knock(Family::ipv4), DepartureKind::reset, Result::refused);
         k.arrivals[0].to.port = 4443;
         return k;
       }()),
       f4, "no router inbound.no-listener certain"},
      {"a rule redirects to a port where nobody listens",
       v4(arrived(knock(f4), DepartureKind::reset, Result::refused), [](auto& e) { translates(e, "0.0.0.0:8443"); }), f4, "no listener inbound.no-listener certain"},
      {"a rule hands it on to a container, where it is refused",
       v4(arrived(knock(f4), DepartureKind::reset, Result::refused), [](auto& e) { nobody_listens(e), translates(e, "172.17.0.2:80"); }), f4,
       "no listener inbound.no-listener possible"},
      {"a rule hands it on to a container, where nothing comes back",
       v4(arrived(knock(f4), none, Result::timeout), [](auto& e) { nobody_listens(e), translates(e, "172.17.0.2:80"); }), f4,
       "no listener inbound.no-listener possible"},
      {"a rule hands it on to a container, of which nobody there says that he has its address",
       v4(arrived(knock(f4), none, Result::timeout),
          [](auto& e) {
            nobody_listens(e), translates(e, "172.17.0.2:80");
            e.host->neighbours.push_back({.address = ip("172.17.0.2"), .interface = "docker0"});
          }),
       f4, "no listener inbound.no-listener likely"},
      {"arrived, the filter drops", v4(arrived(knock(f4), none, Result::timeout), [](auto& e) { drops(e, Family::ipv4); }), f4,
       "no host-firewall inbound.host-firewall certain"},
      {"arrived, silence, the filter unreadable", v4(arrived(knock(f4), none, Result::timeout), unreadable), f4,
       "no host-firewall inbound.host-firewall likely"},
      {"arrived, silence, nobody listens, the filter unreadable", v4(arrived(knock(f4), none, Result::timeout), [](auto& e) { unreadable(e), nobody_listens(e); }), f4,
       "no host-firewall inbound.host-firewall likely"},
      {"arrived, the filter rejects with a reset", v4(arrived(knock(f4), DepartureKind::reset, Result::refused), [](auto& e) { rejects(e, Family::ipv4); }), f4,
       "no host-firewall inbound.host-firewall certain"},
      {"arrived, an ICMP error left", v4(arrived(knock(f4), DepartureKind::unreachable, Result::unreachable), unreadable), f4,
       "no host-firewall inbound.host-firewall certain"},
      {"arrived, refused, nobody listens", v4(arrived(knock(f4), DepartureKind::reset, Result::refused), nobody_listens), f4,
       "no listener inbound.no-listener certain"},
      {"arrived, refused, listens on loopback", v4(arrived(knock(f4), DepartureKind::reset, Result::refused), [](auto& e) { listens_on(e, "127.0.0.1:443"); }), f4,
       "no listener inbound.wrong-bind certain"},
      {"arrived over IPv6, refused, listens on IPv4 alone", v6(arrived(knock(f6), DepartureKind::reset, Result::refused), [](auto& e) { listens_on(e, "0.0.0.0:443"); }), f6,
       "no listener inbound.wrong-bind certain"},
      {"arrived over IPv4, refused, listens on IPv6 alone", v4(arrived(knock(f4), DepartureKind::reset, Result::refused), [](auto& e) { listens_on(e, "[::]:443"); }), f4,
       "no listener inbound.wrong-bind certain"},
      {"arrived, refused, neither sockets nor rules known",
       v4(arrived(knock(f4), DepartureKind::reset, Result::refused), [](auto& e) { unreadable(e), e.listeners.reset(); }), f4, "no unknown inbound.no-listener possible"},
      {"UDP arrived, nobody takes it", v4(arrived(knock(f4, "51820/udp"), DepartureKind::unreachable, Result::unreachable), [](auto& e) { wants(e, "51820/udp"), nobody_listens(e); }),
       f4, "no listener inbound.no-listener certain"},
      {"UDP arrived, the filter drops", v4(arrived(knock(f4, "51820/udp"), none, Result::timeout), [](auto& e) { wants(e, "51820/udp"), drops(e, Family::ipv4); }), f4,
       "no host-firewall inbound.host-firewall certain"},
      {"the answer left and never came", v4(arrived(knock(f4), syn_ack, Result::timeout)), f4, "no return-path inbound.reply-lost likely"},
      {"so few answers left that a bad line may have lost them", v4([&] {
         auto k = arrived(knock(f4), syn_ack, Result::timeout);
         k.departures.resize(2);
         return k;
       }()), f4, "unknown unknown - possible"},
      {"the answer goes into a VPN and is not seen leaving", v4(arrived(knock(f4), none, Result::timeout), [](auto& e) { vpn(e, Family::ipv4); }), f4,
       "no return-path inbound.reply-lost likely"},
      {"the answer left, and the vantage point never said more", v4(arrived(knock(f4), syn_ack, std::nullopt)), f4, "unknown unknown - possible"},

      // Somebody else.
      {"an answer, and nothing at the card", v4(with_result(knock(f4), Result::connected)), f4, "no upstream inbound.answered-elsewhere certain"},
      {"an answer over IPv6, and nothing at the card", v6(with_result(knock(f6), Result::connected)), f6, "no upstream inbound.answered-elsewhere certain"},
      {"connected without a capture, and nobody listens here", v4(with_result(knock(f4), Result::connected), [](auto& e) { no_capture(e), nobody_listens(e); }), f4,
       "no upstream inbound.answered-elsewhere likely"},

      // Stopped before this host.
      {"nothing arrives behind one home router", v4(knock(f4)), f4, "no router inbound.no-port-forward likely"},
      {"refused, though the router lists the forward: the provider may refuse in its name",
       v4(with_result(knock(f4), Result::refused), [](auto& e) { igd(e, public_ipv4).mappings = {{.external_port = 443, .internal_client = ip("192.168.1.10"), .internal_port = 443}}; }), f4,
       "no upstream inbound.not-arriving likely"},
      {"refused by the home router", v4(with_result(knock(f4), Result::refused)), f4, "no router inbound.no-port-forward likely"},
      {"the router's list sends it elsewhere",
       v4(knock(f4), [](auto& e) { igd(e, public_ipv4).mappings = {{.external_port = 443, .internal_client = ip("192.168.1.77"), .internal_port = 443}}; }), f4,
       "no router router.forward-elsewhere certain"},
      {"the router's list has the forward switched off",
       v4(knock(f4), [](auto& e) { igd(e, public_ipv4).mappings = {{.external_port = 443, .internal_client = ip("192.168.1.10"), .internal_port = 443, .enabled = false}}; }),
       f4, "no router inbound.no-port-forward certain"},
      {"the router lists the forward, and nothing arrives",
       v4(knock(f4), [](auto& e) { igd(e, public_ipv4).mappings = {{.external_port = 443, .internal_client = ip("192.168.1.10"), .internal_port = 443}}; }), f4,
       "no upstream inbound.not-arriving likely"},
      {"the router lists the forward, another port arrives: a rule that comes before it, or the provider",
       v4(knock(f4),
          [](auto& e) {
            igd(e, public_ipv4).mappings = {{.external_port = 443, .internal_client = ip("192.168.1.10"), .internal_port = 443}};
            add(e, arrived(on_port(Family::ipv4, 8080), std::nullopt, Result::timeout));
          }),
       f4, "no upstream inbound.not-arriving likely"},
      {"another port arrives, this one not", v4(knock(f4), [](auto& e) { add(e, arrived(on_port(Family::ipv4, 8080), std::nullopt, Result::timeout)); }), f4,
       "no upstream inbound.not-arriving likely"},
      {"carrier-grade NAT", with(cgnat(), [](auto& e) { add(e, knock(Family::ipv4)); }), f4, "no provider ipv4.cgnat certain"},
      {"carrier-grade NAT, nobody watched the card", with(cgnat(), [](auto& e) { add(e, knock(Family::ipv4)), no_capture(e); }), f4, "no provider ipv4.cgnat certain"},
      {"carrier-grade NAT, nobody knocked", cgnat(), f4, "no provider ipv4.cgnat certain"},
      {"carrier-grade NAT, and yet another port arrives",
       with(cgnat(), [](auto& e) { add(e, knock(Family::ipv4)), add(e, arrived(on_port(Family::ipv4, 8080), std::nullopt, Result::timeout)); }), f4,
       "no upstream inbound.not-arriving likely"},
      {"DS-Lite", with(ds_lite(), [](auto& e) { add(e, knock(Family::ipv4)); }), f4, "no provider ipv4.ds-lite certain"},
      {"DS-Lite, and nobody listens either", with(ds_lite(), [](auto& e) { add(e, knock(Family::ipv4)), nobody_listens(e); }), f4, "no provider ipv4.ds-lite certain"},
      {"two routers", with(double_nat(), [](auto& e) { add(e, knock(Family::ipv4)); }), f4, "no router ipv4.double-nat certain"},
      {"two routers that both forward", with(double_nat(), [](auto& e) { add(e, connected(Family::ipv4)); }), f4, "yes none - certain"},
      {"IPv6: nothing arrives and nothing shows who", v6(knock(f6)), f6, "no upstream inbound.not-arriving likely"},
      {"IPv6: echo requests arrive, the port does not", v6(knock(f6), [](auto& e) { add(e, arrived(echo(Family::ipv6), DepartureKind::echo_reply, Result::replied)); }), f6,
       "no router inbound.no-ipv6-opening likely"},
      {"IPv6: the router says that its firewall is on", v6(knock(f6), [](auto& e) { igd(e, public_ipv4).ipv6_firewall = router::Ipv6Firewall{true, false}; }), f6,
       "no router inbound.no-ipv6-opening likely"},
      {"IPv6: refused on the way", v6(with_result(knock(f6), Result::unreachable)), f6, "no router inbound.no-ipv6-opening likely"},
      {"IPv6: even an unopened port arrives, this one not", v6(knock(f6), [](auto& e) { knows_rules_for(e, 47123), add(e, arrived(on_port(Family::ipv6, 47123), std::nullopt, Result::timeout)); }), f6,
       "no provider inbound.provider-block likely"},
      {"IPv6 on a host without any home router: another port arrives, this one not",
       v6(knock(f6),
          [](auto& e) {
            eth0(e).addresses[0].address = ip(public_ipv4);
            e.host->ipv4->gateway = ip("93.184.20.1");
            auto other = arrived(on_port(Family::ipv6, 8080), syn_ack_left(), Result::connected);
            e.listeners->listeners.push_back({.protocol = Protocol::tcp, .local = at("[::]:8080")});
            add(e, other);
          }),
       f6, "no provider inbound.provider-block likely"},
      {"IPv6 on a host without any home router: refused on the way, as a hoster's firewall does it too",
       v6(with_result(knock(f6), Result::unreachable), [](auto& e) { eth0(e).addresses[0].address = ip(public_ipv4), e.host->ipv4->gateway = ip("93.184.20.1"); }),
       f6, "no upstream inbound.not-arriving likely"},
      {"IPv6 on a host without any home router: echo requests arrive, the port does not",
       v6(knock(f6),
          [](auto& e) {
            eth0(e).addresses[0].address = ip(public_ipv4), e.host->ipv4->gateway = ip("93.184.20.1");
            add(e, arrived(echo(Family::ipv6), DepartureKind::echo_reply, Result::replied));
          }),
       f6, "no upstream inbound.not-arriving likely"},
      {"an address whose ports are shared", with(plain_nat(), [](auto& e) { native_ipv6(e), ports_moved(e), e.path->ipv4.mtu = 1460, add(e, knock(Family::ipv4)); }), f4,
       "no provider ipv4.shared-ports likely"},
      {"IPv6 that is not there", v4(connected(f4)), f6, "no upstream ipv6.none certain"},
      {"IPv6 inside the home alone", v4(connected(f4), [](auto& e) { eth0(e).addresses.push_back({.address = ip("fd00:1::10"), .prefix_length = 64}); }), f6,
       "no upstream ipv6.local-only certain"},
      {"IPv6 that leads nowhere", with(plain_nat(), [](auto& e) { native_ipv6(e, false); }), f6, "no upstream ipv6.broken certain"},

      // Not known.
      {"nobody knocked", plain_nat(), f4, "unknown unknown inbound.untested possible"},
      {"nobody knocked, and nobody listens", with(plain_nat(), nobody_listens), f4, "no listener inbound.no-listener certain"},
      {"nobody knocked, and the filter drops", with(plain_nat(), [](auto& e) { drops(e, Family::ipv4); }), f4, "no host-firewall inbound.host-firewall likely"},
      {"UDP silence without a capture", v4(knock(f4, "51820/udp"), [](auto& e) { wants(e, "51820/udp"), no_capture(e), unreadable(e); }), f4,
       "unknown unknown measure.no-privilege possible"},
      {"TCP silence without a capture", v4(knock(f4), [](auto& e) { no_capture(e), unreadable(e); }), f4, "no unknown measure.no-privilege likely"},
      {"the capture lost packets", v4(knock(f4), [](auto& e) { e.inbound->capture.dropped = 3, unreadable(e); }), f4, "no unknown measure.lossy likely"},
      {"a knock from inside the household proves nothing",
       v4([] {
         auto k = connected(Family::ipv4);
         k.source = Endpoint{ip("192.168.1.5"), 40000};
         return k;
       }()),
       f4, "unknown unknown inbound.untested possible"},
      {"a knock on the VPN's address proves nothing about the household",
       v4([] {
         auto k = with_result(knock(Family::ipv4), Result::timeout);
         k.local = ip("10.8.0.2");
         k.target = ip("185.99.1.1");
         return k;
       }(),
          [](auto& e) { vpn(e, Family::ipv4); }),
       f4, "unknown unknown host.vpn-default-route possible"},
  };
  for (const auto& c : cases) {
    INFO(c.what);
    const auto d = diagnose(c.evidence);
    CHECK(shown(verdict(d, c.family)) == c.verdict);
    const auto& v = verdict(d, c.family);
    CHECK((v.reachable == Reachable::yes) == (v.stopped_at == StoppedAt::none));
    if (v.reachable == Reachable::yes) CHECK_FALSE(v.cause);
    if (v.reachable == Reachable::no) {
      REQUIRE(v.cause);
      CHECK(found(d, *v.cause));
    }
  }
}
