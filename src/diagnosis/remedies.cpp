#include "diagnosis/remedies.hpp"

#include <functional>

#include "diagnosis/remedies_names.hpp"
#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis {
namespace {

struct Advice {
  std::string_view code;
  Remedies (*give)(const Finding&, const System&);
};

std::string port_of(const Finding& f, bool inside) {
  if (!f.subject.service) return "the port";
  return fmt::format("port {} ({})", inside ? f.subject.service->inside : f.subject.service->outside,
                     f.subject.service->protocol == Protocol::udp ? "UDP" : "TCP");
}

Remedy use_ipv6() {
  return {"Let visitors come over IPv6",
          {"Check below that the service can be reached over IPv6, and open its port in the home router's IPv6 firewall if it cannot.",
           "Give the name an AAAA record with a stable IPv6 address of this host, and no A record.",
           "Visitors whose own line has no IPv6 cannot come this way."},
          {}};
}

Remedy ask_for_public_ipv4() {
  return {"Ask the provider for a public IPv4 address",
          {"Ask the provider's support for a public IPv4 address of your own (\"dual stack\", \"native IPv4\", sometimes a business tariff or an "
           "option at a price).",
           "When it is there, restart the home router and run ringback again."},
          {}};
}

Remedy use_relay() {
  return {"Rent an entrance elsewhere",
          {"Rent a small server with a public IPv4 address, and connect this host to it with WireGuard or an SSH tunnel.",
           "Let that server pass the port on through the tunnel, and point the name's A record at it."},
          {}};
}

Remedies carrier(const Finding&, const System&) { return {use_ipv6(), ask_for_public_ipv4(), use_relay()}; }

Remedies shared_ports(const Finding& f, const System&) {
  return {{"Use an outside port that is yours",
           {"Look in the home router's menu for the port range of this line (MAP-E, MAP-T or lw4o6).",
            fmt::format("Forward a port of that range to {} of this host, and tell visitors that port.", port_of(f, true))},
           {}},
          use_ipv6(), ask_for_public_ipv4()};
}

Remedies double_nat(const Finding& f, const System&) {
  return {{"Turn one of the two routers into a plain switch",
           {"Find the two boxes: the one on the line (often the provider's), and the one that this host is connected to.",
            "Switch the inner one to access point mode (\"IP client\", \"bridge\"), or the outer one to bridge mode.",
            fmt::format("Then forward {} on the one router that is left.", port_of(f, false))},
           {}},
          {"Or forward on both",
           {fmt::format("On the outer router, forward {} to the inner router's address in the outer network.", port_of(f, false)),
            fmt::format("On the inner router, forward {} to this host.", port_of(f, false))},
           {}}};
}

Remedies offline(const Finding&, const System& s) {
  return {{"Bring the line back",
           {"Look at the home router: is its internet light on, does its start page say that it is connected?",
            "Restart the home router and wait five minutes.",
            "Check this host's cable or Wi-Fi and its address with the commands below.",
            "If other devices are offline as well, call the provider."},
           {"ip address show", "ip route show", fmt::format("ping -c 3 {}", s.gateway.empty() ? "$(ip route show default | cut -d' ' -f3)" : s.gateway)}}};
}

Remedies portal(const Finding&, const System&) {
  return {{"Log in to this network",
           {"Open a web browser on this host (or on a device with the same login) and go to http://neverssl.com or any http:// page.",
            "Log in or agree to the terms, then run ringback again.",
            "A network with a login page is hardly ever one that visitors can be let into."},
           {}}};
}

Remedies no_ipv6(const Finding&, const System& s) {
  return {{"Switch IPv6 on",
           {s.fritzbox ? "In the FRITZ!Box: Internet > Account Information > IPv6 > \"IPv6 support enabled\"."
                       : "Look in the home router's menu for IPv6 and switch it on (native, not a tunnel).",
            "If the provider has no IPv6 on this line, ask for it.", "Restart the network connection of this host and run ringback again."},
           {fmt::format("cat /proc/sys/net/ipv6/conf/{}/disable_ipv6", s.interface), fmt::format("ip -6 address show dev {}", s.interface)}}};
}

Remedies no_ipv4(const Finding&, const System& s) {
  return {{"Get IPv4 back on this host",
           {"Check that this host gets an IPv4 address by DHCP from the home router.", "Look whether the home router is connected over IPv4."},
           {fmt::format("ip -4 address show dev {}", s.interface), "ip -4 route show default"}},
          ask_for_public_ipv4()};
}

Remedies broken_ipv6(const Finding&, const System& s) {
  return {{"Find where IPv6 ends",
           {"Restart the home router, so that it asks the provider for a fresh prefix.",
            "Look in its menu whether it shows an IPv6 prefix and \"connected\" for IPv6.",
            "If other devices have no IPv6 either, call the provider with the output of the commands below."},
           {"ip -6 route show default", fmt::format("ping -6 -c 3 fe80::1%{}", s.interface), "tracepath -6 -n one.one.one.one"}}};
}

Remedies tunnel(const Finding&, const System&) {
  return {{"Use the provider's own IPv6",
           {"Ask the provider for native IPv6, and switch it on in the home router.",
            "Switch 6to4 and Teredo off: they are unfit for letting visitors in (RFC 7526)."},
           {}}};
}

Remedies port_forward(const Finding& f, const System& s) {
  const auto where = s.ipv4.empty() ? std::string("this host") : fmt::format("this host ({})", s.ipv4);
  return {{"Forward the port on the home router",
           {fmt::format("Open the home router's menu in a browser{}.", s.gateway.empty() ? "" : ": http://" + s.gateway),
            s.fritzbox ? "In the FRITZ!Box: Internet > Permit Access > Port Sharing > Add Device for Sharing, choose this device, New Sharing."
                       : "Look for \"port forwarding\", \"port sharing\", \"virtual server\" or \"NAT\".",
            f.subject.service ? fmt::format("Forward outside {} to {} at {}.", port_of(f, false), port_of(f, true), where)
                              : fmt::format("Forward the port to {}.", where),
            "Give this host a fixed address in the router's DHCP settings, so that the forward keeps pointing at it."},
           {}}};
}

Remedies ipv6_opening(const Finding& f, const System& s) {
  return {{"Open the port in the home router's IPv6 firewall",
           {fmt::format("Open the home router's menu in a browser{}.", s.gateway.empty() ? "" : ": http://" + s.gateway),
            s.fritzbox ? "In the FRITZ!Box: Internet > Permit Access > Port Sharing > this device; tick IPv6 in the sharing, and check that the "
                         "\"IPv6 Interface ID\" is the one below."
                       : "Look for \"IPv6 firewall\", \"IPv6 pinhole\" or \"port sharing\" with IPv6.",
            fmt::format("Allow {} to this host's stable address {}. IPv6 needs no translation, only the opening.", port_of(f, true), s.stable_ipv6)},
           {}}};
}

Remedies provider_block(const Finding& f, const System&) {
  return {{"Use another outside port",
           {fmt::format("Forward a high outside port, such as {}, to {} of this host, and tell visitors that port.",
                        f.subject.service && f.subject.service->outside < 1024 ? f.subject.service->outside + 8000 : 8443, port_of(f, true)),
            "Or ask the provider to open the port; many block 25, 80, 445 and some 443 on home lines."},
           {}}};
}

Remedies not_arriving(const Finding& f, const System& s) {
  auto remedies = f.subject.family == Family::ipv6 ? ipv6_opening(f, s) : port_forward(f, s);
  remedies.front().title = "First check the home router: " + remedies.front().title;
  remedies.push_back({"Then ask the provider",
                      {"If the router is set rightly and still nothing arrives, ask the provider whether it blocks this port.",
                       "Try another outside port: if that one arrives, the provider blocks the first."},
                      {}});
  return remedies;
}

Remedies host_firewall(const Finding& f, const System& s) { return {s.open_port(f)}; }

Remedies no_listener(const Finding& f, const System&) {
  const auto port = f.subject.service ? f.subject.service->inside : 0;
  const bool udp = f.subject.service && f.subject.service->protocol == Protocol::udp;
  return {{"Start the program that shall answer",
           {"Look what listens on this host with the first command.",
            "Start the service and look at its state; replace NAME by its name (for example nginx, ssh, wg-quick@wg0).",
            fmt::format("Check that its configuration names {}.", port_of(f, true))},
           {udp ? "sudo ss -lunp" : "sudo ss -ltnp", "sudo systemctl enable --now NAME", "systemctl status NAME",
            fmt::format("sudo ss -l{}np 'sport = :{}'", udp ? "u" : "t", port)}}};
}

Remedies wrong_bind(const Finding& f, const System&) {
  const auto port = f.subject.service ? f.subject.service->inside : 0;
  const bool udp = f.subject.service && f.subject.service->protocol == Protocol::udp;
  const bool six = f.subject.family == Family::ipv6;
  return {{"Let the program listen where visitors arrive",
           {fmt::format("In the program's configuration, set the address that it listens on to {} instead of the one above.",
                        six ? "[::] (every IPv6 address)" : "0.0.0.0 (every IPv4 address)"),
            fmt::format("In nginx: listen {}{}; in sshd_config: ListenAddress {}; for a container: publish the port without an address.",
                        six ? "[::]:" : "", port, six ? "::" : "0.0.0.0"),
            "Restart the program."},
           {fmt::format("sudo ss -l{}np 'sport = :{}'", udp ? "u" : "t", port), "sudo systemctl restart NAME"}}};
}

Remedies reply_lost(const Finding& f, const System& s) {
  const auto* ip = f.subject.family == Family::ipv6 ? "ip -6" : "ip";
  const auto source = f.subject.family == Family::ipv6 ? s.stable_ipv6 : s.ipv4.empty() ? std::string("THIS-HOST") : s.ipv4;
  return {{"Let answers go back the way the visitor came",
           {"Answers to visitors leave through another way (a VPN, a second line). Give answers from this host's address the home router as their "
            "way, in a routing table of their own.",
            "Or tell the VPN not to take the default route (in WireGuard: AllowedIPs without 0.0.0.0/0 and ::/0).",
            "The commands below last until the next restart; put them into the network settings when they work."},
           {fmt::format("sudo {} route add default via {} dev {} table 100", ip, s.gateway_of(f.subject.family), s.interface),
            fmt::format("sudo {} rule add from {} table 100", ip, source), "sudo sysctl net.ipv4.conf.all.rp_filter=2"}}};
}

Remedies mtu(const Finding&, const System& s) {
  return {{"Use smaller packets",
           {"Switch on \"MSS clamping\" in the home router, or lower the packet size on this host.",
            "Let ICMP \"packet too big\" through every firewall."},
           {fmt::format("sudo ip link set dev {} mtu 1400", s.interface)}}};
}

Remedies answered_elsewhere(const Finding& f, const System& s) {
  auto forward = port_forward(f, s);
  forward.front().title = "Make the router send the port here";
  forward.front().steps.insert(forward.front().steps.begin(),
                               "Something else answers: the router's own page (switch its remote access off or move it to another port), or another "
                               "machine that the port is forwarded to.");
  return forward;
}

Remedies untested(const Finding&, const System&) {
  return {{"Let somebody knock",
           {"Name a vantage point: a ringback-vantage on a small server on the internet, one that has both IPv4 and IPv6.",
            "Or watch this host while you connect from a phone with Wi-Fi switched off."},
           {"ringback run --vantage http://HOST:8370", "sudo ringback wait 443/tcp"}}};
}

Remedies forward_elsewhere(const Finding& f, const System& s) {
  auto forward = port_forward(f, s);
  forward.front().title = "Change the forward on the home router";
  forward.front().steps.insert(forward.front().steps.begin() + 1, "Delete the present forward of this port, or change its destination.");
  return forward;
}

Remedies pinhole(const Finding& f, const System& s) { return ipv6_opening(f, s); }

Remedies unexpected(const Finding& f, const System& s) {
  return {{"Close what nobody needs from outside",
           {fmt::format("If strangers shall not reach {}, stop the program, let it listen on 127.0.0.1 and ::1 alone, or close the port.", port_of(f, true)),
            "If it is meant to be reached, name it with --service."},
           {f.subject.service ? fmt::format("sudo ss -l{}np 'sport = :{}'", f.subject.service->protocol == Protocol::udp ? "u" : "t", f.subject.service->inside)
                              : "sudo ss -ltunp",
            s.close_command(f)}}};
}

Remedies exposed(const Finding& f, const System& s) {
  return {{"Open single ports instead of all",
           {f.subject.family == Family::ipv6 ? "Switch the home router's IPv6 firewall on, and open the ports that you need one by one."
                                             : "Switch off \"exposed host\" or \"DMZ\" in the home router, and forward the ports that you need one by one.",
            s.fritzbox ? "In the FRITZ!Box: Internet > Permit Access > Port Sharing > this device > untick \"exposed host\"."
                       : "Until then, let this host's own firewall allow only what is needed."},
           {}}};
}

Remedies vpn(const Finding&, const System& s) {
  return {{"Measure and answer outside the VPN",
           {"Switch the VPN off for a moment and run ringback again.",
            "If visitors shall come through the home router while the VPN runs, let the VPN not take the default route (WireGuard: AllowedIPs), or give "
            "answers a way of their own (policy routing)."},
           {"ip route show table all | grep default", fmt::format("ringback run --interface {}", s.interface)}}};
}

Remedies privilege(const Finding&, const System&) {
  return {{"Run with the rights to look",
           {"Run ringback with sudo, or give the program the two rights that it needs once and for all."},
           {"sudo ringback run", "sudo setcap cap_net_raw,cap_net_admin+ep \"$(command -v ringback)\""}}};
}

Remedies vantage_down(const Finding&, const System&) {
  return {{"Look at the vantage point",
           {"Check its address and that ringback-vantage runs there; port 8370 has to be reachable.", "Or name another one with --vantage."},
           {"curl -v http://HOST:8370/v1/address"}}};
}

Remedies again(const Finding&, const System&) { return {{"Measure again", {"Run ringback again when this host is less busy."}, {"sudo ringback run"}}}; }

constexpr Advice table[] = {
    {"internet.offline", offline}, {"internet.captive-portal", portal}, {"ipv4.cgnat", carrier}, {"ipv4.ds-lite", carrier},
    {"ipv4.nat64", carrier}, {"ipv4.shared-ports", shared_ports}, {"ipv4.double-nat", double_nat}, {"ipv4.none", no_ipv4},
    {"ipv6.none", no_ipv6}, {"ipv6.local-only", no_ipv6}, {"ipv6.broken", broken_ipv6}, {"ipv6.tunnel", tunnel},
    {"address.no-stable-ipv6", stable_address}, {"address.temporary-preferred", updater}, {"dns.name-missing", name_missing},
    {"dns.a-missing", a_record}, {"dns.aaaa-missing", aaaa_record}, {"dns.a-wrong", a_record}, {"dns.aaaa-wrong", aaaa_record},
    {"dns.aaaa-router", aaaa_router}, {"dns.aaaa-temporary", updater}, {"dns.aaaa-old-prefix", aaaa_record}, {"dns.a-not-global", a_record},
    {"dns.aaaa-not-global", aaaa_record}, {"dns.a-useless", a_useless}, {"dns.servers-disagree", zone_servers}, {"dns.lame-server", zone_servers},
    {"dns.stale-cache", stale_cache}, {"dns.resolver-filters", resolver_filters}, {"dns.resolver-broken", resolver_broken}, {"dns.bogus", bogus},
    {"dns.ttl-long", ttl_long}, {"inbound.no-port-forward", port_forward}, {"inbound.no-ipv6-opening", ipv6_opening},
    {"inbound.provider-block", provider_block}, {"inbound.not-arriving", not_arriving}, {"inbound.host-firewall", host_firewall},
    {"inbound.no-listener", no_listener}, {"inbound.wrong-bind", wrong_bind}, {"inbound.reply-lost", reply_lost}, {"inbound.mtu-blackhole", mtu},
    {"inbound.answered-elsewhere", answered_elsewhere}, {"inbound.untested", untested}, {"router.forward-elsewhere", forward_elsewhere},
    {"router.pinhole-forbidden", pinhole}, {"exposure.unexpected-service", unexpected}, {"exposure.exposed-host", exposed},
    {"host.vpn-default-route", vpn}, {"measure.no-privilege", privilege}, {"measure.vantage-down", vantage_down}, {"measure.lossy", again},
};

}  // namespace

std::vector<Remedy> remedies_for(const Finding& finding, const Evidence& evidence) {
  const System system = describe_system(evidence);
  for (const auto& advice : table)
    if (advice.code == finding.code) return advice.give(finding, system);
  return {};
}

}  // namespace ringback::diagnosis
