#include "diagnosis/own_command.hpp"
#include "diagnosis/remedies_by_code.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis::advice {
namespace {

/// What this run knows of the services over IPv6, and what is left to do there.
std::string over_ipv6(const System& s) {
  std::vector<std::string> reached, stopped;
  bool unknown = s.services.empty();
  for (const auto& verdict : s.services) {
    if (verdict.family != Family::ipv6) continue;
    unknown = unknown || verdict.reachable == Reachable::unknown;
    if (verdict.reachable != Reachable::unknown)
      (verdict.reachable == Reachable::yes ? reached : stopped).push_back(verdict.service.to_string());
  }
  std::string result;
  if (!reached.empty()) result += fmt::format("Over IPv6 {} can be reached already: nothing more has to be opened. ",
                                              fmt::join(reached, ", "));
  if (!stopped.empty())
    result += fmt::format("Over IPv6 {} cannot be reached yet; what stops it there is told in a part of its own of this report, with what "
                          "to do. ", fmt::join(stopped, ", "));
  if (unknown || result.empty()) result += "Open the service's port in the home router's IPv6 firewall, if it is not open yet. ";
  result.pop_back();
  return result;
}

Remedy use_ipv6(const System& s) {
  if (!s.ipv6_internet)
    return advise("Ask for IPv6 as well, and let visitors come over it",
                  {"IPv6 is the newer internet protocol; it needs no sharing, so every device has a public address of its own.",
                   s.line_has_ipv6 ? "This line has IPv6, as DS-Lite cannot do without, and this host has not: switch IPv6 on in the home router's network and on "
                                     "this host, and run ringback again."
                                   : "Ask the provider for IPv6 on this line, switch it on in the home router, and run ringback again."});
  return advise("Let visitors come over IPv6",
                {"IPv6 is the newer internet protocol; this line has it, and over it every device has a public address of its own.",
                 over_ipv6(s),
                 fmt::format("Give the name an AAAA record (the name's IPv6 address) with {}, and no A record (the IPv4 address).",
                             s.shown_ipv6()),
                 "Visitors whose own line has no IPv6 cannot come this way."});
}

Remedy ask_for_public_ipv4() {
  return advise("Ask the provider for a public IPv4 address",
                {"Ask the provider's support for a public IPv4 address of your own (they call it \"dual stack\", \"public IPv4\" or \"no "
                 "CGNAT\"; it may be an option at a price or a business tariff).",
                 "When it is there, restart the home router and run ringback again."});
}

Remedy use_relay() {
  return advise("Rent an entrance elsewhere",
                {"Rent a small server with a public IPv4 address, and connect this host to it with a tunnel (WireGuard or SSH).",
                 "Let that server pass the port on through the tunnel, and point the name's A record at it."});
}

}  // namespace

Remedies carrier(const Finding&, const System& s) {
  if (!s.ipv6_internet) return {ask_for_public_ipv4(), use_ipv6(s), use_relay()};
  return {use_ipv6(s), ask_for_public_ipv4(), use_relay()};
}

/// The ports that outside connections come from are the ones that may come in.
Remedy use_port_of(const PortSet& set, const Finding& f, const System& s) {
  const auto inside = f.subject.service ? f.subject.service->inside : Port{443};
  const auto port = set.like(inside);
  std::vector<Command> commands;
  if (f.subject.service && s.evidence) {
    auto request = s.evidence->request;
    request.services = {Service{f.subject.service->protocol, port, inside}};
    commands.push_back(run_command(request));
  }
  return advise("Use an outside port that is yours",
                {fmt::format("Those are, as far as {} connections of this host show: {}.", set.samples, set.to_string()),
                 fmt::format("In the home router's menu, forward one of them, such as {}, to {} of this host; where the router forwards only "
                             "ports that it is offered, take one of those.", port, inside_port(f)),
                 fmt::format("Tell visitors that port: an address with \":{}\" at its end. The command below shows whether they get in.", port)},
                commands);
}

Remedies shared_ports(const Finding& f, const System& s) {
  if (s.ports) return {use_port_of(*s.ports, f, s), use_ipv6(s), ask_for_public_ipv4()};
  return {advise("Use an outside port that is yours",
                 {"Look in the home router's menu for the port range of this line; the page may be called MAP-E, MAP-T, lw4o6 or \"IPv4 "
                  "over IPv6\".",
                  fmt::format("Forward a port of that range to {} of this host, and tell visitors that port.", inside_port(f))}),
          use_ipv6(s), ask_for_public_ipv4()};
}

Remedies double_nat(const Finding& f, const System& s) {
  // The inner router's own words of its address on the outer side; the outer one is the second gateway of the router probe.
  std::string inner = s.gateway ? fmt::format(" ({})", s.gateway->to_string()) : "", outer,
      between = "the inner router's address in the outer network";
  if (s.evidence) {
    for (const auto& said : wan_statements(*s.evidence).home)
      if (said.address && !is_global(*said.address)) between = fmt::format("{}, the inner router's address in the outer network",
                                                                           said.address->to_string());
    if (s.evidence->router)
      for (const auto& gateway : s.evidence->router->gateways)
        if (gateway.distance == 2) outer = fmt::format(" ({})", gateway.address.to_string());
  }
  return {advise("Turn one of the two routers into a plain switch",
                 {fmt::format("Find the two boxes: the outer one on the line, often the provider's{}, and the inner one that this host is "
                              "connected to{}.", outer, inner),
                  "Switch the inner one to access point mode (\"IP client\", \"bridge\"), or the outer one to bridge mode.",
                  fmt::format("Then forward {} to this host on the one router that is left.", outside_port(f))}),
          advise("Forward on both",
                 {fmt::format("On the outer router{}, forward {} to {}.", outer, outside_port(f), between),
                  fmt::format("On the inner router{}, forward {} to {} of {}.", inner, outside_port(f), inside_port(f), s.shown_ipv4())})};
}

Remedies offline(const Finding&, const System& s) {
  std::vector<Command> commands{{"ip address show"}, {"ip route show"}};
  if (s.gateway) commands.push_back({"ping -c 3 {}", *s.gateway});
  return {advise("Bring the line back",
                 {"Look at the home router: is its internet light on, does its start page say that it is connected?",
                  "If other devices are offline as well, restart the home router and wait five minutes; if that does not help, call the "
                  "provider.",
                  "If this host alone is offline, check its cable or Wi-Fi, and with the commands below whether it has an address, a "
                  "default route and an answer from the router."},
                 commands)};
}

Remedies portal(const Finding&, const System&) {
  return {advise("Log in to this network",
                 {"Open a web browser on this host (or on a device with the same login) and go to http://neverssl.com or any other http:// "
                  "page.",
                  "Log in or agree to the terms, then run ringback again.",
                  "A network with a login page is hardly ever one that visitors can be let into."})};
}

Remedies no_ipv6(const Finding&, const System& s) {
  return {advise("Switch IPv6 on",
                 {s.fritzbox ? "In the FRITZ!Box: Internet > Account Information > IPv6 > \"IPv6 support enabled\"."
                             : "Look in the home router's menu for IPv6 and switch it on (native, not a tunnel).",
                  "If the provider has no IPv6 on this line, ask for it.",
                  "The first command shows whether IPv6 is switched off on this host itself (1: off). Restart its network connection and "
                  "run ringback again."},
                 {{"cat {}", "/proc/sys/net/ipv6/conf/" + s.interface_ipv6 + "/disable_ipv6"},
                  {"ip -6 address show dev {}", s.interface_ipv6}})};
}

Remedies no_ipv4(const Finding&, const System& s) {
  return {advise("Get IPv4 back on this host",
                 {"Look with the commands below whether this host has an IPv4 address and a default route; it gets both from the home "
                  "router (DHCP).",
                  "Look in the home router's menu whether it is connected over IPv4."},
                 {{"ip -4 address show dev {}", s.interface}, {"ip -4 route show default"}}),
          ask_for_public_ipv4()};
}

Remedies broken_ipv6(const Finding&, const System& s) {
  std::vector<Command> commands{{"ip -6 route show default"}};
  if (s.gateway_ipv6) {
    const auto zone = s.gateway_ipv6->is_link_local() ? "%" + s.interface_ipv6 : "";  // RFC 4007 §11
    commands.push_back({"ping -6 -c 3 {}", s.gateway_ipv6->to_string() + zone});
  }
  commands.push_back({"tracepath -6 -n one.one.one.one"});
  return {advise("Find where IPv6 ends",
                 {"Restart the home router, so that it asks the provider for a fresh prefix (the part of the addresses that belongs to "
                  "this home).",
                  "Look in its menu whether it shows an IPv6 prefix and \"connected\" for IPv6.",
                  "The commands below show this host's way out, whether the router answers, and where packets end.",
                  "If other devices have no IPv6 either, call the provider with that output."},
                 commands)};
}

Remedies tunnel(const Finding&, const System&) {
  return {advise("Use the provider's own IPv6",
                 {"Ask the provider for native IPv6, and switch it on in the home router.",
                  "Switch automatic tunnels (6to4, Teredo) off: they are unfit for letting visitors in. A tunnel that somebody set up with "
                  "a tunnel broker works, though slower."})};
}

namespace {

/// A name leads to the VPN's address: on purpose, or because an updater asked for "my address" through the tunnel.
Remedies name_at_vpn(const Finding& f, const System& s) {
  const bool six = f.subject.family == Family::ipv6;
  const auto name = plain_or(*f.subject.name, "the name");
  const auto port = outside_port(f.subject.service || !s.evidence || s.evidence->request.services.empty()
                                     ? f : Finding{.subject = {.service = s.evidence->request.services.front()}});
  const auto home = six ? s.shown_ipv6() : s.public_ipv4 ? s.public_ipv4->to_string() : "this home's own public address";
  return {advise("Let the VPN provider pass visitors on, if the name shall lead to the VPN",
                 {fmt::format("Some VPN providers pass visitors on to their customers (\"port forwarding\" in the customer's menu), many "
                              "do not. Ask for {} there, and give visitors the port that you get.",
                              port),
                  "A vantage point knocks on the home's address, so this way is not tested here. Let a phone with Wi-Fi switched off try, "
                  "while the command below watches."},
                 s.evidence && !s.evidence->request.services.empty() ? std::vector{watch_command(s.evidence->request.services.front())}
                                                                     : std::vector<Command>{}),
          advise("Lead the name to your home, if that is what you meant",
                 {fmt::format("Change the {} record of {} (the {} address that the name leads to) to {}.", six ? "AAAA" : "A", name,
                              six ? "IPv6" : "IPv4", home),
                  "If a program keeps the record up to date, tell it to ask through the home router and not through the VPN.",
                  six ? "Open the port in the home router's IPv6 firewall, if it is not open yet."
                      : "Forward the port in the home router to this host, if that is not done yet.",
                  "With the VPN on, answers to visitors leave through it and get lost. Let the VPN not take everything (in WireGuard: "
                  "AllowedIPs without 0.0.0.0/0 and ::/0), or give what this host sends from its own address the home router as its way; "
                  "ringback shows the commands once visitors arrive."})};
}

}  // namespace

Remedies vpn(const Finding& f, const System& s) {
  if (f.subject.name) return name_at_vpn(f, s);
  const auto again = run_command(s.evidence ? s.evidence->request : Request{}) + Command{"--interface {}", s.interface};
  if (f.severity == Severity::info)
    return {advise("Remember which address is this home's",
                   {"Web pages and programs that tell \"my address\" tell the VPN's. A program that keeps a name up to date has to ask "
                    "through the home router instead.",
                    "The command below measures past the VPN."},
                   {sudo(again)})};
  return {advise("Measure past the VPN",
                 {"Switch the VPN off for a moment and run ringback again, or name the interface towards the home router as in the command "
                  "below.",
                  "If visitors shall come through the home router while the VPN runs, let the VPN not take everything (in WireGuard: "
                  "AllowedIPs without 0.0.0.0/0 and ::/0), or give what this host sends from its own address the home router as its way."},
                 {sudo(again)})};
}

}  // namespace ringback::diagnosis::advice
