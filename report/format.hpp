#pragma once
/// The forms a report can be given in.
#include "report/report.hpp"
#include "report/style.hpp"

namespace ringback {

enum class Format { text, json, html, markdown };
constexpr auto enum_names(Format) {
  using N = EnumName<Format>;
  return std::array{N{Format::text, "text"}, N{Format::json, "json"}, N{Format::html, "html"}, N{Format::markdown, "markdown"}};
}

/// Ends in a newline. The style is that of text; `verbose` counts for html and markdown too. JSON is one line.
[[nodiscard]] std::string render(const Report& report, Format format, const TextStyle& style = {});

}  // namespace ringback
