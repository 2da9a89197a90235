/// What the rules do with a visitor whose address is known, and by which of them.
#include "probes/filter/fixture_ruleset.hpp"

using namespace ringback;
using namespace ringback::filter;
using namespace ringback::test;

namespace {

struct VisitorsRow {
  const char* from;
  const char* service;
  Action action;
  const char* where;         ///< "TABLE CHAIN: RULE"
  const char* set = "";
  const char* element = "";
};

const VisitorsRow visitors_rows[] = {
    {"185.10.20.30", "443/tcp", Action::reject, "inet f2b-table f2b-chain: tcp dport { 22, 443 } ip saddr @addr-set-sshd reject with icmp port-unreachable",
     "addr-set-sshd", "185.10.20.30"},
    {"185.10.20.30", "993/tcp", Action::drop, "inet filter input: policy drop"},
    {"185.10.20.40", "443/tcp", Action::drop, "inet f2b-table f2b-chain: ip saddr . tcp dport @pairs drop", "pairs", "185.10.20.40 . 443"},
    {"185.10.20.40", "80/tcp", Action::accept, "inet filter input: tcp dport 80 accept"},
    {"2a0b:1:2::30", "443/tcp", Action::drop, "inet f2b-table f2b-chain: ip6 saddr @nets6 drop", "nets6", "2a0b:1::/32"},
    {"2a0b:2:2::30", "443/tcp", Action::accept, "inet filter input: tcp dport 443 ct state new limit rate 3/minute burst 1 packets accept"},
    {"185.10.20.50", "443/tcp", Action::drop, "inet f2b-table banned: counter drop", "", "185.10.20.50"},
    {"185.11.1.2", "443/tcp", Action::drop, "inet f2b-table office: drop", "", "185.11.0.0/16"},
    {"185.10.21.9", "443/tcp", Action::drop, "inet f2b-table f2b-chain: ip saddr { 185.10.21.0/24, 185.10.22.7-185.10.22.9 } drop", "", "185.10.21.0/24"},
    {"185.10.22.8", "443/tcp", Action::drop, "inet f2b-table f2b-chain: ip saddr { 185.10.21.0/24, 185.10.22.7-185.10.22.9 } drop", "",
     "185.10.22.7-185.10.22.9"},
    // A list of those who alone may come in: the visitor is not on it.
    {"185.10.30.1", "8080/tcp", Action::drop, "inet filter input: tcp dport 8080 ip saddr != @friends drop", "friends", ""},
    {"93.1.2.3", "8080/tcp", Action::accept, "inet filter input: tcp dport 8080 accept"},
};

Packet knock_from(const char* from, const char* service) {
  auto packet = knock(service, ip(from).family());
  packet.sender = ip(from);
  packet.way_back = "eth0";
  return packet;
}

std::string place(const Walk& walk) { return walk.table.value_or("") + ' ' + walk.chain.value_or("") + ": " + walk.rule.value_or(""); }

}  // namespace

TEST_CASE("a visitor's own address is looked up in rules and sets, and what holds it is named") {
  const auto rules = ruleset("bans");
  for (const auto& row : visitors_rows) {
    INFO(row.from << " on " << row.service);
    const auto walked = walk(rules, knock_from(row.from, row.service));
    CHECK(walked.action == row.action);
    CHECK(place(walked) == row.where);
    CHECK(walked.set.value_or("") == row.set);
    CHECK(walked.element.value_or("") == row.element);
    CHECK(walked.from == ip(row.from));
    CHECK(walked.unclear.empty());
  }
}

TEST_CASE("beside the rule that stops stands the one that picked the visitor out, and whether others get through where it leads") {
  const auto rules = ruleset("bans");
  const auto banned = walk(rules, knock_from("185.10.20.50", "443/tcp"));
  REQUIRE(banned.picked_by);
  CHECK(banned.picked_by->chain == "f2b-chain");
  CHECK(banned.picked_by->rule == "ip saddr 185.10.20.50 jump banned");
  CHECK_FALSE(banned.picked_some_pass);
  const auto office = walk(rules, knock_from("185.11.1.2", "443/tcp"));
  REQUIRE(office.picked_by);
  CHECK(office.picked_by->rule == "ip saddr 185.11.0.0/16 jump office");
  CHECK(office.picked_some_pass);
  CHECK_FALSE(walk(rules, knock_from("185.10.20.30", "443/tcp")).picked_by);   // the rule that stops looks at him itself
}

TEST_CASE("any stranger is not the one who was banned") {
  const auto rules = ruleset("bans");
  CHECK(walk(rules, knock("443/tcp")).action == Action::accept);
  CHECK(walk(rules, knock("443/tcp", Family::ipv6)).action == Action::accept);
  CHECK_FALSE(walk(rules, knock("443/tcp")).from);
}

TEST_CASE("a rule that lets only so many pass is named where those beyond are kept out") {
  const auto rules = ruleset("bans");
  const auto limit_of = [&](const char* from, const char* service) {
    const auto limit = walk_both_ways(rules, knock_from(from, service)).knock.limit;
    return limit ? limit->table + ' ' + limit->chain + ": " + limit->rule + " # " + std::to_string(limit->handle.value_or(0)) : std::string();
  };
  CHECK(limit_of("185.10.30.1", "443/tcp").starts_with("inet filter input: tcp dport 443 ct state new limit rate 3/minute burst 1 packets accept # "));
  CHECK(limit_of("185.10.30.1", "80/tcp").starts_with("inet filter input: tcp dport 80 ct state new meter per-host"));
  CHECK(limit_of("93.1.2.3", "8080/tcp").empty());      // the limit on the way is the log's
  CHECK(limit_of("185.10.20.30", "443/tcp").empty());   // banned, and never comes to the limit
  CHECK_FALSE(walk_both_ways(rules, knock("443/tcp")).knock.limit);
}

TEST_CASE("the answer to a visitor is looked up by his address as well") {
  const auto rules = ruleset("bans");
  const auto both = walk_both_ways(rules, knock_from("185.10.20.60", "443/tcp"));
  CHECK(both.knock.action == Action::accept);
  REQUIRE(both.answer);
  CHECK(both.answer->action == Action::drop);
  CHECK(both.answer->element == "185.10.20.60");
  CHECK(walk_both_ways(rules, knock_from("185.10.20.61", "443/tcp")).answer->action == Action::accept);
}

TEST_CASE("where a policy stops what a rule for the port meant to decide, that rule is named") {
  const auto rules = ruleset("bans");
  const auto misled = walk(rules, knock("993/tcp"));
  CHECK(misled.rule == "policy drop");
  REQUIRE(misled.led_nowhere);
  CHECK(misled.led_nowhere->rule == "tcp dport 993 jump nothing");
  CHECK_FALSE(walk(rules, knock("994/tcp")).led_nowhere);
}
