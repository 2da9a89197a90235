#include "commands/stored_report.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#include "commands/surroundings.hpp"
#include "report/json.hpp"

namespace ringback::commands {

Expected<std::string> read_text(const std::string& path) { return cli::read_file(path == "-" ? "/dev/stdin" : path); }

std::optional<Report> parse_report(const std::string& path, const Expected<std::string>& text) {
  if (!text) {
    complain(text.error().what);   // which names the file
    return std::nullopt;
  }
  auto report = from_json(*text);
  if (report) return std::move(*report);
  complain(fmt::format("{}: {}", path == "-" ? "standard input" : path, report.error().what));
  return std::nullopt;
}

}  // namespace ringback::commands
