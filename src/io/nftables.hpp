#pragma once
#include <string>

#include "base/expected.hpp"

namespace ringback::io {

enum class RulesetForm { json, text_with_handles };

/// `nft -j list ruleset` or `nft -a -s list ruleset` through libnftables(3).
[[nodiscard]] Expected<std::string> read_ruleset(RulesetForm form);

}  // namespace ringback::io
