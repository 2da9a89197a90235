#pragma once
/// `ringback explain`: the pages of documentation about codes, chosen and laid out. Pure: the same for the same version.
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "diagnosis/codes.hpp"
#include "diagnosis/explanations.hpp"
#include "report/format.hpp"

namespace ringback {

struct ChosenPage {
  const diagnosis::Code* code = nullptr;   ///< into the table of codes
  diagnosis::Explanation page;
  bool whole = false;   ///< asked for by its own code; otherwise text lists it in a line
};

/// Codes ("dns.bogus") and groups ("dns"), each page once; of nothing, all of them. Errc::invalid_input names what is no code, and the nearest ones.
[[nodiscard]] Expected<std::vector<ChosenPage>> choose_pages(const std::vector<std::string>& asked);

/// Ends in a newline. In text, pages that are not `whole` are listed, unless the style is verbose; JSON (schema ringback.explain/1, one line), HTML
/// and Markdown hold them in full.
[[nodiscard]] std::string render_pages(const std::vector<ChosenPage>& pages, Format format, const TextStyle& style = {});

/// What is written on a page, part by part, for whoever lays it out.
enum class PageLayout { paragraphs, list, steps, commands };
struct PageItem {
  std::string label;   ///< before the text; empty: none
  std::string text;
};
struct PagePart {
  std::string title;
  PageLayout layout = PageLayout::paragraphs;
  std::vector<PageItem> items;
};
[[nodiscard]] std::vector<PagePart> parts_of(const ChosenPage& chosen);
/// "usually an error: it breaks something that was asked for"
[[nodiscard]] std::string_view usual_severity(Severity severity);

[[nodiscard]] std::string pages_to_text(const std::vector<ChosenPage>& pages, const TextStyle& style);
[[nodiscard]] std::string pages_to_json(const std::vector<ChosenPage>& pages);
[[nodiscard]] std::string pages_to_markdown(const std::vector<ChosenPage>& pages, const std::string& program);
[[nodiscard]] std::string pages_to_html(const std::vector<ChosenPage>& pages, const std::string& program);

}  // namespace ringback
