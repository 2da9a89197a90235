#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace ringback {

/// A 48-bit hardware address, "02:00:5e:10:00:01".
struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};
  static Expected<MacAddress> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  auto operator<=>(const MacAddress&) const = default;
};

}  // namespace ringback
