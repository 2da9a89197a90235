#include "diagnosis/facts.hpp"

#include <algorithm>

#include "diagnosis/advertised.hpp"
#include "diagnosis/household.hpp"

namespace ringback::diagnosis {
namespace {

std::vector<OwnAddress> own_addresses(const host::Evidence& host, const std::string& facing4, const std::string& facing6) {
  std::vector<OwnAddress> result;
  for (std::size_t i = 0; i < host.interfaces.size(); ++i) {
    const auto& interface = host.interfaces[i];
    for (std::size_t j = 0; j < interface.addresses.size(); ++j) {
      const auto& address = interface.addresses[j];
      const auto& facing = address.address.is_v4() ? facing4 : facing6;
      result.push_back({.value = address,
                        .interface = interface.name,
                        .facing = interface.name == facing,
                        .tunnel = interface.tunnel,
                        .at = pointer("host", "interfaces", i, "addresses", j)});
    }
  }
  return result;
}

/// Sources are counted by server: the same server asked twice is one voice.
Mapped majority(const std::vector<Cited>& sights) {
  Mapped result;
  std::map<Address, std::set<std::string>> voices;
  for (const auto& sight : sights)
    if (is_global(sight.address)) voices[sight.address].insert(sight.source);
  std::size_t most = 0;
  bool tie = false;
  for (const auto& [address, sources] : voices) {
    if (sources.size() == most) tie = true;
    if (sources.size() > most) {
      most = sources.size();
      tie = false;
      result.address = address;
    }
  }
  if (tie) result.address.reset();
  for (const auto& sight : sights) {
    if (result.address && sight.address == *result.address) {
      cite(result.at, sight.at);
      result.agreeing.push_back(sight);
    } else {
      result.disagreeing.push_back(sight);
    }
  }
  return result;
}

struct Collector {
  const Evidence& evidence;
  const Facts& facts;
  FamilyFacts& into;
  std::vector<Cited> sights;

  bool mine(Family family) const { return family == into.family; }
  /// An observation made through the tunnel says nothing about the household.
  bool of_household(const std::optional<Address>& local, const std::optional<std::string>& bound_to) const {
    if (bound_to && !into.facing.empty()) return *bound_to == into.facing;
    if (local && facts.on_vpn(*local)) return false;
    return !into.vpn || (local && facts.find_own(*local) && facts.find_own(*local)->facing);
  }
  void outcome(const Address& server, bool answered, const std::string& at) {
    into.contact.tried.insert(server);
    if (answered) {
      into.contact.answered.insert(server);
      cite(into.contact.answers, at);
    } else {
      cite(into.contact.silences, at);
    }
  }

  void stun() {
    if (!evidence.stun) return;
    for (std::size_t i = 0; i < evidence.stun->observations.size(); ++i) {
      const auto& o = evidence.stun->observations[i];
      if (!mine(o.server.address.family()) || !of_household(o.local.address, o.interface)) continue;
      if (o.sent == 0 && !o.mapped) continue;
      outcome(o.server.address, o.mapped.has_value(), pointer("stun", "observations", i));
      if (o.mapped && mine(o.mapped->address.family()))
        sights.push_back({o.mapped->address, pointer("stun", "observations", i, "mapped"), o.server.address.to_string()});
    }
  }

  void web() {
    if (!evidence.web) return;
    for (std::size_t i = 0; i < evidence.web->observations.size(); ++i) {
      const auto& o = evidence.web->observations[i];
      if (!mine(o.family) || !o.server) continue;
      if (!of_household(o.local ? std::optional(o.local->address) : std::nullopt, std::nullopt)) continue;
      outcome(o.server->address, o.as_expected, pointer("web", "observations", i));
      if (o.as_expected && o.seen_as && mine(o.seen_as->address.family()))
        sights.push_back({o.seen_as->address, pointer("web", "observations", i, "seen_as"), o.server->address.to_string()});
    }
  }

  void inbound() {
    if (!evidence.inbound) return;
    for (std::size_t i = 0; i < evidence.inbound->vantages.size(); ++i) {
      const auto& v = evidence.inbound->vantages[i];
      if (!mine(v.family) || !v.server || !of_household(v.local, std::nullopt)) continue;
      const auto answered = v.seen_as.has_value() || v.knocked;
      outcome(v.server->address, answered, pointer("inbound", "vantages", i));
      if (v.seen_as && mine(v.seen_as->family()))
        sights.push_back({*v.seen_as, pointer("inbound", "vantages", i, "seen_as"), v.server->address.to_string()});
    }
  }

  void path() {
    if (!evidence.path) return;
    const auto& path = evidence.path->of(into.family);
    if (!path.destination || (path.source && facts.on_vpn(*path.source)) || (into.vpn && !path.source)) return;
    const auto key = to_string(into.family);
    bool beyond = false;
    for (std::size_t i = 0; i < path.hops.size(); ++i) {
      const auto& hop = path.hops[i];
      const auto at = pointer("path", key, "hops", i);
      if (hop.ttl == 1 && hop.reply == path::HopReply::other_unreachable && hop.from) into.contact.unreachable_at = at;
      if (hop.ttl < 2 || !hop.from || hop.reply == path::HopReply::other_unreachable || !is_global(*hop.from)) continue;
      if (is_household(facts, *hop.from)) continue;
      beyond = true;
      // A hop of the provider is not the internet: a line whose traffic dies behind it looks just like that.
      if (*hop.from != *path.destination) continue;
      into.contact.answered.insert(*hop.from);
      cite(into.contact.answers, at);
    }
    if (path.hops.empty()) return;
    if (beyond || path.reached_at) return;
    into.contact.path_silent = true;
    cite(into.contact.silences, pointer("path", key, "hops"));
  }

  void arrivals() {
    if (!evidence.inbound) return;
    for (std::size_t i = 0; i < evidence.inbound->knocks.size(); ++i) {
      const auto& knock = evidence.inbound->knocks[i];
      using inbound::Result;
      const bool met = !knock.arrivals.empty() || knock.result == Result::connected || knock.result == Result::replied;
      if (!mine(knock.family) || !knock.source || !met || !proves(facts, knock)) continue;
      into.contact.answered.insert(knock.source->address);
      cite(into.contact.answers, pointer("inbound", "knocks", i));
    }
  }

  /// Only a server that is itself on the internet proves the way there: the router's forwarder answers from its cache.
  void dns() {
    if (!evidence.dns || into.vpn) return;
    const auto look = [&](const dns::Answer& a, const std::string& at) {
      if (!mine(a.server.address.family())) return;
      if (!is_global(a.server.address) || is_household(facts, a.server.address)) {
        if (a.role == dns::Role::system && (!a.rcode || a.rcode == "SERVFAIL" || a.rcode == "REFUSED"))
          into.contact.failed_resolvers.insert(a.server.address);
        return;
      }
      if (a.rcode || a.trouble) outcome(a.server.address, a.rcode.has_value(), at);
    };
    for (std::size_t i = 0; i < evidence.dns->names.size(); ++i)
      for (std::size_t j = 0; j < evidence.dns->names[i].answers.size(); ++j)
        look(evidence.dns->names[i].answers[j], pointer("dns", "names", i, "answers", j));
    for (std::size_t i = 0; i < evidence.dns->ipv4only.size(); ++i) look(evidence.dns->ipv4only[i], pointer("dns", "ipv4only", i));
  }
};

/// Some tunnels are the access and no VPN: 6in4 (RFC 4213), Teredo (RFC 4380) and 6to4 (RFC 3056) where the cable has no IPv6 of its own, a
/// broker's tunnel of another kind that gives a global address for IPv6 alone, and the inner side of a 464XLAT (RFC 6877) where it has no IPv4.
bool is_access(const host::Evidence& host, const host::Uplink& uplink, Family family) {
  bool access = false;
  const bool for_ipv6_alone = family == Family::ipv6 && host.ipv4 && host.ipv4->default_interface != uplink.default_interface;
  for (const auto& interface : host.interfaces) {
    if (interface.name == uplink.default_interface) {
      if (family == Family::ipv6) access = interface.kind == "sit" || interface.kind == "ip6gre" || interface.kind == "gre";
      for (const auto& own : interface.addresses) {
        const auto kind = classify(own.address);
        access = access || (for_ipv6_alone && own.address.is_v6() && is_global(own.address) && interface.kind != "wireguard");
        access = access || (family == Family::ipv4 ? kind == AddressClass::ds_lite : kind == AddressClass::teredo || kind == AddressClass::six_to_four);
      }
    } else if (interface.name == uplink.interface) {
      for (const auto& own : interface.addresses)
        if (own.address.family() == family && is_global(own.address)) return false;
    }
  }
  return access;
}

bool has_default_route(const host::Evidence& host, Family family) {
  constexpr unsigned main_table = 254;   // rtnetlink(7) RT_TABLE_MAIN
  return std::ranges::any_of(host.routes, [&](const Route& route) {
    return route.destination.family() == family && route.destination.length() == 0 && route.table == main_table;
  });
}

void fill(const Evidence& evidence, Facts& facts, FamilyFacts& family) {
  Collector all{evidence, facts, family, {}};
  all.stun();
  all.web();
  all.inbound();
  all.arrivals();
  all.path();
  all.dns();
  family.mapped = majority(all.sights);
}

}  // namespace

/// Addresses that this host's own connections come out at again and again.
std::set<Address> pool_of(const Evidence& evidence) {
  constexpr std::size_t often = 4;
  std::map<Address, std::size_t> counts;
  if (evidence.stun)
    for (const auto& sample : evidence.stun->ports)
      if (sample.mapped) ++counts[sample.mapped->address];
  std::set<Address> result;
  for (const auto& [address, count] : counts)
    if (count >= often) result.insert(address);
  return result;
}

const OwnAddress* Facts::find_own(const Address& address) const {
  for (const auto& each : own)
    if (each.value.address == address) return &each;
  return nullptr;
}

bool Facts::on_vpn(const Address& address) const {
  const auto* mine = find_own(address);
  return mine && mine->tunnel && !mine->facing;
}

Facts gather_facts(const Evidence& evidence) {
  Facts facts;
  facts.ipv6.family = Family::ipv6;
  for (auto* family : {&facts.ipv4, &facts.ipv6}) {
    const auto& asked = evidence.request.families;
    family->wanted = asked.empty() || std::ranges::find(asked, family->family) != asked.end();
  }
  if (evidence.host) {
    const auto& host = *evidence.host;
    facts.host_known = true;
    for (auto* family : {&facts.ipv4, &facts.ipv6}) {
      const auto& uplink = family->family == Family::ipv4 ? host.ipv4 : host.ipv6;
      const auto& other = family->family == Family::ipv4 ? host.ipv6 : host.ipv4;
      // With an interface that the user named, the default routes of others say that this is not the host's only way.
      if (uplink || !has_default_route(host, family->family)) family->routed = uplink.has_value();
      if (uplink) {
        family->facing = uplink->interface;
        family->gateway = uplink->gateway;
        family->vpn = uplink->through_tunnel && !is_access(host, *uplink, family->family);
        if (uplink->through_tunnel && !family->vpn) family->facing = uplink->default_interface;
        // Where the tunnel is all that this family has, the cable is the other family's.
        if (family->vpn && uplink->interface == uplink->default_interface)
          family->facing = other && other->interface != other->default_interface ? other->interface
                           : other && !other->through_tunnel                     ? other->interface
                                                                                 : std::string();
      } else if (other) {
        family->facing = other->interface;  // the same cable, even where this family has no route
      }
    }
    facts.own = own_addresses(host, facts.ipv4.facing, facts.ipv6.facing);
    for (auto& own : facts.own) own.withdrawn_at = withdrawn_at(evidence, own.value, own.interface);
  }
  facts.names_unresolved = evidence.stun && !evidence.stun->unresolved.empty() &&
                           std::ranges::all_of(evidence.stun->observations, [](const auto& o) { return Address::parse(o.server_name).has_value(); });
  fill(evidence, facts, facts.ipv4);
  fill(evidence, facts, facts.ipv6);
  facts.ipv4.mapped.pool = pool_of(evidence);
  // Whatever was advertised: an address that the internet answers, or comes to, is alive.
  for (auto& own : facts.own)
    if (is_seen_as(facts.ipv6.mapped, own.value.address) || came_to(evidence, own.value.address)) own.withdrawn_at.clear();
  return facts;
}

}  // namespace ringback::diagnosis
