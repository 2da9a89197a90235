#include "redact/address_masks.hpp"

#include <algorithm>

#include "net/interface_identifier.hpp"
#include "redact/address_parts.hpp"

namespace ringback::redaction {
namespace {

bool nothing_pinned(std::uint64_t, unsigned) { return false; }

/// What an interface identifier tells by itself stays: how small it is ("::1" was written by hand), that it was made from a hardware address
/// (ff:fe in its middle, RFC 4291 Appendix A), and that one's two flags.
bool pinned_in_identifier(std::uint64_t leading, unsigned depth) {
  constexpr unsigned middle = 24, mark_bits = 16;
  constexpr std::uint64_t mark = 0xfffe;
  if (leading == 0 || depth == 6 || depth == 7) return true;
  if (depth < middle || depth >= middle + mark_bits) return false;
  const unsigned seen = depth - middle;
  return seen == 0 || leading << middle >> (64 - seen) == mark >> (mark_bits - seen);
}

MacAddress mac_of(std::uint64_t identifier) {
  const auto byte = [&](unsigned shift) { return static_cast<std::uint8_t>(identifier >> shift); };
  return {{static_cast<std::uint8_t>(byte(56) ^ 0x02U), byte(48), byte(40), byte(16), byte(8), byte(0)}};
}

/// Broadcast, and what stands where there is none.
bool is_nobodys(const MacAddress& mac) {
  return std::ranges::all_of(mac.bytes, [](auto byte) { return byte == 0; }) || std::ranges::all_of(mac.bytes, [](auto byte) { return byte == 0xff; });
}

}  // namespace

AddressMasks::AddressMasks(Survey known)
    : known_(std::move(known)), ipv4_(std::uint64_t{1} << 32, nothing_pinned), networks_(0, nothing_pinned), identifiers_(1, pinned_in_identifier) {}

std::uint64_t AddressMasks::replaced(Family family, std::uint64_t first) {
  const auto [found, is_new] = replaced_.try_emplace({family, first}, 0);
  if (!is_new) return found->second;
  const auto count = static_cast<std::size_t>(std::ranges::count_if(replaced_, [&](const auto& one) { return one.first.first == family; }));
  const auto instead = replacement(family, count - 1);
  exhausted_ = exhausted_ || !instead;
  return found->second = instead.value_or(0);
}

Address AddressMasks::masked_ipv4(const Address& address, unsigned length) {
  const auto block = block_of(address);
  if (block.treatment == Treatment::kept || length < block.length) return address;
  auto bits = std::uint64_t{address.v4_host_order()} << 32;
  const auto first = bits >> 56;
  bits = ipv4_.mask(bits, block.length, length);
  if (block.treatment == Treatment::allotted) bits = (bits & ~std::uint64_t{0} >> 8) | replaced(Family::ipv4, first) << 56;
  return Address::v4(static_cast<std::uint32_t>(bits >> 32));
}

Address AddressMasks::masked_ipv6(const Address& address, unsigned length) {
  const auto block = block_of(address);
  if (block.treatment == Treatment::kept || length < block.length) return address;
  auto [upper, lower] = halves(address);
  const auto first = upper >> 48;
  upper = networks_.mask(upper, std::min(block.length, 64U), std::min(length, 64U));
  if (block.treatment == Treatment::allotted) upper = (upper & ~std::uint64_t{0} >> 16) | replaced(Family::ipv6, first) << 48;
  const auto kept_below = block.length > 64 ? block.length - 64 : 0U;
  lower = length > 64 ? identifiers_.mask(lower, kept_below, length - 64) : 0;
  return joined({upper, lower});
}

/// Whoever holds an IPv4 address holds those that are made of it: its mask stands in theirs.
std::optional<Address> AddressMasks::masked_by_parts(const Address& address, unsigned length) {
  static const auto well_known = Prefix::parse("64:ff9b::/96").value(), ipv4_mapped = Prefix::parse("::ffff:0:0/96").value();
  for (const auto& prefix : {well_known, ipv4_mapped})
    if (prefix.contains(address)) return with_ipv4_behind(prefix, mask(*ipv4_behind(prefix, address)));
  for (const auto& prefix : known_.nat64)
    if (const auto ipv4 = ipv4_behind(prefix, address); ipv4 && length > prefix.length() && prefix.contains(address))
      return with_ipv4_behind(Prefix(masked_ipv6(prefix.address(), prefix.length()), prefix.length()), mask(*ipv4));
  auto [upper, lower] = halves(address);
  const auto masked = [&](std::uint64_t ipv4) { return std::uint64_t{mask(Address::v4(static_cast<std::uint32_t>(ipv4))).v4_host_order()}; };
  if (upper >> 48 == 0x2002) {   // 6to4, RFC 3056 §2
    const auto subnet = networks_.mask(upper, 48, 64) & 0xffffU;
    return joined({upper >> 48 << 48 | masked(upper >> 16) << 16 | subnet, identifiers_.mask(lower, 0, 64)});
  }
  if (upper >> 32 == 0x20010000)   // Teredo, RFC 4380 §4: server; flags and port; the client's address, every bit turned over
    return joined({upper >> 32 << 32 | masked(upper), lower >> 32 << 32 | (~masked(~lower) & 0xffffffffU)});
  return std::nullopt;
}

Address AddressMasks::masked(const Address& address, unsigned length) {
  if (address.is_v4()) return masked_ipv4(address, length);
  if (const auto result = masked_by_parts(address, length)) return *result;
  return masked_ipv6(address, length);
}

Address AddressMasks::mask(const Address& address) {
  if (const auto known = addresses_.find(address); known != addresses_.end()) return known->second;
  if (block_of(address).treatment == Treatment::kept) return address;
  const auto result = masked(address, address.is_v4() ? 32 : 128);
  addresses_.emplace(address, result);
  exhausted_ = exhausted_ || !taken_.insert(result).second;
  if (const auto words = words_for(address, result); !words.empty()) legend_.push_back({result.to_string(), words});
  return result;
}

Prefix AddressMasks::mask(const Prefix& prefix) {
  if (const auto known = prefixes_.find(prefix); known != prefixes_.end()) return known->second;
  const auto block = block_of(prefix.address());
  const bool is_kept = block.treatment == Treatment::kept || prefix.length() < block.length;
  const Prefix result(is_kept ? prefix.address() : masked(prefix.address(), prefix.length()), prefix.length());
  prefixes_.emplace(prefix, result);
  const bool is_the_block = block.treatment == Treatment::inside && prefix.length() == block.length;
  if (!is_kept && !is_the_block)
    if (const auto words = words_for(prefix, result); !words.empty()) legend_.push_back({result.to_string(), words});
  return result;
}

MacAddress AddressMasks::mask(const MacAddress& mac) {
  if (is_nobodys(mac)) return mac;
  if (const auto known = macs_.find(mac); known != macs_.end()) return known->second;
  const auto result = mac_of(identifiers_.mask(eui64_identifier(mac), 0, 64));
  macs_.emplace(mac, result);
  legend_.push_back({result.to_string(), "hardware address #" + std::to_string(macs_.size())});
  return result;
}

}  // namespace ringback::redaction
