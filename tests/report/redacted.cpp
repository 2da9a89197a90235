#include "report/format.hpp"
#include "report/in_words.hpp"
#include "report/json.hpp"
#include "report/judged.hpp"
#include "reports.hpp"
#include "support/catch.hpp"

using namespace ringback;
using Catch::Contains;

namespace {

const Legend some_masks{{"11.0.0.1", "public IPv4 #1"},
                    {"11.0.0.12", "public IPv4 #2"},
                    {"3000::1", "IPv6 #1 in prefix #1"},
                    {"3000::/64", "prefix #1"},
                    {"192.168.0.0/24", "network #1 (/24)"},
                    {"80:00:00:00:00:01", "hardware address #1"}};

Report a_household() {
  auto report = test::ds_lite();
  auto& e = report.evidence;
  e.request.names = {"home.example.org"};
  e.stun->observations[0].mapped = Endpoint::parse("93.184.20.30:40000").value();
  e.stun->observations.push_back(e.stun->observations[0]);
  e.stun->observations[1].server = Endpoint::parse("93.184.99.1:3478").value();
  return report;
}

}  // namespace

TEST_CASE("masks are read as words, wherever they stand in a sentence") {
  const MasksInWords say(some_masks);
  struct Row {
    const char *text, *words;
  };
  const Row rows[] = {
      {"The internet sees this household's IPv4 as 11.0.0.1 (4 answers).", "The internet sees this household's IPv4 as public IPv4 #1 (4 answers)."},
      {"It is 11.0.0.12.", "It is public IPv4 #2."},
      {"11.0.0.1, 11.0.0.12: both", "public IPv4 #1, public IPv4 #2: both"},
      {"11.0.0.123 is another", "11.0.0.123 is another"},
      {"at 11.0.0.1:443 and [3000::1]:443", "at [public IPv4 #1]:443 and [IPv6 #1 in prefix #1]:443"},
      {"open http://11.0.0.1:8370/v1", "open http://[public IPv4 #1]:8370/v1"},
      {"not in 3000::/64, nor 192.168.0.0/24.", "not in prefix #1, nor network #1 (/24)."},
      {"11.0.0.1-11.0.0.12", "public IPv4 #1 to public IPv4 #2"},
      {"lladdr 80:00:00:00:00:01", "lladdr hardware address #1"},
      {"3000::", "3000::"},
      {"", ""},
  };
  for (const auto& row : rows) CHECK(say(row.text) == row.words);
  CHECK(MasksInWords({})("11.0.0.1") == "11.0.0.1");
}

TEST_CASE("a redacted report says so in every form, and says addresses in words") {
  const auto report = redacted(a_household()).value();
  CHECK(report.redacted);
  for (const auto format : {Format::text, Format::html, Format::markdown}) {
    const auto text = render(report, format, {.columns = 200});
    INFO(text);
    CHECK_THAT(text, Contains("what identifies the household is masked"));
    CHECK_THAT(text, !Contains("11.0.0.1") && !Contains("93.184."));
  }
  CHECK_THAT(render(report, Format::text), Contains("public IPv4 #"));
  const auto json = render(report, Format::json);
  CHECK_THAT(json, Contains("\"redacted\":true"));
  CHECK_THAT(json, Contains("\"mapped\":\"11.0.0.") && Contains("{\"mask\":\"11.0.0.") && Contains("\"stands_for\":\"public IPv4 #"));
}

TEST_CASE("a redacted report that is judged again, or redacted again, stays as it is") {
  const auto report = redacted(a_household()).value();
  const auto stored = from_json(to_json(report)).value();
  CHECK(stored == report);
  CHECK(judged(stored) == report);
  CHECK(redacted(stored).value() == report);
}

TEST_CASE("sentences beside a redacted report have its masks, and name nothing else") {
  auto report = a_household();
  const auto shown = redacted(report).value();
  const auto mask = shown.evidence.request.names.front();
  const auto said = redacted_sentences(report, {"MQTT: home.example.org did not answer in 5 s", "Ping: http://hooks.schulze-online.de was not told: the time was over",
                                                "make /home/schulze/.local/state: Permission denied", "another check has held /srv/schulze/ringback/lock for 12 s"});
  REQUIRE(said.size() == 4);
  CHECK_THAT(said[0], Contains(mask) && Contains("did not answer in 5 s"));
  CHECK_THAT(said[1], Contains("was not told"));
  CHECK_THAT(said[2], Contains("Permission denied"));
  CHECK_THAT(said[3], Contains("another check has"));
  for (const auto& sentence : said) CHECK_THAT(sentence, !Contains("schulze") && !Contains("home.example.org"));
  CHECK(redacted_sentences(report, {}).empty());
}
