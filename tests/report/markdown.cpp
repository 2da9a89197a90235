#include "report/markdown.hpp"

#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using test::has;

TEST_CASE("the verdict and the picture stand outside, everything else is folded away") {
  const auto text = to_markdown(test::ds_lite());
  CHECK(text.starts_with("**443/tcp can be reached from the internet over IPv6, but not over IPv4: your provider shares one IPv4 address among many "
                         "customers (DS-Lite).**\n\n```text\n"));
  const auto fold = text.find("<details><summary>");
  CHECK(text.find("this host") < fold);
  CHECK(text.find("#### Error: Your provider") > fold);
  CHECK(text.find("```sh\nsocat TCP4-LISTEN:443") > fold);
  CHECK(text.ends_with("\n</details>\n"));
}

TEST_CASE("what is noticed beside is a list item, with its ways, steps and commands as a problem has them") {
  const auto text = to_markdown(test::with_note(), false, "/opt/ringback");
  CHECK(has(text, "#### Also noticed\n\n"
                  "- A VPN is on — It takes all.\n\n"
                  "  There are 2 ways. Try the first; if it does not help or does not suit you, the next.\n\n"
                  "  **→ Measure**\n\n"
                  "  1. This command measures.\n\n"
                  "         /opt/ringback run --interface eth0\n\n"
                  "  2. Write, and load:\n\n"
                  "         a line\n\n"
                  "     The command:\n\n"
                  "         load\n\n\n"
                  "  **→ Or: Ask**\n\n"
                  "  1. Ask.\n\n"
                  "  ```sh\n  ask\n  ```\n"));
}

TEST_CASE("however long what was noticed beside is, it is told to its end") {
  auto report = test::with_note();
  report.findings.front().detail = std::string(1500, 'x') + " end of the detail";
  report.findings.front().remedies.front().steps.front() = std::string(1500, 'x') + " end of the step";
  const auto text = to_markdown(report);
  CHECK(has(text, "end of the detail"));
  CHECK(has(text, "end of the step"));
}

TEST_CASE("below the problems stands what comes after a change, and where to read on; of words there is a list of their own") {
  const auto text = to_markdown(test::ds_lite(), false, "/opt/ringback");
  CHECK(has(text, "\n\nAfter a change, run ringback again: it shows whether that was all.\n"
                  "What that means, and how it was told apart from what looks alike, is shown by:\n\n"
                  "```sh\n/opt/ringback explain ipv4.ds-lite dns.a-useless\n```\n\n#### Connection\n"));
  CHECK_FALSE(has(to_markdown(test::healthy()), "explain"));
  CHECK(has(text, "\n\n#### Words used there\n\n- "));
  CHECK(has(text, "\n- hop: "));
  CHECK_FALSE(has(text, "- Words"));
}

TEST_CASE("text stays text") {
  struct Row {
    const char* given;
    const char* escaped;
  };
  const auto row = GENERATE(values<Row>({
      {"plain, with (brackets).", "plain, with (brackets)."},
      {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {"</details>", "&lt;/details&gt;"},
      {"*bold* _it_ `code` ~gone~", "\\*bold\\* \\_it\\_ \\`code\\` \\~gone\\~"},
      {"[click](http://evil.example)", "\\[click\\](http:<!-- -->//evil.example)"},
      {"see www.evil.example", "see w<!-- -->ww.evil.example"},
      {"@everyone and #1", "@<!-- -->everyone and \\#1"},
      {"1. first", "1\\. first"},
      {"10.0.0.1", "10\\.0.0.1"},
      {"- item", "\\- item"},
      {"a | b", "a \\| b"},
      {"&lt;", "&amp;lt;"},
      {"line\n# heading", "line \\# heading"},
      {"\xE2\x80\xAEx\x1b", "\xEF\xBF\xBDx\xEF\xBF\xBD"},
  }));
  CHECK(escape_markdown(row.given) == row.escaped);
}

TEST_CASE("no content ends its code block") {
  CHECK(code_block("nft list ruleset", "sh") == "```sh\nnft list ruleset\n```\n");
  CHECK(code_block("a ```` b\n", "text") == "`````text\na ```` b\n`````\n");
}

TEST_CASE("hostile strings in every field give no markup") {
  for (const char* hostile : {"</details><script>", "```\n# heading", "![x](http://evil.example/x.png)", "@everyone"}) {
    for (const bool verbose : {false, true}) {
      const auto text = to_markdown(test::filled_with(hostile), verbose);
      // Outside of code blocks nothing of it is left as it was.
      std::string outside, fence;
      for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        if (line.starts_with("```") && fence.empty())
          fence = line.substr(0, line.find_first_not_of('`'));
        else if (line == fence)
          fence.clear();
        else if (fence.empty())
          outside += line + "\n";
        at = end + 1;
      }
      CHECK(fence.empty());
      CHECK_FALSE(has(outside, "<script"));
      CHECK_FALSE(has(outside, "![x]"));
      CHECK_FALSE(has(outside, "@everyone"));
      CHECK_FALSE(has(outside, "\n# heading"));
      CHECK(outside.find("</details>") == outside.rfind("</details>"));
    }
  }
}
