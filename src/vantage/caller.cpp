#include "vantage/caller.hpp"

#include <array>

#include "net/special_purpose.hpp"

namespace ringback::vantage {
namespace {

std::uint64_t key(const Address& address, std::size_t octets) {
  constexpr std::uint64_t used = 1ULL << 63, ipv6 = 1ULL << 62;
  std::uint64_t result = 0;
  for (const auto byte : address.bytes().first(octets)) result = result << 8 | byte;
  return result | used | (address.is_v6() ? ipv6 : 0);
}

}  // namespace

Address behind_translation(const Address& address) {
  if (address.is_v4()) return address;
  const auto bytes = address.bytes();
  switch (classify(address)) {
    case AddressClass::six_to_four: return Address::from_bytes(bytes.subspan(2, 4));        // RFC 3056 §2
    case AddressClass::nat64_well_known: return Address::from_bytes(bytes.subspan(12, 4));  // RFC 6052 §2.2
    case AddressClass::teredo: {                                                            // RFC 4380 §4: every bit turned over
      std::array<std::uint8_t, 4> client{};
      for (std::size_t i = 0; i < client.size(); ++i) client[i] = static_cast<std::uint8_t>(~bytes[12 + i]);
      return Address::from_bytes(client);
    }
    default: return address.unmapped();
  }
}

Caller caller_from(const Address& address) {
  const auto caller = behind_translation(address);
  return caller.is_v4() ? Caller{key(caller, 4), key(caller, 3)} : Caller{key(caller, 7), key(caller, 6)};
}

bool is_on_the_internet(const Address& address) {
  if (address.is_v4()) return is_global(address);
  return is_global(address.unmapped()) && is_global(behind_translation(address));
}

}  // namespace ringback::vantage
