#include "vantage/caller.hpp"

#include "net/embedded_address.hpp"

namespace ringback::vantage {
namespace {

std::uint64_t key(const Address& address, std::size_t octets) {
  constexpr std::uint64_t used = 1ULL << 63, ipv6 = 1ULL << 62;
  std::uint64_t result = 0;
  for (const auto byte : address.bytes().first(octets)) result = result << 8 | byte;
  return result | used | (address.is_v6() ? ipv6 : 0);
}

}  // namespace

Caller caller_from(const Address& address) {
  const auto caller = behind_translation(address);
  return caller.is_v4() ? Caller{key(caller, 4), key(caller, 3)} : Caller{key(caller, 7), key(caller, 6)};
}

}  // namespace ringback::vantage
