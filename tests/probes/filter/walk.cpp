#include "probes/filter/walk.hpp"

#include "probes/filter/fixture_ruleset.hpp"

using namespace ringback;
using namespace ringback::filter;
using namespace ringback::test;

namespace {

constexpr auto v4 = Family::ipv4;
constexpr auto v6 = Family::ipv6;
constexpr auto accept = Action::accept;
constexpr auto drop = Action::drop;
constexpr auto reject = Action::reject;
constexpr auto unknown = Action::unknown;

struct WalkRow {
  const char* ruleset;
  const char* service;
  Family family;
  Action action;
  const char* where = "";  ///< "TABLE CHAIN: RULE"; empty: no chain at all
  const char* with = "";
};

const WalkRow walk_rows[] = {
    {"empty", "443/tcp", v4, accept},
    {"debian-default", "443/tcp", v4, accept, "inet filter input: policy accept"},
    {"debian-default", "icmp", v6, accept, "inet filter input: policy accept"},

    {"workstation", "22/tcp", v4, accept, "inet filter input: tcp dport { 22, 443 } ct state new accept"},
    {"workstation", "443/tcp", v6, accept, "inet filter input: tcp dport { 22, 443 } ct state new accept"},
    {"workstation", "80/tcp", v4, drop, "inet filter input: policy drop"},
    {"workstation", "443/udp", v4, drop, "inet filter input: policy drop"},
    {"workstation", "51820/udp", v6, accept, "inet filter input: udp dport 51820 accept"},
    {"workstation", "445/tcp", v4, drop, "inet filter input: policy drop"},
    {"workstation", "445/tcp", v6, drop, "inet filter input: policy drop"},
    {"workstation", "25/tcp", v4, reject, "inet filter input: tcp dport 25 reject with tcp reset", "tcp reset"},
    {"workstation", "33500/udp", v6, reject, "inet filter input: udp dport 33434-33534 reject", "icmpx port-unreachable"},
    {"workstation", "icmp", v4, accept, "inet filter input: ip protocol icmp icmp type { destination-unreachable, echo-request, time-exceeded, parameter-problem } limit rate 5/second accept"},
    {"workstation", "icmp", v6, accept, "inet filter input: icmpv6 type { packet-too-big, echo-request, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept"},

    {"several-tables", "80/tcp", v4, accept, "inet first input: tcp dport { 80, 81, 82, 83 } accept"},
    {"several-tables", "80/tcp", v6, accept, "ip6 third input: tcp dport 80 accept"},
    {"several-tables", "81/tcp", v4, drop, "ip early pre: tcp dport 81 drop"},
    {"several-tables", "81/tcp", v6, drop, "ip6 third input: policy drop"},
    {"several-tables", "82/tcp", v4, drop, "inet second input: ct state untracked tcp dport 82 drop"},
    {"several-tables", "83/tcp", v4, reject, "inet second input: tcp dport 83 reject with tcp reset", "tcp reset"},
    {"several-tables", "84/tcp", v4, drop, "inet first input: tcp dport 84 drop"},
    {"several-tables", "85/tcp", v4, accept, "inet second input: ct state new tcp dport 85 accept"},
    {"several-tables", "9/udp", v4, drop, "netdev wire card: udp dport 9 drop"},

    {"ufw", "22/tcp", v4, accept, "ip filter ufw-user-input: tcp dport 22 counter accept"},
    {"ufw", "22/tcp", v6, accept, "ip6 filter ufw6-user-input: tcp dport 22 counter accept"},
    {"ufw", "2222/tcp", v4, accept, "ip filter ufw-user-limit-accept: counter accept"},
    {"ufw", "2222/tcp", v6, accept, "ip6 filter ufw6-user-limit-accept: counter accept"},
    {"ufw", "8080/tcp", v4, drop, "ip filter INPUT: policy drop"},
    {"ufw", "8080/tcp", v6, drop, "ip6 filter INPUT: policy drop"},
    {"ufw", "443/tcp", v4, accept, "ip filter ufw-user-input: iifname \"eth0\" tcp dport 443 counter accept"},
    {"ufw", "25/tcp", v4, reject, "ip filter ufw-user-input: tcp dport 25 counter reject with tcp reset", "tcp reset"},
    {"ufw", "445/tcp", v4, drop, "ip filter ufw-skip-to-policy-input: counter drop"},
    {"ufw", "60005/udp", v4, accept, "ip filter ufw-user-input: meta l4proto udp udp dport 60000-60010 counter accept"},
    {"ufw", "60011/udp", v6, drop, "ip6 filter INPUT: policy drop"},
    {"ufw", "icmp", v4, accept, "ip filter ufw-before-input: meta l4proto icmp icmp type echo-request counter accept"},
    {"ufw", "icmp", v6, accept, "ip6 filter ufw6-before-input: meta l4proto ipv6-icmp icmpv6 type echo-request counter accept"},

    {"firewalld", "22/tcp", v4, accept, "inet firewalld filter_IN_public_allow: tcp dport 22 accept"},
    {"firewalld", "443/tcp", v6, accept, "inet firewalld filter_IN_public_allow: tcp dport 443 accept"},
    {"firewalld", "51820/udp", v4, accept, "inet firewalld filter_IN_public_allow: udp dport 51820 accept"},
    {"firewalld", "8080/tcp", v4, reject, "inet firewalld filter_IN_public: reject with icmpx admin-prohibited", "icmpx admin-prohibited"},
    {"firewalld", "25/tcp", v6, reject, "inet firewalld filter_IN_public_deny: tcp dport 25 reject", "icmpx port-unreachable"},
    {"firewalld", "2222/tcp", v4, accept, "inet firewalld filter_INPUT: ct status dnat accept"},
    {"firewalld", "2222/tcp", v6, reject, "inet firewalld filter_IN_public: reject with icmpx admin-prohibited", "icmpx admin-prohibited"},
    {"firewalld", "icmp", v4, accept, "inet firewalld filter_IN_public: meta l4proto { icmp, ipv6-icmp } accept"},

    {"docker", "22/tcp", v4, accept, "ip filter INPUT: tcp dport 22 counter accept"},
    {"docker", "6003/tcp", v4, accept, "ip filter INPUT: meta l4proto tcp tcp dport { 80, 443, 6000-6007 }  counter accept"},
    {"docker", "21/tcp", v4, drop, "ip filter INPUT: policy drop"},
    {"docker", "21/tcp", v6, accept},
    {"docker", "2222/tcp", v4, accept, "ip filter INPUT: tcp dport 2222 counter accept"},
    {"docker", "25/tcp", v4, reject, "ip filter INPUT: tcp flags syn / fin,syn,rst,ack tcp dport 25 counter reject with tcp reset", "tcp reset"},
    {"docker", "1010/tcp", v4, drop, "ip filter INPUT: policy drop"},
    {"docker", "1011/tcp", v4, drop, "ip filter INPUT: policy drop"},
    {"docker", "1012/tcp", v4, unknown, "ip filter INPUT: policy drop"},
    {"docker", "8443/tcp", v4, accept, "ip filter INPUT: meta l4proto tcp tcp dport { 80, 443, 6000-6007 }  counter accept"},
    {"docker", "53/udp", v4, reject, "ip filter INPUT: meta l4proto udp counter reject with icmp type host-prohibited", "icmp host-prohibited"},
    {"docker", "icmp", v4, accept, "ip filter INPUT: meta l4proto icmp icmp type echo-request limit rate 1/second counter accept"},

    {"countries", "1001/tcp", v4, unknown, "inet filter input: policy drop"},
    {"countries", "1002/tcp", v4, drop, "inet filter input: policy drop"},
    {"countries", "1003/tcp", v4, accept, "inet filter input: tcp dport 1003 ip saddr @everywhere accept"},
    {"countries", "1003/tcp", v6, drop, "inet filter input: policy drop"},
    {"countries", "1004/tcp", v4, accept, "inet filter input: tcp dport 1004 ip saddr != @friends accept"},
    {"countries", "1004/tcp", v6, drop, "inet filter input: policy drop"},
    {"countries", "1005/tcp", v6, accept, "inet filter input: tcp dport 1005 ip6 saddr 2000::/3 accept"},
    {"countries", "1006/tcp", v6, drop, "inet filter input: policy drop"},
    {"countries", "1007/tcp", v6, unknown, "inet filter input: policy drop"},
    {"countries", "1008/tcp", v4, drop, "inet filter input: tcp dport 1008 drop"},
    {"countries", "1009/tcp", v4, accept, "inet filter input: tcp dport 1009 accept"},
    {"countries", "1010/tcp", v4, accept, "inet filter input: tcp dport 1010 accept"},
    {"countries", "1011/tcp", v4, accept, "inet filter input: tcp dport 1011 accept"},
    {"countries", "1012/tcp", v4, unknown, "inet filter aside: drop"},
    {"countries", "1013/tcp", v4, unknown, "inet filter input: tcp dport 1013 ip saddr vmap { 2.0.0.0/7 : drop, 203.0.113.0/24 : accept }"},
};

std::string where(const Walk& walk) { return walk.table ? *walk.table + ' ' + *walk.chain + ": " + *walk.rule : ""; }

}  // namespace

TEST_CASE("what each ruleset does with a stranger's packet, and which rule does it") {
  for (const auto& row : walk_rows) {
    INFO(row.ruleset << ", " << row.service << ", " << to_string(row.family));
    const auto result = walk(ruleset(row.ruleset), knock(row.service, row.family));
    for (const auto& rule : result.unclear) UNSCOPED_INFO("unclear: " << rule);
    CHECK(to_string(result.action) == to_string(row.action));
    CHECK(where(result) == row.where);
    CHECK(result.rejects_with.value_or("") == row.with);
  }
}

TEST_CASE("an unknown action names the rules that could not be evaluated, a known one that passed some by does so too") {
  CHECK(walk(ruleset("countries"), knock("1001/tcp")).unclear == std::vector<std::string>{"inet filter input: tcp dport 1001 ip saddr @someland accept"});
  CHECK(walk(ruleset("countries"), knock("1008/tcp")).unclear == std::vector<std::string>{"inet filter input: tcp dport 1008 ip saddr @someland drop"});
  CHECK(walk(ruleset("countries"), knock("1009/tcp")).unclear.size() == 1);
  CHECK(walk(ruleset("countries"), knock("1011/tcp")).unclear.empty());
  CHECK(walk(ruleset("workstation"), knock("443/tcp")).unclear.empty());
}

TEST_CASE("the handle is that of the rule, and a policy has none") {
  CHECK(walk(ruleset("ufw"), knock("22/tcp")).handle == 108U);
  CHECK_FALSE(walk(ruleset("ufw"), knock("8080/tcp")).handle);
}

TEST_CASE("a walk says which packet it was") {
  const auto result = walk(ruleset("empty"), knock("53/udp", v6));
  CHECK(result.protocol == Protocol::udp);
  CHECK(result.family == v6);
  CHECK(result.port == 53);
  CHECK(walk(ruleset("empty"), knock("icmp")).port == 0);
}

TEST_CASE("a container's published port goes through the forward hook, past the host's own input rules") {
  auto packet = knock("8080/tcp");
  packet.routes = {{.destination = Prefix::parse("0.0.0.0/0").value(), .interface = "eth0"}, {.destination = Prefix::parse("172.17.0.0/16").value(), .interface = "docker0"}};
  const auto open = walk(ruleset("docker"), packet);
  CHECK(open.action == accept);
  CHECK(where(open) == "ip filter DOCKER: iifname != \"docker0\" oifname \"docker0\" ip daddr 172.17.0.2 tcp dport 80 counter accept");
  packet.port = 8081;
  const auto closed = walk(ruleset("docker"), packet);
  CHECK(closed.action == drop);
  CHECK(where(closed) == "ip filter FORWARD: policy drop");
  packet.port = 8080;
  packet.routes.clear();  // where it would leave nobody knows
  CHECK(walk(ruleset("docker"), packet).action == unknown);
}

TEST_CASE("a strict reverse path filter drops where the answer would leave elsewhere") {
  auto packet = knock("443/tcp");
  CHECK(walk(ruleset("reverse-path"), packet).action == accept);
  packet.route_back = false;
  const auto dropped = walk(ruleset("reverse-path"), packet);
  CHECK(dropped.action == drop);
  CHECK(dropped.rule == "fib saddr . iif oif missing drop");
  packet.route_back = std::nullopt;
  CHECK(walk(ruleset("reverse-path"), packet).action == unknown);
}

TEST_CASE("an ingress chain of another interface is not on the way, one of an unknown interface may be") {
  CHECK(walk(ruleset("several-tables"), knock("80/tcp")).action == accept);
  const auto without_text = parse_ruleset(fixture_text("filter/several-tables.json"), {}).value();
  CHECK(walk(without_text, knock("80/tcp")).action == unknown);
}

TEST_CASE("without nft's text the rules that iptables wrote are unclear, never passed over") {
  const auto without_text = parse_ruleset(fixture_text("filter/ufw.json"), {}).value();
  CHECK(walk(without_text, knock("22/tcp")).action == unknown);
  CHECK(walk(without_text, knock("8080/tcp")).action == unknown);
  CHECK(walk(parse_ruleset(fixture_text("filter/workstation.json"), {}).value(), knock("443/tcp")).rule == "rule 12");
}
