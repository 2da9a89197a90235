#pragma once
/// A host without IPv4 of its own, and what stands in for it: a NAT64 (RFC 6146), found by RFC 7050 and RFC 8781. Decided by a table, as the rest of the
/// access is (access_table.hpp).
#include "diagnosis/access.hpp"
#include "diagnosis/access_table.hpp"

namespace ringback::diagnosis {

enum class NoWay : unsigned { no_route, silent };   ///< silent: two destinations, while IPv6 works
/// Who tells of a NAT64. absent: the resolver was asked, and knows of none.
enum class Translator : unsigned { not_looked_for, absent, router, resolver };
enum class OtherWay : unsigned { possible, none };  ///< IPv6: none: no route, or two destinations that were silent

struct NoIpv4Clues {
  NoWay way = NoWay::no_route;
  Translator translator = Translator::not_looked_for;
  OtherWay ipv6 = OtherWay::possible;
};

struct NoIpv4Row {
  Accepts<NoWay> way;
  Accepts<Translator> translator;
  Accepts<OtherWay> ipv6;
  Ipv4Kind kind = Ipv4Kind::none;
  Confidence confidence = Confidence::possible;
  const char* reason = "";    ///< fmt's form; {tried}: how many destinations
  const char* settles = "";   ///< what would settle it; empty where the row is certain
};

[[nodiscard]] std::span<const NoIpv4Row> no_ipv4_rows();
/// Every combination has a row.
[[nodiscard]] const NoIpv4Row& decide(const NoIpv4Clues& clues);

[[nodiscard]] bool has_nat64(const Evidence& evidence);

/// `why` in one sentence; of a NAT64 (`kind`) it says so as well. The confidence is left to the caller.
[[nodiscard]] Ipv4Access without_route(const Evidence& evidence, const Facts& facts, const std::string& why, Ipv4Kind kind);

/// Absent: there is IPv4, or nobody knows.
[[nodiscard]] std::optional<Ipv4Access> no_ipv4(const Evidence& evidence, const Facts& facts);

}  // namespace ringback::diagnosis
