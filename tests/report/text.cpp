#include "report/text.hpp"

#include <algorithm>
#include <sstream>

#include "report/details.hpp"
#include "report/html.hpp"
#include "report/markdown.hpp"
#include "report/page.hpp"
#include "report/safe_text.hpp"
#include "report/summary.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using test::has;

namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}


std::vector<std::string> commands(const Report& report) {
  std::vector<std::string> result;
  for (const auto& finding : report.findings)
    for (const auto& remedy : finding.remedies) result.insert(result.end(), remedy.commands.begin(), remedy.commands.end());
  return result;
}

}  // namespace

TEST_CASE("the verdict comes first, in one sentence") {
  struct Row {
    Report report;
    const char* sentence;
  };
  const auto row = GENERATE(values<Row>({
      {test::healthy(), "443/tcp can be reached from the internet over IPv4 and IPv6."},
      {test::ds_lite(), "443/tcp can be reached from the internet over IPv6, but not over IPv4: your provider shares one IPv4 address among many customers "
                        "(DS-Lite)."},
      {test::closed_router(), "443/tcp cannot be reached from the internet: over IPv4, your router passes no IPv4 connections for this port on to this host; "
                              "over IPv6, your router's IPv6 firewall lets nothing through to this host."},
      {test::host_firewall(), "443/tcp cannot be reached from the internet over IPv4 or IPv6: this host's own packet filter drops what arrives."},
      {test::no_listener(), "8443:443/tcp cannot be reached from the internet over IPv4: nothing on this host listens on TCP port 443."},
      {test::offline(), "This host has no connection to the internet at the moment."},
      {test::untested(), "Whether 443/tcp can be reached from the internet could not be tested: no vantage point (a helper on the internet) knocked on "
                         "it."},
      {test::many_services(), "Of 5 services 1 can be reached from the internet, 2 over one of IPv4 and IPv6, 1 cannot and 1 could not be tested; the "
                              "gravest finding: your provider shares one IPv4 address among many customers (DS-Lite)."},
      {test::wrong_name(), "443/tcp can be reached from the internet over IPv4 and IPv6, but the name home.example.org leads to 203.0.113.9, which is "
                           "not yours."},
      {Report{}, "No service was tested: none was named, and it is not known what listens on this host."},
  }));
  CHECK(headline(row.report).text == row.sentence);
  CHECK(to_text(row.report, {.columns = 400}).starts_with(std::string(row.sentence) + "\n"));
}

TEST_CASE("what is not certain is not said as if it were") {
  auto report = test::ds_lite();
  report.services[0].confidence = Confidence::likely;
  report.findings[0].confidence = Confidence::likely;
  report.connection.confidence = Confidence::possible;
  CHECK(has(headline(report).text, "but not over IPv4: your provider"));
  CHECK(headline(report).text.ends_with(" (likely, not certain)."));
  const auto text = to_text(report, {.columns = 400});
  CHECK(has(text, "(443/tcp over IPv4; likely, not certain)"));
  CHECK(has(text, "(DS-Lite) (possible, not certain)"));
}

TEST_CASE("several services with one fate share a sentence") {
  auto report = test::host_firewall();
  for (const char* more : {"80/tcp", "22/tcp"})
    for (int i = 0; i < 2; ++i) {
      auto verdict = report.services[static_cast<std::size_t>(i)];
      verdict.service = Service::parse(more).value();
      auto finding = report.findings[static_cast<std::size_t>(i)];
      finding.subject.service = verdict.service;
      report.services.push_back(verdict);
      report.findings.push_back(finding);
    }
  CHECK(headline(report).text.starts_with("443/tcp, 80/tcp and 22/tcp cannot be reached from the internet over IPv4 or IPv6: this host's own"));
  CHECK(problems(report).size() == 1);
  CHECK(subjects(problems(report)[0]) == "443/tcp over IPv4 and IPv6; 80/tcp over IPv4 and IPv6; 22/tcp over IPv4 and IPv6");
}

TEST_CASE("a family that was not tested is not called unreachable") {
  auto report = test::healthy();
  report.services[0].reachable = Reachable::unknown;
  report.services[0].cause = "inbound.untested";
  CHECK(headline(report).text == "443/tcp can be reached from the internet over IPv6; over IPv4 it could not be tested: no vantage point (a "
                                 "helper on the internet) knocked on it.");
  CHECK(headline(report).tone == Tone::doubtful);
}

TEST_CASE("a reason that begins with its family does not say it twice") {
  auto report = test::closed_router();
  report.findings[1].title = "IPv6 only inside the home";
  CHECK(headline(report).text == "443/tcp cannot be reached from the internet: over IPv4, your router passes no IPv4 connections for this port on to this "
                                 "host; IPv6 only inside the home.");
}

TEST_CASE("an absent family is said to be absent once") {
  auto report = test::healthy();
  report.findings.push_back({.code = "ipv6.none", .severity = Severity::info, .title = "No IPv6"});
  report.services[1] = {report.services[1].service, Family::ipv6, Reachable::no, StoppedAt::upstream, "ipv6.none", Confidence::certain};
  CHECK(headline(report).text == "443/tcp can be reached from the internet over IPv4, but not over IPv6: there is none.");
}

TEST_CASE("a family that could not be tested is not called absent, whatever kept the test") {
  auto report = test::healthy();
  report.findings.push_back({.code = "ipv4.none", .severity = Severity::warning, .title = "This host's way to the IPv4 internet (its default route) leads nowhere"});
  report.services[0] = {report.services[0].service, Family::ipv4, Reachable::unknown, StoppedAt::unknown, "ipv4.none", Confidence::possible};
  CHECK(headline(report).text == "443/tcp can be reached from the internet over IPv6; over IPv4 it could not be tested: this host's way to the IPv4 internet (its "
                                 "default route) leads nowhere.");
}

TEST_CASE("a healthy household fits one screen") { CHECK(lines(to_text(test::healthy())).size() <= 24); }

TEST_CASE("after the picture: what is wrong, what to do about it, and what that rests on") {
  const auto text = to_text(test::host_firewall(), {.columns = 80});
  CHECK(has(text, "What is wrong, and what to do\n"
                  "\n"
                  "1. Error: This host's own packet filter drops what arrives\n"
                  "   (443/tcp over IPv4 and IPv6)\n"
                  "   The rule \"policy drop\" of chain input in table inet filter decides.\n"
                  "   → Allow TCP port 443 before that rule\n"
                  "          sudo nft insert rule inet filter input tcp dport 443 accept\n"
                  "\n"
                  "After a change, run ringback again: it shows whether that was all.\n"
                  "What that means, and how it was told apart from what looks alike, is shown by:\n"
                  "          ringback explain inbound.host-firewall\n"
                  "\n"
                  "Connection\n"
                  "  Type  IPv4 and IPv6, both your own (dual stack)\n"));
  CHECK(has(text, "  Because:\n  - The router says that its outside address is 198.51.100.7 (UPnP).\n"));
  const auto several = to_text(test::ds_lite(), {.columns = 80});
  CHECK(has(several, "   → Publish the service over IPv6 alone, which works already\n     1. Remove the A record of home.example.org.\n"
                     "     2. Keep the AAAA record.\n   → Or: Ask your provider for a public IPv4 address\n"));
  CHECK(has(several, "Names\n  home.example.org is not right: IPv4 (A) 198.51.100.7;"));
  CHECK(has(to_text(test::offline()), "Could not be measured\n  - stun: the deadline came first\n"));
  CHECK_FALSE(has(to_text(test::healthy()), "Because"));
  CHECK(has(to_text(test::healthy(), {.verbose = true}), "    - server name stun.example.org; server 192.0.2.1:3478;"));
}

TEST_CASE("no line is longer than the terminal, except commands, which stay whole") {
  const auto columns = GENERATE(40U, 57U, 80U, 120U);
  const bool verbose = GENERATE(false, true), unicode = GENERATE(false, true);
  auto all = test::samples();
  all.push_back({"long words", test::filled_with(std::string(3000, 'x'))});
  all.push_back({"wide characters", test::filled_with("\xE6\x9D\xB1\xE4\xBA\xAC \xE6\x9D\xB1\xE4\xBA\xAC")});
  for (const auto& sample : all) {
    INFO(sample.name << " in " << columns << " columns");
    const auto text = to_text(sample.report, {.columns = columns, .unicode = unicode, .verbose = verbose});
    for (const auto& line : lines(text)) {
      const bool may_be_command = line.starts_with("          ringback explain ") || !commands(sample.report).empty();
      const bool command = line.starts_with("          ") && display_width(line) > columns;
      if (!command || !may_be_command) CHECK(display_width(line) <= columns);
      CHECK_FALSE(line.ends_with(' '));
    }
    if (sample.name == "ds-lite") CHECK(has(text, "          " + commands(sample.report).front() + "\n"));
  }
}

TEST_CASE("a line that is longer than the terminal is one single word: an address that can be copied whole") {
  auto report = test::healthy();
  const std::string longest = "[2001:db8:1111:2222:3333:4444:5555:6666]:65535";
  report.evidence.stun->observations.front().server = Endpoint::parse(longest).value();
  report.findings.front().title = "Seen at " + longest + ", and nowhere else";
  bool stands_whole = false;
  for (const auto& line : lines(to_text(report, {.columns = 40, .verbose = true}))) {
    const auto word = line.find_first_not_of(' ');
    INFO(line);
    CHECK((display_width(line) <= 40 || line.find(' ', word) == std::string::npos));
    stands_whole = stands_whole || has(line, longest);
  }
  CHECK(stands_whole);
}

TEST_CASE("without colour there is no escape code, with colour the text is the same") {
  for (const auto& sample : test::samples()) {
    const auto plain = to_text(sample.report, {.verbose = true});
    auto painted = to_text(sample.report, {.color = true, .verbose = true});
    CHECK_FALSE(has(plain, "\x1b"));
    CHECK(has(painted, "\x1b["));
    for (auto at = painted.find('\x1b'); at != std::string::npos; at = painted.find('\x1b')) painted.erase(at, painted.find('m', at) - at + 1);
    CHECK(painted == plain);
  }
}

TEST_CASE("in a locale without Unicode there is ASCII alone") {
  auto all = test::samples();
  all.push_back({"umlauts", test::filled_with("Z\xC3\xBCrich \xE2\x9C\x97")});
  for (const auto& sample : all) {
    const auto text = to_text(sample.report, {.unicode = false, .verbose = true});
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
  }
}

TEST_CASE("nothing from the network acts on the terminal, whatever field it stands in") {
  for (const char* hostile : {"\x1b]0;owned\x07", "\xC2\x9b" "2J", "\xE2\x80\xAEright to left", "a\nb\rc", "\xE2\x80\x8Bzero", "\xFF\xFE"}) {
    const auto text = to_text(test::filled_with(hostile), {.columns = 80, .verbose = true});
    for (const char32_t c : decode_utf8(text)) {
      const bool control = (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0);
      const bool acts = (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
      REQUIRE_FALSE((control || acts));
    }
  }
  // A line end in a remedy must not begin a second command.
  auto report = test::no_listener();
  report.findings[0].remedies[0].commands = {"systemctl start nginx\nrm -rf /"};
  CHECK(has(to_text(report), "          systemctl start nginx rm -rf /\n"));
}

TEST_CASE("a report of a stranger's size is still a page") {
  auto report = test::ds_lite();
  report.findings.resize(20'000, report.findings[0]);
  report.services.resize(20'000, report.services[0]);
  report.names.resize(20'000, report.names[0]);
  report.connection.because.resize(20'000, report.connection.because[0]);
  CHECK(lines(to_text(report)).size() < 1000);
}

TEST_CASE("advice that differs in its commands alone is given once, with the commands of each family by themselves") {
  auto report = test::host_firewall();
  const auto remedy = [](const char* command) { return Remedy{"Open it", {"The first command opens it, the second one shows it."}, {command, "for both"}}; };
  const auto finding = report.findings.front();
  report.findings.assign(2, finding);
  report.findings[0].subject.family = Family::ipv4;
  report.findings[1].subject.family = Family::ipv6;
  report.findings[0].remedies = {remedy("iptables")};
  report.findings[1].remedies = {remedy("ip6tables")};
  REQUIRE(problems(report).size() == 1);
  CHECK(has(to_text(report), "443/tcp over IPv4 and IPv6"));
  CHECK(has(to_text(report), "     The first command opens it, the second one shows it.\n"
                             "\n"
                             "     The commands for 443/tcp over IPv4:\n"
                             "          iptables\n"
                             "          for both\n"
                             "\n"
                             "     The commands for 443/tcp over IPv6:\n"
                             "          ip6tables\n"
                             "          for both\n"));
  report.findings[1].remedies = report.findings[0].remedies;
  CHECK(has(to_text(report), "the second one shows it.\n          iptables\n          for both\n\n"));
  report.findings[1].remedies[0].steps.emplace_back("And for IPv6 that.");
  REQUIRE(problems(report).size() == 1);
  CHECK(problems(report)[0].remedies[0].steps == report.findings[1].remedies[0].steps);
  report.findings[1].remedies[0].steps = {"Otherwise."};
  CHECK(problems(report).size() == 2);
}

TEST_CASE("where a step has lines of its own, the commands below all steps have a heading") {
  auto report = test::no_listener();
  report.findings.front().remedies = {{"Do this", {"The first command does it.", "Only where that does not help, write this:\nline of a file"}, {"one", "two"}}};
  CHECK(has(to_text(report), "     1. The first command does it.\n"
                             "     2. Only where that does not help, write this:\n"
                             "          line of a file\n"
                             "\n"
                             "     The commands:\n"
                             "          one\n"
                             "          two\n"));
  CHECK(has(to_html(report), "<pre>line of a file</pre></li>\n</ol>\n<p>The commands:</p>\n<pre>one\ntwo</pre>\n"));
  CHECK(has(to_markdown(report), "      line of a file\n\n\nThe commands:\n\n```sh\none\ntwo\n```\n"));
  report.findings.front().remedies.front().commands = {"one"};
  CHECK(has(to_text(report), "          line of a file\n\n     The command:\n          one\n"));
  report.findings.front().remedies.front().commands.clear();
  CHECK_FALSE(has(to_text(report), "The command:"));
  report.findings.front().remedies = {{"Do this", {"The command does it."}, {"one"}}};
  CHECK(has(to_text(report), "     The command does it.\n          one\n"));
  CHECK_FALSE(has(to_html(report) + to_markdown(report), "The command:"));
}

TEST_CASE("a command stands below the step at which it is run, and what is alike for both families stands there once") {
  auto report = test::host_firewall();
  const auto remedy = [](const char* command) {
    return Remedy{"Open it", {"This command opens it.", "This command keeps it.", "All is well."}, {command, "save", "ringback wait"}, {1, 2, 2}};
  };
  report.findings.resize(1);
  report.findings[0].subject.family = Family::ipv4;
  report.findings[0].remedies = {remedy("iptables")};
  CHECK(has(to_text(report), "     1. This command opens it.\n"
                             "          iptables\n"
                             "     2. This command keeps it.\n"
                             "          save\n"
                             "          ringback wait\n"
                             "     3. All is well.\n"
                             "\n"));
  CHECK(has(to_html(report), "<ol>\n<li>This command opens it.<pre>iptables</pre>\n</li>\n<li>This command keeps it.<pre>save\nringback wait</pre>\n</li>\n<li>All is well.</li>\n</ol>\n"));
  CHECK(has(to_html(report, false, "/opt/ringback"), "save\n/opt/ringback wait</pre>"));
  CHECK(has(to_markdown(report), "1. This command opens it.\n\n       iptables\n\n2. This command keeps it.\n\n       save\n       ringback wait\n\n3. All is well.\n"));

  report.findings.push_back(report.findings[0]);
  report.findings[1].subject.family = Family::ipv6;
  report.findings[1].remedies = {remedy("ip6tables")};
  REQUIRE(problems(report).size() == 1);
  CHECK(has(to_text(report), "     1. This command opens it.\n"
                             "        The command for 443/tcp over IPv4:\n"
                             "          iptables\n"
                             "        The command for 443/tcp over IPv6:\n"
                             "          ip6tables\n"
                             "     2. This command keeps it.\n"
                             "          save\n"
                             "          ringback wait\n"
                             "     3. All is well.\n"));
  CHECK(has(to_markdown(report), "1. This command opens it.\n\n   The command for 443/tcp over IPv4:\n\n       iptables\n\n   The command for 443/tcp over IPv6:\n\n       ip6tables\n\n2. "));
  report.findings[1].severity = Severity::info;   // told in passing, with its commands where they are run
  report.services.pop_back();
  CHECK(has(to_markdown(report), "  **→ Open it**\n\n  1. This command opens it.\n\n         ip6tables\n\n  2. This command keeps it.\n\n         save\n         ringback wait\n\n  3. All is well.\n"));
}

TEST_CASE("steps that help against two faults are told once, and the other one says where") {
  auto report = test::no_listener();
  const Remedy both{"Restart it", {"This command restarts it.", "Then look."}, {"restart"}, {1}}, own{"Or wait", {"Wait."}, {}}, short_one{"Wait", {"Wait a day."}, {}};
  report.findings = {{.code = "dns.aaaa-temporary", .severity = Severity::error, .confidence = Confidence::certain, .title = "The name leads to an address that dies", .remedies = {both, short_one}},
                     {.code = "address.temporary-preferred", .severity = Severity::warning, .confidence = Confidence::certain, .title = "Connections leave from it",
                      .remedies = {own, both, short_one}}};
  CHECK(has(to_text(report), "   → Or: Restart it\n     As told above, under \"The name leads to an address that dies\".\n"));
  CHECK(has(to_html(report), "<h4>→ Or: Restart it</h4>\n<p>As told above, under &quot;The name leads to an address that dies&quot;.</p>"));
  CHECK(has(to_markdown(report), "**→ Or: Restart it**\n\n1. As told above, under \"The name leads to an address that dies\".\n"));
  for (const auto& text : {to_text(report), to_html(report), to_markdown(report)}) {
    const auto first = text.find("This command restarts it.");
    CHECK(first < text.find("Connections leave from it"));
    CHECK(text.find("This command restarts it.", first + 1) == std::string::npos);
    CHECK(text.rfind("Wait a day.") > text.find("Connections leave from it"));   // no longer than the words that would stand for it
  }
  report.findings[1].remedies[1].commands = {"restart the other"};
  CHECK_FALSE(has(to_text(report), "As told above"));
}

TEST_CASE("a stored command whose step there is not stands behind all steps") {
  auto report = test::no_listener();
  report.findings.front().remedies = {{"Do this", {"First.", "Then."}, {"one", "two", "three", "four"}, {2, 3, 0}}};
  CHECK(has(to_text(report), "     1. First.\n     2. Then.\n          one\n\n     The commands:\n          two\n          three\n          four\n"));
}

TEST_CASE("several ways are introduced, and each after the first begins alike") {
  auto report = test::no_listener();
  report.findings.front().remedies = {{"Do this", {}, {}}, {"Do that", {}, {}}, {"Do both", {}, {}}};
  const auto text = to_text(report);
  CHECK(has(text, "There are 3 ways. Try the first"));
  CHECK(has(text, "Or: Do that"));
  CHECK(has(text, "Or: Do both"));
  report.findings.front().remedies.resize(1);
  CHECK_FALSE(has(to_text(report), "There are"));
}

TEST_CASE("an address stands in one piece in the narrowest terminal") {
  auto report = test::host_firewall();
  const std::string address = "2a03:5a5c:d900:1001:dea6:32ff:fedb:b0bf";
  report.findings.front().remedies = {{"Do this", {"Write " + address + " there.", "Then " + address}, {}}};
  std::size_t whole = 0;
  for (const auto& line : lines(to_text(report, {.columns = 40}))) {
    whole += has(line, address) ? 1U : 0U;
    if (has(line, address)) CHECK(display_width(line) <= 40);
  }
  CHECK(whole == 2);
  Page page({.columns = 40});
  page.paragraph(address + " leads here", "  - ");
  CHECK(page.text() == "  -\n " + address + "\n    leads here\n");
}

TEST_CASE("of a name that is not right it is said which of its two records that is, where the findings tell") {
  struct Row {
    std::vector<std::string> findings;
    bool has_aaaa;
    const char* said;
  };
  constexpr auto both = "IPv4 (A) 198.51.100.7; IPv6 (AAAA) 2001:db8::1";
  for (const auto& [findings, has_aaaa, said] :
       {Row{{"dns.a-wrong"}, true, "IPv4 (A) 198.51.100.7; IPv6 (AAAA) 2001:db8::1 (nothing was found against this one)"},
        Row{{"dns.aaaa-temporary", "dns.ttl-long"}, true, "IPv4 (A) 198.51.100.7 (nothing was found against this one); IPv6 (AAAA) 2001:db8::1"},
        Row{{"dns.a-wrong", "dns.aaaa-router"}, true, both}, Row{{"dns.aaaa-wrong", "dns.proxied"}, true, both}, Row{{"dns.servers-disagree"}, true, both}, Row{{}, true, both},
        Row{{"dns.a-wrong", "dns.aaaa-missing"}, false, "IPv4 (A) 198.51.100.7; IPv6 (AAAA) is missing"}, Row{{"dns.a-wrong"}, false, "IPv4 (A) 198.51.100.7"}}) {
    NameVerdict name{.name = "home.example.org", .a = {Address::parse("198.51.100.7").value()}, .verdict = NameState::wrong, .findings = findings};
    if (has_aaaa) name.aaaa = {Address::parse("2001:db8::1").value()};
    CHECK(sentence(name, 8) == std::string("is not right: ") + said);
    name.verdict = NameState::right;
    CHECK_FALSE(has(sentence(name, 8), "nothing"));
  }
}
