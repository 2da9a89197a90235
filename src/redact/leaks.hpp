#pragma once
/// The last look at what was written of a redacted report: none of the values that have masks may stand in it, whichever way it came there.
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ringback::redaction {

/// Where in the text the first word stands that is one of these values: a public address (with or without a port), a hardware address, a domain name
/// or one below it. Linear in the text.
[[nodiscard]] std::optional<std::size_t> first_of(const std::set<std::string, std::less<>>& values, std::string_view text);

}  // namespace ringback::redaction
