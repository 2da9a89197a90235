#pragma once
/// The text of a rule as statements. iptables-nft keeps matches of its own ("xt") in the kernel, which JSON only names; in the text nft
/// translates them. What it cannot translate stands there as "xt match recent".
#include "probes/filter/ruleset.hpp"

namespace ringback::filter {

/// The words that iptables-translate writes are read; every other one is Unclear, up to the next that is.
[[nodiscard]] std::vector<Statement> read_rule_text(std::string_view text);

}  // namespace ringback::filter
