#pragma once
#include <chrono>
#include <compare>
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace ringback {

/// A point of calendar time in whole seconds, "2026-01-31T12:00:00Z" (RFC 3339, always UTC). For what carries a date, such as a signature;
/// durations are never taken from it.
struct Moment {
  std::chrono::sys_seconds at{};
  /// Years 1970 to 9999.
  static Expected<Moment> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  auto operator<=>(const Moment&) const = default;
};

}  // namespace ringback
