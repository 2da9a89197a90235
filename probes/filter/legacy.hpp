#pragma once
/// The rules of iptables-legacy, which stand beside nftables in the kernel: what iptables-legacy-save prints becomes the same tables and chains
/// that the walk goes through.
#include "probes/filter/ruleset.hpp"

namespace ringback::filter {

/// The form of iptables-save(8). A match or a target that is not known here makes its rule unclear, never inapplicable. Fails where a table is
/// not whole, or is none of those that the kernel has.
[[nodiscard]] Expected<std::vector<Table>> parse_legacy(std::string_view saved, Family family);

/// "-p tcp -m tcp --dport 443 -j DROP": the words of one rule, without its chain. `chains`: those that a target may name.
[[nodiscard]] std::vector<Statement> read_legacy_rule(std::string_view words, Family family, const std::vector<Chain>& chains);

}  // namespace ringback::filter
