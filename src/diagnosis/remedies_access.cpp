#include <algorithm>
#include <functional>

#include "diagnosis/own_command.hpp"
#include "diagnosis/records.hpp"
#include "diagnosis/remedies_by_code.hpp"
#include "diagnosis/updaters.hpp"
#include "diagnosis/vpn.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis::advice {
namespace {

/// By which this host reaches the internet without a VPN.
const char* own_way(const System& s) { return s.has_router ? "the home router" : "this host's own line"; }

/// "\"The name has no IPv6 address\"": what stands over those parts of the report, each once; empty where there is none.
std::string headings_of(const System& s, const std::function<bool(const Reported&)>& wanted) {
  std::vector<std::string> titles;
  for (const auto& one : s.told)
    if (const auto quoted = fmt::format("\"{}\"", one.title); !one.title.empty() && wanted(one) && std::ranges::find(titles, quoted) == titles.end()) titles.push_back(quoted);
  return fmt::format("{}", fmt::join(titles, " and "));
}

std::string told_under(const std::string& headings) { return headings.empty() ? "elsewhere in this report" : "in this report under " + headings; }

/// What this run knows of the services over IPv6, and what is left to do there.
std::string over_ipv6(const System& s) {
  std::vector<std::string> reached, stopped;
  bool unknown = s.services.empty();
  const auto stops_one = [&](const Reported& one) {
    return std::ranges::any_of(s.services, [&](const ServiceVerdict& verdict) {
      return verdict.family == Family::ipv6 && verdict.reachable == Reachable::no && verdict.cause == one.code && one.subject.family.value_or(Family::ipv6) == Family::ipv6 &&
             one.subject.service.value_or(verdict.service) == verdict.service;
    });
  };
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
    result += fmt::format("Over IPv6 {} cannot be reached yet; what stops it there, and what to do, is told {}. ", fmt::join(stopped, ", "),
                          told_under(headings_of(s, stops_one)));
  if (unknown || result.empty())
    result += s.has_router ? "Open the service's port in the home router's IPv6 firewall, if it is not open yet. "
                           : "If nobody gets in over IPv6 either, ask the provider whether it lets connections in; many mobile networks do not. ";
  result.pop_back();
  return result;
}

/// Only what is not so already: where a name leads to this host over IPv6 and has no A record, nothing is left to do.
std::string records_for_ipv6(const System& s) {
  std::vector<std::string> told, missing, with_a, without_a;
  const auto* dns = s.evidence && s.evidence->dns ? &*s.evidence->dns : nullptr;
  const auto count = dns ? dns->names.size() : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& name = dns->names[i].name;
    const bool leads_here = s.stable_ipv6 && records_say(*s.evidence, name, *s.stable_ipv6);
    auto& list = s.tells("dns.aaaa-", name)                                     ? told
                 : !leads_here                                                  ? missing
                 : records_of(*s.evidence, i, Family::ipv4).addresses.empty() ? without_a
                                                                                : with_a;
    list.push_back(count == 1 ? "the name" : plain_or(name, "another name"));
  }
  if (count == 0) missing.emplace_back("the name");
  std::vector<std::string> result;
  const auto say = [&](const std::vector<std::string>& names, const std::string& before, const std::string& behind) {
    if (!names.empty()) result.push_back(fmt::format("{} {}{}", before, fmt::join(names, ", "), behind));
  };
  const auto of_records = [&](std::string_view code) {
    return headings_of(s, [&](const Reported& one) { return one.code.starts_with(code) && one.subject.name; });
  };
  say(told, "What the records of", fmt::format(" have to say for that is told {}.", told_under(of_records("dns.aaaa-"))));
  say(missing, "Give", fmt::format(" an AAAA record (the name's IPv6 address) with {}, and, when that works, no A record (the IPv4 address).", s.shown_ipv6()));
  const auto useless = of_records("dns.a-useless");
  say(with_a, "The AAAA record (the IPv6 address) of", fmt::format(" leads here already. Take the A record (the IPv4 address) away{}.",
                         useless.empty() ? "" : ", as is told " + told_under(useless)));
  say(without_a, "The AAAA record (the IPv6 address) of", " leads here already, and there is no A record (the IPv4 address), as it should be.");
  return fmt::format("{}", fmt::join(result, " "));
}

Remedy use_ipv6(const System& s) {
  if (!s.ipv6_internet)
    return advise("Ask for IPv6 as well, and let visitors come over it",
                  {"IPv6 is the newer internet protocol; it needs no sharing, so every device has a public address of its own.",
                   s.line_has_ipv6 ? "This line has IPv6, as DS-Lite cannot do without, and this host has not: switch IPv6 on in the home router's network and on "
                                     "this host, and run ringback again."
                   : s.has_router  ? "Ask the provider for IPv6 on this line, switch it on in the home router, and run ringback again."
                                   : "Ask the provider for IPv6 on this line, switch it on in the settings of this host's connection, and run ringback again."});
  return advise("Let visitors come over IPv6",
                {"IPv6 is the newer internet protocol; this line has it, and over it every device has a public address of its own.",
                 over_ipv6(s),
                 records_for_ipv6(s),
                 "Visitors whose own line has no IPv6 cannot come this way."});
}

Remedy ask_for_public_ipv4(const System& s) {
  return advise("Ask the provider for a public IPv4 address",
                {"Ask the provider's support for a public IPv4 address of your own (they call it \"dual stack\", \"public IPv4\" or \"no "
                 "CGNAT\"; it may be an option at a price or a business tariff).",
                 s.has_router ? "When it is there, restart the home router and run ringback again."
                              : "When it is there, let this host connect anew and run ringback again."});
}

Remedy use_relay() {
  return advise("Rent an entrance elsewhere",
                {"Rent a small server with a public IPv4 address, and connect this host to it with a tunnel (WireGuard or SSH).",
                 "Let that server pass the port on through the tunnel, and point the name's A record at it."});
}

}  // namespace

Remedies carrier(const Finding&, const System& s) {
  if (!s.ipv6_internet) return {ask_for_public_ipv4(s), use_ipv6(s), use_relay()};
  return {use_ipv6(s), ask_for_public_ipv4(s), use_relay()};
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
  if (s.ports) return {use_port_of(*s.ports, f, s), use_ipv6(s), ask_for_public_ipv4(s)};
  return {advise("Use an outside port that is yours",
                 {"Look in the home router's menu for the port range of this line; the page may be called \"MAP-E\", \"MAP-T\", \"lw4o6\" or \"IPv4 "
                  "over IPv6\".",
                  fmt::format("Forward a port of that range to {} of this host, and tell visitors that port.", inside_port(f))}),
          use_ipv6(s), ask_for_public_ipv4(s)};
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
  const auto& service = f.subject.service ? f.subject.service : s.evidence && s.evidence->request.services.size() == 1 ? std::optional(s.evidence->request.services.front())
                                               : std::nullopt;
  const Finding about{.subject = {.service = service}};
  return {advise("Forward on both routers",
                 {fmt::format("The outer router is the box on the line, often the provider's{}. In its menu, forward {} to {}.", outer, outside_port(about), between),
                  fmt::format("The inner router is the one that this host is connected to{}. In its menu, forward {} to {} of {}.", inner,
                              outside_port(about), inside_port(about), s.shown_ipv4())}),
          advise("Turn one of the two routers into a plain switch",
                 {"Switch the inner one to access point mode (\"IP client\", \"bridge\"), or the outer one to bridge mode. All devices of this home then get "
                  "other addresses.",
                  fmt::format("Then forward {} to this host on the one router that is left.", outside_port(about))})};
}

Remedies offline(const Finding&, const System& s) {
  std::vector<Command> commands{{"ip address show"}, {"ip route show"}};
  if (s.gateway) commands.push_back({"ping -c 3 {}", *s.gateway});
  return {advise("Bring the line back",
                 {s.has_router ? "Look at the home router: is its internet light on, does its start page say that it is connected?"
                               : "The line ends in this host: look whether its modem or its PPP connection is connected.",
                  s.has_router ? "If other devices are offline as well, restart the home router and wait five minutes; if that does not help, "
                                 "call the provider."
                               : "Let this host connect anew; if that does not help, call the provider.",
                  "If this host alone is offline, check its cable or Wi-Fi, and with the commands below whether it has an address, a way to the internet (a line that "
                  "begins with default) and an answer from the router."},
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
                 : s.has_router
                     ? "Look in the home router's menu for IPv6 and switch it on (native, not a tunnel)."
                     : "Switch IPv6 on in the settings of this host's own connection (of a mobile one: the APN; of PPP: the option +ipv6).",
                  "If the provider has no IPv6 on this line, ask for it.",
                  "The first command shows whether IPv6 is switched off on this host itself (1: off). Restart its network connection; the second command shows "
                  "which addresses it has then. Run ringback again."},
                 {{"cat {}", "/proc/sys/net/ipv6/conf/" + s.interface_ipv6 + "/disable_ipv6"},
                  {"ip -6 address show dev {}", s.interface_ipv6}})};
}

Remedies no_ipv4(const Finding&, const System& s) {
  return {advise("Get IPv4 back on this host",
                 {fmt::format("Look with the commands below whether this host has an IPv4 address and a way to the internet (a line that begins with default); it gets both from {}.",
                              s.has_router ? "the home router (DHCP)" : "the provider"),
                  s.has_router ? "Look in the home router's menu whether it is connected over IPv4."
                               : "If not, let this host connect anew, and look whether IPv4 is switched on in the settings of its connection."},
                 {{"ip -4 address show dev {}", s.interface}, {"ip -4 route show default"}}),
          ask_for_public_ipv4(s)};
}

Remedies broken_ipv6(const Finding&, const System& s) {
  std::vector<Command> commands{{"ip -6 route show default"}};
  if (s.gateway_ipv6) {
    const auto zone = s.gateway_ipv6->is_link_local() ? "%" + s.interface_ipv6 : "";  // RFC 4007 §11
    commands.push_back({"ping -6 -c 3 {}", s.gateway_ipv6->to_string() + zone});
  }
  commands.push_back({"tracepath -6 -n one.one.one.one"});
  return {advise("Find where IPv6 ends",
                 {s.has_router ? "Restart the home router, so that it asks the provider for a fresh prefix (the part of the addresses that belongs to "
                                 "this home)."
                               : "Let this host connect anew, so that the provider gives it a fresh prefix (the first half of its addresses).",
                  s.has_router ? "Look in its menu whether it shows such a prefix and \"connected\" for IPv6."
                               : "Look in the provider's customer area whether IPv6 belongs to this line.",
                  "The commands below show this host's way out, whether the router answers, and where packets end.",
                  "If other devices have no IPv6 either, call the provider with that output."},
                 commands)};
}

Remedies tunnel(const Finding&, const System& s) {
  return {advise("Use the provider's own IPv6",
                 {s.has_router ? "Ask the provider for native IPv6, and switch it on in the home router."
                               : "Ask the provider for native IPv6, and switch it on in the settings of this host's connection.",
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
                  "A vantage point (a helper on the internet) knocks on the home's address, so this way is not tested here. Let a phone with Wi-Fi switched off try, "
                  "while the command below watches."},
                 s.evidence && !s.evidence->request.services.empty() ? std::vector{watch_command(s.evidence->request.services.front())}
                                                                     : std::vector<Command>{}),
          advise("Lead the name to your home, if that is what you meant",
                 {fmt::format("Change the {} record of {} (the {} address that the name leads to) to {}.", six ? "AAAA" : "A", name,
                              six ? "IPv6" : "IPv4", home),
                  fmt::format("If a program keeps the record up to date, tell it to ask through {} and not through the VPN.", own_way(s)),
                  !s.has_router ? "No home router stands in front of this host: nothing has to be opened or forwarded there."
                  : six         ? "Open the port in the home router's IPv6 firewall, if it is not open yet."
                                : "Forward the port in the home router to this host, if that is not done yet.",
                  fmt::format("With the VPN on, answers to visitors leave through it and get lost. Let the VPN not take everything (in WireGuard: "
                              "AllowedIPs without 0.0.0.0/0 and ::/0), or send what answers visitors by {}; "
                              "ringback shows the commands for that once visitors arrive.", own_way(s))})};
}

/// What ringback sends by the home's own line gets no answer: what changes that, and asks again. Nothing else leaves otherwise than before.
std::optional<Remedy> open_way_past_vpn(const System& s, const Command& again) {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto past = s.evidence ? past_vpn(*s.evidence, family) : PastVpn::open;
    const auto& interface = s.interface_of(family);
    if (past == PastVpn::no_route)
      return advise("Give this host a way past the VPN again",
                    {fmt::format("The VPN has taken away this host's own way to the internet (the default route of {0}). The first command puts it back behind the VPN's: only what is "
                                 "told to use {0} takes it. The second one measures that way.", s.shown_interface(family)),
                     "It lasts until the next restart or the VPN's next connection."},
                    {{"sudo ip -{} route add default via {} dev {} metric 30000", family == Family::ipv4 ? 4U : 6U, s.gateway_of(family), interface},
                     sudo(again)});
    if (past == PastVpn::strict_filter)   // sysctl(8): behind a first slash, dots belong to the name
      return advise("Let in what comes past the VPN",
                    {fmt::format("Linux drops what comes by {} from the internet, because it would answer through the VPN (its reverse-path filter, a "
                                 "guard against forged senders, is set to 1: strict). The first command sets it to 2: it then drops only what it has no way "
                                 "back to at all. The second one measures past the VPN.", s.shown_interface(family)),
                     "It lasts until the next restart."},
                    {{"sudo sysctl -w {}", fmt::format("net/ipv4/conf/{}/rp_filter=2", interface)}, sudo(again)});
  }
  return std::nullopt;
}

}  // namespace

Remedies vpn(const Finding& f, const System& s) {
  if (f.subject.name) return name_at_vpn(f, s);
  const auto again = run_command(s.evidence ? s.evidence->request : Request{}) + Command{"--interface {}", s.interface};
  if (f.severity == Severity::info)
    return {advise("Remember which address is this home's",
                   {fmt::format("Web pages and programs that tell \"my address\" tell the VPN's. A program that keeps a name up to date has to "
                                "ask through {} instead.", own_way(s)),
                    "The command below measures past the VPN."},
                   {sudo(again)})};
  const auto past = open_way_past_vpn(s, again);
  Remedies result;
  if (past) result.push_back(*past);
  result.push_back(advise("Measure past the VPN",
                 {past ? std::string("Switch the VPN off for a moment and run ringback again.")
                       : fmt::format("Switch the VPN off for a moment and run ringback again, or let it measure through {}, as the command below does.",
                                     s.has_router ? "the network card towards the home router" : "this host's own line"),
                  fmt::format("If visitors shall come through {0} while the VPN runs, let the VPN not take everything (in WireGuard: "
                              "AllowedIPs without 0.0.0.0/0 and ::/0), or send what answers visitors by {0}; ringback shows the commands for that once visitors "
                              "arrive.",
                              own_way(s))},
                 past ? std::vector<Command>{} : std::vector<Command>{sudo(again)}));
  return result;
}

}  // namespace ringback::diagnosis::advice
