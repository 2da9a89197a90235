#pragma once
/// Addresses as people and programs spell them in texts: glued to words, and with any sign between the numbers.
#include <optional>
#include <string_view>
#include <variant>

#include "net/mac_address.hpp"
#include "net/prefix.hpp"

namespace ringback::redaction {

struct Written {
  std::variant<Address, MacAddress, Prefix> value;   ///< a prefix: of three octets that stand without the fourth, "93.184.1.*"
  std::size_t begin = 0, end = 0;                    ///< of a prefix, the end of the third octet
  std::string_view separator;
  bool evident = true;                               ///< false: three octets and a dot, which a version at the end of a sentence is, too
};

/// Begins here: four numbers from 0 to 255, or six hardware octets of two digits each, joined by the same sign (one that is no letter and no digit, or
/// "[.]"); three times two hardware octets, joined by dots; or three numbers with dots, and another one behind them. Letters may stand on either side,
/// digits may not. Constant time.
[[nodiscard]] std::optional<Written> written_at(std::string_view text, std::size_t at);

/// The evident ones alone. Without a separator: in whatever spelling.
[[nodiscard]] bool holds_written_address(std::string_view text, std::string_view separator = {});

}  // namespace ringback::redaction
