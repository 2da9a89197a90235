#include <fmt/format.h>

#include "probes/filter/fixture_ruleset.hpp"
#include "probes/filter/rule_text.hpp"
#include "probes/filter/stranger.hpp"

using namespace ringback;
using namespace ringback::filter;
using namespace ringback::test;

TEST_CASE("the listing gives every rule its text, and every chain its heading") {
  const auto listing = parse_listing(fixture_text("filter/kitchen-sink.txt"));
  const auto& input = listing.at("inet home input");
  CHECK(input.heading == "type filter hook input priority filter; policy drop;");
  CHECK(input.rules.at(30) == "iif \"lo\" accept");
  CHECK(listing.at("inet home refuse").rules.size() == 2);
  CHECK(listing.at("netdev wire card").heading.find("device \"eth0\"") != std::string::npos);
  CHECK(listing.count("inet home lan4") == 0);  // a set is no chain
}

TEST_CASE("every rule of every fixture has its text") {
  for (const auto* name : {"ufw", "firewalld", "docker", "kitchen-sink", "workstation", "several-tables", "countries"}) {
    INFO(name);
    std::size_t rules = 0;
    for (const auto& table : ruleset(name).tables)
      for (const auto& chain : table.chains)
        for (const auto& rule : chain.rules) {
          ++rules;
          INFO(rule.handle);
          CHECK_FALSE(rule.text.starts_with("rule "));
          CHECK_FALSE(rule.statements.empty());
        }
    CHECK(rules > 3);
  }
}

TEST_CASE("a listing of nonsense is empty, one with strange lines keeps the others") {
  CHECK(parse_listing("").empty());
  CHECK(parse_listing("garbage\n\tchain x {\n\t\taccept # handle 1\n").empty());
  const auto listing = parse_listing("table ip t { # handle 1\n\tchain c { # handle 2\n\t\taccept # handle x\n\t\tdrop\n\t\tcomment \" # handle 4\" # handle 5\n\t}\n}\n");
  CHECK(listing.at("ip t c").rules.size() == 1);
}

TEST_CASE("a long rule that nft broke into lines is one rule") {
  const auto listing = parse_listing("table ip t {\n\tchain c {\n\t\tip saddr { 10.0.0.1,\n\t\t\t     10.0.0.2 } accept # handle 3\n\t}\n}\n");
  CHECK(listing.at("ip t c").rules.at(3) == "ip saddr { 10.0.0.1, 10.0.0.2 } accept");
}

TEST_CASE("a ruleset that is not what nft writes is refused, or does no harm") {
  CHECK_FALSE(parse_ruleset("", {}));
  CHECK_FALSE(parse_ruleset("{", {}));
  CHECK_FALSE(parse_ruleset("[]", {}));
  CHECK_FALSE(parse_ruleset(R"({"nftables": 7})", {}));
  CHECK_FALSE(parse_ruleset(std::string(largest_ruleset + 1, ' '), {}));
  const auto odd = parse_ruleset(R"({"nftables": [7, {}, {"rule": {}}, {"table": {"family": 1, "name": []}}, {"table": {"family": "ip", "name": "t"}},
    {"chain": {"family": "ip", "table": "t", "name": "c", "hook": "input", "type": "filter", "prio": "high", "policy": "drop"}},
    {"rule": {"family": "ip", "table": "t", "chain": "none", "expr": [{"accept": null}]}},
    {"rule": {"family": "ip", "table": "t", "chain": "c", "handle": -1, "expr": [7, {}, [], {"match": {}}, {"accept": null}]}},
    {"rule": {"family": "ip", "table": "t", "chain": "c", "expr": {"drop": null}}},
    {"rule": {"family": "ip", "table": "t", "chain": "c", "handle": 9, "expr": [{"unheard of": {"a": [[[[1]]]]}}, {"drop": null}]}}]})", {});
  REQUIRE(odd);
  const auto result = walk(*odd, knock("443/tcp"));
  CHECK(result.action == Action::unknown);
  CHECK(result.unclear.size() == 2);
}

TEST_CASE("jumps in a circle, which the kernel refuses, end") {
  const auto circle = parse_ruleset(R"({"nftables": [{"table": {"family": "ip", "name": "t"}},
    {"chain": {"family": "ip", "table": "t", "name": "c", "hook": "input", "type": "filter", "prio": 0, "policy": "accept"}},
    {"chain": {"family": "ip", "table": "t", "name": "d"}},
    {"rule": {"family": "ip", "table": "t", "chain": "c", "handle": 1, "expr": [{"jump": {"target": "d"}}]}},
    {"rule": {"family": "ip", "table": "t", "chain": "d", "handle": 2, "expr": [{"jump": {"target": "c"}}]}},
    {"rule": {"family": "ip", "table": "t", "chain": "d", "handle": 3, "expr": [{"goto": {"target": "d"}}]}}]})", {});
  REQUIRE(circle);
  const auto result = walk(*circle, knock("443/tcp"));
  CHECK(result.action == Action::unknown);
  CHECK(result.unclear == std::vector<std::string>{"ip t: more rules than can be followed"});
}

TEST_CASE("what only the text of a rule of iptables tells is read there, and a target that it leaves out is not taken for none") {
  struct Row {
    const char* expressions;
    const char* text;
    const char* port_443;
    const char* port_80;
  };
  const Row rows[] = {
      {R"({"xt": {"type": "match", "name": "conntrack"}}, {"counter": null}, {"drop": null})", "ct direction original ct original proto-dst 443 counter drop",
       "drop", "accept"},
      {R"({"xt": {"type": "match", "name": "conntrack"}}, {"drop": null})", "ct reply proto-dst 443 drop", "unknown", "unknown"},
      // nft 1.0.6 about ip6tables' DNAT: "XT target DNAT not found" on its standard error, and nothing in the listing.
      {R"({"xt": {"type": "match", "name": "conntrack"}}, {"xt": {"type": "target", "name": "DNAT"}})", "ct original proto-dst 443", "unknown", "accept"},
      {R"({"xt": {"type": "match", "name": "conntrack"}}, {"xt": {"type": "target", "name": "UNHEARD"}})", "ct original proto-dst 443", "unknown", "accept"},
      {R"({"xt": {"type": "match", "name": "conntrack"}}, {"xt": {"type": "target", "name": "MASQUERADE"}})", "ct original proto-dst 443", "accept", "accept"},
      {R"({"xt": {"type": "match", "name": "conntrack"}}, {"xt": {"type": "target", "name": "LOG"}})", "ct original proto-dst 443", "accept", "accept"},
  };
  for (const auto& row : rows) {
    INFO(row.expressions << " " << row.text);
    const auto parsed = parse_ruleset(
        fmt::format(R"({{"nftables": [{{"table": {{"family": "ip", "name": "t"}}}}, {{"chain": {{"family": "ip", "table": "t", "name": "c", "hook": "prerouting",
          "type": "nat", "prio": -100, "policy": "accept"}}}}, {{"rule": {{"family": "ip", "table": "t", "chain": "c", "handle": 3, "expr": [{}]}}}}]}})", row.expressions),
        parse_listing(fmt::format("table ip t {{\n\tchain c {{\n\t\t{} # handle 3\n\t}}\n}}\n", row.text)));
    REQUIRE(parsed);
    CHECK(to_string(walk(*parsed, knock("443/tcp")).action) == row.port_443);
    CHECK(to_string(walk(*parsed, knock("80/tcp")).action) == row.port_80);
  }
}

TEST_CASE("the text of a rule as statements") {
  const auto kinds = [](const char* text) {
    std::string result;
    for (const auto& statement : read_rule_text(text)) result += std::array{'m', 'v', 'l', '!', 'r', 't', 'k', 'n', '?', 'e', '.'}[statement.index()];
    return result;
  };
  CHECK(kinds("meta l4proto tcp tcp dport { 80, 443 }  counter packets 0 bytes 0 accept") == "mm!");
  CHECK(kinds("limit rate 3/minute burst 10 packets counter log prefix \"a b\" level info") == "l.");
  CHECK(kinds("tcp dport 22 ct state new xt match recent counter") == "mm?");
  CHECK(kinds("tcp dport 22 ct state new xt match recent counter jump ufw-user-limit") == "mml!");
  CHECK(kinds("xt match comment accept") == ".!");
  CHECK(kinds("xt target LOG") == ".");
  CHECK(kinds("xt target REJECT") == "r");
  CHECK(kinds("xt target NFQUEUE") == "?e");
  CHECK(kinds("some new words 7 tcp dport 5 drop") == "?m!");
  CHECK(kinds("counter dnat to 172.17.0.2:80") == "t");
  CHECK(kinds("meta mark set 0x1 accept") == "k!");
  CHECK(kinds("fib saddr . iif oif missing drop") == "m!");
  CHECK(kinds("queue num 0 bypass") == "e");
  CHECK(kinds("notrack comment \"drop\"") == "n");
  CHECK(kinds("") == "");
  CHECK(kinds("tcp") == "m");
  CHECK(kinds("tcp dport {") == "m");
  CHECK(kinds("log prefix \"unclosed") == ".");
  CHECK(kinds("jump") == "!");
}

TEST_CASE("what part of the internet a list of addresses holds") {
  const auto range = [](const char* low, const char* high) { return Addresses{ip(low), ip(high)}; };
  struct Row {
    const char* what;
    std::vector<Addresses> ranges;
    Family family;
    Tri holds;
  };
  const Row rows[] = {
      {"nothing", {}, Family::ipv4, Tri::no},
      {"the private ranges", {range("10.0.0.0", "10.255.255.255"), range("172.16.0.0", "172.31.255.255"), range("192.168.0.0", "192.168.255.255")}, Family::ipv4, Tri::no},
      {"everything", {range("0.0.0.0", "255.255.255.255")}, Family::ipv4, Tri::yes},
      {"everything but what is special", {range("1.0.0.0", "9.255.255.255"), range("11.0.0.0", "223.255.255.255")}, Family::ipv4, Tri::yes},
      {"one stranger", {range("203.0.113.7", "203.0.113.7")}, Family::ipv4, Tri::no},
      {"a provider", {range("81.0.0.0", "81.3.255.255")}, Family::ipv4, Tri::no},
      {"a country", {range("80.0.0.0", "84.255.255.255")}, Family::ipv4, Tri::maybe},
      {"everything of the other family", {range("0.0.0.0", "255.255.255.255")}, Family::ipv6, Tri::no},
      {"IPv6: everything", {range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}, Family::ipv6, Tri::yes},
      {"IPv6: what is global", {range("2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}, Family::ipv6, Tri::yes},
      {"IPv6: local addresses", {range("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), range("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}, Family::ipv6, Tri::no},
      {"IPv6: a provider", {range("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")}, Family::ipv6, Tri::no},
      {"IPv6: a continent", {range("2a00::", "2a0f:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}, Family::ipv6, Tri::maybe},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(static_cast<int>(holds_a_stranger(row.ranges, row.family)) == static_cast<int>(row.holds));
  }
  CHECK(holds_a_client_port({{1024, 65535}}) == Tri::yes);
  CHECK(holds_a_client_port({{0, 1023}}) == Tri::no);
  CHECK(holds_a_client_port({{5000, 5000}}) == Tri::no);
  CHECK(holds_a_client_port({{32768, 65535}}) == Tri::maybe);
}
