#pragma once
/// Reports that somebody stored. Who read the file is the caller, or root himself; who understands it may do nothing any more.
#include <optional>
#include <string>

#include "report/report.hpp"

namespace ringback::commands {

/// "-" is standard input.
[[nodiscard]] Expected<std::string> read_text(const std::string& path);
/// Says itself what is wrong, and where in the file.
[[nodiscard]] std::optional<Report> parse_report(const std::string& path, const Expected<std::string>& text);

}  // namespace ringback::commands
