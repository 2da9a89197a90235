/// How the reports of all recorded households read.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "evidence/evidence_json.hpp"
#include "net/special_purpose.hpp"
#include "report/html.hpp"
#include "report/judged.hpp"
#include "report/markdown.hpp"
#include "report/remedy.hpp"
#include "report/safe_text.hpp"
#include "report/summary.hpp"
#include "report/text.hpp"
#include "report/words.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
namespace fs = std::filesystem;
using test::has;

namespace {

Report recorded(const fs::path& folder, const std::function<void(Evidence&)>& change = [](Evidence&) {}) {
  std::ifstream in(folder / "evidence.json");
  auto evidence = evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence").value();
  change(evidence);
  return judged({.evidence = std::move(evidence)});
}

Report recorded(const char* household, const std::function<void(Evidence&)>& change = [](Evidence&) {}) {
  return recorded(fs::path(RINGBACK_FIXTURES) / "diagnosis" / household, change);
}

/// Its only name is this one instead.
void call(Evidence& e, const std::string& name) {
  e.request.names = {name};
  auto& asked = e.dns->names.at(0);
  asked.name = name;
  if (!asked.asked_as.empty()) asked.asked_as = name + ".";
  for (auto& answer : asked.answers) answer.question = name + ".";
}

void for_each_recorded_report(const std::function<void(const Report&)>& look) {
  std::size_t cases = 0;
  for (const auto& folder : fs::directory_iterator(fs::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    INFO(folder.path().filename().string());
    ++cases;
    look(recorded(folder.path()));
  }
  CHECK(cases >= 200);
}

std::vector<std::string> about(const std::vector<Problem>& problems) {
  std::vector<std::string> result;
  for (const auto& problem : problems) result.push_back(problem.first().code + ": " + subjects(problem));
  return result;
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
            CHECK(heading.empty() == (lists.size() == 1 && !(step == 0 ? has_lines : !step_of(advice.steps[step - 1]).lines.empty())));
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

TEST_CASE("between the lines of a file and the commands of the same step stands what the commands are") {
  auto report = recorded("lab-mapped-bind");
  report.findings.front().remedies = {{.title = "Do it", .steps = {"Write this line, and load it with this command.\nlisten on all", "Done."}, .commands = {"load"}, .command_steps = {1}}};
  CHECK(has(to_text(report), "          listen on all\n        The command:\n          load\n"));
  CHECK(has(to_markdown(report), "       listen on all\n\n   The command:\n\n       load\n"));
  CHECK(has(to_html(report), "listen on all</pre><p>The command:</p>\n<pre"));
}

TEST_CASE("a program that visitors of both families do not find is one thing to mend, although the router stops one of them as well") {
  const auto report = recorded("lab-mapped-bind");
  CHECK(about(problems(report)) == std::vector<std::string>{"inbound.wrong-bind: 443/tcp over IPv6", "inbound.wrong-bind: 8080/tcp over IPv4 and IPv6",
                                                            "inbound.no-ipv6-opening: 8080/tcp over IPv6"});
  CHECK(has(to_text(report), "2. Error: The program listens, but not where visitors arrive\n"
                             "   (8080/tcp over IPv4 and IPv6)\n"
                             "   python3 listens on [::ffff:127.0.0.1]:8080, which only this host itself can\n"
                             "   reach, so visitors find nobody.\n"
                             "   → Let the program listen where visitors arrive\n"));
}

TEST_CASE("a record that is missing and one that is of no use are one job, in the order in which nobody is turned away meanwhile") {
  const auto report = recorded("lab-ds-lite-aaaa-missing");
  const auto all = problems(report);
  CHECK(about(all) == std::vector<std::string>{"ipv4.ds-lite: 443/tcp over IPv4", "dns.a-useless: garten.dyn-voss.org over IPv4 and IPv6"});
  CHECK(has(to_text(report, {.columns = 400}), "   And: The name has no IPv6 address — garten.dyn-voss.org has no AAAA record, and IPv6 can come in here.\n"
                                               "   → Let garten.dyn-voss.org lead here over IPv6 alone\n"));
  CHECK(has(to_text(report), "          ringback explain ipv4.ds-lite dns.a-useless dns.aaaa-missing\n"));
  CHECK(has(to_html(report), ">dns.a-useless, dns.aaaa-missing</p>"));
  CHECK(has(to_markdown(report), "\ndns.a-useless, dns.aaaa-missing · "));
  std::vector<std::size_t> places;
  const auto text = to_text(report, {.columns = 400});
  for (const auto* step : {"publish IPv6 alone first", "Add an AAAA record (the IPv6 address) with 2600:", "dig +short garten.dyn-voss.org AAAA", "Then delete the A record (the IPv4 address)",
                           "dig +short garten.dyn-voss.org A\n"}) {
    INFO(step);
    places.push_back(text.find(step));
    CHECK(places.back() != std::string::npos);
    CHECK(text.find(step, places.back() + 1) == std::string::npos);   // and in one place alone
  }
  CHECK(std::ranges::is_sorted(places));
}

TEST_CASE("a missing record and a useless one stay two jobs where the one of them has words of its own: whether it helps, at which address, or by whose menu") {
  constexpr const char* household = "lab-ds-lite-aaaa-missing";
  constexpr const char* as_one = "lead here over IPv6 alone";
  REQUIRE(has(to_text(recorded(household), {.columns = 1000}), as_one));
  struct Row {
    const char* what;
    std::function<void(Evidence&)> change;
    std::vector<const char*> said;
  };
  for (const auto& row : std::vector<Row>{
           {"nobody knocked", [](Evidence& e) { e.inbound.reset(), e.request.vantages.clear(); }, {"Only once IPv6 connections come in here"}},
           {"no address that stays",
            [](Evidence& e) {
              for (auto& interface : e.host->interfaces)
                for (auto& own : interface.addresses) own.temporary = own.address.is_v6() && is_global(own.address);
            },
            {"First give this host an IPv6 address that stays"}},
           {"a name that the FRITZ!Box keeps", [](Evidence& e) { call(e, "garten.abcdefgh.myfritz.net"); }, {"A MyFRITZ! name is kept by the FRITZ!Box"}},
           {"a name that puts addresses together", [](Evidence& e) { call(e, "garten.dynv6.net"); }, {"dynv6 can put addresses together by itself"}}}) {
    INFO(row.what);
    const auto text = to_text(recorded(household, row.change), {.columns = 1000, .verbose = true});
    INFO(text);
    CHECK_FALSE(has(text, as_one));
    for (const auto* words : row.said) CHECK(has(text, words));
  }
}

TEST_CASE("recorded households: whatever the advice names by its heading stands in the report") {
  std::size_t named = 0;
  for_each_recorded_report([&](const Report& report) {
    const auto text = to_text(report, {.columns = 100'000, .verbose = true});
    constexpr std::string_view before = "under \"";
    for (auto at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
      const auto begin = at + before.size(), end = text.find('"', begin);
      const auto heading = text.substr(begin, end - begin);
      if (heading == "ports" || heading == "services") continue;   // of firewalld's list
      INFO(heading);
      CHECK(std::ranges::find(report.findings, heading, &Finding::title) != report.findings.end());
      ++named;
    }
    CHECK_FALSE(has(text, "elsewhere in this report"));
  });
  CHECK(named >= 10);
}

TEST_CASE("recorded households: on a narrow terminal no line is too long but what is to be copied, and what is one single word") {
  for_each_recorded_report([](const Report& report) {
    constexpr std::size_t columns = 40;
    std::istringstream text(to_text(report, {.columns = columns, .verbose = true}));
    for (std::string line; std::getline(text, line);) {
      if (display_width(line) <= columns || line.starts_with("          ")) continue;   // a command, or a line of a file
      INFO(line);
      CHECK(line.find(' ', line.find_first_not_of(' ')) == std::string::npos);
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
