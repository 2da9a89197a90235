#include "report/format.hpp"

#include "report/html.hpp"
#include "report/json.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"

namespace ringback {

std::string render(const Report& report, Format format, const TextStyle& style) {
  switch (format) {
    case Format::json: return to_json(report) + "\n";
    case Format::html: return to_html(report, style.verbose, style.program);
    case Format::markdown: return to_markdown(report, style.verbose, style.program);
    case Format::text: break;
  }
  return to_text(report, style);
}

}  // namespace ringback
