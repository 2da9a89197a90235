#include "commands/stored_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/files.hpp"
#include "commands/surroundings.hpp"
#include "diagnosis/codes.hpp"
#include "report/json.hpp"
#include "report/safe_text.hpp"

namespace ringback::commands {
namespace {

std::string name_of(const std::string& path) { return path == "-" ? "standard input" : path; }

std::vector<std::string> unknown_codes(const Report& report) {
  constexpr std::size_t most_told = 5;
  std::vector<std::string> result;
  const auto look_at = [&](const std::string& code) {
    auto shown = safe_text(code, {.longest = 60});
    if (result.size() < most_told && !diagnosis::find_code(code) && std::ranges::find(result, shown) == result.end()) result.push_back(std::move(shown));
  };
  for (const auto& finding : report.findings) look_at(finding.code);
  for (const auto& verdict : report.services)
    if (verdict.cause) look_at(*verdict.cause);
  for (const auto& name : report.names) std::ranges::for_each(name.findings, look_at);
  return result;
}

}  // namespace

Expected<std::string> read_text(const std::string& path) { return cli::read_file(path == "-" ? "/dev/stdin" : path); }

std::optional<Report> parse_report(const std::string& path, const Expected<std::string>& text) {
  if (!text) {
    complain(text.error().what);   // which names the file
    return std::nullopt;
  }
  auto report = from_json(*text);
  if (report) return std::move(*report);
  complain(fmt::format("{}: {}", name_of(path), report.error().what));
  return std::nullopt;
}

void note_unknown_codes(const std::string& path, const Report& report) {
  const auto codes = unknown_codes(report);
  if (codes.empty()) return;
  complain(fmt::format("{}: this version does not know the code{} {}: a newer one may have written this report; what it says is shown as it stands", name_of(path),
                       codes.size() > 1 ? "s" : "", fmt::join(codes, ", ")));
}

}  // namespace ringback::commands
