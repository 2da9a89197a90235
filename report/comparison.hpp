#pragma once
/// A comparison of two reports for readers and for programs.
#include <nlohmann/json_fwd.hpp>

#include "report/changes.hpp"
#include "report/format.hpp"

namespace ringback {

/// Ends in a newline; JSON is one line, schema "ringback.diff/1". Format::html is a programming error: there is no such form.
[[nodiscard]] std::string render(const Comparison& comparison, const Report& before, const Report& after, Format format, const TextStyle& style = {});

/// Of that JSON (JSON Schema, draft 2020-12), made from the types that it is written from.
[[nodiscard]] nlohmann::ordered_json comparison_schema();

/// "23 minutes", "7 hours", "3 days": to the nearest.
[[nodiscard]] std::string about_as_long_as(std::chrono::seconds time);

}  // namespace ringback
