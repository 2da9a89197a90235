/// Every kind of expression, as nft prints it in fixtures/filter/kitchen-sink.
#include "probes/filter/match.hpp"

#include <algorithm>

#include "probes/filter/fixture_ruleset.hpp"

using namespace ringback;
using namespace ringback::filter;
using namespace ringback::test;

namespace {

constexpr auto no = Tri::no;
constexpr auto maybe = Tri::maybe;
constexpr auto yes = Tri::yes;

const Table& home() {
  static const Ruleset all = ruleset("kitchen-sink");
  return *std::find_if(all.tables.begin(), all.tables.end(), [](const Table& t) { return t.name == "home"; });
}

/// All matches of the rule that begins so, together.
Tri applies(const std::string& beginning, const Packet& packet, const Journey& journey) {
  for (const auto& chain : home().chains)
    for (const auto& rule : chain.rules) {
      if (!rule.text.starts_with(beginning)) continue;
      auto result = yes;
      for (const auto& statement : rule.statements) {
        if (const auto* match = std::get_if<Match>(&statement)) result = both(result, matches(*match, home(), packet, journey));
        if (std::holds_alternative<Unclear>(statement)) result = both(result, maybe);
      }
      return result;
    }
  FAIL("no rule begins with " << beginning);
  return no;
}

struct MatchRow {
  const char* rule;
  const char* service;
  Family family;
  Tri expected;
};

constexpr auto v4 = Family::ipv4;
constexpr auto v6 = Family::ipv6;

const MatchRow match_rows[] = {
    {"udp dport 9999", "9999/udp", v4, yes},
    {"udp dport 9999", "9999/tcp", v4, no},
    {"fib saddr . iif oif missing", "1/tcp", v4, no},
    {"fib saddr . iif oif exists", "1/tcp", v4, yes},
    {"fib daddr type != {", "1/tcp", v4, no},
    {"fib daddr . iif type local", "1/tcp", v6, yes},
    {"tcp dport @open", "443/tcp", v4, yes},
    {"tcp dport @open", "8005/tcp", v4, yes},
    {"tcp dport @open", "8011/tcp", v4, no},
    {"meta l4proto . th dport @pairs", "2222/tcp", v4, yes},
    {"meta l4proto . th dport @pairs", "2222/udp", v4, no},
    {"meta l4proto . th dport @pairs", "60010/udp", v6, yes},
    {"meta l4proto . th dport @pairs", "icmp", v4, no},
    {"ct state established,related", "1/tcp", v4, no},
    {"iif \"lo\"", "1/tcp", v4, no},
    {"iifname \"br-*\"", "1/tcp", v4, no},
    {"iifname != @cards", "1/tcp", v4, no},
    {"iifname { \"virbr0\"", "1/tcp", v4, no},
    {"meta mark 0x00000010", "1/tcp", v4, no},
    {"meta mark & 0x000000ff", "1/tcp", v4, no},
    {"ip6 saddr @lan6", "1/tcp", v6, no},
    {"ip6 saddr @lan6", "1/tcp", v4, no},
    {"meta protocol ip ip saddr @lan4", "22/tcp", v4, no},
    {"ip saddr @banned", "22/tcp", v4, no},
    {"ip saddr != @lan4 tcp dport 5900", "5900/tcp", v4, yes},
    {"ip saddr != @lan4 tcp dport 5900", "5900/tcp", v6, no},
    {"ip saddr 0.0.0.0/0", "1/tcp", v4, yes},
    {"ip saddr 0.0.0.0/0", "1/tcp", v6, no},
    {"tcp flags != syn", "1/tcp", v4, no},
    {"tcp flags syn /", "1/tcp", v4, yes},
    {"tcp flags syn /", "1/udp", v4, no},
    {"tcp flags fin,psh,urg", "1/tcp", v4, no},
    {"ct state new tcp dport 2200", "2200/tcp", v4, yes},
    {"tcp dport 2207 meta skuid", "2207/tcp", v4, maybe},
    {"tcp dport 2207 meta skuid", "2208/tcp", v4, no},
    {"tcp dport 2208 ip ttl", "2208/tcp", v4, maybe},
    {"tcp dport 2208 ip ttl", "2208/tcp", v6, no},
    {"tcp dport 2209 socket", "2209/tcp", v4, maybe},
    {"tcp dport 2210 numgen", "2210/tcp", v4, maybe},
    {"tcp dport 2212 meta hour", "2212/tcp", v4, maybe},
    {"tcp dport 2213 ether saddr", "2213/tcp", v4, maybe},
    {"tcp sport 1024-65535", "2214/tcp", v4, yes},
    {"tcp sport < 1024", "1/tcp", v4, no},
    {"udp sport 67 udp dport 68", "68/udp", v4, no},
    {"icmp type { echo-reply", "icmp", v4, yes},
    {"icmp type { echo-reply", "icmp", v6, no},
    {"icmpv6 type { echo-request", "icmp", v6, yes},
    {"icmpv6 type { echo-request", "icmp", v4, no},
    {"icmpv6 type 200", "icmp", v6, no},
    {"ip6 nexthdr ipv6-icmp", "icmp", v6, yes},
    {"ip6 nexthdr ipv6-icmp", "1/tcp", v6, no},
    {"ip protocol icmp", "icmp", v4, yes},
    {"ip protocol icmp", "1/tcp", v4, no},
    {"meta l4proto { gre", "1/udp", v4, no},
    {"exthdr frag exists", "1/tcp", v6, no},
    {"rt type 0", "1/tcp", v6, no},
    {"ct status dnat", "1/tcp", v4, no},
    {"ct direction original", "1/tcp", v4, yes},
    {"ct mark 0x00000005", "1/tcp", v4, no},
    {"meta pkttype {", "1/tcp", v4, no},
    {"meta ipsec exists", "1/tcp", v4, no},
    {"ip daddr 192.168.1.5 tcp dport 3000", "3000/tcp", v4, yes},
    {"ip daddr != 192.168.1.5", "1/tcp", v4, no},
    {"ip6 daddr & ::ffff:ffff:ffff:ffff == ::1234", "3001/tcp", v6, no},
    {"tcp dport != 7000-7999", "7500/tcp", v4, no},
    {"tcp dport != 7000-7999", "8000/tcp", v4, yes},
    {"tcp dport != 7000-7999", "8000/udp", v4, no},
    {"th dport 7500", "7500/udp", v4, yes},
    {"th dport 7500", "icmp", v4, no},
    {"udp dport > 61000", "61005/udp", v4, yes},
    {"udp dport > 61000", "61006/udp", v4, no},
    {"udp dport > 61000", "61000/udp", v4, no},
};

Journey at_input(const Packet& packet) { return {.destinations = packet.destinations, .port = packet.port, .tracked = true}; }

}  // namespace

TEST_CASE("every expression that nft prints says yes, no or maybe of a stranger's packet") {
  for (const auto& row : match_rows) {
    INFO(row.rule << " | " << row.service << " " << to_string(row.family));
    const auto packet = knock(row.service, row.family);
    CHECK(static_cast<int>(applies(row.rule, packet, at_input(packet))) == static_cast<int>(row.expected));
  }
}

TEST_CASE("no expression of the fixture is passed over without being understood") {
  // Those that are unclear by their nature are in the table above as matches; of statements there must be none.
  std::vector<std::string> unclear;
  for (const auto& chain : home().chains)
    for (const auto& rule : chain.rules)
      for (const auto& statement : rule.statements)
        if (std::holds_alternative<Unclear>(statement)) unclear.push_back(rule.text);
  CHECK(unclear == std::vector<std::string>{"tcp dport 2212 meta hour \"22:00\"-\"23:00\" drop"});
}

TEST_CASE("of several addresses of this host a rule for one of them may match") {
  auto packet = knock("3001/tcp", v6);
  const auto rule = "ip6 daddr & ::ffff:ffff:ffff:ffff == ::1234";
  packet.destinations = {ip("2001:db8::1234")};
  CHECK(applies(rule, packet, at_input(packet)) == yes);
  packet.destinations = {ip("2001:db8::1234"), ip("2001:db8::5")};
  CHECK(applies(rule, packet, at_input(packet)) == maybe);
  packet.destinations = {};
  CHECK(applies(rule, packet, at_input(packet)) == maybe);
}

TEST_CASE("what earlier rules did to the packet counts") {
  const auto packet = knock("443/tcp");
  auto journey = at_input(packet);
  journey.mark = 0x10;
  CHECK(applies("meta mark 0x00000010", packet, journey) == yes);
  journey.mark = 0x1120;
  CHECK(applies("meta mark & 0x000000ff", packet, journey) == yes);
  journey.mark.reset();
  CHECK(applies("meta mark 0x00000010", packet, journey) == maybe);
  journey.translated = true;
  CHECK(applies("ct status dnat", packet, journey) == yes);
  journey.untracked = yes;
  CHECK(applies("ct status dnat", packet, journey) == no);
  CHECK(applies("ct state established,related", packet, journey) == no);
  journey.untracked = maybe;
  CHECK(applies("ct state established,related", packet, journey) == maybe);
}

TEST_CASE("verdict maps: the element, the range, the rest, and jumps") {
  const auto action = [](const char* service) { return to_string(walk(ruleset("kitchen-sink"), knock(service)).action); };
  const auto result = [](const char* service) { return walk(ruleset("kitchen-sink"), knock(service)); };
  CHECK(action("25/tcp") == "drop");
  CHECK(result("27/tcp").rejects_with == "tcp reset");
  CHECK(result("27/tcp").chain == "refuse");
  CHECK(action("110/tcp") == "reject");
  CHECK(action("4000/tcp") == "accept");
  CHECK(action("4009/tcp") == "drop");
  CHECK(result("5001/tcp").rule->starts_with("tcp dport . ip saddr vmap"));
  CHECK(action("5001/tcp") == "drop");
  CHECK(result("5000/tcp").rule == "policy drop");
}

TEST_CASE("limits let one more packet pass, and what counts beyond a limit does not begin") {
  const auto result = [](const char* service) { return walk(ruleset("kitchen-sink"), knock(service)); };
  CHECK(result("2201/tcp").action == Action::accept);
  for (const auto* within : {"2200/tcp", "2202/tcp", "2203/tcp", "2204/tcp", "2205/tcp", "2206/tcp"}) {
    INFO(within);
    CHECK(result(within).rule == "policy drop");
    CHECK(result(within).unclear.empty());
  }
}

TEST_CASE("translations: to another port, to this host itself, to others") {
  auto packet = knock("8443/tcp");
  CHECK(walk(ruleset("kitchen-sink"), packet).rule == "ct status dnat accept");
  packet.port = 8082;
  CHECK(walk(ruleset("kitchen-sink"), packet).rule == "ct status dnat accept");
  packet.port = 8081;  // forwarded, and no chain at the forward hook forbids it
  CHECK(walk(ruleset("kitchen-sink"), packet).action == Action::accept);
  packet.port = 8090;  // a map of addresses is not read
  const auto mapped = walk(ruleset("kitchen-sink"), packet);
  CHECK(mapped.action == Action::unknown);
  CHECK(mapped.unclear == std::vector<std::string>{"inet home nat: dnat ip to tcp dport map { 8090 : 172.17.0.9, 8091 : 172.17.0.10 }"});
}

TEST_CASE("a rule that a maybe precedes leaves the action open only where it decides") {
  CHECK(walk(ruleset("kitchen-sink"), knock("2208/tcp")).action == Action::drop);     // dropped there or by the policy
  CHECK(walk(ruleset("kitchen-sink"), knock("2209/tcp")).action == Action::unknown);  // accepted there, or dropped by the policy
}
