#include "diagnosis/explanations.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "diagnosis/codes.hpp"
#include "abbreviations.hpp"
#include "support/catch.hpp"

using namespace ringback;
using diagnosis::Explanation;

namespace {

/// What others build on: these codes stay.
constexpr std::array promised{
    "internet.offline", "internet.captive-portal", "ipv4.cgnat", "ipv4.ds-lite", "ipv4.nat64", "ipv4.shared-ports", "ipv4.double-nat", "ipv4.none",
    "ipv6.none", "ipv6.local-only", "ipv6.broken", "ipv6.tunnel", "address.no-stable-ipv6", "address.temporary-preferred", "dns.name-missing",
    "dns.a-missing", "dns.aaaa-missing", "dns.a-wrong", "dns.aaaa-wrong", "dns.aaaa-router", "dns.aaaa-temporary", "dns.aaaa-old-prefix",
    "dns.a-not-global", "dns.aaaa-not-global", "dns.a-useless", "dns.servers-disagree", "dns.lame-server", "dns.stale-cache", "dns.resolver-filters",
    "dns.resolver-broken", "dns.bogus", "dns.ttl-long", "inbound.no-port-forward", "inbound.no-ipv6-opening", "inbound.provider-block",
    "inbound.not-arriving", "inbound.host-firewall", "inbound.no-listener", "inbound.wrong-bind", "inbound.reply-lost", "inbound.mtu-blackhole",
    "inbound.answered-elsewhere", "inbound.untested", "router.forward-elsewhere", "router.pinhole-forbidden", "exposure.unexpected-service",
    "exposure.exposed-host", "host.vpn-default-route", "measure.no-privilege", "measure.vantage-down", "measure.lossy"};

/// All that is read, but for the words to search for, which are the vendors' own.
std::vector<std::string_view> texts_of(const Explanation& page) {
  const auto* code = diagnosis::find_code(page.code);
  std::vector<std::string_view> texts{code->title, code->meaning, code->told_apart, page.doubt};
  texts.insert(texts.end(), page.plainly.begin(), page.plainly.end());
  for (const auto& neighbour : page.neighbours) texts.push_back(neighbour.decides);
  texts.insert(texts.end(), page.steps.begin(), page.steps.end());
  for (const auto cost : {page.costs.privacy, page.costs.security, page.costs.money, page.costs.inconvenience}) texts.push_back(cost);
  for (const auto& reading : page.reading) texts.push_back(reading.about);
  return texts;
}

}  // namespace

TEST_CASE("every code has a page, and every page a code") {
  const auto pages = diagnosis::explanations();
  std::set<std::string_view> explained;
  for (const auto& page : pages) CHECK(explained.insert(page.code).second);
  CHECK(explained.size() == 57);
  CHECK(std::ranges::equal(pages, diagnosis::codes(), {}, &Explanation::code, &diagnosis::Code::code));
  for (const auto* code : promised) {
    INFO(code);
    CHECK(explained.contains(code));
  }
}

TEST_CASE("every group of codes has its words") {
  std::set<std::string_view> groups, used;
  for (const auto& group : diagnosis::groups()) CHECK(groups.insert(group.name).second);
  for (const auto& code : diagnosis::codes()) used.insert(diagnosis::group_of(code.code));
  CHECK(used == groups);
}

TEST_CASE("no page is too short to help, and what it names exists") {
  for (const auto& page : diagnosis::explanations()) {
    INFO(page.code);
    std::size_t length = 0;
    for (const auto paragraph : page.plainly) length += paragraph.size();
    CHECK(length >= 200);
    CHECK(page.doubt.size() >= 40);
    CHECK_FALSE(page.neighbours.empty());
    CHECK_FALSE(page.steps.empty());
    CHECK(page.search_for.size() >= 2);
    for (const auto& neighbour : page.neighbours) {
      INFO(neighbour.code);
      CHECK(diagnosis::find_code(neighbour.code));
      CHECK(neighbour.code != page.code);
      CHECK(neighbour.decides.size() >= 30);
    }
    CHECK(page.reading.empty() == (page.code == "measure.no-privilege"));   // rights are the system's own affair: no RFC is about them
    for (const auto& reading : page.reading) {
      INFO(reading.rfc);
      CHECK(diagnosis::rfc_title(reading.rfc));
      CHECK((reading.section.empty() || reading.section.starts_with("REC-") ||
             std::ranges::all_of(reading.section, [](char c) { return (c >= '0' && c <= '9') || c == '.'; })));
      CHECK_FALSE(reading.about.empty());
    }
  }
}

TEST_CASE("pages are written in whole sentences") {
  for (const auto& page : diagnosis::explanations()) {
    INFO(page.code);
    auto sentences = page.plainly;
    sentences.push_back(page.doubt);
    sentences.insert(sentences.end(), page.steps.begin(), page.steps.end());
    for (const auto& neighbour : page.neighbours) sentences.push_back(neighbour.decides);
    for (const auto text : sentences) {
      INFO(text);
      CHECK((text.ends_with('.') || text.ends_with('?') || text.ends_with("?\"")));
    }
    for (const auto text : texts_of(page)) CHECK(text.find("  ") == std::string_view::npos);
  }
}

TEST_CASE("no abbreviation goes unexplained") {
  std::set<std::string> known = test::need_no_words();
  for (const auto& term : diagnosis::glossary())
    for (const auto& word : test::abbreviations(term.word)) known.insert(word), known.insert(word + "s");
  for (const auto& page : diagnosis::explanations()) {
    INFO(page.code);
    for (const auto text : texts_of(page))
      for (const auto& word : test::abbreviations(text)) {
        INFO(word << " in: " << text);
        CHECK(known.contains(word));
      }
  }
}

TEST_CASE("a page has the words that stand on it, in their order and nowhere inside of others") {
  const Explanation page{.code = "", .plainly = {"The AAAA record leads there; resolvers and NAT-PMP."}};
  const auto words = diagnosis::words_on(page);
  std::vector<std::string_view> names;
  for (const auto& term : words) names.push_back(term.word);
  CHECK(names == std::vector<std::string_view>{"AAAA record", "resolver", "NAT-PMP"});
}
