#pragma once
/// Masks of bit strings that keep prefixes: two masks have as many leading bits in common as the strings that they stand for.
#include <cstdint>
#include <map>
#include <utility>

namespace ringback::redaction {

/// A tree of what was seen, as in Crypto-PAn (Xu, Fan, Ammar, Moon 2002). No key decides whether a bit is turned over but the first string
/// that comes by: it gets the plainest mask, and masks tell nothing but what is equal and what begins alike.
class PrefixMasks {
 public:
  /// A bit behind these `depth` leading bits is not turned over: what is told by it stays.
  using Pinned = bool (*)(std::uint64_t leading, unsigned depth);

  /// `plainest`: what the first string becomes. The first bit is the highest one.
  PrefixMasks(std::uint64_t plainest, Pinned pinned) : plainest_(plainest), pinned_(pinned) {}

  /// Bits from `from` up to `to` are masked, those before stay, those behind become zero.
  [[nodiscard]] std::uint64_t mask(std::uint64_t bits, unsigned from, unsigned to);

 private:
  std::uint64_t plainest_;
  Pinned pinned_;
  std::map<std::pair<unsigned, std::uint64_t>, std::uint64_t> turned_;   ///< by depth and leading bits
};

}  // namespace ringback::redaction
