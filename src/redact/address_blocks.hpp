#pragma once
/// Which blocks of addresses keep what, when an address is masked.
#include <optional>

#include "net/prefix.hpp"

namespace ringback::redaction {

enum class Treatment {
  kept,      ///< the same for everybody: it identifies nobody
  inside,    ///< the mask lies in the block as well, which says what kind of address it is
  allotted,  ///< anywhere on the internet: whose network it is must not show either
};

struct Block {
  Treatment treatment = Treatment::allotted;
  unsigned length = 0;   ///< of the prefix that an address of it keeps; of `allotted`, that is replaced by another one
  bool proxy = false;    ///< a public reverse proxy's
};

/// Of this address. Addresses that hold an IPv4 address (NAT64, 6to4, Teredo) are masked part by part and stand in no block.
[[nodiscard]] Block block_of(const Address& address);

/// What replaces the first eight bits of IPv4 addresses, and the first sixteen of IPv6 ones, in the order of appearance. nullopt: there is
/// no more.
///
/// The rules ask whether the internet routes an address, so masks lie in space that it could route: for IPv6 in 3000::/4, none of which is
/// given to anybody; for IPv4 all space is given to somebody, so the first ones are of networks that no home line is in (the United States'
/// Department of Defense).
[[nodiscard]] std::optional<std::uint64_t> replacement(Family family, std::size_t index);

}  // namespace ringback::redaction
