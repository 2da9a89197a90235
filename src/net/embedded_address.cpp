#include "net/embedded_address.hpp"

#include <array>

#include "net/special_purpose.hpp"

namespace ringback {

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

bool is_on_the_internet(const Address& address) {
  if (address.is_v4()) return is_global(address);
  return is_global(address.unmapped()) && is_global(behind_translation(address));
}

}  // namespace ringback
