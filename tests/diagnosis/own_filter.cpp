/// What this host's own filter does with the very visitor who knocked, and what is then advised.
#include <array>
#include <functional>

#include "advice.hpp"
#include "support/catch.hpp"
#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

constexpr auto f4 = Family::ipv4;

/// The rules turn the knock's sender away, by this set and element; strangers they let in.
filter::Walk turned_away(const char* set, const char* element, const char* table = "inet guard", const char* chain = "input") {
  filter::Walk walk{.protocol = Protocol::tcp, .family = f4, .port = 443, .from = ip(stranger4), .action = filter::Action::drop, .table = table,
                    .chain = chain, .hook = "input", .kept_by = "nftables", .rule = "ip saddr @x drop", .handle = 9};
  if (*set) walk.set = set;
  if (*element) walk.element = element;
  return walk;
}

Evidence visited(const filter::Walk& visit) {
  return v4(arrived(knock(f4), std::nullopt, inbound::Result::timeout), [&](Evidence& e) { e.filter->visits = {visit}; });
}

std::vector<std::string> commands_of(const Diagnosis& d) { return found(d, "inbound.host-firewall")->remedies.front().commands; }

std::string advice_of(const Diagnosis& d) {
  REQUIRE(found(d, "inbound.host-firewall"));
  return in_words(found(d, "inbound.host-firewall")->remedies);
}

/// What is told of a port that the rules drop: of the knock that was seen to arrive, and where nobody watched.
std::array<Diagnosis, 2> dropped(const std::function<void(filter::Walk&)>& by) {
  auto e = v4(arrived(knock(f4), std::nullopt, inbound::Result::timeout));
  e.filter->walks[0].action = filter::Action::drop;
  by(e.filter->walks[0]);
  auto unwatched = e;
  unwatched.inbound.reset();
  return {diagnose(e), diagnose(unwatched)};
}

bool detail_says(const Diagnosis& d, std::string_view words) {
  REQUIRE(found(d, "inbound.host-firewall"));
  const auto& detail = found(d, "inbound.host-firewall")->detail;
  INFO(detail);
  return detail.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("of a rule that goes by a mark it is said what a mark is") {
  struct Row {
    const char* rule;
    bool said;
  };
  for (const auto& [rule, said] : {Row{"meta mark & 0x000000f0 == 0x00000020 drop", true}, {"ct mark 0x00000007 drop", true}, {"-m mark --mark 0x20 -j DROP", true},
                                   {"tcp dport 443 drop # mark", false}, {"fib saddr . mark oif exists drop", false}}) {
    INFO(rule);
    for (const auto& d : dropped([&](filter::Walk& walk) { walk.rule = rule; }))
      CHECK(detail_says(d, ". The rule goes by a mark: a number that other rules of this host may put on a packet on its way. Visitors send none.") == said);
  }
}

TEST_CASE("where this host passes the port on, it is said to whom, and which rules decide") {
  struct Row {
    const char* hook;
    std::optional<Endpoint> to;
    bool said;
  };
  for (const auto& [hook, to, said] : {Row{"forward", at("172.17.0.2:443"), true}, {"forward", std::nullopt, false}, {"input", std::nullopt, false}}) {
    INFO(hook);
    const auto both = dropped([&](filter::Walk& walk) {
      walk.hook = hook, walk.translated_to = to, walk.rule = "policy drop", walk.table = "inet filter", walk.chain = hook;
    });
    for (const auto& d : both)
      CHECK(detail_says(d, "This host passes the port on to 172.17.0.2 (mostly that is a container or virtual machine on it): so the rules for what it passes on "
                           "(forward) decide") == said);
    CHECK((advice_of(both[0]).find("The rule names 172.17.0.2, to which this host passes the port on: a container that is made anew may get another address") !=
           std::string::npos) == said);
  }
}

TEST_CASE("a vantage point that this host has banned says nothing about others") {
  const auto d = diagnose(visited(turned_away("banned", stranger4)));
  CHECK(shown(verdict(d, f4)) == "unknown unknown inbound.host-firewall possible");
  const auto& f = *found(d, "inbound.host-firewall");
  CHECK(f.severity == Severity::warning);
  CHECK(f.title == "This host's firewall turns the vantage point (the helper that knocks from outside) away");
  CHECK_THAT(f.detail, Contains(stranger4) && Contains("\"banned\"") && Contains("Others the rules let in"));
  CHECK(f.evidence.front() == "/evidence/inbound/knocks/0");
  CHECK(std::ranges::find(f.evidence, "/evidence/filter/visits/0") != f.evidence.end());
}

TEST_CASE("where strangers may be turned away as well, the service counts as not reached") {
  auto e = visited(turned_away("banned", "185.0.0.0/8"));
  e.filter->walks[0].action = filter::Action::unknown;
  const auto d = diagnose(e);
  CHECK(shown(verdict(d, f4)) == "no host-firewall inbound.host-firewall certain");
  CHECK_THAT(found(d, "inbound.host-firewall")->detail, Contains("185.0.0.0/8, which 185.10.20.30 is part of") && Contains("Others may get in"));
}

TEST_CASE("of two vantage points the one that was banned is named, and so is the one that gets in") {
  auto e = visited(turned_away("banned", stranger4));
  auto other = connected(f4);
  other.vantage = "http://other.example:8370";
  other.source = at("81.8.8.91:41000");
  add(e, other);
  const auto d = diagnose(e);
  CHECK(shown(verdict(d, f4)) == "yes none - certain");
  const auto& f = *found(d, "inbound.host-firewall");
  CHECK(f.severity == Severity::warning);
  CHECK(f.confidence == Confidence::certain);
  CHECK_THAT(f.detail, Contains("gets in from 81.8.8.91 (http://other.example:8370), and does not get in from 185.10.20.30"));
}

TEST_CASE("who is on a list is taken off it, in the words of who keeps the list; the port is not opened in front of it") {
  struct Row {
    filter::Walk walk;
    const char* command;
  };
  auto by_rule = turned_away("", stranger4);
  auto legacy = turned_away("", stranger4, "ip filter", "INPUT");
  legacy.kept_by = "iptables-legacy";
  legacy.handle.reset();
  auto hostile = turned_away("x", "185.10.20.30 }; flush ruleset; add element {");
  const Row rows[] = {
      {turned_away("banned", stranger4), "\nsudo nft delete element inet guard banned '{ 185.10.20.30 }'\n"},
      {turned_away("nets", "185.10.20.0/24"), "\nsudo nft delete element inet guard nets '{ 185.10.20.0/24 }'\n"},
      {turned_away("friends", ""), "\nsudo nft add element inet guard friends '{ 185.10.20.30 }'\n"},
      {by_rule, "\nsudo nft delete rule inet guard input handle 9\n"},
      {turned_away("addr-set-sshd", stranger4, "inet f2b-table", "f2b-chain"), "\nsudo fail2ban-client set sshd unbanip 185.10.20.30\n"},
      {turned_away("", stranger4, "ip filter", "f2b-nginx-http-auth"), "\nsudo fail2ban-client set nginx-http-auth unbanip 185.10.20.30\n"},
      {turned_away("", stranger4, "inet fail2ban", "input"), "\nsudo fail2ban-client unban 185.10.20.30\n"},
      {turned_away("crowdsec-blacklists", stranger4, "ip crowdsec", "crowdsec-chain"), "\nsudo cscli decisions delete --ip 185.10.20.30\n"},
      {legacy, "\nsudo iptables-legacy -t filter -L INPUT -n --line-numbers\n"},
      {hostile, "\nsudo nft list set inet guard x\n"},
  };
  for (const auto& row : rows) {
    INFO(row.command);
    const auto words = advice_of(diagnose(visited(row.walk)));
    CHECK_THAT(words, Contains(row.command) && Contains("does not name are not concerned") && !Contains("accept") && !Contains("flush"));
  }
}

TEST_CASE("who is led to the rule that stops him is told by which rule; an exception is made where others are let through there as well") {
  auto walk = turned_away("", "185.10.0.0/16", "inet guard", "office");
  walk.rule = "drop";
  walk.picked_by = filter::RulePlace{"inet guard", "input", "ip saddr 185.10.0.0/16 jump office", 4U};
  const auto banned = diagnose(visited(walk));
  CHECK_THAT(found(banned, "inbound.host-firewall")->detail,
             Contains("\"drop\" in the chain office of the table inet guard. A rule in the chain input leads 185.10.20.30 there: "
                      "\"ip saddr 185.10.0.0/16 jump office\". 185.10.20.30 is part of 185.10.0.0/16, which that rule names."));
  CHECK_THAT(advice_of(banned), Contains("\nsudo nft delete rule inet guard input handle 4\n") && !Contains("accept"));
  walk.picked_some_pass = true;
  CHECK_THAT(advice_of(diagnose(visited(walk))),
             Contains("\nsudo nft insert rule inet guard office position 9 tcp dport 443 accept\n") && !Contains("delete rule"));
}

TEST_CASE("a rule that lets only so many in is named as a possible reason, and the limit is not taken off silently") {
  auto walk = turned_away("", "");
  walk.action = filter::Action::accept;
  walk.rule = "tcp dport 443 limit rate 1/minute accept";
  walk.limit = filter::RulePlace{"inet guard", "input", "tcp dport 443 ct state new limit rate 1/minute burst 1 packets accept", 7U};
  auto e = visited(walk);
  for (auto& l : e.listeners->listeners) l.queued = 0, l.backlog = 128;
  auto d = diagnose(e);
  CHECK(shown(verdict(d, f4)) == "no host-firewall inbound.host-firewall likely");
  CHECK_THAT(found(d, "inbound.host-firewall")->detail, Contains("no more than 1 per minute") && Contains("burst 1 packets"));
  CHECK_THAT(advice_of(d), Contains("Wait, or raise the limit") && Contains("handle 7") && Contains("sudo nft -a list chain inet guard input"));
  e.filter->visits[0].kept_by = "ufw";
  CHECK_THAT(advice_of(diagnose(e)), Contains("protects no more:\nsudo ufw allow 443/tcp"));
  CHECK(commands_of(diagnose(e)) == std::vector<std::string>{"sudo ufw status numbered"});
}

TEST_CASE("where every rule lets the visitor in, no rule is accused") {
  auto walk = turned_away("", "");
  walk.action = filter::Action::accept;
  auto e = visited(walk);
  for (auto& l : e.listeners->listeners) l.queued = 0, l.backlog = 128;
  const auto d = diagnose(e);
  CHECK(found(d, "inbound.host-firewall")->title == "Something on this host keeps visitors out");
  CHECK_THAT(found(d, "inbound.host-firewall")->detail, Contains("let this very visitor in") && !Contains("outgoing"));
  CHECK_THAT(advice_of(d), !Contains("accept") && Contains("sudo tc filter show dev eth0 ingress"));
}

TEST_CASE("ufw's rules are loaded again before anything is allowed") {
  auto e = v4(arrived(knock(f4), std::nullopt, inbound::Result::timeout), [](Evidence& x) { drops(x, f4); });
  e.host->system.firewall_tools = {"ufw"};
  auto& walk = e.filter->walks[0];
  walk.table = "ip filter", walk.chain = "INPUT", walk.kept_by = "ufw", walk.hook = "input";
  const auto advice = advice_of(diagnose(e));
  CHECK_THAT(advice, Contains("\nsudo ufw allow 443/tcp\n"));
  // What has to be looked at stands before what depends on it.
  std::vector<std::size_t> places;
  for (const auto* words : {"Look at ufw's list", "If the port is in the list as LIMIT already", "If it is not, allow it", "above the new ALLOW, delete it"})
    places.push_back(advice.find(words));
  CHECK(std::ranges::is_sorted(places));
  CHECK(places.back() != std::string::npos);
  CHECK(commands_of(diagnose(e)) == std::vector<std::string>{"sudo ufw status numbered", "sudo ufw allow 443/tcp", "sudo ufw status numbered"});
  walk.led_nowhere = filter::RulePlace{"ip filter", "ufw-user-input", "tcp dport 443 counter jump ufw-user-limit-accept", 30U};
  CHECK(commands_of(diagnose(e)) == std::vector<std::string>{"sudo ufw reload", "sudo ufw status numbered"});
  walk.led_nowhere.reset();
  walk.kept_by = "iptables";
  e.filter->ruleset = R"({"nftables": [{"table": {"family": "ip", "name": "filter", "handle": 1}}]})";
  CHECK_THAT(advice_of(diagnose(e)), Contains("rules are not in force"));
  CHECK(commands_of(diagnose(e)) == std::vector<std::string>{"sudo ufw reload", "sudo ufw status numbered"});
}

TEST_CASE("a port that hosters keep their customers from knocking on accuses nobody, unless somebody else's knock vanished as well") {
  const auto knocked = [](const char* service, bool second) {
    auto e = v4(knock(f4, service), [&](Evidence& x) { wants(x, service); });
    if (!second) return diagnose(e);
    auto other = knock(f4, service);
    other.vantage = "http://other.example:8370";
    add(e, other);
    return diagnose(e);
  };
  for (const auto* service : {"25/tcp", "135/tcp", "139/udp", "445/tcp"}) {
    INFO(service);
    const auto d = knocked(service, false);
    CHECK(shown(verdict(d, f4)) == "unknown unknown inbound.not-arriving possible");
    CHECK_THAT(found(d, "inbound.not-arriving")->detail, Contains("companies that house servers") && Contains("http://vantage.example:8370"));
    CHECK(shown(verdict(knocked(service, true), f4)) == "no router inbound.no-port-forward likely");
  }
  CHECK(shown(verdict(knocked("25/udp", false), f4)) == "no router inbound.no-port-forward likely");
  CHECK(shown(verdict(knocked("443/tcp", false), f4)) == "no router inbound.no-port-forward likely");
  // Refused: it went out, and somebody answered.
  const auto refused = diagnose(v4(with_result(knock(f4, "25/tcp"), inbound::Result::refused), [](Evidence& x) { wants(x, "25/tcp"); }));
  CHECK(shown(verdict(refused, f4)) == "no router inbound.no-port-forward likely");
}

TEST_CASE("a rule that drops what would be answered by another way is quoted, and the port is not opened: the way back is what helps") {
  for (const auto* rule : {"meta nfproto ipv6 fib saddr . mark . iif oif missing drop", "fib saddr . iif oif 0 drop", "-A PREROUTING -m rpfilter --invert -j DROP"}) {
    auto k = arrived(knock(Family::ipv6), std::nullopt, inbound::Result::timeout);
    k.way_back = "wg0";
    const auto d = diagnose(v6(k, [&](Evidence& e) {
      vpn(e, Family::ipv6);
      drops(e, Family::ipv6);
      auto& walk = e.filter->walks[1];
      walk.table = "inet firewalld", walk.chain = "mangle_PREROUTING", walk.hook = "prerouting", walk.kept_by = "firewalld", walk.rule = rule, walk.handle = 9;
    }));
    INFO(rule);
    CHECK(shown(verdict(d, Family::ipv6)) == "no return-path inbound.reply-lost certain");
    const auto* lost = found(d, "inbound.reply-lost");
    REQUIRE(lost);
    CHECK(lost->title == "This host's firewall drops visitors whom it would answer by another way");
    CHECK_THAT(lost->detail, Contains("would leave by wg0") && Contains(rule) && Contains("in the chain mangle_PREROUTING of the table inet firewalld"));
    for (const auto* at : {"/evidence/filter/walks/1", "/evidence/inbound/knocks/0/way_back"})
      CHECK(std::ranges::find(lost->evidence, at) != lost->evidence.end());
    CHECK_THAT(in_words(lost->remedies), Contains("sudo ip -6 rule add from ") && !Contains("firewall-cmd"));
    CHECK_FALSE(found(d, "inbound.host-firewall"));
  }
}
