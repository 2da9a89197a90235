/// How titles and advice read, for all recorded households.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "abbreviations.hpp"
#include "advice.hpp"
#include "diagnosis/codes.hpp"
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

/// The advice of every code for systems of all kinds, beside that of the recordings.
void for_each_remedy(const std::function<void(const Remedy&)>& look) {
  for_each_recorded_finding([&](const Finding& finding) { std::ranges::for_each(finding.remedies, look); });
  using namespace build;
  using enum host::Manager;
  for (const auto manager : {unknown, network_manager, systemd_networkd, dhcpcd, ifupdown, netplan})
    for (const auto* tool : {"nftables", "ufw", "firewalld", "iptables-legacy", "docker"})
      for (const auto* table : {"inet filter", "ip filter", "inet firewalld"}) {
        auto e = plain_nat();
        native_ipv6(e);
        name(e, {public_ipv4}, {stable});
        e.host->system.manager = manager;
        e.host->system.firewall_tools = {tool};
        for (auto& walk : e.filter->walks) walk.action = filter::Action::drop, walk.handle = 7, walk.rule = "drop", walk.table = table, walk.chain = "INPUT";
        for (const auto& code : diagnosis::codes())
          for (const auto family : {Family::ipv4, Family::ipv6}) {
            INFO(code.code);
            const Subject subject{.service = service("443/tcp"), .family = family, .name = "home.example.org"};
            const auto found = diagnosis::finding(code.code, Confidence::possible, "x", subject, {});
            std::ranges::for_each(remedies_for(found, e), look);
          }
      }
}

std::string all_words(const Remedy& remedy) {
  std::string result;
  for (const auto& step : remedy.steps) result += words_of_step(step) + "\n";
  return result;
}

/// Counted from 1; 0: it stands behind all steps.
std::size_t step_of_command(const Remedy& remedy, std::size_t index) { return index < remedy.command_steps.size() ? remedy.command_steps[index] : 0; }

/// "the command with prepend": of those that have this word.
bool is_named_by_its_word(const std::string& command, const std::string& text) {
  for (const std::string_view mark : {"command with ", "commands with "})
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const auto begin = at + mark.size();
      auto word = text.substr(begin, text.find_first_of(" .,:;", begin) - begin);
      if (command.find(word) != std::string::npos) return true;
    }
  return false;
}

/// Does a step say what this command is for? "The first command …, the second one …", "the last command", "this command", "the commands below".
bool is_named(std::size_t index, std::size_t count, const std::string& command, const std::string& text) {
  const auto says = [&](const std::string& words) { return text.find(words) != std::string::npos; };
  const auto at_place = [&](const std::string& place) { return says(place + " command") || says(place + " one") || says(place + ","); };
  static constexpr const char* ordinals[] = {"first", "second", "third", "fourth"};
  if (says("he commands below") || says("hese commands") || says("a command of this form") || (count == 1 && says("his command"))) return true;
  if ((count == 1 && (says("he command ") || says("he command.") || says("he command:")))) return true;
  if (index < std::size(ordinals) && at_place(ordinals[index])) return true;
  if (index < 2 && says("first two commands")) return true;
  if (index + 1 == count && (at_place("last") || says("the last command"))) return true;
  if (index + 2 >= count && says("last two commands")) return true;
  if (index > 0 && (says("other two commands") || says("with the other"))) return true;
  return is_named_by_its_word(command, text);
}

/// "… (DHCP)", "the AAAA record (the IPv6 address)".
bool is_explained(const std::string& word, const std::string& text) {
  for (const auto* before : {"(", "(its ", "(an ", "(the ", "(double "})
    if (text.find(before + word) != std::string::npos) return true;
  for (const auto* behind : {" (", "s (", " record (", " records (", " record)", " records)"})
    if (text.find(word + behind) != std::string::npos) return true;
  return false;
}

/// Words that are no abbreviations and yet not everybody's. Each stands beside what it means where it comes first, in parentheses on either side, or in
/// a sentence that says what it is.
const std::regex trade("\\b(prefix(es)?|translat\\w*|zones?|resolvers?|vantage points?|pinholes?|gateways?|kernel|reverse-path filter|chains?|proxy|default routes?|hops?|"
                       "interfaces?(?! ID)|routing tables?)\\b", std::regex::icase);

bool is_told(const std::string& text, std::size_t at, std::size_t length) {
  const auto rest = text.substr(at + length), before = text.substr(0, at);
  if (rest.starts_with(" (") || rest.starts_with(" is a ") || rest.starts_with(" itself (")) return true;
  const auto open = before.rfind('('), close = before.rfind(')');
  return open != std::string::npos && (close == std::string::npos || close < open);
}

/// Programs and what stands in their files and lists, what commands show, words to be replaced, and what is on everybody's lips.
const std::set<std::string> said_as_they_are{
    "ADDRESS", "ALLOW", "CHAIN", "DENY", "DNS", "DOCKER-USER", "FAMILY", "FILE", "FreeDNS", "HANDLE", "IPV6", "LIMIT", "ListenAddress", "INPUT", "NUMBER",
    "OpenWrt", "PID", "PROTOCOL", "REJECT", "RULE", "SSH", "TABLE", "VPN", "WireGuard"};

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
    if (text.find("DS record") != std::string::npos) CHECK(text.find("DS record (the entry at the registry") == text.find("DS record"));
    CHECK(text.find("DS-Lite tunnel") == std::string::npos);
  });
}

TEST_CASE("words of the trade that look like others stand with what they mean where they come first") {
  for_each_recorded_finding([](const Finding& finding) {
    const auto text = said_to_all(finding);
    std::set<std::string> known;
    for (std::sregex_iterator found(text.begin(), text.end(), trade), end; found != end; ++found) {
      auto word = found->str();
      std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (word.ends_with('s') && word != "prefixes") word.pop_back();
      const auto at = static_cast<std::size_t>(found->position());
      const bool in_a_path_or_an_option = at > 0 && std::string_view("/-=.").find(text[at - 1]) != std::string_view::npos;
      if (in_a_path_or_an_option || !known.insert(word).second) continue;
      INFO(word << " in: " << text.substr(at < 80 ? 0 : at - 80, 200));
      CHECK(is_told(text, at, found->str().size()));
    }
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

TEST_CASE("each command is named by a step, which says what it is for: by its own, where it stands below one") {
  for_each_remedy([](const Remedy& remedy) {
    for (std::size_t i = 0; i < remedy.commands.size(); ++i) {
      const auto step = step_of_command(remedy, i);
      const auto text = step == 0 ? all_words(remedy) : words_of_step(remedy.steps.at(step - 1));
      std::size_t before = 0, count = 0;   // of those beside it
      for (std::size_t j = 0; j < remedy.commands.size(); ++j)
        if (step_of_command(remedy, j) == step) ++count, before += j < i ? 1 : 0;
      INFO(remedy.title << "\n" << text << remedy.commands[i]);
      CHECK(is_named(before, count, remedy.commands[i], text));
    }
  });
}

/// A step that speaks of a command beside it or below, and has neither that nor a line to copy.
bool has_what_it_speaks_of(const Remedy& remedy, std::size_t index) {
  const auto& step = remedy.steps[index];
  const auto words = words_of_step(step);
  const bool of_its_own = std::regex_search(words, std::regex("\\b[Tt]h(is|ese) commands?\\b|of this form"));
  const bool below = std::regex_search(words, std::regex("commands? below"));
  if (!(of_its_own || below) || step.size() != words.size()) return true;
  for (std::size_t i = 0; i < remedy.commands.size(); ++i)
    if (const auto at = step_of_command(remedy, i); at == index + 1 || at == 0 || (below && at > index)) return true;
  return false;
}

TEST_CASE("no step speaks of a command that is not there") {
  const auto look = [](const Remedy& remedy) {
    for (std::size_t i = 0; i < remedy.steps.size(); ++i) {
      INFO(remedy.title << "\n" << remedy.steps[i]);
      CHECK(has_what_it_speaks_of(remedy, i));
    }
  };
  for_each_remedy(look);
  for (const bool named : {true, false}) {   // ufw is told of IPv6
    auto e = build::plain_nat();
    build::native_ipv6(e, false);
    e.request.services_named = named;
    e.host->system.firewall_tools = {"ufw"};
    e.filter->walks = {{.protocol = Protocol::icmp, .family = Family::ipv6, .action = filter::Action::drop, .table = "ip6 filter", .chain = "INPUT"}};
    std::size_t told = 0;
    for (const auto& finding : diagnose(e).findings)
      for (const auto& remedy : finding.remedies) look(remedy), told += remedy.title == "Tell ufw that there is IPv6" ? 1U : 0U;
    CHECK(told == 1);
  }
  auto e = build::plain_nat();
  build::native_ipv6(e);
  build::name(e, {build::public_ipv4}, {build::temporary});
  e.host->updaters.push_back({.program = "ddclient", .file = "/etc/d\u00e4.conf", .readable = true, .names = {"home.example.org"}, .ipv6 = {.source = host::AddressSource::web}});
  for (const auto& finding : diagnose(e).findings) std::ranges::for_each(finding.remedies, look);
}

TEST_CASE("commands of different moments do not stand in one block: where several steps speak of commands, each has its own below it") {
  std::size_t below_steps = 0;
  for_each_remedy([&](const Remedy& remedy) {
    const auto speaks_of_one = [](const std::string& step) { return std::regex_search(words_of_step(step), std::regex("\\bcommands?\\b")); };
    INFO(remedy.title << "\n" << all_words(remedy));
    if (remedy.command_steps.empty()) {
      CHECK((remedy.commands.size() < 2 || std::ranges::count_if(remedy.steps, speaks_of_one) == 1));
      return;
    }
    ++below_steps;
    CHECK(remedy.command_steps.size() == remedy.commands.size());
    CHECK(std::ranges::is_sorted(remedy.command_steps));   // or a reader of the list alone would run them in another order
    CHECK(remedy.command_steps.front() >= 1);
    CHECK(remedy.command_steps.back() <= remedy.steps.size());
  });
  CHECK(below_steps >= 500);
}

TEST_CASE("what keeps rules comes after every command that sets one, and stands in no step above them") {
  std::size_t kept = 0;
  for_each_remedy([&](const Remedy& remedy) {
    INFO(remedy.title);
    for (const auto& step : remedy.steps) CHECK(step.find("netfilter-persistent") == std::string::npos);
    const auto saves = [](const std::string& command) { return command.find("netfilter-persistent save") != std::string::npos; };
    const auto save = std::ranges::find_if(remedy.commands, saves);
    if (save == remedy.commands.end()) return;
    ++kept;
    CHECK(std::next(save) == remedy.commands.end());
    CHECK(std::any_of(remedy.commands.begin(), save, [](const std::string& command) { return command.find("tables") != std::string::npos; }));
  });
  CHECK(kept >= 20);
}

TEST_CASE("nobody is blamed, neither the reader nor those who run the line") {
  static constexpr std::array phrases{"you forgot", "forgotten by", "your mistake", "your fault", "you should have", "should not have", "you failed", "you did not",
                                      "you have not", "wrongly configured", "misconfigur", "careless", "obviously", "simply ", "of course", "incompetent", "bad provider",
                                      "is to blame", "to blame for", "guilty", "stupid", "unfortunately you"};
  for_each_recorded_finding([](const Finding& finding) {
    auto text = finding.title + "\n" + finding.detail;
    for (const auto& remedy : finding.remedies) text += "\n" + remedy.title + "\n" + all_words(remedy);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto* phrase : phrases) {
      INFO(phrase << " in: " << text);
      CHECK(text.find(phrase) == std::string::npos);
    }
  });
}
