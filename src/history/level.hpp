#pragma once
#include <array>

#include "base/describe.hpp"

namespace ringback {

/// Of a check; in the order of the exit statuses 0, 1, 2, 3 (Monitoring Plugins Development Guidelines, "Plugin Return Codes").
enum class Level { ok, warning, critical, unknown };
constexpr auto enum_names(Level) {
  using N = EnumName<Level>;
  return std::array{N{Level::ok, "ok"}, N{Level::warning, "warning"}, N{Level::critical, "critical"}, N{Level::unknown, "unknown"}};
}

}  // namespace ringback
