#pragma once
/// The kind of IPv4 access as a decision table: columns of clues, the first row that fits decides.
#include <span>

#include "diagnosis/accepts.hpp"
#include "diagnosis/access.hpp"
#include "diagnosis/wan.hpp"

namespace ringback::diagnosis {

/// line: a private address on a line that ends in this host (a mobile modem, PPP): the provider gave it.
enum class OwnClue : unsigned { unknown, not_global, global_mapped, global_alone, global_other, shared, clat, line };
enum class MappedClue : unsigned { unknown, known };
/// empty: it has none. empty_avm: a FRITZ!Box says so; empty_delegated: one that is connected and has an IPv6 prefix of the provider's.
enum class WanClue : unsigned {
  unknown, is_mapped, global_alone, global_other, shared, ds_lite, home_private, other_private, empty, empty_avm, empty_delegated
};
/// At which hop the mapped address answers. Where it does nowhere: passed_on: a hop passed on what was addressed to it; kept: a near hop, which
/// answers otherwise, did not.
enum class OwnerClue : unsigned { unknown, router, second, beyond, passed_on, kept };
/// In the order of what they tell.
enum class SecondClue : unsigned { unknown, global, other_private, home_private, shared, ds_lite };
enum class OuterClue : unsigned { silent, speaks, owns_mapped, behind_cgn };
enum class Ipv6Clue : unsigned { unknown, native, absent };
enum class MtuClue : unsigned { unknown, plain, tunnel };
enum class ArrivalClue : unsigned { none, let_in };
/// Are outside ports the ones that this host chose; and where not, are they any, of one block, or of a set that is spread over all ports?
/// moved: not kept, and too few to tell.
enum class PortsClue : unsigned { unknown, kept, moved, any, block, spread };
/// That this home has but a part of its address's ports (MAP, lw4o6), as far as other clues speak against it.
enum class ShareClue : unsigned { possible, unlikely, ruled_out };
/// What a DHCPv6 server of the household says of the line.
enum class SoftwireClue : unsigned { unknown, ds_lite, shared_ports };
enum class PoolClue : unsigned { unknown, several };   ///< several outside addresses for one household

struct Clues {
  OwnClue own = OwnClue::unknown;
  MappedClue mapped = MappedClue::unknown;
  WanClue wan = WanClue::unknown;
  OwnerClue owner = OwnerClue::unknown;
  SecondClue second = SecondClue::unknown;
  OuterClue outer = OuterClue::silent;
  Ipv6Clue native_ipv6 = Ipv6Clue::unknown;
  MtuClue mtu = MtuClue::unknown;
  ArrivalClue arrivals = ArrivalClue::none;
  PortsClue ports = PortsClue::unknown;
  SoftwireClue softwire = SoftwireClue::unknown;
  PoolClue pool = PoolClue::unknown;
  ShareClue share = ShareClue::possible;
};

struct AccessRow {
  Accepts<OwnClue> own;
  Accepts<MappedClue> mapped;
  Accepts<WanClue> wan;
  Accepts<OwnerClue> owner;
  Accepts<SecondClue> second;
  Accepts<OuterClue> outer;
  Accepts<Ipv6Clue> native_ipv6;
  Accepts<MtuClue> mtu;
  Accepts<ArrivalClue> arrivals;
  Accepts<PortsClue> ports;
  Accepts<SoftwireClue> softwire;
  Accepts<PoolClue> pool;
  Accepts<ShareClue> share;
  Ipv4Kind kind = Ipv4Kind::unknown;
  Confidence confidence = Confidence::possible;
  const char* reason = "";
  const char* settles = "";   ///< what would settle it; empty where the row is certain
};

[[nodiscard]] std::span<const AccessRow> access_rows();
/// Every combination has a row: the last one accepts all.
[[nodiscard]] const AccessRow& decide(const Clues& clues);

}  // namespace ringback::diagnosis
