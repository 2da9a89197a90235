#pragma once
/// Machines of this home, told by the lower 64 bits of an address whatever the upper ones are.
#include "diagnosis/facts.hpp"

namespace ringback::diagnosis {

/// The own address that ends as this one does, by an identifier that tells this host.
[[nodiscard]] const OwnAddress* own_with_identifier(const Facts& facts, const Address& address);

/// Another machine on the link towards the home router that has this address's identifier: seen with it, or by its hardware address (EUI-64).
/// Small ones ("::1"), which many machines have, tell nobody.
struct KnownMachine {
  Address today;                     ///< what that makes in this home's network
  bool router = false;               ///< it is the home router
  std::string at;                    ///< in the neighbour table
};
[[nodiscard]] std::optional<KnownMachine> machine_with_identifier(const Evidence& evidence, const Facts& facts, const Address& address);

}  // namespace ringback::diagnosis
