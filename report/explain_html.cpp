#include <fmt/format.h>

#include <algorithm>

#include "report/as_called.hpp"
#include "report/explain.hpp"
#include "report/html.hpp"
#include "report/words.hpp"

namespace ringback {
namespace {

std::string_view shade(Severity severity) { return severity == Severity::error ? "bad" : severity == Severity::warning ? "doubtful" : "soft"; }

/// A code that is on this page of HTML is a link to its place.
std::string label_in_html(const std::string& label, const std::vector<ChosenPage>& pages) {
  const bool is_here = std::ranges::any_of(pages, [&](const ChosenPage& one) { return one.code->code == label; });
  return is_here ? fmt::format("<a href=\"#{0}\">{0}</a>", escape_html(label)) : fmt::format("<b>{}</b>", escape_html(label));
}

std::string part_in_html(const PagePart& part, const std::vector<ChosenPage>& pages, const std::string& program) {
  std::string out = fmt::format("<h4>{}</h4>\n", escape_html(part.title));
  if (part.layout == PageLayout::commands) {
    std::string lines;
    for (const auto& item : part.items) lines += (lines.empty() ? "" : "\n") + escape_html(as_called(item.text, program));
    return out + "<pre>" + lines + "</pre>\n";
  }
  const std::string_view list = part.layout == PageLayout::steps ? "ol" : "ul";
  bool open = false;
  for (const auto& item : part.items) {
    const bool in_list = part.layout == PageLayout::steps || !item.label.empty();
    if (in_list != open) out += fmt::format("<{}{}>\n", in_list ? "" : "/", list);
    open = in_list;
    const auto label = item.label.empty() ? std::string() : label_in_html(item.label, pages) + ": ";
    out += fmt::format("<{0}>{1}{2}</{0}>\n", in_list ? "li" : "p", label, escape_html(item.text));
  }
  return open ? out + fmt::format("</{}>\n", list) : out;
}

std::string page_in_html(const ChosenPage& chosen, const std::vector<ChosenPage>& pages, const std::string& program) {
  const auto& code = *chosen.code;
  auto out = fmt::format("<section class=\"card\" id=\"{}\">\n<h3><span class=\"{}\">{}:</span> {}</h3>\n<p class=\"soft\">{} ({})</p>\n",
                         escape_html(code.code), shade(code.severity), words(code.severity), escape_html(code.title), escape_html(code.code),
                         escape_html(usual_severity(code.severity)));
  for (const auto& part : parts_of(chosen)) out += part_in_html(part, pages, program);
  return out + "</section>\n";
}

}  // namespace

std::string pages_to_html(const std::vector<ChosenPage>& pages, const std::string& program) {
  const auto title = pages.size() == 1 ? std::string(pages.front().code->title) : std::string("Finding codes");
  std::string body = fmt::format("<h1><span>{}</span></h1>\n", escape_html(title));
  for (const auto& group : diagnosis::groups()) {
    bool begun = false;
    for (const auto& chosen : pages) {
      if (diagnosis::group_of(chosen.code->code) != group.name) continue;
      if (!begun) body += fmt::format("<h2>{}: {}</h2>\n", escape_html(group.name), escape_html(group.title));
      begun = true;
      body += page_in_html(chosen, pages, program);
    }
  }
  return html_document(title, body, fmt::format("ringback {}", RINGBACK_VERSION));
}

}  // namespace ringback
