#pragma once
#include "probes/filter/match.hpp"

namespace ringback::filter {

/// Is a stranger's address, of which nothing is known but that it is global, among these? Private and other special ranges hold none;
/// a list of particular addresses (one that a person allowed, or that was banned) does not hold an arbitrary one; the whole internet does;
/// a good part of it (whole countries) may.
[[nodiscard]] Tri holds_a_stranger(const std::vector<Addresses>& ranges, Family family);

/// The same for the port a client sends from (RFC 6056: 1024 to 65535).
[[nodiscard]] Tri holds_a_client_port(const std::vector<Numbers>& ranges);

}  // namespace ringback::filter
