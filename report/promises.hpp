#pragma once
/// What the contract promises of a report beyond the types of its values; the published schema says the same (schema.cpp).
#include <optional>
#include <string_view>

#include "report/report.hpp"

namespace ringback {

/// The first promise that is broken, with the place and what would be right.
[[nodiscard]] std::optional<Error> broken_promise(const Report& report);

/// "ipv4.cgnat". Which codes there are grows from version to version, and of their form nothing is promised: a short word.
[[nodiscard]] bool is_code(std::string_view text);

}  // namespace ringback
