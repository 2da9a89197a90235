#pragma once
/// The kind of IPv6 access as a decision table, as access_table.hpp is of IPv4: the first row that fits decides.
#include <span>

#include "diagnosis/accepts.hpp"
#include "diagnosis/access.hpp"

namespace ringback::diagnosis {

/// The best address on the interface that IPv6 leaves by. elsewhere: no interface is that one, and another has a global address; no_interface: nor that.
/// several: global ones of several prefixes. tunnelled: 6to4, Teredo, or through an interface that is a tunnel.
enum class OwnIpv6Clue : unsigned { no_interface, elsewhere, nothing, link_local, unique_local, global, several, tunnelled };
/// Whether anybody outside answered over IPv6; where nobody did, how many were asked. one_silent: one destination, and no hop of the way there, either.
enum class ContactClue : unsigned { answered, two_silent, one_silent, hardly_tried };
enum class WayClue : unsigned { unknown, routed, none, vpn };
/// How the internet sees this host over IPv6. prefix_alone: the rest of the address and the ports are this host's own.
enum class SeenClue : unsigned { unknown, prefix_alone, another };
/// That IPv4 works tells a dead IPv6 from a dead line.
enum class OtherFamilyClue : unsigned { silent, answers };

struct Ipv6Clues {
  OwnIpv6Clue own = OwnIpv6Clue::no_interface;
  ContactClue contact = ContactClue::hardly_tried;
  WayClue way = WayClue::unknown;
  SeenClue seen = SeenClue::unknown;
  OtherFamilyClue ipv4 = OtherFamilyClue::silent;
};

struct Ipv6Row {
  Accepts<OwnIpv6Clue> own;
  Accepts<ContactClue> contact;
  Accepts<WayClue> way;
  Accepts<SeenClue> seen;
  Accepts<OtherFamilyClue> ipv4;
  Ipv6Kind kind = Ipv6Kind::unknown;
  Confidence confidence = Confidence::possible;
  const char* reason = "";    ///< fmt's form; {addresses}, {interface}, {mapped}: as they were seen; {tried}, {answered}: how many
  const char* settles = "";   ///< what would settle it; empty where the row is certain
};

[[nodiscard]] std::span<const Ipv6Row> ipv6_rows();
/// Every combination has a row.
[[nodiscard]] const Ipv6Row& decide(const Ipv6Clues& clues);

}  // namespace ringback::diagnosis
