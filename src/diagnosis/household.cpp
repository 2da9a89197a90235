#include "diagnosis/household.hpp"

#include <algorithm>

namespace ringback::diagnosis {

bool is_seen_as(const Mapped& mapped, const Address& address) {
  const auto is = [&](const Cited& seen) { return seen.address == address; };
  return mapped.address == address || std::ranges::any_of(mapped.disagreeing, is) || std::ranges::any_of(mapped.agreeing, is);
}

bool came_to(const Evidence& evidence, const Address& address) {
  return evidence.inbound && std::ranges::any_of(evidence.inbound->knocks, [&](const inbound::Knock& knock) {
    return knock.target == address && !knock.arrivals.empty();
  });
}

bool on_own_link(const Facts& facts, const Address& address) {
  return std::ranges::any_of(facts.own, [&](const OwnAddress& own) {
    // A wider mask than any home's was written by mistake, and says nothing of what is on the link.
    const bool is_a_home_network = own.value.address.is_v6() || own.value.prefix_length >= 20;
    return is_a_home_network && own.facing && own.value.address.family() == address.family() && Prefix(own.value.address, own.value.prefix_length).contains(address);
  });
}

std::vector<Prefix> household_prefixes(const Facts& facts) {
  std::vector<Prefix> result;
  for (const auto& own : facts.own) {
    if (!own.value.address.is_v6() || (own.tunnel && !own.facing) || !is_global(own.value.address) || !own.withdrawn_at.empty()) continue;
    // A DHCPv6 address comes as /128, but no link has a longer prefix than /64 (RFC 4291 §2.5.4).
    const Prefix prefix(own.value.address, std::min(own.value.prefix_length, 64U));
    if (std::ranges::find(result, prefix) == result.end()) result.push_back(prefix);
  }
  return result;
}

bool is_household(const Facts& facts, const Address& address) {
  if (facts.find_own(address)) return true;
  if (address.is_v4()) return facts.ipv4.mapped.address == address;
  for (const auto& prefix : household_prefixes(facts))
    if (prefix.contains(address)) return true;
  return false;
}

bool proves(const Facts& facts, const inbound::Knock& knock) {
  if (knock.source && (!is_global(knock.source->address) || is_household(facts, knock.source->address))) return false;
  if (!is_global(knock.target) || facts.on_vpn(knock.local)) return false;
  const auto& family = facts.of(knock.family);
  // A knock in vain says something where the address is the one that most servers see this household by, or one of several that they do.
  const auto& mapped = family.mapped;
  const bool is_its_address = mapped.address ? *mapped.address == knock.target || mapped.pool.contains(knock.target) : is_seen_as(mapped, knock.target);
  if (knock.arrivals.empty() && knock.family == Family::ipv4 && !is_its_address) return false;
  if (family.vpn) {
    const auto* local = facts.find_own(knock.local);
    return local && local->facing;
  }
  return true;
}

bool traces_are_spoofed(const Evidence& evidence, Family family) {
  if (!evidence.path) return false;
  const auto& path = evidence.path->of(family);
  return path.reached_at && *path.reached_at == 1;
}

namespace {

/// A first hop that was silent may be the owner itself: a router has few ICMP errors to give (icmp(7), icmp_ratelimit), and whoever owns the
/// address answers whatever hop limit reaches it. Only one that passed the datagram on is surely not the owner.
bool shows_how_far(const path::Trace& trace) {
  if (*trace.reached_at == 1) return true;
  return std::ranges::any_of(trace.hops, [&](const path::Hop& hop) {
    return hop.ttl == 1 && hop.reply == path::HopReply::time_exceeded && hop.from && *hop.from != trace.destination;
  });
}

}  // namespace

std::optional<Owner> owner_of(const Evidence& evidence, const Facts& facts, const Address& address) {
  if (!evidence.path || traces_are_spoofed(evidence, address.family())) return std::nullopt;
  const auto& path = evidence.path->of(address.family());
  for (std::size_t i = 0; i < path.owners.size(); ++i) {
    const auto& trace = path.owners[i];
    if (trace.destination != address || !trace.reached_at || facts.on_vpn(trace.source) || !shows_how_far(trace)) continue;
    return Owner{*trace.reached_at, pointer("path", to_string(address.family()), "owners", i), &trace};
  }
  return std::nullopt;
}

}  // namespace ringback::diagnosis
