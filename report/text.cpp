#include "report/text.hpp"

#include <fmt/format.h>

#include "report/details.hpp"
#include "report/page.hpp"
#include "report/picture.hpp"
#include "report/read_on.hpp"
#include "report/remedy.hpp"
#include "report/said_once.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

Paint paint(Tone tone) { return tone == Tone::good ? Paint::good : tone == Tone::bad ? Paint::bad : Paint::doubtful; }

Paint paint(Severity severity) {
  return severity == Severity::error ? Paint::bad : severity == Severity::warning ? Paint::doubtful : Paint::heading;
}

/// "443/tcp over IPv4; likely, not certain": what the title does not say itself.
std::string about_of(const Problem& problem) {
  const auto& finding = problem.first();
  std::string about = subjects(problem);
  if (finding.title.find(about) != std::string::npos) about.clear();
  if (const auto doubt = words(finding.confidence); !doubt.empty()) about += (about.empty() ? "" : "; ") + std::string(doubt);
  return about;
}

/// Where nothing is wrong, what could be changed takes a line or two, so that the report stays on one screen; -v shows the steps, and where to read on.
void write_briefly(const std::vector<Problem>& found, Page& page) {
  std::size_t number = 0;
  for (const auto& problem : joined_by_code(found)) {
    const auto& finding = problem.first();
    const auto about = about_of(problem);
    page.paragraph(fmt::format("{}: {}{}", words(finding.severity), finding.title, about.empty() ? "" : " (" + about + ")"), fmt::format("{}. ", ++number),
                   paint(finding.severity));
    bool is_first = true;
    for (const auto& remedy : problem.remedies) {
      page.paragraph(remedy_title(remedy.title, is_first), fmt::format("   {} ", page.symbol("→", "->")));
      is_first = false;
    }
  }
}

void write_problem(const Problem& problem, std::size_t number, Page& page) {
  const auto& finding = problem.first();
  page.paragraph(fmt::format("{}: {}", words(finding.severity), finding.title), fmt::format("{}. ", number), paint(finding.severity));
  if (const auto about = about_of(problem); !about.empty()) page.paragraph("(" + about + ")", "   ", Paint::faint);
  for (const auto& text : said_once(problem)) page.paragraph(text, "   ");
  if (const auto text = ways(problem); !text.empty()) page.paragraph(text, "   ");
  write_remedies(problem.remedies, page);
  if (page.style().verbose) write_pointers(problem, 3, page);
}

void write_in_full(const std::vector<Problem>& found, Page& page) {
  std::size_t number = 0;
  for (const auto& problem : found) {
    page.gap();
    write_problem(problem, ++number, page);
  }
}

void write_where_to_read_on(const std::vector<Problem>& found, Page& page) {
  const auto command = explain_command(found);
  if (!command) return;
  page.gap();
  page.paragraph(kAfterAChange);
  page.paragraph(kReadOn);
  page.command(*command, 10);
}

}  // namespace

std::string to_text(const Report& report, const TextStyle& style) {
  Page page(style);
  const auto verdict = headline(report);
  page.paragraph(verdict.text, "", paint(verdict.tone));
  page.gap();
  draw(picture(report), page);

  const auto found = problems(report);
  const bool briefly = !style.verbose && is_all_well(report);
  if (!found.empty()) {
    page.gap();
    page.paragraph(std::string(heading_of(found)) + (briefly ? " (-v shows the steps)" : ""), "", Paint::heading);
  }
  if (briefly) {
    write_briefly(found, page);
  } else {
    write_in_full(found, page);
    write_where_to_read_on(found, page);
  }
  write_details(report, page);
  return page.text();
}

}  // namespace ringback
