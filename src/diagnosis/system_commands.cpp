#include "diagnosis/system_commands.hpp"

#include <algorithm>

#include "diagnosis/household.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {
namespace {

bool is_transition(const Address& address) {
  return classify(address) == AddressClass::six_to_four || classify(address) == AddressClass::teredo;
}

/// The first of these that a stranger's knock reached: best one that was answered.
std::optional<Address> reached(const Case& c, const std::vector<Address>& addresses) {
  std::optional<Address> arrived;
  if (!c.evidence.inbound) return arrived;
  for (const auto& knock : c.evidence.inbound->knocks) {
    if (std::ranges::find(addresses, knock.target) == addresses.end() || !proves(c.facts, knock)) continue;
    if (knock.result == inbound::Result::connected || knock.result == inbound::Result::replied) return knock.target;
    if (!knock.arrivals.empty() && !arrived) arrived = knock.target;
  }
  return arrived;
}

std::optional<Address> publishable_ipv6(const Case& c) {
  auto stable = c.ipv6.connection.stable_addresses;
  std::erase_if(stable, is_transition);
  if (auto best = reached(c, stable)) return best;
  return stable.empty() ? std::nullopt : std::optional(stable.front());
}

Ipv4Owner owner_of_ipv4(const Ipv4Access& access) {
  if (access.confidence < Confidence::likely || (shared_by_carrier(access.connection.kind) && access.let_in)) return Ipv4Owner::unknown;
  switch (access.connection.kind) {
    case Ipv4Kind::public_address:
    case Ipv4Kind::nat:
    case Ipv4Kind::shared_ports: return Ipv4Owner::household;   // within its set of ports
    // What looks like a second router of the household may be the carrier's: only what is certain is published.
    case Ipv4Kind::double_nat: return access.confidence == Confidence::certain ? Ipv4Owner::household : Ipv4Owner::unknown;
    case Ipv4Kind::cgnat:
    case Ipv4Kind::ds_lite:
    case Ipv4Kind::nat64: return Ipv4Owner::carrier;
    default: return Ipv4Owner::unknown;
  }
}

/// The address that the internet sees; where nobody said, a global one of this host itself.
std::optional<Address> household_ipv4(const Case& c) {
  if (owner_of_ipv4(c.ipv4) != Ipv4Owner::household) return std::nullopt;
  if (const auto& mapped = c.ipv4.connection.mapped_address) return is_global(*mapped) ? mapped : std::nullopt;
  if (c.ipv4.connection.kind != Ipv4Kind::public_address) return std::nullopt;
  for (const auto& own : c.facts.own)
    if (own.facing && own.value.address.is_v4() && is_global(own.value.address)) return own.value.address;
  return std::nullopt;
}

std::string port_in_words(const Finding& finding, Port port) {
  return fmt::format("port {} ({})", port, finding.subject.service->protocol == Protocol::udp ? "UDP" : "TCP");
}

}  // namespace

std::optional<std::string> System::connection() const {
  for (const auto& text : {software.connection, software.connection_uuid})
    if (operand(text)) return text;
  return std::nullopt;
}

bool System::has_tool(std::string_view tool) const { return std::ranges::find(firewall_tools, tool) != firewall_tools.end(); }

bool System::tells(std::string_view code, const std::string& name) const {
  return std::ranges::any_of(told, [&](const Reported& one) { return one.code.starts_with(code) && one.subject.name == name; });
}

const std::string& System::interface_of(std::optional<Family> family) const { return family == Family::ipv6 ? interface_ipv6 : interface; }

std::string System::gateway_of(std::optional<Family> family) const {
  const auto& address = family == Family::ipv6 ? gateway_ipv6 : gateway;
  return address ? address->to_string() : "ROUTER";
}

std::string System::open_menu() const {
  if (fritzbox) return "Open the FRITZ!Box's menu in a browser: http://fritz.box";
  return gateway ? fmt::format("Open the home router's menu in a browser: http://{}", gateway->to_string()) : "Open the home router's menu in a "
                                                                                                              "browser.";
}

std::string System::shown_interface(std::optional<Family> family) const { return plain_or(interface_of(family), "the interface towards the "
                                                                                                                "router"); }
std::string System::shown_ipv4() const { return ipv4 ? fmt::format("this host ({})", ipv4->to_string()) : "this host"; }
std::string System::shown_ipv6() const { return stable_ipv6 ? stable_ipv6->to_string() : "a stable IPv6 address of this host"; }

std::string outside_port(const Finding& finding) {
  return finding.subject.service ? port_in_words(finding, finding.subject.service->outside) : "the port";
}

std::string inside_port(const Finding& finding) {
  return finding.subject.service ? port_in_words(finding, finding.subject.service->inside) : "the port";
}

System describe_system(const Case& c) {
  System system;
  system.evidence = &c.evidence;
  if (c.evidence.host) {
    const auto& host = *c.evidence.host;
    system.manager = host.system.manager;
    system.software = host.system;
    system.firewall_tools = host.system.firewall_tools;
    if (host.ipv4) system.gateway = host.ipv4->gateway;
    if (host.ipv6) system.gateway_ipv6 = host.ipv6->gateway;
  }
  const auto& four = c.facts.ipv4.facing;
  const auto& six = c.facts.ipv6.facing;
  if (!four.empty() || !six.empty()) {
    system.interface = four.empty() ? six : four;
    system.interface_ipv6 = six.empty() ? four : six;
  }
  for (const auto& own : c.facts.own)
    if (own.facing && own.value.address.is_v4() && !system.ipv4) system.ipv4 = own.value.address;
  system.stable_ipv6 = publishable_ipv6(c);
  const auto& seen = c.facts.ipv6.mapped.address;
  if (household_prefixes(c.facts).empty() && c.ipv6.connection.kind == Ipv6Kind::native && seen && !c.facts.find_own(*seen)) system.seen_ipv6 = seen;
  system.ipv4_owner = owner_of_ipv4(c.ipv4);
  system.public_ipv4 = household_ipv4(c);
  system.ports = c.ipv4.ports;
  system.has_router = has_home_router(c);
  system.line_has_ipv6 = c.ipv4.connection.kind == Ipv4Kind::ds_lite;
  system.ipv6_internet = c.ipv6.connection.kind == Ipv6Kind::native;
  const bool none = c.ipv6.connection.kind == Ipv6Kind::none || c.ipv6.connection.kind == Ipv6Kind::local_only;
  system.no_ipv6 = none && c.ipv6.confidence >= Confidence::likely;
  for (const auto& home : home_igds(c.evidence)) system.fritzbox = system.fritzbox || is_fritzbox(*home.igd);
  return system;
}

}  // namespace ringback::diagnosis
