#include "report/markdown.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "report/as_called.hpp"
#include "report/details.hpp"
#include "report/observations.hpp"
#include "report/picture.hpp"
#include "report/read_on.hpp"
#include "report/remedy.hpp"
#include "report/safe_text.hpp"
#include "report/said_once.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

constexpr std::size_t kMostAddresses = 8;

/// CommonMark §4.4 and §5.2: code inside of an item whose text begins behind `indent` columns.
std::string code_in_item(std::size_t indent, std::string_view line) { return std::string(indent + 4, ' ') + safe_text(line) + '\n'; }

void write_step(std::size_t number, const Advice& remedy, const std::string& program, std::string& out) {
  const auto step = step_of(remedy.steps[number - 1]);
  const auto marker = fmt::format("{}. ", number);
  out += fmt::format("{}{}\n", marker, escape_markdown(step.words));
  if (!step.lines.empty()) out += '\n';
  for (const auto line : step.lines) out += code_in_item(marker.size(), line);
  const auto lists = commands_at(number, remedy);
  for (const auto& list : lists) {
    out += '\n';
    if (const auto heading = heading_of(list, number, remedy); !heading.empty()) out += std::string(marker.size(), ' ') + escape_markdown(heading) + "\n\n";
    for (const auto& command : list.commands) out += code_in_item(marker.size(), as_called(command, program));
  }
  if (!step.lines.empty() || !lists.empty()) out += '\n';
}

void write_remedy(const Advice& remedy, bool is_first, const std::string& program, std::string& out) {
  out += "\n**→ " + escape_markdown(remedy_title(remedy.title, is_first)) + "**\n\n";
  for (std::size_t i = 0; i < remedy.steps.size(); ++i) write_step(i + 1, remedy, program, out);
  bool follows = !remedy.steps.empty();
  for (const auto& list : commands_at(0, remedy)) {
    if (const auto heading = heading_of(list, 0, remedy); !heading.empty()) out += (follows ? "\n" : "") + escape_markdown(heading) + "\n", follows = true;
    std::string commands;
    for (const auto& command : list.commands) commands += safe_text(as_called(command, program)) + "\n";
    out += (follows ? "\n" : "") + code_block(commands, "sh");
    follows = true;
  }
}

void write_remedies(const Problem& problem, const std::string& program, std::string& out) {
  if (const auto text = ways(problem); !text.empty()) out += "\n" + escape_markdown(text) + "\n";
  for (std::size_t i = 0; i < problem.remedies.size(); ++i) write_remedy(problem.remedies[i], i == 0, program, out);
}

void write_problem(const Problem& problem, const std::string& program, std::string& out) {
  const auto& finding = problem.first();
  out += fmt::format("\n#### {}: {}\n\n", words(finding.severity), escape_markdown(finding.title));
  std::string about = subjects(problem);
  if (const auto doubt = words(finding.confidence); !doubt.empty()) about += (about.empty() ? "" : "; ") + std::string(doubt);
  out += fmt::format("{}{}\n", escape_markdown(fmt::format("{}", fmt::join(codes_of(problem), ", "))), about.empty() ? "" : " · " + escape_markdown(about));
  for (const auto& text : said_once(problem)) out += "\n" + escape_markdown(text) + "\n";
  write_remedies(problem, program, out);
}

void write_where_to_read_on(const std::vector<Problem>& found, const std::string& program, std::string& out) {
  const auto command = explain_command(found);
  if (command) out += fmt::format("\n{}\n{}\n\n{}", kAfterAChange, kReadOn, code_block(as_called(*command, program), "sh"));
}

/// As the content of a list item whose text begins behind "- " (CommonMark §5.2).
std::string in_item(std::string_view blocks) {
  std::string out;
  for (std::size_t at = 0; at < blocks.size();) {
    const auto end = std::min(blocks.find('\n', at), blocks.size());
    if (end != at) out += "  " + std::string(blocks.substr(at, end - at));
    out += '\n';
    at = end + 1;
  }
  return out;
}

void write_note(const Problem& note, const std::string& program, std::string& out) {
  const auto& finding = note.first();
  out += "- " + escape_markdown(finding.title) + (finding.detail.empty() ? "" : " — " + escape_markdown(finding.detail)) + "\n";
  std::string advice;
  write_remedies(note, program, advice);
  out += in_item(advice);
}

void write_notes(const std::vector<Problem>& all, const std::string& program, std::string& out) {
  if (all.empty()) return;
  out += "\n#### Also noticed\n\n";
  for (const auto& note : all) write_note(note, program, out);
}

void write_list(std::string_view title, const std::vector<std::string>& items, std::string& out) {
  if (items.empty()) return;
  out += fmt::format("\n#### {}\n\n", title);
  for (const auto& item : items) out += "- " + escape_markdown(item) + "\n";
}

std::string details(const Report& report, const std::string& program) {
  std::string out;
  const auto& connection = report.connection;
  const auto said = connection_lines(report, kMostAddresses, false);
  std::vector<std::string> lines{"Type: " + said.type, "IPv4: " + said.ipv4, "IPv6: " + said.ipv6};
  write_list("Connection", lines, out);
  lines.assign(connection.because.begin(),
               connection.because.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(connection.because.size(), 100)));
  write_list("Because", lines, out);
  write_list("Words used there", words_of_because(connection, 100), out);
  write_list("Names", name_lines(report, kMostAddresses, kMostNames), out);
  write_notes(notes(report), program, out);
  write_list("Could not be measured", unmeasured(report), out);
  return out;
}

/// Drawn as text is, without colour.
template <class Draw>
std::string drawn(Draw draw, bool verbose) {
  Page page({.columns = 80, .verbose = verbose});
  draw(page);
  return page.text();
}

}  // namespace

std::string escape_markdown(std::string_view text) {
  const std::string safe = safe_text(text);
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const char c = safe[i];
    const std::string_view rest = std::string_view(safe).substr(i);
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '@')
      out += "@<!-- -->";  // an escaped or encoded @ still mentions somebody on GitHub
    else if (rest.starts_with("://") || rest.starts_with("www."))
      out += c == ':' ? ":<!-- -->" : "w<!-- -->";  // GFM links bare URLs; no escape stops that everywhere
    else if (std::string_view("\\`*_[]|~#$").find(c) != std::string_view::npos ||
             (i == 0 && std::string_view("+-=").find(c) != std::string_view::npos))
      out += std::string("\\") + c;
    else if ((c == '.' || c == ')') && i != 0 && i < 10 &&
             std::all_of(safe.begin(), safe.begin() + static_cast<std::ptrdiff_t>(i), [](char d) { return d >= '0' && d <= '9'; }))
      out += std::string("\\") + c;  // "1." would begin a list
    else
      out += c;
  }
  return out;
}

std::string code_block(std::string_view lines, std::string_view language) {
  std::size_t longest = 2, run = 0;
  for (const char c : lines) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}{}\n{}{}{}\n", fence, language, lines, lines.ends_with('\n') ? "" : "\n", fence);
}

std::string to_markdown(const Report& report, bool verbose, const std::string& program) {
  std::string out = "**" + escape_markdown(headline(report).text) + "**\n\n";
  const auto rows = picture(report);
  if (!rows.empty()) out += code_block(drawn([&](Page& page) { draw(rows, page); }, false), "text") + "\n";
  out += "<details><summary>What to do, and what this rests on</summary>\n";
  const auto found = problems(report);
  for (const auto& problem : found) write_problem(problem, program, out);
  write_where_to_read_on(found, program, out);
  out += details(report, program);
  if (verbose)
    out +=
        "\n#### Everything that was observed\n\n" + code_block(drawn([&](Page& page) { write_observations(report, page); }, true), "text");
  out += "\n" + escape_markdown(origin(report)) + "\n\n</details>\n";
  return out;
}

}  // namespace ringback
