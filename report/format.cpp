#include "report/format.hpp"

#include "report/html.hpp"
#include "report/in_words.hpp"
#include "report/json.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"

namespace ringback {
namespace {

std::string for_people(const Report& report, Format format, const TextStyle& style) {
  switch (format) {
    case Format::html: return to_html(report, style.verbose, style.program);
    case Format::markdown: return to_markdown(report, style.verbose, style.program);
    default: return to_text(report, style);
  }
}

}  // namespace

std::string render(const Report& report, Format format, const TextStyle& style) {
  if (format == Format::json) return to_json(report) + "\n";
  if (report.redacted && style.program != TextStyle().program) {   // the path to it may lead through somebody's home
    auto nobodys = style;
    nobodys.program = TextStyle().program;
    return render(report, format, nobodys);
  }
  return report.redaction.empty() ? for_people(report, format, style) : for_people(in_words(report), format, style);
}

}  // namespace ringback
