#include "commands/stored_report.hpp"

#include <fmt/format.h>

#include "cli/files.hpp"
#include "commands/surroundings.hpp"
#include "report/json.hpp"

namespace ringback::commands {

Expected<std::string> read_text(const std::string& path) { return cli::read_file(path == "-" ? "/dev/stdin" : path); }

std::optional<Report> parse_report(const std::string& path, const Expected<std::string>& text) {
  auto report = text ? from_json(*text) : Expected<Report>(tl::unexpected(text.error()));
  if (report) return std::move(*report);
  complain(fmt::format("{}: {}", path == "-" ? "standard input" : path, report.error().what));
  return std::nullopt;
}

}  // namespace ringback::commands
