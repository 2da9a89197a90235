#include <nlohmann/json.hpp>

#include "report/explain.hpp"

namespace ringback {
namespace {

using PageJson = nlohmann::ordered_json;

PageJson neighbours_json(const diagnosis::Explanation& page) {
  auto list = PageJson::array();
  for (const auto& neighbour : page.neighbours) list.push_back({{"code", neighbour.code}, {"decides", neighbour.decides}});
  return list;
}

PageJson words_json(const diagnosis::Explanation& page) {
  auto list = PageJson::array();
  for (const auto& term : diagnosis::words_on(page)) list.push_back({{"word", term.word}, {"meaning", term.meaning}});
  return list;
}

PageJson reading_json(const diagnosis::Explanation& page) {
  auto list = PageJson::array();
  for (const auto& reading : page.reading) {
    const auto* title = diagnosis::rfc_title(reading.rfc);
    list.push_back({{"rfc", reading.rfc},
                    {"section", reading.section.empty() ? PageJson(nullptr) : PageJson(reading.section)},
                    {"title", title ? title : ""},
                    {"about", reading.about}});
  }
  return list;
}

PageJson page_json(const ChosenPage& chosen) {
  const auto& [code, page, whole] = chosen;
  return {{"code", code->code},
          {"group", diagnosis::group_of(code->code)},
          {"severity", to_string(code->severity)},
          {"title", code->title},
          {"meaning", code->meaning},
          {"plainly", page.plainly},
          {"words", words_json(page)},
          {"told_apart", code->told_apart},
          {"neighbours", neighbours_json(page)},
          {"doubt", page.doubt.empty() ? PageJson(nullptr) : PageJson(page.doubt)},
          {"steps", page.steps},
          {"commands", page.commands},
          {"costs",
           {{"privacy", page.costs.privacy},
            {"security", page.costs.security},
            {"money", page.costs.money},
            {"inconvenience", page.costs.inconvenience}}},
          {"reading", reading_json(page)},
          {"search_for", page.search_for}};
}

}  // namespace

std::string pages_to_json(const std::vector<ChosenPage>& pages) {
  auto list = PageJson::array();
  for (const auto& chosen : pages) list.push_back(page_json(chosen));
  return PageJson{{"schema", "ringback.explain/1"}, {"tool", {{"name", "ringback"}, {"version", RINGBACK_VERSION}}}, {"pages", std::move(list)}}
      .dump();
}

}  // namespace ringback
