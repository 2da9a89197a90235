#include <algorithm>

#include "diagnosis/access_reading.hpp"
#include "diagnosis/advertised.hpp"
#include "net/interface_identifier.hpp"

namespace ringback::diagnosis {
namespace {

struct Addresses {
  std::vector<const OwnAddress*> global, local_only;
};

Addresses facing_addresses(const Facts& facts) {
  Addresses result;
  for (const auto& own : facts.own) {
    if (!own.value.address.is_v6() || !own.facing || own.value.address.is_loopback()) continue;
    if (own.value.tentative || own.value.dad_failed) continue;
    (is_global(own.value.address) ? result.global : result.local_only).push_back(&own);
  }
  return result;
}

bool is_transition(const Address& address) {
  const auto kind = classify(address);
  return kind == AddressClass::six_to_four || kind == AddressClass::teredo;
}

std::string list(const std::vector<const OwnAddress*>& addresses) {
  std::string result;
  for (const auto* own : addresses) result += (result.empty() ? "" : ", ") + own->value.address.to_string();
  return result;
}

// What would settle it, where a doubt is left.
constexpr auto certainly = "";
constexpr auto default_route = "A default route, once there is one, would tell.";
constexpr auto server_answers = "A server that answers over IPv6 would tell.";
constexpr auto router_menu = "The router's menu would tell.";
constexpr auto without_vpn = "A run with the VPN switched off would tell.";
constexpr auto each_prefix = "A knock on an address of each would tell.";
constexpr auto known_host = "A run that can read this host's addresses would tell.";

void settle(Ipv6Access& access, const char* settles) {
  if (access.confidence != Confidence::certain) access.because.emplace_back(settles);
}

void set(Ipv6Access& access, Ipv6Kind kind, Confidence confidence, std::string because, const char* settles) {
  access.connection.kind = kind;
  access.confidence = confidence;
  access.because.push_back(std::move(because));
  settle(access, settles);
}

/// The kernel's view and the way the facing interface is built.
bool through_interface_tunnel(const Evidence& evidence, const Facts& facts) {
  if (!evidence.host) return false;
  for (const auto& interface : evidence.host->interfaces)
    if (interface.name == facts.ipv6.facing) return interface.tunnel || interface.kind == "sit" || interface.kind == "gre" || interface.kind == "ip6gre";
  return false;
}

void without_default_route(const Evidence& evidence, const Facts& facts, const Addresses& addresses, Ipv6Access& access) {
  const auto heard = advertised(evidence, facts.ipv6.facing);
  access.connection.kind = Ipv6Kind::broken;
  access.confidence = Confidence::likely;
  access.because.push_back(fmt::format("This host has global IPv6 addresses ({}), but no IPv6 default route.", list(addresses.global)));
  cite(access.evidence, heard.at);
  if (heard.default_router)
    access.because.emplace_back("A router on this link offers a way out in its advertisements, which this host does not take.");
  else if (!gives_address_but_no_way_out(evidence, facts).empty())
    access.because.emplace_back("The router that these addresses come from advertises that it is no default router (RFC 4861 §4.2): it has no way "
                                "out itself.");
  else if (heard.asked && !heard.heard)
    access.because.emplace_back("No router answered when this host asked for an advertisement.");
  settle(access, default_route);
}

void judge_with_global(const Evidence& evidence, const Facts& facts, const Addresses& addresses, Ipv6Access& access) {
  const auto& contact = facts.ipv6.contact;
  for (const auto* own : addresses.global) cite(access.evidence, own->at);
  cite(access.evidence, contact.answers);
  const bool transition = std::ranges::all_of(addresses.global, [](const auto* own) { return is_transition(own->value.address); });
  const bool tunnelled = transition || through_interface_tunnel(evidence, facts);
  // One server that is down is no broken line; IPv4 has to work for the comparison.
  const bool dead = contact.answered.empty() && contact.tried.size() >= 2 && !facts.ipv4.contact.answered.empty();
  if (tunnelled && dead) {
    cite(access.evidence, contact.silences);
    return set(access, Ipv6Kind::broken, Confidence::certain,
               fmt::format("IPv6 comes through a tunnel ({} on {}), and none of {} destinations outside answered over it, while IPv4 works.",
                           list(addresses.global), facts.ipv6.facing, contact.tried.size()), certainly);
  }
  if (tunnelled && contact.answered.empty())
    return set(access, Ipv6Kind::unknown, Confidence::possible,
               fmt::format("IPv6 comes through a tunnel ({} on {}); whether anything comes through it was not seen.", list(addresses.global),
                           facts.ipv6.facing), server_answers);
  if (tunnelled)
    return set(access, Ipv6Kind::tunnel, Confidence::certain,
               fmt::format("IPv6 comes through a tunnel: {} on {}.", list(addresses.global), facts.ipv6.facing), certainly);
  if (!contact.answered.empty())
    return set(access, Ipv6Kind::native, Confidence::certain,
               fmt::format("This host has global IPv6 addresses ({}), and {} server{} outside answered over IPv6.", list(addresses.global),
                           contact.answered.size(), contact.answered.size() == 1 ? "" : "s"), certainly);
  if (facts.ipv6.vpn)
    return set(access, Ipv6Kind::unknown, Confidence::possible,
               "IPv6 leaves through a VPN, so the line's own IPv6 could not be tried.", without_vpn);
  if (facts.ipv6.routed == false)
    return without_default_route(evidence, facts, addresses, access);
  const bool enough = contact.tried.size() >= 2 || (contact.tried.size() == 1 && contact.path_silent);
  if (enough && !facts.ipv4.contact.answered.empty()) {
    cite(access.evidence, contact.silences);
    const auto silence = fmt::format("This host has global IPv6 addresses ({}), but none of {} destinations outside answered over IPv6, while IPv4 works.",
                                     list(addresses.global), contact.tried.size());
    // Of several prefixes one may be dead, and the way out may take that one: what comes in over another works.
    const bool one_prefix = std::ranges::all_of(addresses.global, [&](const auto* own) {
      return Prefix(own->value.address, 64).contains(addresses.global.front()->value.address);
    });
    if (!one_prefix)
      return set(access, Ipv6Kind::unknown, Confidence::possible,
                 silence + " The addresses are of several prefixes: one may be dead, and the way out may take that one.", each_prefix);
    return set(access, Ipv6Kind::broken, contact.tried.size() >= 2 ? Confidence::certain : Confidence::likely, silence, server_answers);
  }
  set(access, Ipv6Kind::unknown, Confidence::possible,
      fmt::format("This host has global IPv6 addresses ({}); whether they reach the internet was not seen.", list(addresses.global)), server_answers);
}

/// RFC 6296 §3.1: behind a longer prefix than /48 one 16-bit word of the interface identifier changes too, so that checksums stay right.
bool prefix_alone_differs(const Addresses& addresses, const Address& mapped) {
  return std::ranges::any_of(addresses.local_only, [&](const auto* own) {
    const auto difference = interface_identifier(own->value.address) ^ interface_identifier(mapped);
    unsigned words = 0;
    for (unsigned word = 0; word < 4; ++word) words += (difference >> (16 * word) & 0xFFFFU) != 0 ? 1U : 0U;
    return classify(own->value.address) == AddressClass::unique_local && words <= 1;
  });
}

/// Prefixes are translated without the transport's header being touched (RFC 6296): where most ports change, addresses are, as in IPv4.
bool ports_change_over_ipv6(const Evidence& evidence, const Facts& facts) {
  std::size_t changed = 0, all = 0;
  const auto look = [&](const Endpoint& local, const std::optional<Endpoint>& mapped) {
    if (!mapped || !mapped->address.is_v6() || local.port == 0 || facts.on_vpn(local.address)) return;
    ++all;
    changed += mapped->port != local.port ? 1U : 0U;
  };
  if (evidence.stun) {
    for (const auto& o : evidence.stun->observations) look(o.local, o.mapped);
    for (const auto& b : evidence.stun->behaviours) look(b.local, b.mapped);
  }
  return changed * 2 > all;
}

void judge_without_global(const Evidence& evidence, const Facts& facts, const Addresses& addresses, Ipv6Access& access) {
  const auto& contact = facts.ipv6.contact;
  for (const auto* own : addresses.local_only) cite(access.evidence, own->at);
  const bool unique_local =
      std::ranges::any_of(addresses.local_only, [](const auto* own) { return classify(own->value.address) == AddressClass::unique_local; });
  if (unique_local && !contact.answered.empty()) {
    cite(access.evidence, contact.answers);
    if (!facts.ipv6.mapped.address)
      return set(access, Ipv6Kind::native, Confidence::likely,
                 "This host has unique local IPv6 addresses alone, and yet servers outside answer over IPv6: the router translates prefixes or addresses.",
                 router_menu);
    const bool prefixes = prefix_alone_differs(addresses, *facts.ipv6.mapped.address) && !ports_change_over_ipv6(evidence, facts);
    return set(access, Ipv6Kind::native, Confidence::likely,
               fmt::format("This host has unique local IPv6 addresses alone, and the internet sees {}: the router translates {}.",
                           facts.ipv6.mapped.address->to_string(),
                           prefixes ? "prefixes (NPTv6, RFC 6296)" : "addresses, as it does for IPv4 (NAT66)"), router_menu);
  }
  if (!unique_local && facts.ipv6.routed != true)
    return set(access, Ipv6Kind::none, Confidence::certain,
               fmt::format("This host has no IPv6 address but the one that every interface gives itself ({}), and no router offers one.",
                           list(addresses.local_only)), certainly);
  const auto without = fmt::format("This host has no global IPv6 address, only {}.", list(addresses.local_only));
  // What translates addresses shows by its answers alone: where hardly anybody was asked, their absence says little.
  if (unique_local && facts.ipv6.routed == true && contact.tried.size() < 2)
    return set(access, Ipv6Kind::unknown, Confidence::possible,
               without + " Whether something translates them on the way (NPTv6, NAT66) was not seen.", server_answers);
  set(access, Ipv6Kind::local_only, Confidence::certain, without, certainly);
}

/// Whose fault it is that this host has no global address.
void note_offers(const Evidence& evidence, const Facts& facts, Ipv6Access& access) {
  const auto kind = access.connection.kind;
  if (kind != Ipv6Kind::none && kind != Ipv6Kind::local_only) return;
  const auto heard = advertised(evidence, facts.ipv6.facing);
  if (heard.heard) {
    access.because.emplace_back(heard.global_prefix ? "A router on this link advertises a prefix that the internet can route, which this host does not take."
                                                    : "No advertisement that was heard has a prefix that the internet can route.");
    cite(access.evidence, heard.at);
  }
  for (const auto& home : home_igds(evidence))
    if (const auto prefix = delegated_prefix(*home.igd)) {
      access.because.push_back(fmt::format("The FRITZ!Box has {} of the provider's, so it is the home network that goes without.", prefix->to_string()));
      cite(access.evidence, home.at() + "/avm/prefix");
    }
}

void note_translation(const Facts& facts, Ipv6Access& access) {
  const auto& mapped = facts.ipv6.mapped;
  if (access.connection.kind != Ipv6Kind::native || !mapped.address || facts.find_own(*mapped.address)) return;
  const auto prefixes = household_prefixes(facts);
  if (prefixes.empty()) return;  // said already
  access.because.push_back(fmt::format("The internet sees {} over IPv6, which is no address of this host: something translates IPv6 on the way.",
                                       mapped.address->to_string()));
  cite(access.evidence, mapped.at);
}

}  // namespace

Ipv6Access judge_ipv6(const Evidence& evidence, const Facts& facts) {
  Ipv6Access access;
  if (!facts.host_known) {
    if (!facts.ipv6.contact.answered.empty()) {
      cite(access.evidence, facts.ipv6.contact.answers);
      access.because.push_back("Something outside answered over IPv6, but which addresses this host has is unknown.");
    }
    settle(access, known_host);
    return access;
  }
  const auto addresses = facing_addresses(facts);
  for (const auto* own : addresses.global) {
    if (own->is_stable_global())
      access.connection.stable_addresses.push_back(own->value.address);
    else if (own->value.temporary)
      access.connection.temporary_addresses.push_back(own->value.address);
  }
  if (const auto prefixes = household_prefixes(facts); !prefixes.empty() && !addresses.global.empty()) {
    const auto& first = access.connection.stable_addresses.empty() ? addresses.global.front()->value.address
                                                                   : access.connection.stable_addresses.front();
    for (const auto& prefix : prefixes)
      if (prefix.contains(first)) access.connection.prefix = prefix;
  }
  if (!facts.ipv6.wanted) {
    set(access, Ipv6Kind::unknown, Confidence::possible, "IPv6 was left out of this run.", "A run with IPv6 would tell.");
    return access;
  }
  access.local_fault = local_fault(evidence, facts, Family::ipv6);
  if (facts.ipv6.facing.empty()) {
    const bool any = std::ranges::any_of(facts.own, [](const auto& own) {
      return own.value.address.is_v6() && !own.value.address.is_loopback() && is_global(own.value.address);
    });
    if (any)
      set(access, Ipv6Kind::unknown, Confidence::possible, "This host has a global IPv6 address on an interface that no route leads out of.", default_route);
    else
      set(access, Ipv6Kind::none, Confidence::likely, "No interface of this host has a global IPv6 address or a default route.", router_menu);
  } else if (!addresses.global.empty()) {
    judge_with_global(evidence, facts, addresses, access);
  } else if (!addresses.local_only.empty()) {
    judge_without_global(evidence, facts, addresses, access);
  } else {
    set(access, Ipv6Kind::none, Confidence::certain, fmt::format("The interface {} has no IPv6 address at all.", facts.ipv6.facing), certainly);
  }
  note_offers(evidence, facts, access);
  note_translation(facts, access);
  if (access.connection.kind == Ipv6Kind::native) read_behaviour(evidence, facts, Family::ipv6, access.evidence, access.because);
  if (access.local_fault) {
    access.because.push_back(access.local_fault->detail);
    cite(access.evidence, access.local_fault->evidence);
    if (access.connection.kind == Ipv6Kind::none && access.confidence == Confidence::certain) {   // the line may well have IPv6
      access.confidence = Confidence::likely;
      access.because.emplace_back("Whether the line has IPv6, a run after that is put right would tell.");
    }
  }
  return access;
}

}  // namespace ringback::diagnosis
