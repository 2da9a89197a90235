#include "report/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ringback {
namespace {

PagePart paragraphs(std::string title, const std::vector<std::string_view>& texts) {
  PagePart part{.title = std::move(title)};
  for (const auto text : texts) part.items.push_back({"", std::string(text)});
  return part;
}

PagePart words_part(const diagnosis::Explanation& page) {
  PagePart part{"Words on this page", PageLayout::list, {}};
  for (const auto& term : diagnosis::words_on(page)) part.items.push_back({std::string(term.word), std::string(term.meaning)});
  return part;
}

PagePart apart(const ChosenPage& chosen) {
  PagePart part{"How it is told apart from its neighbours", PageLayout::list, {}};
  part.items.push_back({"", std::string(chosen.code->told_apart)});
  for (const auto& neighbour : chosen.page.neighbours) part.items.push_back({std::string(neighbour.code), std::string(neighbour.decides)});
  return part;
}

PagePart costs_part(const diagnosis::Costs& costs) {
  const std::array all{std::pair{"Privacy", costs.privacy}, std::pair{"Security", costs.security}, std::pair{"Money", costs.money},
                       std::pair{"Inconvenience", costs.inconvenience}};
  if (std::ranges::all_of(all, [](const auto& one) { return one.second == "nothing"; })) return paragraphs("What that costs", {"Nothing."});
  PagePart part{"What that costs", PageLayout::list, {}};
  for (const auto& [what, text] : all) part.items.push_back({what, std::string(text)});
  return part;
}

std::string place_in(const diagnosis::Reference& reading) {
  if (reading.section.empty()) return fmt::format("RFC {}", reading.rfc);
  const bool numbered = reading.section.front() >= '0' && reading.section.front() <= '9';
  return fmt::format("RFC {}, {}{}", reading.rfc, numbered ? "section " : "", reading.section);
}

PagePart reading_part(const diagnosis::Explanation& page) {
  PagePart part{"To read on", PageLayout::list, {}};
  for (const auto& reading : page.reading) {
    const auto* title = diagnosis::rfc_title(reading.rfc);
    part.items.push_back({place_in(reading), fmt::format("{} ({})", title ? title : "", reading.about)});
  }
  std::string terms;
  for (const auto term : page.search_for) terms += fmt::format("{}\"{}\"", terms.empty() ? "" : ", ", term);
  part.items.push_back({"To search for", terms});
  return part;
}

}  // namespace

std::string_view usual_severity(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "usually an error: it breaks something that was asked for";
    case Severity::warning:
      return "usually a warning: nothing is broken yet, or not for everybody";
    case Severity::info:
      break;
  }
  return "usually a note";
}

std::vector<PagePart> parts_of(const ChosenPage& chosen) {
  auto meaning = chosen.page.plainly;
  meaning.insert(meaning.begin(), chosen.code->meaning);
  std::vector<PagePart> parts{paragraphs("What it means", meaning), paragraphs("What to do", chosen.page.steps)};
  parts.back().layout = PageLayout::steps;
  parts.push_back(paragraphs("To look with", chosen.page.commands));
  parts.back().layout = PageLayout::commands;
  parts.push_back(costs_part(chosen.page.costs));
  // Who wants to know why reads on.
  parts.push_back(words_part(chosen.page));
  parts.push_back(apart(chosen));
  parts.push_back(paragraphs("How sure that is", {chosen.page.doubt}));
  parts.push_back(reading_part(chosen.page));
  std::erase_if(parts, [](const PagePart& part) { return part.items.empty() || (part.items.size() == 1 && part.items.front().text.empty()); });
  return parts;
}

std::string render_pages(const std::vector<ChosenPage>& pages, Format format, const TextStyle& style) {
  switch (format) {
    case Format::json:
      return pages_to_json(pages) + "\n";
    case Format::html:
      return pages_to_html(pages, style.program);
    case Format::markdown:
      return pages_to_markdown(pages, style.program);
    case Format::text:
      break;
  }
  return pages_to_text(pages, style);
}

}  // namespace ringback
