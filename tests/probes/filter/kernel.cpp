/// The kernel is the judge: what the walk says of a packet is what happens to a real one.
#include "io/legacy_rules.hpp"
#include "io/nftables.hpp"
#include "io/real_network.hpp"
#include "probes/filter/legacy.hpp"
#include "probes/filter/fixture_ruleset.hpp"
#include "probes/filter/wire_stranger.hpp"

using namespace ringback;
using namespace ringback::filter;
using namespace ringback::test;

namespace {

struct KernelRow {
  const char* name;
  const char* load;  ///< a shell command, with the folder of the fixtures as $F
  std::vector<const char*> services;
};

const KernelRow kernel_rows[] = {
    {"empty", "true", {"443/tcp", "53/udp", "icmp"}},
    {"debian-default", "nft -f $F/debian-default.nft", {"443/tcp", "icmp"}},
    {"workstation", "nft -f $F/workstation.nft", {"22/tcp", "443/tcp", "80/tcp", "443/udp", "51820/udp", "445/tcp", "25/tcp", "33500/udp", "icmp"}},
    {"several-tables", "ip link add far type veth peer name away && nft -f $F/several-tables.nft",
     {"80/tcp", "81/tcp", "82/tcp", "83/tcp", "84/tcp", "85/tcp", "9/udp", "10/udp", "icmp"}},
    {"reverse-path", "nft -f $F/reverse-path.nft", {"443/tcp", "53/udp", "icmp"}},
    {"countries", "nft -f $F/countries.nft", {"1002/tcp", "1003/tcp", "1004/tcp", "1005/tcp", "1006/tcp", "1008/tcp", "1009/tcp", "1010/tcp", "1011/tcp"}},
    {"kitchen-sink", "nft -f $F/kitchen-sink.nft",
     {"22/tcp",   "25/tcp",   "27/tcp",   "80/tcp",   "110/tcp",  "443/tcp",  "2200/tcp", "2201/tcp", "2202/tcp", "2203/tcp", "2204/tcp", "2206/tcp", "2214/tcp",
      "2222/tcp", "3000/tcp", "4000/tcp", "4005/tcp", "5000/tcp", "5001/tcp", "5900/tcp", "7500/tcp", "7500/udp", "8005/tcp", "60005/udp", "61003/udp", "61009/udp", "9999/udp", "icmp",
      "2205/tcp"}},  // last: it remembers who knocked, and rules above then know him
    {"ufw without what nft cannot load", "sed '/xt match/d' $F/ufw.txt | nft -f -", {"22/tcp", "25/tcp", "80/tcp", "443/tcp", "445/tcp", "8080/tcp", "60005/udp", "60011/udp", "icmp"}},
    {"firewalld", "nft -f $F/firewalld.txt", {"22/tcp", "443/tcp", "51820/udp", "8080/tcp", "25/tcp", "53/udp", "icmp"}},
    {"iptables-legacy", "iptables-legacy-restore $F/legacy.save && ip6tables-legacy-restore $F/legacy6.save",
     {"22/tcp", "25/tcp", "26/tcp", "27/tcp", "53/udp", "80/tcp", "443/tcp", "444/tcp", "445/tcp", "500/udp", "2222/tcp", "6001/tcp", "6009/tcp", "7000/tcp",
      "7001/tcp", "7002/tcp", "7004/tcp", "7005/tcp", "7006/tcp", "7007/tcp", "9000/tcp", "icmp"}},
    {"nftables lets in what iptables-legacy drops", "nft -f $F/debian-default.nft && iptables-legacy-restore $F/legacy.save && ip6tables-legacy-restore $F/legacy6.save",
     {"22/tcp", "25/tcp", "80/tcp", "9000/tcp"}},
    {"answers", "nft -f $F/answers.nft",
     {"22/tcp", "80/tcp", "81/tcp", "82/tcp", "83/tcp", "84/tcp", "86/tcp", "87/tcp", "88/tcp", "icmp"}},
    {"answers by iptables-legacy", "iptables-legacy-restore $F/legacy-answers.save && ip6tables-legacy-restore $F/legacy-answers.save",
     {"22/tcp", "80/tcp", "81/tcp", "82/tcp"}},
    {"docker", "nft -f $F/docker.txt", {"22/tcp", "21/tcp", "80/tcp", "6003/tcp", "25/tcp", "1010/tcp", "1011/tcp", "2222/tcp", "53/udp", "icmp"}},
};

Action expected_of(Seen seen) { return seen == Seen::accepted ? Action::accept : seen == Seen::dropped ? Action::drop : Action::reject; }

}  // namespace

TEST_CASE("the walk agrees with the kernel") {
  for (const auto& row : kernel_rows) {
    INFO(row.name);
    KnockedHost real;
    real.host.run("F=" RINGBACK_FIXTURES "/filter; " + std::string(row.load));
    Ruleset loaded;
    {
      const Inside inside(real.host);
      const auto text = io::list_ruleset(io::RulesetForm::text_with_handles).value();
      loaded = parse_ruleset(io::list_ruleset(io::RulesetForm::json).value(), parse_listing(text)).value();
      const io::RealClock clock;
      for (const auto family : {Family::ipv4, Family::ipv6}) {
        auto legacy = parse_legacy(io::read_legacy_rules(family, {clock.now() + std::chrono::seconds(10)}, clock).value(), family).value();
        std::move(legacy.begin(), legacy.end(), std::back_inserter(loaded.tables));
      }
    }
    for (const auto family : {Family::ipv4, Family::ipv6})
      for (const auto* service : row.services) {
        INFO(service << " " << to_string(family));
        auto packet = knock(service, family);
        packet.way_back = "eth0";
        const auto both = walk_both_ways(loaded, packet);
        const bool let_in = both.knock.action == Action::accept;
        const auto& said = let_in ? both.answer.value() : both.knock;  // an answer that does not get out is silence, too
        INFO(said.rule.value_or("no rule"));
        const auto done = expected_of(real.knock(packet));
        const bool held_back = let_in && said.action == Action::reject;  // the refusal is for the program, and the visitor hears nothing
        CHECK(to_string(held_back ? Action::drop : said.action) == to_string(done));
      }
  }
}
