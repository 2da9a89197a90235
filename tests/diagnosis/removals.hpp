#pragma once
/// Every single thing that a run may fail to observe, of any household. What is taken away is an observation, as of a probe that got no answer or
/// was not run; what a probe saw to be absent stays.
#include "build.hpp"

namespace ringback::build {

using Removal = std::function<void(Evidence&)>;
using Removals = std::vector<Removal>;

/// `reach` leads to a list, or is null where that is gone already.
template <class Reach>
std::size_t length(const Evidence& e, const Reach& reach) {
  auto copy = e;
  const auto* list = reach(copy);
  return list ? list->size() : 0;
}

/// One removal for each item, from the end, so that indices stay right where several are applied.
template <class Reach>
void each_item(Removals& all, const Evidence& e, Reach reach) {
  for (auto i = length(e, reach); i-- > 0;)
    all.push_back([=](Evidence& x) {
      if (auto* list = reach(x); list && i < list->size()) list->erase(list->begin() + static_cast<std::ptrdiff_t>(i));
    });
}

/// One for each item that loses something.
template <class Reach, class Change>
void from_each(Removals& all, const Evidence& e, Reach reach, Change change) {
  for (auto i = length(e, reach); i-- > 0;)
    all.push_back([=](Evidence& x) {
      if (auto* list = reach(x); list && i < list->size()) change((*list)[i]);
    });
}

/// The whole list.
template <class Reach>
void whole(Removals& all, const Evidence& e, Reach reach) {
  if (length(e, reach) == 0) return;
  all.push_back([=](Evidence& x) {
    if (auto* list = reach(x)) list->clear();
  });
}

/// `member` of Evidence, where it is there.
template <class Member, class Change>
void from(Removals& all, const Evidence& e, std::optional<Member> Evidence::* member, Change change) {
  if (!(e.*member)) return;
  all.push_back([=](Evidence& x) {
    if (x.*member) change(*(x.*member));
  });
}

/// Leads to a list of a member of Evidence.
template <class Member, class List>
auto list_of(std::optional<Member> Evidence::* member, List Member::* list) {
  return [=](Evidence& x) { return x.*member ? &((*(x.*member)).*list) : nullptr; };
}

inline auto path_list(Family family, auto list) {
  return [=](Evidence& x) { return x.path ? &((family == Family::ipv4 ? x.path->ipv4 : x.path->ipv6).*list) : nullptr; };
}

inline void stun_removals(Removals& all, const Evidence& e) {
  each_item(all, e, list_of(&Evidence::stun, &stun::Evidence::observations));
  each_item(all, e, list_of(&Evidence::stun, &stun::Evidence::behaviours));
  if (length(e, list_of(&Evidence::stun, &stun::Evidence::ports)) == 0) return;
  from(all, e, &Evidence::stun, [](auto& x) { x.ports.clear(); });
  from(all, e, &Evidence::stun, [](auto& x) { if (x.ports.size() > 20) x.ports.resize(20); });
  from(all, e, &Evidence::stun, [](auto& x) { std::erase_if(x.ports, [](const auto& sample) { return sample.local.port % 2 == 0; }); });
  from(all, e, &Evidence::stun, [](auto& x) {
    for (auto& sample : x.ports) sample.mapped = sample.local.port % 3 == 0 ? std::nullopt : sample.mapped;
  });
}

inline void inbound_removals(Removals& all, const Evidence& e) {
  const auto knocks = list_of(&Evidence::inbound, &inbound::Evidence::knocks);
  from_each(all, e, knocks, [](auto& knock) { knock.result.reset(); });
  each_item(all, e, knocks);
  each_item(all, e, list_of(&Evidence::inbound, &inbound::Evidence::vantages));
  from(all, e, &Evidence::inbound, [](auto& x) {
    x.capture.running = false;
    for (auto& k : x.knocks) k.arrivals.clear(), k.departures.clear(), k.watched = {};
  });
}

inline void router_removals(Removals& all, const Evidence& e) {
  const auto gateways = list_of(&Evidence::router, &router::Evidence::gateways);
  from_each(all, e, gateways, [](auto& gateway) { gateway.nat_pmp = {}; });
  from_each(all, e, gateways, [](auto& gateway) { gateway.pcp = {}; });
  from_each(all, e, gateways, [](auto& gateway) { gateway.pcp_map.reset(); });
  from_each(all, e, gateways, [](auto& gateway) { gateway.igds.clear(); });
  from_each(all, e, gateways, [](auto& gateway) { for (auto& igd : gateway.igds) igd.avm.reset(); });
  from_each(all, e, gateways, [](auto& gateway) { for (auto& igd : gateway.igds) igd.ipv6_firewall.reset(); });
  from_each(all, e, gateways, [](auto& gateway) { for (auto& igd : gateway.igds) igd.connections.clear(); });
  from_each(all, e, gateways, [](auto& gateway) { for (auto& igd : gateway.igds) igd.mappings.clear(); });
  from_each(all, e, gateways, [](auto& gateway) { for (auto& igd : gateway.igds) igd.pinhole.reset(); });
  from_each(all, e, gateways, [](auto& gateway) {
    for (auto& igd : gateway.igds)
      if (igd.connections.size() > 1) igd.connections.pop_back();
  });
  for (auto g = length(e, gateways); g-- > 0;)
    each_item(all, e, [=](Evidence& x) { return x.router && g < x.router->gateways.size() ? &x.router->gateways[g].igds : nullptr; });
  each_item(all, e, gateways);
  if (e.router && e.router->anycast) from(all, e, &Evidence::router, [](auto& x) { x.anycast.reset(); });
}

inline void path_removals(Removals& all, const Evidence& e, Family family) {
  using path::FamilyPath;
  whole(all, e, path_list(family, &FamilyPath::sizes));
  whole(all, e, path_list(family, &FamilyPath::answer_sizes));
  from_each(all, e, path_list(family, &FamilyPath::owners), [](auto& trace) {
    for (auto& hop : trace.hops)
      if (hop.ttl != trace.reached_at) hop.from.reset(), hop.reply = path::HopReply::silent;
  });
  each_item(all, e, path_list(family, &FamilyPath::owners));
  from(all, e, &Evidence::path, [=](auto& x) { (family == Family::ipv4 ? x.ipv4 : x.ipv6).mtu.reset(); });
  from_each(all, e, path_list(family, &FamilyPath::hops), [](auto& hop) { hop.from.reset(), hop.reply = path::HopReply::silent; });
  from(all, e, &Evidence::path, [=](auto& x) { (family == Family::ipv4 ? x.ipv4 : x.ipv6) = {}; });
}

inline void link_removals(Removals& all, const Evidence& e) {
  const auto advertisements = list_of(&Evidence::link, &link::Evidence::advertisements);
  from_each(all, e, advertisements, [](auto& heard) { heard.nat64.clear(); });
  from_each(all, e, advertisements, [](auto& heard) { heard.prefixes.clear(); });
  each_item(all, e, advertisements);
  each_item(all, e, list_of(&Evidence::link, &link::Evidence::dhcpv4));
  each_item(all, e, list_of(&Evidence::link, &link::Evidence::dhcpv6));
}

/// Of the `n`th name.
template <class List>
auto name_list(std::size_t n, List dns::Name::* list) {
  return [=](Evidence& x) { return x.dns && n < x.dns->names.size() ? &(x.dns->names[n].*list) : nullptr; };
}

inline void dns_removals(Removals& all, const Evidence& e) {
  const auto names = list_of(&Evidence::dns, &dns::Evidence::names);
  const auto zones = list_of(&Evidence::dns, &dns::Evidence::zones);
  for (std::size_t n = 0; n < length(e, names); ++n) {
    each_item(all, e, name_list(n, &dns::Name::answers));
    whole(all, e, name_list(n, &dns::Name::delegations));
  }
  for (std::size_t n = 0; n < length(e, zones); ++n)
    each_item(all, e, [=](Evidence& x) { return x.dns && n < x.dns->zones.size() ? &x.dns->zones[n].answers : nullptr; });
  whole(all, e, list_of(&Evidence::dns, &dns::Evidence::zones));
  from_each(all, e, names, [](auto& name) { name.applications.reset(); });
  from_each(all, e, names, [](auto& name) { if (name.dnssec && !name.dnssec->sources.empty()) name.dnssec->sources.pop_back(); });
  from_each(all, e, names, [](auto& name) { name.dnssec.reset(); });
  from_each(all, e, names, [](auto& name) { name.zone.reset(), name.zone_servers.clear(); });
  if (e.dns && !e.dns->ipv4only.empty()) from(all, e, &Evidence::dns, [](auto& x) { x.ipv4only.clear(), x.nat64_prefixes.clear(); });
}

inline void host_removals(Removals& all, const Evidence& e) {
  const auto updaters = list_of(&Evidence::host, &host::Evidence::updaters);
  from_each(all, e, updaters, [](auto& updater) { updater.active.reset(); });
  each_item(all, e, updaters);
  whole(all, e, list_of(&Evidence::host, &host::Evidence::neighbours));
}

/// In this order: a whole probe is taken away after its parts.
inline Removals removals(const Evidence& e) {
  Removals all;
  stun_removals(all, e);
  each_item(all, e, list_of(&Evidence::web, &web::Evidence::observations));
  inbound_removals(all, e);
  router_removals(all, e);
  link_removals(all, e);
  path_removals(all, e, Family::ipv4);
  path_removals(all, e, Family::ipv6);
  whole(all, e, list_of(&Evidence::filter, &filter::Evidence::walks));
  from(all, e, &Evidence::filter, [](auto& x) { x = filter::Evidence{.readable = false, .trouble = "not permitted"}; });
  dns_removals(all, e);
  host_removals(all, e);
  const auto probe = [&](auto member) { if (e.*member) all.push_back([=](Evidence& x) { (x.*member).reset(); }); };
  probe(&Evidence::host), probe(&Evidence::link), probe(&Evidence::stun), probe(&Evidence::web), probe(&Evidence::router), probe(&Evidence::path);
  probe(&Evidence::dns), probe(&Evidence::listeners), probe(&Evidence::filter), probe(&Evidence::inbound), probe(&Evidence::past);
  return all;
}

}  // namespace ringback::build
