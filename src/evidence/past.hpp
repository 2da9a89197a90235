#pragma once
/// What earlier checks of this host saw, as far as it tells something about today. Values.
#include <optional>
#include <vector>

#include "base/describe.hpp"
#include "net/moment.hpp"
#include "net/prefix.hpp"
#include "net/service.hpp"

namespace ringback::past {

struct PrefixSeen {
  Prefix prefix;                           ///< of IPv6, on the link to the home router
  Moment first, last;

  bool operator==(const PrefixSeen&) const = default;
  static constexpr auto describe() { return std::tuple{field("prefix", &PrefixSeen::prefix), field("first", &PrefixSeen::first), field("last", &PrefixSeen::last)}; }
};

struct AddressSeen {
  Address address;
  Moment first, last;

  bool operator==(const AddressSeen&) const = default;
  static constexpr auto describe() { return std::tuple{field("address", &AddressSeen::address), field("first", &AddressSeen::first), field("last", &AddressSeen::last)}; }
};

/// In the home router's own list, to this host.
struct MappingSeen {
  Service service;
  Moment last;

  bool operator==(const MappingSeen&) const = default;
  static constexpr auto describe() { return std::tuple{field("service", &MappingSeen::service), field("last", &MappingSeen::last)}; }
};

struct ReachedService {
  Service service;
  Family family = Family::ipv4;
  Moment last;                             ///< when it could be reached

  bool operator==(const ReachedService&) const = default;
  static constexpr auto describe() {
    return std::tuple{field("service", &ReachedService::service), field("family", &ReachedService::family), field("last", &ReachedService::last)};
  }
};

struct Evidence {
  Moment since, until;                     ///< of the checks that are remembered; `until` is this one
  std::int64_t checks = 0;                 ///< before this one
  std::vector<PrefixSeen> prefixes;        ///< one after the other as they were seen; the same again is there again
  std::vector<AddressSeen> ipv4;           ///< how the internet saw this home, likewise
  std::vector<AddressSeen> ipv6;           ///< of this host, those that a name should have led to, likewise
  std::vector<MappingSeen> mappings;       ///< each once
  std::vector<ReachedService> reached;     ///< each once

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("since", &E::since),       field("until", &E::until), field("checks", &E::checks),   field("prefixes", &E::prefixes),
                      field("ipv4", &E::ipv4), later_field("ipv6", &E::ipv6), field("mappings", &E::mappings), field("reached", &E::reached)};
  }
};

}  // namespace ringback::past
