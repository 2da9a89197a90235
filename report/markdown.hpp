#pragma once
/// The report for tickets and forums: the verdict, and everything else folded away below it (GitHub Flavored Markdown, which
/// GitLab, Gitea and Discourse read too).
#include <string>

#include "report/report.hpp"

namespace ringback {

/// `program`: TextStyle::program.
[[nodiscard]] std::string to_markdown(const Report& report, bool verbose = false, const std::string& program = "ringback");

/// Text as text: no markup, no link, no mention comes of it. One line.
[[nodiscard]] std::string escape_markdown(std::string_view text);
/// Lines as a code block that they cannot end.
[[nodiscard]] std::string code_block(std::string_view lines, std::string_view language);

}  // namespace ringback
