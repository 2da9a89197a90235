#pragma once
/// The last look at what was written of a redacted report: none of the values that have masks may stand in it, whichever way it came there.
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ringback::redaction {

/// Where in the text a word stands that is one of these values: a public address (with or without a port), a hardware address, a domain name
/// or one below it. An IPv4 or hardware address is also found between letters and with other separators, where no digit stands directly on either side
/// (written_addresses.hpp). Linear in the text.
[[nodiscard]] std::optional<std::size_t> first_of(const std::set<std::string, std::less<>>& values, std::string_view text);

}  // namespace ringback::redaction
