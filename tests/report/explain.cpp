#include "report/explain.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "published.hpp"
#include "report/safe_text.hpp"
#include "support/catch.hpp"

using namespace ringback;

namespace {

std::vector<ChosenPage> pages_of(const std::vector<std::string>& asked) { return choose_pages(asked).value(); }

std::string refusal_of(const std::vector<std::string>& asked) {
  const auto pages = choose_pages(asked);
  return pages ? "none" : pages.error().what;
}

bool has_words(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) widest = std::max(widest, display_width(line));
  return widest;
}

}  // namespace

TEST_CASE("codes and groups are chosen, each once") {
  CHECK(pages_of({}).size() == diagnosis::codes().size());
  CHECK_FALSE(pages_of({}).front().whole);
  const auto dns = pages_of({"dns"});
  CHECK(dns.size() > 20);
  for (const auto& one : dns) CHECK(diagnosis::group_of(one.code->code) == "dns");
  const auto both = pages_of({"inbound.no-listener", "dns", "dns.bogus", "dns.bogus"});
  CHECK(both.size() == dns.size() + 1);
  CHECK(both.front().code->code == "inbound.no-listener");
  CHECK(std::ranges::count_if(both, &ChosenPage::whole) == 2);
  CHECK(pages_of({"IPv4.CGNAT"}).front().code->code == "ipv4.cgnat");
}

TEST_CASE("what is no code is answered with the nearest ones") {
  CHECK(refusal_of({"ipv4.cgnet"}) == "\"ipv4.cgnet\" is no code; did you mean ipv4.cgnat?");
  CHECK(has_words(refusal_of({"cgnat"}), "did you mean ipv4.cgnat"));
  CHECK(has_words(refusal_of({"no-listner"}), "inbound.no-listener"));
  CHECK(has_words(refusal_of({"dns.ttl"}), "dns.ttl-long"));
  CHECK(has_words(refusal_of({"inbond"}), "did you mean inbound"));
  CHECK(refusal_of({"weather"}) == "\"weather\" is no code");
  CHECK(refusal_of({""}) == "\"\" is no code");
  CHECK(refusal_of({std::string(5000, 'x')}) == "\"" + std::string(40, 'x') + "\" is no code");
  CHECK(has_words(refusal_of({"dns.bogus", "dns.bogos", "ipv6.nine"}), "\"dns.bogos\" is no code; did you mean dns.bogus? \"ipv6.nine\""));
}

TEST_CASE("text is a list of codes, or whole pages, of no more than so many columns") {
  for (const unsigned columns : {40U, 60U, 80U})
    for (const bool unicode : {true, false}) {
      INFO(columns);
      CHECK(widest_line(render_pages(pages_of({}), Format::text, {.columns = columns, .unicode = unicode})) <= columns);
      for (const auto& code : diagnosis::codes()) {
        INFO(code.code);
        const auto text = render_pages(pages_of({std::string(code.code)}), Format::text, {.columns = columns, .unicode = unicode});
        CHECK(widest_line(text) <= columns);
        CHECK(text.size() > 1200);
      }
    }
  const auto list = render_pages(pages_of({}), Format::text);
  for (const auto& code : diagnosis::codes()) CHECK(has_words(list, code.code));
  CHECK_FALSE(has_words(list, "What it means"));
  CHECK(has_words(render_pages(pages_of({"measure"}), Format::text, {.verbose = true}), "What it means"));
}

TEST_CASE("a page says what it means, what to do and what that costs") {
  const auto text = render_pages(pages_of({"ipv4.cgnat"}), Format::text, {.columns = 400});
  for (const auto* part : {"What it means", "Words on this page", "  - ipv4.ds-lite: ", "How sure that is", "What to do\n  1. ",
                           "  - Privacy: ", "RFC 6598, section 4: IANA-Reserved IPv4 Prefix for Shared Address Space (", "To search for: \"CGNAT\""})
    CHECK(has_words(text, part));
  CHECK(has_words(render_pages(pages_of({"dns.signatures-ending"}), Format::text), "What that costs\n  Nothing.\n"));
}

TEST_CASE("commands are called by the path by which the program was") {
  const TextStyle style{.program = "build/release/bin/ringback"};
  for (const auto format : {Format::text, Format::markdown, Format::html})
    CHECK(has_words(render_pages(pages_of({"inbound.untested"}), format, style), "sudo build/release/bin/ringback wait 443/tcp"));
  CHECK_FALSE(has_words(render_pages(pages_of({"inbound.untested"}), Format::json, style), "build/"));
}

TEST_CASE("pages as JSON are valid by their schema") {
  auto broken = nlohmann::json::parse(render_pages(pages_of({"dns.bogus"}), Format::json));
  broken["pages"][0]["costs"].erase("money");
  CHECK(test::validated("explain.schema.json", {{"all", render_pages(pages_of({}), Format::json)},
                                                {"one", render_pages(pages_of({"measure.lossy"}), Format::json)},
                                                {"broken", broken.dump()}}) == "all: valid\none: valid\nbroken: /pages/0/costs\n");
}

TEST_CASE("pages as HTML and Markdown hold everything, and load nothing") {
  const auto html = render_pages(pages_of({}), Format::html), markdown = render_pages(pages_of({}), Format::markdown);
  for (const auto& code : diagnosis::codes()) {
    CHECK(has_words(html, "id=\"" + std::string(code.code) + "\""));
    CHECK(has_words(markdown, "### `" + std::string(code.code) + "`: "));
  }
  CHECK(has_words(html, "default-src 'none'"));
  CHECK(has_words(html, "<a href=\"#ipv4.ds-lite\">"));
  CHECK_FALSE(has_words(render_pages(pages_of({"ipv4.cgnat"}), Format::html), "<a "));   // its neighbours are not there
  for (const auto* loads : {"<script", "url(", "src=", "http-equiv=\"refresh"}) CHECK_FALSE(has_words(html, loads));
  for (const auto* list : {"ul", "ol", "section", "li", "p"}) {
    std::size_t open = 0, closed = 0;
    for (auto at = html.find(std::string("<") + list); at != std::string::npos; at = html.find(std::string("<") + list, at + 1))
      open += html[at + 1 + std::string_view(list).size()] == '>' || html[at + 1 + std::string_view(list).size()] == ' ' ? 1U : 0U;
    for (auto at = html.find(std::string("</") + list + ">"); at != std::string::npos; at = html.find(std::string("</") + list + ">", at + 1))
      ++closed;
    CHECK(open == closed);
  }
  for (const auto& [format, name] : enum_names(Format{})) CHECK(render_pages(pages_of({"dns.bogus"}), format).ends_with('\n'));
}
