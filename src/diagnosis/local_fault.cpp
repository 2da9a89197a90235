#include "diagnosis/local_fault.hpp"

#include <algorithm>

#include "diagnosis/advertised.hpp"
#include "diagnosis/shell_command.hpp"

namespace ringback::diagnosis {
namespace {

constexpr unsigned main_table = 254;   // rtnetlink(7) RT_TABLE_MAIN

std::vector<const OwnAddress*> facing(const Facts& facts, Family family) {
  std::vector<const OwnAddress*> result;
  for (const auto& own : facts.own)
    if (own.facing && own.value.address.family() == family && !own.value.address.is_loopback()) result.push_back(&own);
  return result;
}

/// RFC 3927: a host whose DHCP client hears nothing gives itself such an address.
std::optional<LocalFault> gave_itself_an_address(const Facts& facts) {
  const auto own = facing(facts, Family::ipv4);
  const auto by_itself = [](const OwnAddress* o) { return o->value.address.is_link_local(); };
  if (own.empty() || facts.ipv4.routed != false || !std::ranges::all_of(own, by_itself)) return std::nullopt;
  return LocalFault{
      fmt::format("This host's only IPv4 address, {}, is one that it gave itself, because no DHCP server answered (RFC 3927).",
                  own[0]->value.address.to_string()),
      {own[0]->at},
      advise("Get an IPv4 address from the router",
             {"Restart this host's network connection, or the host. The command shows which address it has then.",
              "If it stays like this, look at the cable, and whether the home router hands out addresses (DHCP)."},
             {{"ip -4 address show dev {}", own[0]->interface}})};
}

std::optional<LocalFault> dead_route_preferred(const Evidence& evidence, const Facts& facts, Family family) {
  const auto& mine = facts.of(family);
  const auto unused = unused_default_routes(evidence, family);
  if (mine.vpn || unused.empty() || mine.contact.tried.size() < 2) return std::nullopt;
  const auto& uplink = family == Family::ipv4 ? evidence.host->ipv4 : evidence.host->ipv6;
  Pointers at{pointer("host", to_string(family), "interface")};
  cite(at, unused);
  return LocalFault{
      fmt::format("The default route in use leads out of {}, and nothing answers there; another one leads out of another interface and is "
                  "not used.",
                  uplink->interface),
      at,
      advise_by_steps(
          "Use the line that works",
          {{"This command lists the ways to the internet that this host knows (default routes); the one with the smallest metric, which is its rank, "
            "is used.",
            {{"ip -{} route show default", family == Family::ipv4 ? 4U : 6U}}},
           {"Unplug or switch off what does not work, or take its route away with this command. It comes back at the next connection: "
            "give that connection a higher metric in the network settings.",
            {{"sudo ip -{} route del default dev {}", family == Family::ipv4 ? 4U : 6U, uplink->interface}}}})};
}

/// net.ipv6.conf.*.accept_ra: 1 is without effect on a host that forwards (ip-sysctl.rst), as containers and VPNs make it do.
std::optional<LocalFault> advertisements_ignored(const Evidence& evidence, const Facts& facts) {
  const auto& host = *evidence.host;
  const auto own = facing(facts, Family::ipv6);
  if (std::ranges::any_of(own, [](const auto* o) { return is_global(o->value.address); })) return std::nullopt;
  const auto router =
      std::ranges::find_if(host.neighbours, [&](const Neighbour& n) { return n.router && n.interface == facts.ipv6.facing; });
  if (router == host.neighbours.end()) return std::nullopt;
  for (std::size_t i = 0; i < host.ipv6_settings.size(); ++i) {
    const auto& s = host.ipv6_settings[i];
    if (s.interface != facts.ipv6.facing || s.accept_ra != 1 || s.forwarding.value_or(0) == 0) continue;
    const auto setting = "net.ipv6.conf." + s.interface + ".accept_ra=2";
    return LocalFault{
        fmt::format("This host forwards IPv6 (containers or a VPN switched that on), and so it ignores the router's advertisements on {}.",
                    s.interface),
        {pointer("host", "ipv6_settings", i), pointer("host", "neighbours", static_cast<std::size_t>(router - host.neighbours.begin()))},
        advise_by_steps("Let this host listen to the router again",
                        {{"The first command lets this host take its address from the router's announcements although it passes packets on itself (2 instead of 1). The "
                          "second one keeps that in a file.",
                          {{"sudo sysctl -w {}", setting}, {"echo {} | sudo tee /etc/sysctl.d/60-accept-ra.conf", setting}}},
                         {"Restart the network connection; an address appears within seconds."}})};
  }
  return std::nullopt;
}

/// net.ipv6.conf.*.disable_ipv6 (ip-sysctl.rst): then the interface has no IPv6 address at all.
std::optional<LocalFault> switched_off(const Evidence& evidence, const Facts& facts) {
  const auto& settings = evidence.host->ipv6_settings;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto& s = settings[i];
    if (s.interface != facts.ipv6.facing || s.disable_ipv6.value_or(0) == 0 || !facing(facts, Family::ipv6).empty()) continue;
    return LocalFault{
        fmt::format("IPv6 is switched off on this host's interface {} (disable_ipv6), so whether the line has IPv6 was not to be seen.", s.interface),
        {pointer("host", "ipv6_settings", i)},
        advise_by_steps("Switch IPv6 on in this host",
                        {{"This command switches it on until the machine restarts; then run ringback again.",
                          {{"sudo sysctl -w {}", "net.ipv6.conf." + s.interface + ".disable_ipv6=0"}}},
                         {"This command lists where it was switched off: take that out of the file, or it is off again after the next start. It may also "
                          "stand on the command line that Linux is started with (ipv6.disable=1).",
                          {{"sudo grep -rs disable_ipv6 /etc/sysctl.conf /etc/sysctl.d"}}}}),
        "IPv6 is switched off on this host"};
  }
  return std::nullopt;
}

std::optional<LocalFault> no_default_route(const Evidence& evidence, const Facts& facts) {
  const auto own = facing(facts, Family::ipv6);
  const bool global = std::ranges::any_of(own, [](const auto* o) { return is_global(o->value.address); });
  if (!global || facts.ipv6.routed != false) return std::nullopt;
  if (!gives_address_but_no_way_out(evidence, facts).empty()) return std::nullopt;   // the router has none to offer
  return LocalFault{"This host has a global IPv6 address, but no IPv6 default route.",
                    {pointer("host", "routes")},
                    advise_by_steps("Get the way to the IPv6 internet (the default route) back",
                                    {{"Restart this host's network connection: the route comes with what the router announces. This command shows whether it is "
                                      "there.",
                                      {{"ip -6 route show default"}}},
                                     {"If it stays away, look in the network settings for a line that switches IPv6 routes off (in NetworkManager: "
                                      "ipv6.never-default). This command shows 0 where the system was told to take none from a router.",
                                      {{"sysctl net.ipv6.conf.{}.accept_ra_defrtr", facts.ipv6.facing}}}})};
}

bool has_hardware_address(const host::Evidence& host, const std::string& name) {
  const auto found = std::ranges::find(host.interfaces, name, &Interface::name);
  return found != host.interfaces.end() && found->mac;
}

/// ufw with IPV6=no in its settings.
Remedy tell_ufw_of_ipv6(const Evidence& evidence) {
  std::vector<Command> allow;
  for (const auto& service : evidence.request.services)
    if (evidence.request.services_named) allow.push_back({"sudo ufw allow {}/{}", unsigned{service.inside}, to_string(service.protocol)});
  constexpr auto* as_in_the_list = "For what stands in the list as LIMIT, write limit in place of allow, or the limit is taken off.";
  std::vector<Step> steps{{"ufw, which keeps this host's rules, drops all of IPv6 while /etc/default/ufw says IPV6=no. The first command changes that line, the "
                           "second one loads ufw's rules again.",
                           {{"sudo sed -i 's/^IPV6=.*/IPV6=yes/' /etc/default/ufw"}, {"sudo ufw reload"}}},
                          {"What was allowed until now holds for IPv4 alone. This command lists the rules.", {{"sudo ufw status numbered"}}}};
  if (allow.empty()) {
    steps.push_back({fmt::format("Allow for IPv6 as well what shall be reached, with a command of this form for each port. {}\nsudo ufw allow PORT/PROTOCOL", as_in_the_list)});
  } else {
    steps.push_back({fmt::format("Allow it for IPv6 as well, with a command of this form for each port. {}", as_in_the_list), allow});
    steps.push_back({"Whatever else shall be reached, allow in the same way:\nsudo ufw allow PORT/PROTOCOL"});
  }
  return advise_by_steps("Tell ufw that there is IPv6", steps);
}

Remedy let_icmpv6_in(const filter::Walk& walk) {
  std::vector<Command> commands;
  const auto space = walk.table ? walk.table->find(' ') : std::string::npos;
  if (space != std::string::npos && walk.chain)
    commands.push_back({"sudo nft insert rule {} {} {} meta l4proto ipv6-icmp accept", Identifier{walk.table->substr(0, space)},
                        Identifier{walk.table->substr(space + 1)}, Identifier{*walk.chain}});
  return advise(
      "Let ICMPv6 through this host's firewall",
      {"ICMPv6 carries the messages by which IPv6 finds the router and the neighbours, so a firewall has to let it in.",
       "The command puts a rule for that in front of all others. It lasts until the rules are loaded again; when it works, write the same rule where "
       "your firewall keeps its own."},
      commands);
}

/// Neighbour discovery is ICMPv6 (RFC 4861): a filter that drops it cuts the host off (RFC 4890 §4.4.1).
std::optional<LocalFault> neighbour_discovery_filtered(const Evidence& evidence, const Facts& facts) {
  const auto& uplink = evidence.host->ipv6;
  if (!uplink || !evidence.filter || !has_hardware_address(*evidence.host, uplink->interface)) return std::nullopt;
  // The walk is an echo request's. Whoever wrote a rule for ICMPv6 at all may well let neighbour discovery through.
  for (const auto* word : {"icmpv6", "ipv6-icmp", "nd-neighbor", "\"icmpx\""})
    if (evidence.filter->ruleset.find(word) != std::string::npos) return std::nullopt;
  if (evidence.filter->ruleset.empty() || !facts.ipv6.contact.answered.empty()) return std::nullopt;
  for (std::size_t i = 0; i < evidence.filter->walks.size(); ++i) {
    const auto& walk = evidence.filter->walks[i];
    const bool stops = walk.action == filter::Action::drop || walk.action == filter::Action::reject;
    if (walk.protocol != Protocol::icmp || walk.family != Family::ipv6 || !stops) continue;
    const auto& tools = evidence.host->system.firewall_tools;
    // With chains of ufw's own ICMPv6 would be let in.
    const bool by_ufw = std::ranges::find(tools, "ufw") != tools.end() && walk.table == "ip6 filter";
    return LocalFault{
        .detail =
            "This host's own packet filter drops ICMPv6, and without ICMPv6 there is no IPv6: the home router's hardware address "
            "cannot be learned.",
        .evidence = {pointer("filter", "walks", i), pointer("host", "ipv6", "gateway_mac")},
        .remedy = by_ufw ? tell_ufw_of_ipv6(evidence) : let_icmpv6_in(walk),
        .title = by_ufw ? "This host's own firewall, ufw, keeps all of IPv6 out" : "This host's own firewall cuts it off from IPv6"};
  }
  return std::nullopt;
}

}  // namespace

Pointers unused_default_routes(const Evidence& evidence, Family family) {
  Pointers result;
  if (!evidence.host) return result;
  const auto& uplink = family == Family::ipv4 ? evidence.host->ipv4 : evidence.host->ipv6;
  if (!uplink) return result;
  for (std::size_t i = 0; i < evidence.host->routes.size(); ++i) {
    const auto& route = evidence.host->routes[i];
    if (route.destination.family() != family || route.destination.length() != 0 || route.table != main_table) continue;
    if (route.interface == uplink->default_interface || route.interface == uplink->interface) continue;
    if (route.gateway && route.gateway == uplink->gateway) continue;   // cable and radio to one and the same router
    const auto& all = evidence.host->interfaces;
    const auto interface = std::ranges::find(all, route.interface, &Interface::name);
    if (interface != all.end() && interface->up && !interface->tunnel) cite(result, pointer("host", "routes", i));
  }
  return result;
}

std::optional<LocalFault> local_fault(const Evidence& evidence, const Facts& facts, Family family) {
  if (!evidence.host || !facts.of(family).wanted || !facts.of(family).contact.answered.empty()) return std::nullopt;
  if (family == Family::ipv4) {
    if (auto fault = gave_itself_an_address(facts)) return fault;
    return dead_route_preferred(evidence, facts, family);
  }
  if (auto fault = switched_off(evidence, facts)) return fault;
  if (auto fault = advertisements_ignored(evidence, facts)) return fault;
  if (auto fault = no_default_route(evidence, facts)) return fault;
  if (auto fault = neighbour_discovery_filtered(evidence, facts)) return fault;
  return dead_route_preferred(evidence, facts, family);
}

}  // namespace ringback::diagnosis
