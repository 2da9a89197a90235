#pragma once
/// Whose rules they are: each program undoes what others write into its tables, and wants to be told in its own words.
#include "probes/filter/ruleset.hpp"

namespace ringback::filter {

/// "nftables", "iptables", "iptables-legacy", "ufw" or "firewalld". `by_policy`: no rule of the chain decided.
[[nodiscard]] std::string keeper_of(const Table& table, const Chain& chain, bool by_policy);

}  // namespace ringback::filter
