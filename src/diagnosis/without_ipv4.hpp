#pragma once
/// A host without IPv4 of its own, and what stands in for it: a NAT64 (RFC 6146), found by RFC 7050 and RFC 8781.
#include "diagnosis/access.hpp"

namespace ringback::diagnosis {

[[nodiscard]] bool has_nat64(const Evidence& evidence);

/// `why` in one sentence; behind a NAT64 it says so as well.
[[nodiscard]] Ipv4Access without_route(const Evidence& evidence, const Facts& facts, const std::string& why, Confidence confidence);

/// Absent: there is IPv4, or nobody knows.
[[nodiscard]] std::optional<Ipv4Access> no_ipv4(const Evidence& evidence, const Facts& facts);

}  // namespace ringback::diagnosis
