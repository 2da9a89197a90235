#include "redact/prefix_masks.hpp"

namespace ringback::redaction {
namespace {

constexpr unsigned width = 64;

std::uint64_t leading(std::uint64_t bits, unsigned depth) { return depth == 0 ? 0 : bits & ~std::uint64_t{0} << (width - depth); }
std::uint64_t bit_at(std::uint64_t bits, unsigned depth) { return bits >> (width - 1 - depth) & 1U; }

}  // namespace

std::uint64_t PrefixMasks::mask(std::uint64_t bits, unsigned from, unsigned to) {
  std::uint64_t result = leading(bits, from < to ? from : to);
  for (unsigned depth = from; depth < to; ++depth) {
    const auto before = leading(bits, depth);
    auto bit = bit_at(bits, depth);
    if (!pinned_(before, depth)) bit ^= turned_.try_emplace({depth, before}, bit ^ bit_at(plainest_, depth)).first->second;
    result |= bit << (width - 1 - depth);
  }
  return result;
}

}  // namespace ringback::redaction
