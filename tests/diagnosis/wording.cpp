/// How titles and advice read, for all recorded households.
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "abbreviations.hpp"
#include "diagnosis/diagnosis.hpp"
#include "evidence/evidence_json.hpp"
#include "support/catch.hpp"

using namespace ringback;

namespace {

void for_each_recorded_finding(const std::function<void(const Finding&)>& look) {
  std::size_t cases = 0;
  for (const auto& folder : std::filesystem::directory_iterator(std::filesystem::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    INFO(folder.path().filename().string());
    ++cases;
    std::ifstream in(folder.path() / "evidence.json");
    for (const auto& finding : diagnose(evidence_from_json(nlohmann::ordered_json::parse(in), "/evidence").value()).findings) {
      INFO(finding.code);
      look(finding);
    }
  }
  CHECK(cases >= 200);
}

/// Without the lines below it, which are copied as they stand.
std::string words_of_step(const std::string& step) { return step.substr(0, step.find('\n')); }

/// Title and advice, without what stands in quotes: those words are looked for in a menu, or told to somebody.
std::string said_to_all(const Finding& finding) {
  std::string text = finding.title;
  for (const auto& remedy : finding.remedies) {
    text += "\n" + remedy.title;
    for (const auto& step : remedy.steps) text += "\n" + words_of_step(step);
  }
  std::string result;
  bool quoted = false;
  for (const char c : text) {
    if (c == '\n') quoted = false;
    if (c == '"') quoted = !quoted;
    result += quoted ? ' ' : c;
  }
  return result;
}

/// "… (DHCP)", "the AAAA record (the IPv6 address)".
bool is_explained(const std::string& word, const std::string& text) {
  for (const auto* before : {"(", "(its ", "(an ", "(the "})
    if (text.find(before + word) != std::string::npos) return true;
  for (const auto* behind : {" (", "s (", " record (", " records (", " record)", " records)"})
    if (text.find(word + behind) != std::string::npos) return true;
  return false;
}

/// Programs and what stands in their files and lists, what commands show, words to be replaced, and what is on everybody's lips.
const std::set<std::string> said_as_they_are{
    "ADDRESS", "ALLOW", "CHAIN", "DENY", "DNS", "DOCKER-USER", "FAMILY", "FILE", "FreeDNS", "HANDLE", "IPV6", "LIMIT", "ListenAddress", "NUMBER",
    "OpenWrt", "PROTOCOL", "REJECT", "RULE", "SSH", "TABLE", "VPN", "WireGuard"};

/// A step of the same advice says in a sentence what it is.
const std::set<std::string> told_in_a_sentence{"ICMPv6", "SOA"};

}  // namespace

TEST_CASE("no title and no advice has an abbreviation that it does not explain") {
  auto known = test::need_no_words();
  known.insert(said_as_they_are.begin(), said_as_they_are.end());
  known.insert(told_in_a_sentence.begin(), told_in_a_sentence.end());
  for_each_recorded_finding([&](const Finding& finding) {
    const auto text = said_to_all(finding);
    for (const auto& word : test::abbreviations(text)) {
      INFO(word << " in: " << text);
      CHECK((known.contains(word) || is_explained(word, text + "\n" + finding.detail)));
    }
  });
}

TEST_CASE("words of the trade stand with what they mean") {
  for_each_recorded_finding([](const Finding& finding) {
    const auto text = said_to_all(finding);
    INFO(text);
    if (text.find("trust anchor") != std::string::npos) CHECK(text.find("the root's key, the trust anchor") != std::string::npos);
    if (text.find("DNSSEC") != std::string::npos) CHECK(text.find("(DNSSEC)") < text.find("DNSSEC") + 1);
    if (text.find("DS record") != std::string::npos) CHECK(text.find("DS record (the entry in the zone above") == text.find("DS record"));
    CHECK(text.find("DS-Lite tunnel") == std::string::npos);
  });
}

TEST_CASE("a command to copy stands on a line of its own, not in a sentence") {
  for_each_recorded_finding([](const Finding& finding) {
    for (const auto& remedy : finding.remedies)
      for (const auto& step : remedy.steps) {
        INFO(step);
        for (const auto* command : {"sudo ", "nft insert", "nft delete", "ufw allow", "ufw delete"})
          CHECK(words_of_step(step).find(command) == std::string::npos);
      }
  });
}
