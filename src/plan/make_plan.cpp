#include "plan/make_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/default_services.hpp"
#include "net/interface_identifier.hpp"
#include "net/special_purpose.hpp"
#include "plan/defaults.hpp"

namespace ringback {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& name) { return std::ranges::find(list, name) != list.end(); }

/// Why this probe is left out by the options, if it is.
std::optional<std::string> left_out(const Options& options, const std::string& probe) {
  if (contains(options.skip, probe)) return "left out by --skip";
  if (!options.only.empty() && !contains(options.only, probe)) return "not among --only";
  return std::nullopt;
}

std::vector<Address> stable_sources(const host::Evidence& host, const std::string& interface) {
  std::vector<std::pair<bool, Address>> found;   // those with a lifetime (from the router) before those written by hand
  for (const auto& candidate : host.interfaces)
    if (candidate.name == interface)
      for (const auto& address : candidate.addresses)
        if (is_stable_global(address)) found.emplace_back(address.permanent, address.address);
  std::ranges::stable_sort(found, {}, &std::pair<bool, Address>::first);
  std::vector<Address> addresses;
  for (const auto& [permanent, address] : found) addresses.push_back(address);
  return addresses;
}

std::optional<Leg> make_leg(Family family, const host::Evidence& host) {
  const auto& uplink = family == Family::ipv4 ? host.ipv4 : host.ipv6;
  if (!uplink) return std::nullopt;
  Leg leg{.family = family, .interface = uplink->interface, .gateway = uplink->gateway, .bind = uplink->default_interface != uplink->interface};
  for (const auto& lookup : host.lookups)
    if (lookup.destination.family() == family && lookup.interface == uplink->interface) leg.source = lookup.source;
  if (family == Family::ipv6) leg.stable_sources = stable_sources(host, uplink->interface);
  return leg;
}

std::vector<Leg> make_legs(const Options& options, const HostFacts& facts) {
  std::vector<Leg> legs;
  if (!facts.host) return legs;
  for (const auto family : {Family::ipv4, Family::ipv6})
    if (family == Family::ipv4 ? options.ipv4 : options.ipv6)
      if (auto leg = make_leg(family, *facts.host)) legs.push_back(std::move(*leg));
  return legs;
}

/// Where the default route is a tunnel's, the tunnel's own address is asked for beside the household's: whoever sees connections of this
/// host sees that one.
std::vector<Leg> with_tunnels(const std::vector<Leg>& legs, const HostFacts& facts) {
  auto all = legs;
  for (const auto& leg : legs) {
    if (!leg.bind || !facts.host) continue;
    const auto& uplink = leg.family == Family::ipv4 ? facts.host->ipv4 : facts.host->ipv6;
    if (uplink && uplink->through_tunnel) all.push_back({.family = leg.family, .interface = uplink->default_interface});
  }
  return all;
}

std::vector<HostPort> vantage_hosts(const Options& options, Port port) {
  std::vector<HostPort> hosts;
  for (const auto& url : options.vantages) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) continue;
    const auto rest = std::string_view(url).substr(scheme.size());
    if (auto host = HostPort::parse(rest.substr(0, rest.find('/')), port)) hosts.push_back({host->host, port});
  }
  return hosts;
}

std::vector<HostPort> stun_servers(const Options& options) {
  if (!options.stun.empty()) return options.stun;
  auto servers = vantage_hosts(options, 3478);   // a vantage point speaks STUN beside HTTP
  if (options.third_party) servers.insert(servers.end(), defaults::stun_servers().begin(), defaults::stun_servers().end());
  return servers;
}

std::vector<WebTarget> web_targets(const Options& options) {
  std::vector<WebTarget> targets;
  for (const auto& url : options.vantages)
    if (!is_port_checker(url)) targets.push_back({web::Kind::vantage, url, 200, ""});
  // A vantage point's answer shows a captive portal as well as these pages do.
  if (targets.empty() && options.third_party) targets = defaults::connectivity_pages();
  return targets;
}

/// The user's, or public ones, which are asked for named services alone.
std::vector<std::string> vantages(const Options& options) {
  if (!options.vantages.empty() || !options.third_party) return options.vantages;
  return defaults::port_checkers();
}

std::vector<Address> public_resolvers(const Options& options) {
  if (!options.public_resolvers.empty() || !options.third_party) return options.public_resolvers;
  return defaults::public_resolvers();
}

std::vector<Service> without_doubles(const std::vector<Service>& services) {
  std::vector<Service> result;
  for (const auto& service : services)
    if (std::ranges::find(result, service) == result.end()) result.push_back(service);
  return result;
}

Request make_request(const Options& options, const HostFacts& facts) {
  Request request{.services = without_doubles(options.services), .services_named = !options.services.empty(), .names = options.names,
                  .vantages = options.vantages, .third_party = options.third_party};
  if (!request.services_named && facts.listeners) request.services = default_services(facts.listeners->listeners);
  if (options.ipv4) request.families.push_back(Family::ipv4);
  if (options.ipv6) request.families.push_back(Family::ipv6);
  return request;
}

class Maker {
 public:
  Maker(const Options& options, const HostFacts& facts) : options_(options), facts_(facts), legs_(make_legs(options, facts)) {
    plan_.request = make_request(options, facts);
    plan_.interface = options.interface;
  }

  Plan make() {
    const bool online = !legs_.empty();
    const char* no_route = "this host has no route to a router";
    for (const auto* probe : {"host", "listeners"})
      if (auto reason = left_out(options_, probe)) plan_.skipped.push_back({probe, *reason});
    if (auto link = link_plan(); wanted("link", link.has_value(), "no interface faces a router by a cable or a radio")) plan_.link = std::move(link);
    if (wanted("stun", online, no_route)) plan_.stun = StunPlan{stun_servers(options_), with_tunnels(legs_, facts_)};
    const auto pages = web_targets(options_);
    if (wanted("web", online && !pages.empty(), online ? "no vantage point named and third parties not allowed" : no_route))
      plan_.web = WebPlan{pages, legs_};
    const bool ipv4 = std::ranges::any_of(legs_, [](const Leg& leg) { return leg.family == Family::ipv4 && leg.gateway; });
    if (wanted("router", ipv4, online ? "no IPv4 gateway to ask: NAT-PMP, PCP and UPnP are asked over IPv4" : no_route)) plan_.router = router_plan();
    if (wanted("path", online, no_route)) plan_.path = PathPlan{.destinations = destinations(), .legs = legs_, .third_party = options_.third_party};
    if (wanted("dns", online, no_route)) plan_.dns = DnsPlan{options_.names, public_resolvers(options_), legs_, options_.third_party};
    const auto others = vantages(options_);
    if (wanted("inbound", online && !others.empty(), online ? "no vantage point was named (--vantage)" : no_route))
      plan_.inbound = InboundPlan{others, plan_.request.services, exposure(), legs_};
    if (wanted("filter", true, "")) plan_.filter = FilterPlan{walked_services(), legs_};
    return std::move(plan_);
  }

 private:
  bool wanted(const char* probe, bool possible, const char* otherwise) {
    auto reason = left_out(options_, probe);
    if (!reason && !possible) reason = otherwise;
    if (reason) plan_.skipped.push_back({probe, *reason});
    return !reason;
  }

  /// The link over which IPv6 comes, or else IPv4; a tunnel has no routers that advertise, and no DHCP.
  [[nodiscard]] std::optional<LinkPlan> link_plan() const {
    if (!facts_.host || legs_.empty()) return std::nullopt;
    LinkPlan link{.interface = legs_.back().interface, .ipv6 = options_.ipv6};
    for (const auto& interface : facts_.host->interfaces) {
      if (interface.name != link.interface) continue;
      if (interface.tunnel || !interface.mac) return std::nullopt;
      link.mac = interface.mac;
    }
    for (const auto& leg : legs_)
      if (leg.family == Family::ipv4 && leg.interface == link.interface) link.ipv4 = leg.source;
    return link;
  }

  [[nodiscard]] std::optional<Address> own_ipv6() const {
    for (const auto& leg : legs_)
      if (leg.family == Family::ipv6) return leg.stable_sources.empty() ? leg.source : std::optional(leg.stable_sources.front());
    return std::nullopt;
  }

  [[nodiscard]] RouterPlan router_plan() const {
    RouterPlan router{.legs = legs_, .third_party = options_.third_party};
    if (!options_.allow_mapping || !facts_.listeners) return router;
    // Not the port that a knock expects to be closed, in the same moments.
    auto others = plan_.request.services;
    if (const auto knocked_on = unopened_port(facts_.listeners->listeners, others)) others.push_back(*knocked_on);
    if (const auto unopened = unopened_port(facts_.listeners->listeners, others)) router.open_for_a_moment = MomentaryOpening{unopened->inside, own_ipv6()};
    return router;
  }

  /// Not without the list of sockets: a port that is not known to be closed proves nothing.
  [[nodiscard]] std::vector<Service> exposure() const {
    if (!options_.exposure || !facts_.listeners) return {};
    std::vector<Service> services;
    if (const auto unopened = unopened_port(facts_.listeners->listeners, plan_.request.services)) services.push_back(*unopened);
    const auto others = other_services(facts_.listeners->listeners, plan_.request.services);
    services.insert(services.end(), others.begin(), others.end());
    return services;
  }

  /// Whatever is knocked on: what this host's own rules say to it is part of every verdict.
  [[nodiscard]] std::vector<Service> walked_services() const {
    auto services = plan_.request.services;
    if (plan_.inbound) services.insert(services.end(), plan_.inbound->exposure.begin(), plan_.inbound->exposure.end());
    return services;
  }

  /// Far away and asked by this run anyway, so the trace contacts nobody new.
  [[nodiscard]] std::vector<HostPort> destinations() const {
    auto hosts = vantage_hosts(options_, 0);
    const auto servers = stun_servers(options_);
    hosts.insert(hosts.end(), servers.begin(), servers.end());
    return hosts;
  }

  const Options& options_;
  const HostFacts& facts_;
  std::vector<Leg> legs_;
  Plan plan_;
};

}  // namespace

Plan make_plan(const Options& options, const HostFacts& facts) { return Maker(options, facts).make(); }

}  // namespace ringback
