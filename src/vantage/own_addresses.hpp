#pragma once
/// The vantage point's own addresses: which one a knock comes from, and which families lead to the internet.
#include <vector>

#include "net/endpoint.hpp"

namespace ringback::vantage {

/// Global addresses of the interfaces that are up, fit as a source now (not tentative, deprecated or temporary), in the kernel's order.
[[nodiscard]] std::vector<Address> own_global_addresses();

/// Where a knock comes from. `asked_at` is the address that the request came to; knocks shall come from another one, which the
/// household has never talked to, so that no state of its router lets them in.
/// `configured` (--knock-from) goes first, then `own`; of `own` only addresses of the same kind as `asked_at`, so that what is knocked
/// on can answer to them as it answered there. `asked_at` itself when there is no other.
[[nodiscard]] Address knock_source(const Address& asked_at, const std::vector<Address>& configured, const std::vector<Address>& own);

/// Families with a route to the internet and a source address that the internet can answer to; `any_source` takes every one.
/// Asks the kernel for a route; nothing is sent.
[[nodiscard]] std::vector<Family> internet_families(bool any_source);

}  // namespace ringback::vantage
