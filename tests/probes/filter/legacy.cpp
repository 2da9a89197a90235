#include "probes/filter/legacy.hpp"

#include "probes/filter/fixture_ruleset.hpp"

using namespace ringback;
using namespace ringback::filter;
using namespace ringback::test;

namespace {

constexpr const char* frame_begin = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:mine - [0:0]\n";

Walk walk_legacy(const std::string& rules, const char* service = "443/tcp") {
  const auto parsed = parse_legacy(frame_begin + rules + "COMMIT\n", Family::ipv4);
  if (!parsed) FAIL(parsed.error().what);
  return walk({*parsed}, knock(service));
}

}  // namespace

TEST_CASE("a rule of iptables-legacy is quoted as iptables-save prints it, with its counters or without") {
  for (const auto* counters : {"", "[12:720] "}) {
    const auto said = walk_legacy(std::string(counters) + "-A INPUT -p tcp -m tcp --dport 443 -m comment --comment \"no visitors\" -j REJECT --reject-with tcp-reset\n");
    CHECK(said.action == Action::reject);
    CHECK(said.rejects_with == "tcp reset");
    CHECK(said.rule == "-A INPUT -p tcp -m tcp --dport 443 -m comment --comment \"no visitors\" -j REJECT --reject-with tcp-reset");
    CHECK(said.table == "ip filter");
    CHECK(said.chain == "INPUT");
    CHECK(said.hook == "input");
    CHECK(said.kept_by == "iptables-legacy");
    CHECK_FALSE(said.handle);
  }
}

TEST_CASE("how a rule of iptables-legacy rejects is said in nft's words") {
  const std::pair<const char*, const char*> rows[] = {{"icmp-port-unreachable", "icmp port-unreachable"},
                                                      {"icmp-admin-prohibited", "icmp admin-prohibited"},
                                                      {"icmp6-adm-prohibited", "icmpv6 admin-prohibited"},
                                                      {"tcp-reset", "tcp reset"}};
  for (const auto& [theirs, ours] : rows) CHECK(walk_legacy(std::string("-A INPUT -j REJECT --reject-with ") + theirs + "\n").rejects_with == ours);
}

TEST_CASE("a match that is not known is unclear, and neither a yes nor a no") {
  for (const auto* condition : {"-m set --match-set banned src", "-m string --string x --algo bm", "-m socket", "-m geoip --source-country DE", "-m recent --rcheck --name KNOCKED",
                                "-m conntrack --ctexpire 1:2", "-s 1.2.3.4/255.0.255.0", "--frobnicate 7", "-m u32 --u32 \"0>>22&0x3C@ 12>>26&0x3C@ 0=1\"",
                                "-m owner --uid-owner 0", "-m mark --mark x", "-p tcp -m tcp --dport https", "-m conntrack --ctstate NEW,DNAT"}) {
    INFO(condition);
    for (const auto* before : {"", "! "}) {
      const auto rule = std::string("-A INPUT ") + before + condition;
      if ((std::string(condition).starts_with("-m") || std::string(condition).starts_with("-p")) && *before != '\0') continue;
      const auto dropped = walk_legacy(rule + " -j DROP\n");
      CHECK(dropped.action == Action::unknown);
      CHECK(dropped.unclear == std::vector<std::string>{"ip filter INPUT: " + rule + " -j DROP"});
      CHECK(walk_legacy(rule + " -j ACCEPT\n").action == Action::accept);
    }
  }
}

TEST_CASE("a target that is not known is unclear, one that writes something down is not") {
  CHECK(walk_legacy("-A INPUT -j DELUDE\n").action == Action::unknown);
  CHECK(walk_legacy("-A INPUT -j NFQUEUE --queue-num 3\n").action == Action::unknown);
  for (const auto* harmless : {"LOG --log-prefix \"-j DROP \" --log-level 4", "NFLOG --nflog-group 2", "SET --add-set seen src", "mine", "TTL --ttl-set 64"})
    CHECK(walk_legacy(std::string("-A INPUT -j ") + harmless + "\n-A INPUT -j DROP\n").rule == "-A INPUT -j DROP");
}

TEST_CASE("what is not whole, or not of this form, is an error") {
  const std::string begin(frame_begin);
  CHECK(parse_legacy("", Family::ipv4).value().empty());
  CHECK(parse_legacy("# a comment\n", Family::ipv6).value().empty());
  for (const auto& text : {begin, begin + "-A INPUT -j DROP\n", std::string("-A INPUT -j DROP\nCOMMIT\n"), begin + "-A nowhere -j DROP\nCOMMIT\n",
                           begin + "-I INPUT 1 -j DROP\nCOMMIT\n", std::string("*broute\n:BROUTING ACCEPT\nCOMMIT\n"), begin + "*nat\nCOMMIT\nCOMMIT\n",
                           std::string("*filter\n:INPUT - [0:0]\nCOMMIT\n"), std::string("*filter\n:mine DROP [0:0]\nCOMMIT\n"), std::string("*filter\n:\nCOMMIT\n"),
                           std::string("*filter\n-A INPUT -j DROP\nCOMMIT\n"), std::string("iptables-save: Permission denied\n")})
    CHECK_FALSE(parse_legacy(text, Family::ipv4));
  CHECK(parse_legacy(std::string(9U << 20U, '#'), Family::ipv4).error().code == Errc::exhausted);
}

TEST_CASE("both filters stand in the way: what nftables accepts iptables-legacy may drop, and the other way round") {
  auto rules = ruleset("workstation");
  auto legacy = parse_legacy(std::string(frame_begin) + "-A INPUT -p tcp -m tcp --dport 443 -j DROP\nCOMMIT\n", Family::ipv4).value();
  std::move(legacy.begin(), legacy.end(), std::back_inserter(rules.tables));
  CHECK(walk(rules, knock("443/tcp")).rule == "-A INPUT -p tcp -m tcp --dport 443 -j DROP");
  CHECK(walk(rules, knock("443/tcp", Family::ipv6)).action == Action::accept);
  CHECK(walk(rules, knock("80/tcp")).rule == "policy drop");
  CHECK(walk(rules, knock("80/tcp")).kept_by == "nftables");
  CHECK(walk(rules, knock("22/tcp")).action == Action::accept);
}
