#include "report/details.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "report/observations.hpp"
#include "report/read_on.hpp"
#include "report/remedy.hpp"
#include "report/safe_text.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

std::size_t most_addresses(const Page& page) { return page.style().verbose ? 64 : 3; }

void write_connection(const Report& report, Page& page) {
  const auto& connection = report.connection;
  page.gap();
  const bool verbose = page.style().verbose, briefly = !verbose && is_all_well(report);   // on one screen
  const auto lines = connection_lines(report, most_addresses(page), briefly);
  if (briefly) page.paragraph("Connection: " + lines.type, "", Paint::heading);
  else page.paragraph("Connection", "", Paint::heading), page.paragraph(lines.type, "  Type  ");
  page.paragraph(lines.ipv4, "  IPv4  ");
  page.paragraph(lines.ipv6, "  IPv6  ");
  if (connection.because.empty()) return;
  if (briefly || (problems(report).empty() && !verbose)) {
    const bool is_open = connection.type == ConnectionType::unknown && !is_type_left_out(report);
    if (is_open) page.paragraph(connection.because.front(), "  Because: ");   // what could not be determined has a reason at the least
    return;
  }
  page.paragraph("Because:", "  ");
  const std::size_t most = verbose ? 100 : 5;
  for (std::size_t i = 0; i < std::min(connection.because.size(), most); ++i) page.paragraph(connection.because[i], "  - ");
  if (connection.because.size() > most)
    page.paragraph(fmt::format("and {} more (-v shows them)", connection.because.size() - most), "  - ");
  if (const auto words = words_of_because(connection, most); !words.empty()) page.paragraph(fmt::format("{}", fmt::join(words, "; ")), "  Words: ");
}

void write_names(const Report& report, Page& page) {
  if (report.names.empty()) return;
  page.gap();
  page.paragraph("Names", "", Paint::heading);
  for (const auto& line : name_lines(report, most_addresses(page), page.style().verbose ? kMostNames : 3)) page.paragraph(line, "  ");
}

void write_notes(const Report& report, Page& page) {
  const auto found = notes(report);
  if (found.empty()) return;
  page.gap();
  page.paragraph("Also noticed", "", Paint::heading);
  for (const auto& note : found) {
    const auto about = subjects(note);
    const bool said = note.first().title.find(about) != std::string::npos;
    page.paragraph(note.first().title + (said ? "" : " (" + about + ")"), "  - ");
    if (!page.style().verbose) continue;
    if (!note.first().detail.empty()) page.paragraph(note.first().detail, "    ");
    write_remedies(note.remedies, page);
    write_pointers(note, 4, page);
  }
  if (const auto command = explain_command(found)) page.command(*command, 10);   // what follows from it
}

void write_unmeasured(const Report& report, Page& page) {
  const auto lines = unmeasured(report);
  if (lines.empty()) return;
  page.gap();
  page.paragraph("Could not be measured", "", Paint::heading);
  for (const auto& line : lines) page.paragraph(line, "  - ");
}

}  // namespace

std::vector<std::string> unmeasured(const Report& report) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min<std::size_t>(report.probes.size(), 64); ++i) {
    const auto& probe = report.probes[i];
    if (probe.status == ProbeStatus::done || probe.status == ProbeStatus::not_run) continue;
    const auto why = probe.reason.value_or(probe.status == ProbeStatus::timed_out ? "the deadline came first" : "no reason is known");
    lines.push_back(probe.name + ": " + why);
  }
  return lines;
}

std::string origin(const Report& report) {
  return fmt::format(
      "{} {}, started {}, took {:.1f} s{}", safe_text(report.tool.name, {.longest = 40}), safe_text(report.tool.version, {.longest = 40}),
      report.started.empty() ? "at an unknown time" : safe_text(report.started, {.longest = 40}),
      static_cast<double>(report.duration.count()) / 1000, report.redacted ? "; what identifies the household is masked: its names and addresses are not real" : "");
}

void write_pointers(const Problem& problem, std::size_t indent, Page& page) {
  for (const auto* finding : problem.findings)
    for (std::size_t i = 0; i < std::min<std::size_t>(finding->evidence.size(), 20); ++i)
      page.paragraph(finding->evidence[i], std::string(indent, ' ') + "rests on ", Paint::faint);
}

void write_details(const Report& report, Page& page) {
  write_connection(report, page);
  write_names(report, page);
  write_notes(report, page);
  write_unmeasured(report, page);
  if (page.style().verbose) write_observations(report, page);
  // Where nothing is wrong, the answer has to stay on the screen when the shell asks for the next command: this is least worth a line.
  if (!page.style().verbose && !report.redacted && is_all_well(report)) return;
  page.gap();
  page.paragraph(origin(report), "", Paint::faint);
}

}  // namespace ringback
