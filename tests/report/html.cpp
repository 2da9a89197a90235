#include "report/html.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "evidence/evidence_json.hpp"
#include "report/format.hpp"
#include "report/judged.hpp"
#include "report/json.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using test::has;
namespace fs = std::filesystem;

namespace {

std::string output_of(const std::string& command, const std::string& input) {
  // The style sheet goes in through a file of its own: popen(3) is one-way.
  FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  REQUIRE(fwrite(input.data(), 1, input.size(), file) == input.size());
  std::fflush(file);
  FILE* pipe = popen((command + " < /proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(fileno(file))).c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[256];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) != 0;) output.append(buffer, n);
  CHECK(pclose(pipe) == 0);
  std::fclose(file);
  return output;
}

/// Names of all elements, in the order in which they open or close.
std::vector<std::string> tags(const std::string& html) {
  static const std::regex tag("<(/?[A-Za-z!][A-Za-z0-9]*)");
  std::vector<std::string> result;
  for (std::sregex_iterator at(html.begin(), html.end(), tag), end; at != end; ++at) result.push_back((*at)[1]);
  return result;
}

}  // namespace

TEST_CASE("the page is whole, loads nothing and runs nothing") {
  const auto html = to_html(test::ds_lite(), true);
  CHECK(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK(has(html, "content=\"default-src 'none'; style-src 'sha256-"));
  CHECK(has(html, "443/tcp can be reached from the internet over IPv6, but not over IPv4: your provider shares"));
  static const std::regex tag("<[a-z][^>]*>"), attribute(" ([a-z-]+)=\"[^\"]*\"");
  std::set<std::string> attributes;
  for (std::sregex_iterator at(html.begin(), html.end(), tag), end; at != end; ++at) {
    const std::string one = at->str();
    for (std::sregex_iterator found(one.begin(), one.end(), attribute); found != end; ++found) attributes.insert((*found)[1]);
  }
  CHECK(attributes == std::set<std::string>{"aria-label", "charset", "class", "content", "cx", "cy", "d", "http-equiv", "lang", "name", "r", "role", "tabindex", "x", "y"});
  CHECK_FALSE(has(html, "<script"));
  CHECK_FALSE(has(html, "url("));
  CHECK_FALSE(has(html, "@import"));
}

TEST_CASE("the page's picture has a mark for each place, a line between two that a connection passed, and words for both") {
  const auto count = [](const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  };
  auto html = to_html(test::ds_lite());
  CHECK(count(html, "r=\"6\" class=\"good\"/>") == 6);   // one over IPv4, five over IPv6
  CHECK(count(html, "class=\"bad\"/>") == 1);
  CHECK(count(html, "r=\"2\" class=\"soft\"/>") == 3);
  CHECK(count(html, "class=\"rail\"/>") == 5);
  CHECK(count(html, ">?</text>") == 0);
  CHECK(has(html, "class=\"bad\">stopped</text>"));
  CHECK(has(html, "class=\"good\">reachable</text>"));
  CHECK(has(html, "443/tcp over IPv4: stopped; internet passed, provider stops here, router never got there, this host never got there, "
                  "service never got there. 443/tcp over IPv6: reachable; internet passed, provider passed,"));
  CHECK(has(html, "<p class=\"soft\">● = passed, ✗ = stops here, · = never got there</p>"));

  html = to_html(test::untested());
  CHECK(count(html, ">?</text>") == 8);
  CHECK(has(html, "<p class=\"soft\">● = passed, ? = not known</p>"));

  auto stalling = test::healthy();
  stalling.findings.push_back({.code = "inbound.mtu-blackhole", .severity = Severity::error,
                               .subject = {.service = stalling.services[0].service, .family = Family::ipv4}});
  html = to_html(stalling);
  CHECK(count(html, "r=\"6\" class=\"good\"/>") == 10);
  CHECK(has(html, "class=\"doubtful\">stalls</text>"));
  CHECK(has(html, "<p class=\"soft\">stalls = reachable, but large packets get lost</p>"));
}

TEST_CASE("the page's policy names its style sheet; after a change, put the right hash into html.cpp") {
  const auto hash = output_of("/usr/bin/python3 -c 'import base64, hashlib, sys; print(base64.b64encode(hashlib.sha256(sys.stdin.buffer.read()).digest()).decode(), end=\"\")'",
                              std::string(html_style()));
  CHECK(has(to_html(Report{}), "style-src 'sha256-" + hash + "'"));
}

TEST_CASE("hostile strings in every field add no element") {
  const auto innocent = tags(to_html(test::filled_with("x"), true));
  for (const char* hostile : {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "</pre></details></style>", "<!--", "]]>"}) {
    const auto html = to_html(test::filled_with(hostile), true);
    CHECK(tags(html) == innocent);
    CHECK_FALSE(has(html, hostile));
  }
  CHECK(escape_html("<a href=\"x\" title='y'>&\x1b") == "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\xEF\xBF\xBD");
}

TEST_CASE("every format is rendered, and ends its last line") {
  const auto report = test::ds_lite();
  CHECK(render(report, Format::text) == to_text(report));
  CHECK(render(report, Format::json) == to_json(report) + "\n");
  CHECK(render(report, Format::html) == to_html(report));
  CHECK(render(report, Format::markdown) == to_markdown(report));
  for (const auto& [format, name] : enum_names(Format{})) CHECK(render(report, format).ends_with('\n'));
  CHECK(from_name<Format>("markdown") == Format::markdown);
}

TEST_CASE("what is folded away stands behind what unfolds it, so that paper shows it; a wide <pre> can be reached by keyboard") {
  const auto html = to_html(test::host_firewall(), true);
  CHECK(has(html, "<details><summary>Because</summary></details>\n<ul class=\"folded\">"));
  CHECK(has(html, "<details><summary>Everything that was observed</summary></details>\n<div class=\"folded\"><pre"));
  CHECK(has(html, "<pre tabindex=\"0\">sudo nft insert rule"));
  CHECK(has(html_document("", "<pre>short\nlines</pre>", ""), "<pre>short\nlines</pre>"));
  CHECK(has(html_document("", "<pre>short</pre><p>a line that is long enough to be wide</p>", ""), "<pre>short</pre><p>"));
}

TEST_CASE("options of programs stay in one piece, where they stand among words, and no other hyphen makes any") {
  struct Row {
    const char* step;
    const char* shown;
  };
  for (const auto& [step, shown] : {Row{"Name it with --service, the next time.", "Name it with <code>--service</code>, the next time."},
                                    {"add --zone=NAME (or -i eth0).", "add <code>--zone=NAME</code> (or <code>-i</code> eth0)."},
                                    {"-v shows \"-u\" -- and all that", "<code>-v</code> shows &quot;<code>-u</code>&quot; -- and all that"},
                                    {"a hyphen - or IPv4-only, -5 of 10 and ipv4=-", "a hyphen - or IPv4-only, -5 of 10 and ipv4=-"},
                                    {"--an-option-that-no-telephone-shows <b>", "--an-option-that-no-telephone-shows &lt;b&gt;"}}) {
    auto report = test::no_listener();
    report.findings.front().remedies = {{"Do this", {step}, {}}};
    CHECK(has(to_html(report), std::string("<p>") + shown + "</p>"));
  }
}

TEST_CASE("what is noticed beside has its ways, steps and commands as a problem has them, as this reader calls them") {
  auto report = test::with_note();
  CHECK(has(to_html(report, false, "/opt/ringback"),
            "<h2>Also noticed</h2>\n<ul>\n<li>A VPN is on — It takes all.\n<p>There are 2 ways. Try the first; if it does not help or does not suit you, the next.</p>\n"
            "<h3>→ Measure</h3>\n<ol>\n<li>This command measures.<pre tabindex=\"0\">/opt/ringback run --interface eth0</pre>\n</li>\n"
            "<li>Write, and load:<pre>a line</pre><p>The command:</p>\n<pre>load</pre>\n</li>\n</ol>\n"
            "<h3>→ Or: Ask</h3>\n<p>Ask.</p>\n<pre>ask</pre>\n</li>\n</ul>\n"));
  report.findings.front().detail.clear();
  report.findings.front().remedies.clear();
  CHECK(has(to_html(report), "<ul>\n<li>A VPN is on\n</li>\n</ul>\n"));
}

TEST_CASE("below the problems the page says what comes after a change, and where to read on; of words it has a list of their own") {
  const auto html = to_html(test::ds_lite(), false, "/opt/ringback");
  const auto behind_problems = html.rfind("</section>");
  CHECK(html.substr(behind_problems, html.find("<h2>Connection") - behind_problems) ==
        "</section>\n<p>After a change, run ringback again: it shows whether that was all.</p>\n"
        "<p>What that means, and how it was told apart from what looks alike, is shown by:</p>\n"
        "<pre tabindex=\"0\">/opt/ringback explain ipv4.ds-lite dns.a-useless</pre>\n");
  CHECK_FALSE(has(to_html(test::healthy()), "explain"));
  CHECK(has(html, "</ul>\n<details><summary>Words used there</summary></details>\n<ul class=\"folded\">\n<li>"));
  CHECK(has(html, "<li>hop: "));
  CHECK_FALSE(has(html, "<li>Words"));
}

// For test_browser.py, which says where.
TEST_CASE("samples as HTML files", "[.]") {
  const char* folder = std::getenv("RINGBACK_WRITE_HTML");
  REQUIRE(folder != nullptr);
  for (const auto& sample : test::samples()) {
    std::ofstream file(std::string(folder) + "/" + sample.name + ".html");
    file << to_html(sample.report, true);
    CHECK(file.good());
  }
  for (const char* name : {"host-firewall", "ipv4-forward-missing", "ds-lite-aaaa-missing", "loopback-bind", "vpn-default-route", "dual-stack-open", "mtu-blackhole"}) {
    std::ifstream in(fs::path(RINGBACK_FIXTURES) / "diagnosis" / (std::string("lab-") + name) / "evidence.json");
    const auto evidence = evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence").value();
    std::ofstream file(std::string(folder) + "/recorded-" + name + ".html");
    file << to_html(judged({.started = "2026-01-31T12:00:00.000Z", .duration = std::chrono::milliseconds(1400), .evidence = evidence}));
    CHECK(file.good());
  }
}
