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
/// On standard error, where there is one: codes may be added without a new schema, and then the words of the report are all that is known of them.
void note_unknown_codes(const std::string& path, const Report& report);

}  // namespace ringback::commands
