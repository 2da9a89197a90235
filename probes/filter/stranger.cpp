#include "probes/filter/stranger.hpp"

#include <algorithm>

namespace ringback::filter {
namespace {

/// A list that covers less than this is one of particular strangers: a friend's provider, what was banned. A country has more.
constexpr std::uint64_t particular_v4 = 1U << 20U;  // addresses: a /12
constexpr std::uint64_t particular_v6 = 1U << 13U;  // blocks of /32: a /19
constexpr std::uint64_t particular_ports = 256;

/// IANA special-purpose blocks large enough to count, and multicast: the first address and the last, in order.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 9> not_global_v4{{
    {0x00000000, 0x00ffffff},  // 0.0.0.0/8
    {0x0a000000, 0x0affffff},  // 10.0.0.0/8
    {0x64400000, 0x647fffff},  // 100.64.0.0/10
    {0x7f000000, 0x7fffffff},  // 127.0.0.0/8
    {0xa9fe0000, 0xa9feffff},  // 169.254.0.0/16
    {0xac100000, 0xac1fffff},  // 172.16.0.0/12
    {0xc0a80000, 0xc0a8ffff},  // 192.168.0.0/16
    {0xc6120000, 0xc613ffff},  // 198.18.0.0/15
    {0xe0000000, 0xffffffff},  // 224.0.0.0/3
}};

std::uint64_t common(std::uint64_t a_low, std::uint64_t a_high, std::uint64_t b_low, std::uint64_t b_high) {
  const auto low = std::max(a_low, b_low), high = std::min(a_high, b_high);
  return low > high ? 0 : high - low + 1;
}

std::uint64_t global_v4(std::uint32_t low, std::uint32_t high) {
  auto count = common(low, high, 0, 0xffffffffU);
  for (const auto& [first, last] : not_global_v4) count -= common(low, high, first, last);
  return count;
}

/// IPv6 is counted in blocks of /32, a provider's share; 2000::/3 is what is global (RFC 4291 §2.4). Less than such a block counts nothing.
std::uint64_t upper(const Address& address) {
  const auto bytes = address.bytes();
  return std::uint64_t{bytes[0]} << 24U | std::uint64_t{bytes[1]} << 16U | std::uint64_t{bytes[2]} << 8U | bytes[3];
}
constexpr std::uint64_t first_v6 = 0x20000000, last_v6 = 0x3fffffff;

std::uint64_t global_v6(const Addresses& range) {
  const auto low = upper(range.low), high = upper(range.high);
  return low == high ? 0 : common(low, high, first_v6, last_v6);
}

Tri judge(std::uint64_t covered, std::uint64_t particular, std::uint64_t all) {
  if (covered >= all) return Tri::yes;
  return covered < particular ? Tri::no : Tri::maybe;
}

}  // namespace

Tri holds_a_stranger(const std::vector<Addresses>& ranges, Family family) {
  std::uint64_t covered = 0;
  for (const auto& range : ranges) {
    if (range.low.family() != family) continue;
    covered += family == Family::ipv4 ? global_v4(range.low.v4_host_order(), range.high.v4_host_order()) : global_v6(range);
  }
  if (family == Family::ipv4) return judge(covered, particular_v4, global_v4(0, 0xffffffffU));
  return judge(covered, particular_v6, last_v6 - first_v6 + 1);
}

Tri holds_a_client_port(const std::vector<Numbers>& ranges) {
  std::uint64_t covered = 0;
  for (const auto& range : ranges) covered += common(range.low, range.high, 1024, 65535);
  return judge(covered, particular_ports, 65535 - 1024 + 1);
}

}  // namespace ringback::filter
