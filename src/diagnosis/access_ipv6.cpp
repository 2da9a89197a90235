#include <algorithm>

#include "diagnosis/access_ipv6_table.hpp"
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

/// The kernel's view and the way the facing interface is built.
bool through_interface_tunnel(const Evidence& evidence, const Facts& facts) {
  if (!evidence.host) return false;
  for (const auto& interface : evidence.host->interfaces)
    if (interface.name == facts.ipv6.facing) return interface.tunnel || interface.kind == "sit" || interface.kind == "gre" || interface.kind == "ip6gre";
  return false;
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

OwnIpv6Clue own_clue(const Evidence& evidence, const Facts& facts, const Addresses& addresses) {
  if (facts.ipv6.facing.empty())
    return std::ranges::any_of(facts.own, [](const auto& own) {
      return own.value.address.is_v6() && !own.value.address.is_loopback() && is_global(own.value.address);
    }) ? OwnIpv6Clue::elsewhere : OwnIpv6Clue::no_interface;
  if (!addresses.global.empty()) {
    const bool transition = std::ranges::all_of(addresses.global, [](const auto* own) { return is_transition(own->value.address); });
    if (transition || through_interface_tunnel(evidence, facts)) return OwnIpv6Clue::tunnelled;
    const Prefix first(addresses.global.front()->value.address, 64);
    return std::ranges::all_of(addresses.global, [&](const auto* own) { return first.contains(own->value.address); }) ? OwnIpv6Clue::global
                                                                                                                     : OwnIpv6Clue::several;
  }
  if (addresses.local_only.empty()) return OwnIpv6Clue::nothing;
  return std::ranges::any_of(addresses.local_only, [](const auto* own) { return classify(own->value.address) == AddressClass::unique_local; })
             ? OwnIpv6Clue::unique_local
             : OwnIpv6Clue::link_local;
}

ContactClue contact_clue(const Contact& contact) {
  if (!contact.answered.empty()) return ContactClue::answered;
  if (contact.tried.size() >= 2) return ContactClue::two_silent;
  return contact.tried.size() == 1 && contact.path_silent ? ContactClue::one_silent : ContactClue::hardly_tried;
}

WayClue way_clue(const Facts& facts) {
  if (facts.ipv6.vpn) return WayClue::vpn;
  if (!facts.ipv6.routed) return WayClue::unknown;
  return *facts.ipv6.routed ? WayClue::routed : WayClue::none;
}

SeenClue seen_clue(const Evidence& evidence, const Facts& facts, const Addresses& addresses) {
  if (!facts.ipv6.mapped.address) return SeenClue::unknown;
  return prefix_alone_differs(addresses, *facts.ipv6.mapped.address) && !ports_change_over_ipv6(evidence, facts) ? SeenClue::prefix_alone
                                                                                                                 : SeenClue::another;
}

void note_way_out(const Evidence& evidence, const Facts& facts, Ipv6Access& access) {
  const auto heard = advertised(evidence, facts.ipv6.facing);
  cite(access.evidence, heard.at);
  if (heard.default_router)
    access.because.emplace_back("A router on this link offers a way out in its advertisements, which this host does not take.");
  else if (!gives_address_but_no_way_out(evidence, facts).empty())
    access.because.emplace_back("The router that these addresses come from advertises that it is no default router (RFC 4861 §4.2): it has no way "
                                "out itself.");
  else if (heard.asked && !heard.heard)
    access.because.emplace_back("No router answered when this host asked for an advertisement.");
}

/// What the table says of the clues, with what it is said of.
void judge_by_table(const Evidence& evidence, const Facts& facts, const Addresses& addresses, Ipv6Access& access) {
  const auto& contact = facts.ipv6.contact;
  const auto& shown = addresses.global.empty() ? addresses.local_only : addresses.global;
  const Ipv6Clues clues{.own = own_clue(evidence, facts, addresses), .contact = contact_clue(contact), .way = way_clue(facts),
                        .seen = seen_clue(evidence, facts, addresses),
                        .ipv4 = facts.ipv4.contact.answered.empty() ? OtherFamilyClue::silent : OtherFamilyClue::answers};
  const auto& row = decide(clues);
  for (const auto* own : shown) cite(access.evidence, own->at);
  cite(access.evidence, contact.answers);
  const bool was_silent = clues.contact == ContactClue::two_silent || clues.contact == ContactClue::one_silent;
  if (was_silent && (row.kind == Ipv6Kind::broken || clues.own == OwnIpv6Clue::several)) cite(access.evidence, contact.silences);
  access.connection.kind = row.kind;
  access.confidence = row.confidence;
  const auto answered = fmt::format("{} server{}", contact.answered.size(), contact.answered.size() == 1 ? "" : "s");
  access.because.push_back(fmt::format(fmt::runtime(row.reason), fmt::arg("addresses", list(shown)), fmt::arg("interface", facts.ipv6.facing),
                                       fmt::arg("mapped", facts.ipv6.mapped.address ? facts.ipv6.mapped.address->to_string() : ""),
                                       fmt::arg("tried", contact.tried.size()), fmt::arg("answered", answered)));
  if (row.kind == Ipv6Kind::broken && clues.way == WayClue::none) note_way_out(evidence, facts, access);
  if (*row.settles != '\0') access.because.emplace_back(row.settles);
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
    access.because.emplace_back("A run that can read this host's addresses would tell.");
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
    access.because.insert(access.because.end(), {"IPv6 was left out of this run.", "A run with IPv6 would tell."});
    return access;
  }
  access.local_fault = local_fault(evidence, facts, Family::ipv6);
  judge_by_table(evidence, facts, addresses, access);
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
