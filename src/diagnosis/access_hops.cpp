/// What the hops on the way out tell of the IPv4 access: whose the mapped address is, and what kind of addresses stand behind the router.
#include <algorithm>

#include "diagnosis/access_reading.hpp"
#include "diagnosis/without_ipv4.hpp"

namespace ringback::diagnosis {
namespace {

bool is_second_on_own_link(const Facts& facts, const path::Hop& hop) {
  return hop.ttl == 2 && hop.from && is_private(*hop.from) && on_own_link(facts, *hop.from) && hop.from != facts.ipv4.gateway &&
         !facts.find_own(*hop.from);
}

/// RFC 6333 §6.5: the provider's end of the tunnel shows as 192.0.0.1. The rest of 192.0.0.0/29, and where the line has a NAT64 all of it, is the
/// inner side of translators in the home as well (RFC 7335).
SecondClue hop_clue(const Address& from, bool nat64) {
  switch (classify(from)) {
    case AddressClass::ds_lite: return !nat64 && from == Address::v4(0xC0000001) ? SecondClue::ds_lite : SecondClue::unknown;
    case AddressClass::shared: return SecondClue::shared;
    case AddressClass::private_use:
      return Prefix::parse("192.168.0.0/16").value().contains(from) ? SecondClue::home_private : SecondClue::other_private;
    case AddressClass::global: return SecondClue::global;
    default: return SecondClue::unknown;
  }
}

}  // namespace

bool handed_on_within(const Evidence& evidence, const Facts& facts) {
  if (!evidence.path || traces_are_spoofed(evidence, Family::ipv4)) return false;
  const auto& hops = evidence.path->ipv4.hops;
  return std::ranges::any_of(hops, [&](const path::Hop& hop) { return is_second_on_own_link(facts, hop); });
}

namespace {

/// A near hop answers on the way out, and not on the way to this address: it never came that far, or that hop is the owner.
bool is_hushed(const std::vector<path::Hop>& way_out, const std::vector<path::Hop>& to_address) {
  return std::ranges::any_of(way_out, [&](const path::Hop& loud) {
    return loud.ttl <= 2 && loud.reply == path::HopReply::time_exceeded &&
           std::ranges::any_of(to_address, [&](const path::Hop& hop) { return hop.ttl == loud.ttl && hop.reply == path::HopReply::silent; });
  });
}

/// Who owns an address answers whatever is addressed to it. A router that leads everything to another machine passes it on as well, but
/// says so from that very address: its translation works on its own words, too.
void read_passing_on(const Evidence& evidence, const Facts& facts, const Address& mapped, Reading& reading) {
  if (!evidence.path || traces_are_spoofed(evidence, Family::ipv4) || handed_on_within(evidence, facts)) return;
  const auto& owners = evidence.path->ipv4.owners;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (owners[i].destination != mapped || facts.on_vpn(owners[i].source)) continue;
    for (std::size_t j = 0; j < owners[i].hops.size(); ++j) {
      const auto& hop = owners[i].hops[j];
      if (hop.reply != path::HopReply::time_exceeded || !hop.from || *hop.from == mapped) continue;
      reading.clues.owner = OwnerClue::passed_on;
      reading.because.push_back(in_place_of_home_router(
          fmt::format("What is addressed to {} is passed on to hop {}, {}, and nobody answers: it is hardly the home router's own address.",
                      mapped.to_string(), hop.ttl, hop.from->to_string()),
          reading.first_hop));
      cite(reading.evidence, pointer("path", "ipv4", "owners", i, "hops", j));
      return;
    }
    if (is_hushed(evidence.path->ipv4.hops, owners[i].hops)) reading.clues.owner = OwnerClue::kept;
  }
}

}  // namespace

void read_owner(const Evidence& evidence, const Facts& facts, Reading& reading) {
  const auto& mapped = facts.ipv4.mapped.address;
  if (!mapped) return;
  const auto owner = owner_of(evidence, facts, *mapped);
  if (!owner) return read_passing_on(evidence, facts, *mapped, reading);
  const unsigned within = handed_on_within(evidence, facts) ? 1 : 0;
  if (owner->reached_at == 2 && within == 1) {
    reading.clues.owner = OwnerClue::router;
    reading.because.push_back(fmt::format("The default route leads to a machine that hands on to another one of this same network, and {} answers "
                                          "there, at hop 2: that is the home router.", mapped->to_string()));
    cite(reading.evidence, owner->at + "/reached_at");
    return;
  }
  const unsigned reached = owner->reached_at - std::min<unsigned>(within, owner->reached_at);
  reading.clues.owner = reached <= 1 ? OwnerClue::router : reached == 2 ? OwnerClue::second : OwnerClue::beyond;
  reading.because.push_back(owner_in_words(*mapped, owner->reached_at, reading.first_hop));
  cite(reading.evidence, owner->at + "/reached_at");
}

void read_hops(const Evidence& evidence, const Facts& facts, Reading& reading) {
  if (!evidence.path || traces_are_spoofed(evidence, Family::ipv4)) return;
  const auto& path = evidence.path->ipv4;
  const bool nat64 = has_nat64(evidence);
  const auto look = [&](const std::vector<path::Hop>& hops, const std::string& at, const std::optional<Address>& destination) {
    for (std::size_t i = 0; i < hops.size(); ++i) {
      const auto& hop = hops[i];
      reading.next_hop_seen = reading.next_hop_seen || (hop.ttl == 2 && hop.from);
      if (hop.ttl < 2 || !hop.from || facts.ipv4.mapped.address == hop.from || facts.find_own(*hop.from)) continue;
      if (destination == hop.from && is_global(*hop.from)) continue;   // whose address is probed may be a second router at home
      if (is_second_on_own_link(facts, hop)) continue;   // the home router, behind a machine that hands on to it
      const auto clue = hop_clue(*hop.from, nat64);
      if (hop.ttl == 2 && is_private(*hop.from)) reading.private_hop_behind = true;
      const bool special = clue == SecondClue::shared || clue == SecondClue::ds_lite;
      if (!special && hop.ttl != 2) continue;
      if (clue <= reading.clues.second) continue;
      reading.clues.second = clue;
      cite(reading.evidence, fmt::format("{}/{}/from", at, i));
      if (clue == SecondClue::global) continue;
      reading.because.push_back(fmt::format("Router number {0} on the way to the internet (hop {0}) is {1}{2}.", hop.ttl, hop.from->to_string(),
                                            clue == SecondClue::shared    ? ", in the range that carriers use behind a shared address (RFC 6598)"
                                            : clue == SecondClue::ds_lite ? ", in the range of DS-Lite (RFC 6333 §5.7)"
                                                                          : ", a private address"));
    }
  };
  if (!path.source || !facts.on_vpn(*path.source)) look(path.hops, pointer("path", "ipv4", "hops"), std::nullopt);
  for (std::size_t i = 0; i < path.owners.size(); ++i)
    if (path.owners[i].destination.is_v4() && !facts.on_vpn(path.owners[i].source))
      look(path.owners[i].hops, pointer("path", "ipv4", "owners", i, "hops"), path.owners[i].destination);
}

}  // namespace ringback::diagnosis
