#pragma once
/// The report as one HTML file: no script, nothing loaded, readable in light and dark, on a phone and on paper.
#include <string>

#include "report/report.hpp"

namespace ringback {

/// `program`: TextStyle::program.
[[nodiscard]] std::string to_html(const Report& report, bool verbose = false, const std::string& program = "ringback");

/// For element content and quoted attributes.
[[nodiscard]] std::string escape_html(std::string_view text);

/// One whole page around `body`, which is HTML already; title and footer are text.
[[nodiscard]] std::string html_document(std::string_view title, std::string_view body, std::string_view footer);

/// The one style sheet; the page's policy names it by its hash.
[[nodiscard]] std::string_view html_style();

}  // namespace ringback
