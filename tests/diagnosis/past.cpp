/// What earlier checks saw adds to what a finding says, and never changes a verdict.
#include "support/catch.hpp"

#include "build.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

Moment moment(const char* text) { return Moment::parse(text).value(); }

constexpr const char* today = "2026-11-29T12:00:00Z";
constexpr const char* old_name = "2a02:8070:9:9:5054:ff:fe12:3456";

Evidence open_home() {
  auto e = plain_nat();
  native_ipv6(e);
  add(e, connected(Family::ipv4));
  add(e, connected(Family::ipv6));
  return e;
}

past::Evidence remembered(const char* since) { return {.since = moment(since), .until = moment(today), .checks = 1000}; }

/// A prefix for each of these times, from one to the next; the last one is today's.
past::Evidence prefixes_since(const char* since, const std::vector<const char*>& turns, std::chrono::minutes gap = std::chrono::minutes(5)) {
  auto past = remembered(since);
  auto begin = moment(since);
  for (std::size_t i = 0; i <= turns.size(); ++i) {
    const auto end = i < turns.size() ? moment(turns[i]) : past.until;
    const auto prefix = i == turns.size() ? std::string("2a02:8070:1:2::/64") : fmt::format("2a02:8070:9:{}::/64", i + 1);
    past.prefixes.push_back({Prefix::parse(prefix).value(), begin, Moment{end.at - gap}});
    begin = end;
  }
  return past;
}

std::string detail_with(Evidence e, const past::Evidence& past, const char* code) {
  const auto without = diagnose(e);
  e.past = past;
  const auto d = diagnose(e);
  CHECK(d.services == without.services);
  CHECK(d.names == without.names);
  CHECK(d.findings.size() == without.findings.size());
  const auto* f = found(d, code);
  REQUIRE(f);
  return f->detail;
}

Evidence old_prefix() {
  auto e = open_home();
  name(e, {public_ipv4}, {old_name});
  return e;
}

}  // namespace

TEST_CASE("a prefix that changes by the clock is told with its hour") {
  const auto past = prefixes_since("2026-11-25T12:00:00Z", {"2026-11-26T03:10:00Z", "2026-11-27T03:05:00Z", "2026-11-28T03:55:00Z"});
  const auto detail = detail_with(old_prefix(), past, "dns.aaaa-old-prefix");
  CHECK_THAT(detail, Contains("This home's IPv6 prefix has changed 3 times in 4 days, each time between 03:05 and 03:55 UTC."));
}

TEST_CASE("a host that is switched off at night tells no hour: it sees in the morning what happened at some time") {
  const auto past = prefixes_since("2026-11-25T12:00:00Z", {"2026-11-26T08:00:00Z", "2026-11-27T08:05:00Z", "2026-11-28T08:03:00Z"}, std::chrono::hours(10));
  CHECK_THAT(detail_with(old_prefix(), past, "dns.aaaa-old-prefix"), Contains("has changed 3 times in 4 days.") && !Contains("each time"));
}

TEST_CASE("an hour around midnight is one, too") {
  const auto past = prefixes_since("2026-11-25T12:00:00Z", {"2026-11-26T23:50:00Z", "2026-11-28T00:20:00Z", "2026-11-28T23:55:00Z"});
  CHECK_THAT(detail_with(old_prefix(), past, "dns.aaaa-old-prefix"), Contains("each time between 23:50 and 00:20 UTC"));
}

TEST_CASE("a prefix that changes now and then has no hour") {
  const auto past = prefixes_since("2026-11-25T12:00:00Z", {"2026-11-26T03:10:00Z", "2026-11-27T13:05:00Z", "2026-11-28T20:55:00Z"});
  const auto detail = detail_with(old_prefix(), past, "dns.aaaa-old-prefix");
  CHECK_THAT(detail, Contains("has changed 3 times in 4 days."));
  CHECK_THAT(detail, !Contains("each time"));
}

TEST_CASE("the first change is told with its time, and that of just now counts") {
  auto past = remembered("2026-11-01T00:00:00Z");
  past.prefixes = {{Prefix::parse("2a02:8070:9:9::/64").value(), past.since, moment("2026-11-29T11:55:00Z")}};
  CHECK_THAT(detail_with(old_prefix(), past, "dns.aaaa-old-prefix"), Contains("changed at about 2026-11-29 12:00 UTC, for the first time since 2026-11-01 00:00 UTC"));
  past.prefixes[0].last = moment("2026-11-29T01:00:00Z");
  CHECK_THAT(detail_with(old_prefix(), past, "dns.aaaa-old-prefix"), Contains("changed between 2026-11-29 01:00 UTC and 2026-11-29 12:00 UTC, for the first time"));
}

TEST_CASE("an IPv4 address of the past") {
  auto e = open_home();
  name(e, {other_ipv4}, {stable});
  auto past = remembered("2026-11-28T12:00:00Z");
  past.ipv4 = {{ip(other_ipv4), past.since, moment("2026-11-29T04:00:00Z")}, {ip(public_ipv4), moment("2026-11-29T04:05:00Z"), past.until}};
  CHECK_THAT(detail_with(e, past, "dns.a-wrong"), Contains("This home's IPv4 address changed at about 2026-11-29 04:05 UTC"));
}

TEST_CASE("a long TTL does no harm where nothing has changed for months") {
  auto e = open_home();
  name(e, {public_ipv4}, {stable});
  for (auto& answer : e.dns->names[0].answers) answer.ttl_s = 86400U;
  auto past = remembered("2026-08-01T00:00:00Z");
  past.ipv4 = {{ip(public_ipv4), past.since, past.until}};
  past.prefixes = {{Prefix::parse("2a02:8070:1:2::/64").value(), past.since, past.until}};
  CHECK_THAT(detail_with(e, past, "dns.ttl-long"), Contains("have not changed since 2026-08-01 00:00 UTC"));
  auto short_time = past;   // of one family alone
  short_time.prefixes[0].first = moment("2026-11-20T00:00:00Z");
  CHECK_THAT(detail_with(e, short_time, "dns.ttl-long"), !Contains("have not changed"));
  auto few = past;   // nobody knows what was between these
  few.checks = 2;
  CHECK_THAT(detail_with(e, few, "dns.ttl-long"), !Contains("have not changed"));
}

TEST_CASE("a mapping that vanished from the router's list, and until when the service was reached") {
  auto e = plain_nat();
  igd(e, public_ipv4);
  add(e, knock(Family::ipv4));
  auto past = remembered("2026-11-01T00:00:00Z");
  past.mappings = {{service("443/tcp"), moment("2026-11-29T04:12:00Z")}};
  past.reached = {{service("443/tcp"), Family::ipv4, moment("2026-11-29T04:12:00Z")}};
  const auto detail = detail_with(e, past, "inbound.no-port-forward");
  CHECK_THAT(detail, Contains("Until 2026-11-29 04:12 UTC the router's own list sent this port to this host, and it does no longer"));
  CHECK_THAT(detail, Contains("A check at 2026-11-29 04:12 UTC still reached it."));
  e.router->gateways[0].igds[0].troubles = {"the mapping list was read to 128 entries, its end was not reached"};
  CHECK_THAT(detail_with(e, past, "inbound.no-port-forward"), !Contains("own list"));
}

TEST_CASE("a list that cannot be read has lost nothing") {
  auto e = plain_nat();
  add(e, knock(Family::ipv4));
  auto past = remembered("2026-11-01T00:00:00Z");
  past.mappings = {{service("443/tcp"), moment("2026-11-29T04:12:00Z")}};
  CHECK_THAT(detail_with(e, past, "inbound.no-port-forward"), !Contains("own list"));
}

TEST_CASE("a record that is this host's own of some time ago is told as such, and not as its prefix") {
  constexpr const char* earlier = "2a02:8070:1:2:77aa:1122:3344:5566";   // in today's prefix
  auto past = remembered("2026-11-01T00:00:00Z");
  past.prefixes = {{Prefix::parse("2a02:8070:9:9::/64").value(), past.since, moment("2026-11-20T03:05:00Z")},
                   {Prefix::parse("2a02:8070:1:2::/64").value(), moment("2026-11-20T03:10:00Z"), past.until}};
  past.ipv6 = {{ip(old_name), past.since, moment("2026-11-20T03:05:00Z")}, {ip(earlier), moment("2026-11-20T03:10:00Z"), moment("2026-11-25T08:00:00Z")},
               {ip(stable), moment("2026-11-25T08:05:00Z"), past.until}};
  const auto home_with = [](const char* aaaa) {
    auto e = open_home();
    name(e, {public_ipv4}, {aaaa});
    return e;
  };
  const auto old = detail_with(home_with(old_name), past, "dns.aaaa-old-prefix");
  CHECK_THAT(old, Contains(fmt::format("This host had {} until 2026-11-20 03:05 UTC, when a check saw it last.", old_name)) && !Contains("This home had the prefix"));
  CHECK_THAT(detail_with(home_with(earlier), past, "dns.aaaa-another-host"),
             Contains(fmt::format("This host had {} until 2026-11-25 08:00 UTC, when a check saw it last.", earlier)));
  CHECK_THAT(detail_with(home_with("2a02:8070:1:2:77aa:1122:3344:7788"), past, "dns.aaaa-another-host"), !Contains("This host had"));
  constexpr const char* elsewhere = "2a01:4f8:7:7::7";
  past.ipv6[0].address = ip(elsewhere);
  CHECK_THAT(detail_with(home_with(elsewhere), past, "dns.aaaa-wrong"), Contains(fmt::format("This host had {} until 2026-11-20 03:05 UTC", elsewhere)));
}

TEST_CASE("a record that is this home's own of some time ago is told as such") {
  auto past = remembered("2026-11-01T00:00:00Z");
  past.prefixes = {{Prefix::parse("2a02:8070:9:9::/64").value(), past.since, moment("2026-11-20T03:05:00Z")},
                   {Prefix::parse("2a02:8070:1:2::/64").value(), moment("2026-11-20T03:10:00Z"), past.until}};
  CHECK_THAT(detail_with(old_prefix(), past, "dns.aaaa-old-prefix"),
             Contains("This home had the prefix 2a02:8070:9:9::/64 until 2026-11-20 03:05 UTC, when a check saw it last."));
  past.prefixes[0].prefix = Prefix::parse("2a02:8070:9:8::/64").value();
  CHECK_THAT(detail_with(old_prefix(), past, "dns.aaaa-old-prefix"), !Contains("This home had"));

  auto e = open_home();
  name(e, {other_ipv4}, {stable});
  past.ipv4 = {{ip(other_ipv4), past.since, moment("2026-11-10T00:00:00Z")}, {ip("93.184.7.7"), moment("2026-11-10T00:05:00Z"), moment("2026-11-11T00:00:00Z")},
               {ip(other_ipv4), moment("2026-11-11T00:05:00Z"), moment("2026-11-29T04:00:00Z")}};
  const auto detail = detail_with(e, past, "dns.a-wrong");
  CHECK_THAT(detail, Contains(fmt::format("This home had {} until 2026-11-29 04:00 UTC, when a check saw it last.", other_ipv4)));
  CHECK_THAT(detail, !Contains("until 2026-11-10"));
  past.ipv4.erase(past.ipv4.begin() + 2), past.ipv4.erase(past.ipv4.begin());
  CHECK_THAT(detail_with(e, past, "dns.a-wrong"), !Contains("This home had"));
}
