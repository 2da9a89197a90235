#pragma once
/// Words and values of iptables-save(8).
#include <string>
#include <string_view>

#include "probes/filter/ruleset.hpp"

namespace ringback::filter::legacy {

/// Words between blanks; in quotes, a backslash stands before a quote or a backslash (libxtables, xtables_save_string).
[[nodiscard]] std::vector<std::string> split(std::string_view text);
/// Between commas.
[[nodiscard]] std::vector<std::string> list(const std::string& text);
[[nodiscard]] std::string lower(std::string text);
/// Decimal, or hexadecimal behind "0x".
[[nodiscard]] std::optional<std::uint64_t> number(std::string_view text);
/// "80" or "6000:6007".
[[nodiscard]] std::optional<Numbers> ports(const std::string& text);
/// "1.2.3.4/32", "2001:db8::/32".
[[nodiscard]] std::optional<Elements> address(const std::string& text);
/// "1.2.3.4-1.2.3.9".
[[nodiscard]] std::optional<Elements> address_range(const std::string& text);
/// "icmp-port-unreachable", "icmp6-adm-prohibited", "tcp-reset" in nft's words.
[[nodiscard]] std::string rejection(const std::string& kind);

[[nodiscard]] inline Element one(Piece piece) { return {{std::move(piece)}, std::nullopt}; }
[[nodiscard]] inline Elements numbers(std::uint64_t value) { return {one(Numbers{value, value})}; }

}  // namespace ringback::filter::legacy
