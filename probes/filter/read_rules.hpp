#pragma once
/// All rules of this host: those of nftables, and beside them the tables of an iptables of the old kind.
#include "io/network.hpp"
#include "probes/filter/evidence.hpp"
#include "probes/filter/ruleset.hpp"

namespace ringback::filter {

struct Rules {
  Ruleset ruleset;
  std::string json;                                     ///< of nftables
  std::optional<std::string> legacy_ipv4, legacy_ipv6;  ///< what was read of iptables-legacy
  std::vector<std::string> unread_ipv4, unread_ipv6;    ///< its tables whose rules nobody knows; nat drops nothing
  bool legacy_read = true;
  std::optional<std::string> trouble;
};

/// Fails where nftables' own rules cannot be read.
[[nodiscard]] Expected<Rules> read_rules(io::Network& network, Deadline deadline);

/// What the unread tables do with this packet nobody knows: it may have been dropped there.
void allow_for_unread(Walk& walk, const Rules& rules);

}  // namespace ringback::filter
