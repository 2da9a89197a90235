#include "report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "report/as_called.hpp"
#include "report/details.hpp"
#include "report/html_picture.hpp"
#include "report/observations.hpp"
#include "report/read_on.hpp"
#include "report/remedy.hpp"
#include "report/safe_text.hpp"
#include "report/said_once.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

constexpr std::size_t kMostAddresses = 8;

/// SHA-256 of html_style(), so that no other style sheet works (CSP Level 3 §8.4); a test computes it again.
constexpr std::string_view kStyleHash = "sha256-rA11eck6+CG4s5vJlbced4/UGgcXJFLhbTcQfnGYrwo=";

std::string_view css(Tone tone) { return tone == Tone::good ? "good" : tone == Tone::bad ? "bad" : "doubtful"; }
std::string_view css(Severity severity) {
  return severity == Severity::error ? "bad" : severity == Severity::warning ? "doubtful" : "soft";
}

/// Harmless lines that were laid out already.
std::string escape_lines(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out += escape_html(std::string_view(text).substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}

constexpr std::size_t kColumnsOfAPhone = 28;   // that <pre> has there at the least

/// Where the word that begins here ends: "--service", "--zone=NAME", without the stop behind it; the same place: it is no option of a program.
std::size_t behind_option(std::string_view text, std::size_t at) {
  constexpr std::string_view before = " (\"[", stops = ".,;:!?)]\"";
  if (text[at] != '-' || (at != 0 && before.find(text[at - 1]) == std::string_view::npos)) return at;
  auto end = std::min(text.find(' ', at), text.size());
  while (end > at && stops.find(text[end - 1]) != std::string_view::npos) --end;
  const auto name = text.find_first_not_of('-', at);
  const bool named = name < end && name <= at + 2 && std::isalpha(static_cast<unsigned char>(text[name])) != 0;
  return named && end - at <= kColumnsOfAPhone ? end : at;
}

/// Sentences. Browsers end a line behind any hyphen, and "--" alone at its end is read as a dash: options of programs stay in one piece.
std::string prose(std::string_view any) {
  const auto text = safe_text(any);   // cut where it is too long, once
  std::string out;
  std::size_t written = 0;
  for (std::size_t at = text.find('-'); at != std::string::npos; at = text.find('-', at + 1)) {
    const auto end = behind_option(text, at);
    if (end == at) continue;
    out += escape_html(text.substr(written, at - written)) + "<code>" + escape_html(text.substr(at, end - at)) + "</code>";
    written = at = end;
  }
  return out + escape_html(text.substr(written));
}

std::string element(std::string_view tag, std::string_view text) { return fmt::format("<{0}>{1}</{0}>\n", tag, prose(text)); }

/// In front of an element of the class "folded", which is shown when this is open, and on paper. What is inside <details> browsers do not print.
std::string folding(std::string_view title) { return fmt::format("<details><summary>{}</summary></details>\n", escape_html(title)); }

void write_picture(const Report& report, std::string& out) {
  const auto rows = picture(report);
  if (rows.empty()) return;
  out += picture_svg(rows);
  if (const auto text = legend(rows, true); !text.empty()) out += fmt::format("<p class=\"soft\">{}</p>\n", escape_html(text));
}

void write_commands(std::size_t step, const Advice& remedy, const std::string& program, std::string& out) {
  for (const auto& list : commands_at(step, remedy)) {
    if (const auto heading = heading_of(list, step, remedy); !heading.empty()) out += element("p", heading);
    std::string commands;
    for (const auto& command : list.commands) commands += (commands.empty() ? "" : "\n") + escape_html(as_called(command, program));
    out += "<pre>" + commands + "</pre>\n";
  }
}

std::string lines_to_copy(const Step& step) {
  std::string lines;
  for (const auto line : step.lines) lines += (lines.empty() ? "" : "\n") + escape_html(line);
  return lines.empty() ? "" : "<pre>" + lines + "</pre>";
}

void write_remedy(const Advice& remedy, std::string_view heading, bool is_first, const std::string& program, std::string& out) {
  out += element(heading, "→ " + remedy_title(remedy.title, is_first));
  const bool numbered = remedy.steps.size() > 1;
  if (numbered) out += "<ol>\n";
  for (std::size_t i = 0; i < remedy.steps.size(); ++i) {
    const auto step = step_of(remedy.steps[i]);
    out += fmt::format("{}{}{}{}", numbered ? "<li>" : "<p>", prose(step.words), numbered ? "" : "</p>", lines_to_copy(step));
    write_commands(i + 1, remedy, program, out);
    out += numbered ? "</li>\n" : "\n";
  }
  if (numbered) out += "</ol>\n";
  write_commands(0, remedy, program, out);
}

/// `heading`: of the level below what they stand under.
void write_remedies(const Problem& problem, std::string_view heading, const std::string& program, std::string& out) {
  if (const auto text = ways(problem); !text.empty()) out += element("p", text);
  for (std::size_t i = 0; i < problem.remedies.size(); ++i) write_remedy(problem.remedies[i], heading, i == 0, program, out);
}

void write_problem(const Problem& problem, const std::string& program, std::string& out) {
  const auto& finding = problem.first();
  out += fmt::format("<section class=\"card\">\n<h3><span class=\"{}\">{}:</span> {}</h3>\n", css(finding.severity),
                     words(finding.severity), escape_html(finding.title));
  std::string about = subjects(problem);
  if (const auto doubt = words(finding.confidence); !doubt.empty()) about += (about.empty() ? "" : "; ") + std::string(doubt);
  if (!about.empty()) out += fmt::format("<p class=\"soft\">{}</p>\n", escape_html(about));
  for (const auto& text : said_once(problem)) out += element("p", text);
  write_remedies(problem, "h4", program, out);
  out += fmt::format("<p class=\"soft code\">{}</p>\n", escape_html(fmt::format("{}", fmt::join(codes_of(problem), ", "))));
  out += "</section>\n";
}

void write_list(std::string_view title, const std::vector<std::string>& items, std::string& out) {
  if (items.empty()) return;
  out += element("h2", title) + "<ul>\n";
  for (const auto& item : items) out += element("li", item);
  out += "</ul>\n";
}

void write_where_to_read_on(const std::vector<Problem>& found, const std::string& program, std::string& out) {
  const auto command = explain_command(found);
  if (!command) return;
  out += element("p", kAfterAChange) + element("p", kReadOn) + "<pre>" + escape_html(as_called(*command, program)) + "</pre>\n";
}

void write_note(const Problem& note, const std::string& program, std::string& out) {
  const auto& finding = note.first();
  out += "<li>" + prose(finding.title) + (finding.detail.empty() ? "" : " — " + prose(finding.detail)) + "\n";
  write_remedies(note, "h3", program, out);
  out += "</li>\n";
}

void write_notes(const std::vector<Problem>& all, const std::string& program, std::string& out) {
  if (all.empty()) return;
  out += element("h2", "Also noticed") + "<ul>\n";
  for (const auto& note : all) write_note(note, program, out);
  out += "</ul>\n";
}

void write_connection(const Report& report, std::string& out) {
  const auto& connection = report.connection;
  const auto lines = connection_lines(report, kMostAddresses, false);
  out += "<h2>Connection</h2>\n<dl>\n";
  for (const auto& [label, text] : {std::pair{"Type", lines.type}, {"IPv4", lines.ipv4}, {"IPv6", lines.ipv6}})
    out += element("dt", label) + element("dd", text);
  out += "</dl>\n";
  if (connection.because.empty()) return;
  out += folding("Because") + "<ul class=\"folded\">\n";
  for (std::size_t i = 0; i < std::min<std::size_t>(connection.because.size(), 100); ++i) out += element("li", connection.because[i]);
  out += "</ul>\n";
  const auto meanings = words_of_because(connection, 100);
  if (meanings.empty()) return;
  out += folding("Words used there") + "<ul class=\"folded\">\n";
  for (const auto& meaning : meanings) out += element("li", meaning);
  out += "</ul>\n";
}

std::string body(const Report& report, bool verbose, const std::string& program) {
  std::string out;
  const auto verdict = headline(report);
  out += fmt::format("<h1 class=\"{}\"><span>{}</span></h1>\n", css(verdict.tone), escape_html(verdict.text));
  write_picture(report, out);
  const auto found = problems(report);
  if (!found.empty()) out += fmt::format("<h2>{}</h2>\n", heading_of(found));
  for (const auto& problem : found) write_problem(problem, program, out);
  write_where_to_read_on(found, program, out);
  write_connection(report, out);
  write_list("Names", name_lines(report, kMostAddresses, kMostNames), out);
  write_notes(notes(report), program, out);
  write_list("Could not be measured", unmeasured(report), out);
  if (verbose) {
    Page page({.columns = 80, .verbose = true});
    write_observations(report, page);
    out += folding("Everything that was observed") + "<div class=\"folded\"><pre>" + escape_lines(page.text()) + "</pre></div>\n";
  }
  return out;
}

bool is_wide(std::string_view lines) {
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = std::min(lines.find('\n', at), lines.size());
    if (display_width(lines.substr(at, end - at)) > kColumnsOfAPhone) return true;
    at = end + 1;
  }
  return false;
}

/// What may have to be scrolled sideways can be reached by keyboard (WCAG 2.2, 2.1.1). All text was escaped: what looks like a tag is one.
std::string reachable_by_keyboard(std::string_view body) {
  constexpr std::string_view begin = "<pre>", end = "</pre>";
  std::string out;
  for (std::size_t at = 0; at < body.size();) {
    const auto found = std::min(body.find(begin, at), body.size());
    out += body.substr(at, found - at);
    if (found == body.size()) break;
    const auto text = found + begin.size(), behind = std::min(body.find(end, text), body.size());
    out += is_wide(body.substr(text, behind - text)) ? "<pre tabindex=\"0\">" : begin;
    at = text;
  }
  return out;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : safe_text(text)) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string html_document(std::string_view title, std::string_view body, std::string_view footer) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n<footer>{}</footer>\n</body>\n</html>\n",
      kStyleHash, escape_html(title), html_style(), reachable_by_keyboard(body), escape_html(footer));
}

std::string to_html(const Report& report, bool verbose, const std::string& program) {
  return html_document(headline(report).text, body(report, verbose, program), origin(report));
}

}  // namespace ringback
