/// How the reports of all recorded households read.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "evidence/evidence_json.hpp"
#include "report/html.hpp"
#include "report/judged.hpp"
#include "report/markdown.hpp"
#include "report/remedy.hpp"
#include "report/summary.hpp"
#include "report/text.hpp"
#include "report/words.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
namespace fs = std::filesystem;
using test::has;

namespace {

void for_each_recorded_report(const std::function<void(const Report&)>& look) {
  std::size_t cases = 0;
  for (const auto& folder : fs::directory_iterator(fs::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    INFO(folder.path().filename().string());
    ++cases;
    std::ifstream in(folder.path() / "evidence.json");
    look(judged({.evidence = evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence").value()}));
  }
  CHECK(cases >= 200);
}

/// How many commands the steps count: "the third command" wants three.
std::size_t counted(const std::vector<std::string>& steps) {
  std::size_t most = 0;
  for (const auto& text : steps) {
    const std::string words(step_of(text).words);
    const std::pair<const char*, std::size_t> ordinals[] = {{"second command", 2}, {"second one", 2}, {"third command", 3}, {"third one", 3}, {"fourth command", 4}};
    for (const auto& [ordinal, count] : ordinals)
      if (has(words, ordinal)) most = std::max(most, count);
  }
  return most;
}

/// Behind the words of the last step: what a reader takes for the first command.
bool begins_below(const std::string& text, const Advice& advice, const std::string& command) {
  const auto title = text.find(advice.title);
  return title != std::string::npos && text.find(command, title) != std::string::npos;
}

}  // namespace

TEST_CASE("recorded households: whichever command a step counts, there is one in each list, and nothing else stands for it") {
  for_each_recorded_report([](const Report& report) {
    const auto text = to_text(report, {.columns = 100'000, .verbose = true}), html = to_html(report), markdown = to_markdown(report);
    for (const auto& problem : problems(report))
      for (const auto& advice : problem.remedies) {
        INFO(problem.first().code << ": " << advice.title);
        const bool has_lines = std::ranges::any_of(advice.steps, [](const auto& step) { return !step_of(step).lines.empty(); });
        for (std::size_t step = 0; step <= advice.steps.size(); ++step) {
          const auto lists = commands_at(step, advice);
          std::vector<std::string> headings;
          for (const auto& list : lists) {
            CHECK(list.commands.size() >= counted(step == 0 ? advice.steps : std::vector{advice.steps[step - 1]}));
            CHECK(begins_below(text, advice, list.commands.front()));
            const auto heading = heading_of(list, step, advice);
            CHECK(heading.empty() == (lists.size() == 1 && (step != 0 || !has_lines)));
            CHECK(std::ranges::find(headings, heading) == headings.end());
            headings.push_back(heading);
            if (heading.empty()) continue;
            CHECK(has(text, (step == 0 ? "\n\n     " : "\n        ") + heading + "\n          " + list.commands.front() + "\n"));
            CHECK((has(html, "<p>" + escape_html(heading) + "</p>\n<pre>" + escape_html(list.commands.front())) ||
                   has(html, "<p>" + escape_html(heading) + "</p>\n<pre tabindex=\"0\">" + escape_html(list.commands.front()))));
            CHECK(has(markdown, escape_markdown(heading) + "\n\n" + (step == 0 ? "```sh\n" : "       ") + list.commands.front() + "\n"));
          }
        }
      }
  });
}

TEST_CASE("recorded households: the answer says \"there is none\" of a family that is known to be absent, and of no other") {
  using Phrase = std::function<std::string(const std::string& family)>;
  const Phrase phrases[] = {[](const auto& family) { return "not over " + family; },
                            [](const auto& family) { return "over " + family + ", there is none"; },
                            [](const auto& family) { return "over " + family + ": there is none"; }};
  std::size_t absent = 0;
  for_each_recorded_report([&](const Report& report) {
    const auto text = headline(report).text;
    INFO(text);
    if (!has(text, "there is none")) return;
    ++absent;
    CHECK_FALSE(has(text, "could not be tested: there is none"));
    CHECK(std::ranges::any_of(report.services, [&](const ServiceVerdict& verdict) {
      return verdict.reachable == Reachable::no && (verdict.cause == "ipv4.none" || verdict.cause == "ipv6.none") &&
             std::ranges::any_of(phrases, [&](const auto& phrase) { return has(text, phrase(std::string(words(verdict.family)))); });
    }));
  });
  CHECK(absent >= 5);
}
