#include "probes/filter/filter.hpp"

#include "probes/filter/fixture_ruleset.hpp"
#include "support/scripted_network.hpp"

using namespace ringback;
using namespace ringback::filter;
using namespace ringback::test;

namespace {

class FilteredNetwork : public ScriptedNetwork {
 public:
  using ScriptedNetwork::ScriptedNetwork;
  Expected<std::string> listing = failure(Errc::unsupported, "no text");
  Expected<std::string> nftables_listing(Deadline deadline) override { return read(listing, "list ruleset as text", deadline); }
  std::optional<Family> unreadable_names;   ///< the kernel keeps the names of that family's tables to itself
  Expected<std::string> read_file(const std::string& path, std::size_t limit) override {
    const auto* names = unreadable_names == Family::ipv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names";
    if (unreadable_names && path == names) return failure(Errc::not_permitted, "read " + path + ": Permission denied");
    return ScriptedNetwork::read_file(path, limit);
  }
  std::optional<std::string> legacy;   ///< of IPv4; absent: its program is missing
  Expected<std::string> legacy_rules(Family family, Deadline) override {
    if (!legacy || family != Family::ipv4) return failure(Errc::unsupported, "this host has no program for it");
    return *legacy;
  }
};

/// A host with one leg of each family, behind the given ruleset.
struct Host {
  FakeClock clock;
  FilteredNetwork network{clock};
  ScriptedRandom random;
  FilterPlan plan;
  Duration within = std::chrono::seconds(10);

  explicit Host(const std::string& name) {
    network.host.ruleset = fixture_text("filter/" + name + ".json");
    network.listing = fixture_text("filter/" + name + ".txt");
    network.host.interfaces = std::vector<Interface>{{.index = 2, .name = "eth0", .up = true, .addresses = {{.address = ip("192.168.1.5"), .prefix_length = 24}}}};
    network.host.routes = std::vector<Route>{{.destination = Prefix::parse("172.17.0.0/16").value(), .interface = "docker0"}};
    network.host.default_ipv4 = RouteLookup{.interface = "eth0"};
    network.host.default_ipv6 = RouteLookup{.interface = "eth0"};
    plan.legs = {{.family = Family::ipv4, .interface = "eth0", .source = ip("192.168.1.5")}, {.family = Family::ipv6, .interface = "eth0", .stable_sources = {ip("2001:db8::5")}}};
  }
  void serves(const char* service) { plan.services.push_back(Service::parse(service).value()); }
  filter::Evidence look() { return observe(plan, {network, clock, random}, {clock.now() + within}).value(); }
};

}  // namespace

TEST_CASE("each service is walked in each family on the port it listens on, and an echo request too") {
  Host host("ufw");
  host.serves("8022:22/tcp");
  host.serves("51820/udp");
  host.serves("9022:22/tcp");  // the same port inside
  const auto evidence = host.look();
  CHECK(evidence.readable);
  CHECK_FALSE(evidence.trouble);
  CHECK(evidence.ruleset == fixture_text("filter/ufw.json"));
  std::vector<std::string> walks;
  for (const auto& walk : evidence.walks)
    walks.push_back(std::to_string(walk.port) + "/" + std::string(to_string(walk.protocol)) + " " + std::string(to_string(walk.family)) + " " + std::string(to_string(walk.action)));
  CHECK(walks == std::vector<std::string>{"0/icmp ipv4 accept", "22/tcp ipv4 accept", "51820/udp ipv4 drop", "0/icmp ipv6 accept", "22/tcp ipv6 accept", "51820/udp ipv6 drop"});
}

TEST_CASE("rules that may not be read are unknown, which is not the same as none") {
  Host host("empty");
  host.serves("443/tcp");
  host.network.host.ruleset = failure(Errc::not_permitted, "list the nftables ruleset: needs CAP_NET_ADMIN");
  const auto evidence = host.look();
  CHECK_FALSE(evidence.readable);
  CHECK(evidence.trouble == "list the nftables ruleset: needs CAP_NET_ADMIN");
  CHECK(evidence.walks.empty());
}

TEST_CASE("a ruleset that cannot be understood is unknown as well") {
  Host host("empty");
  host.network.host.ruleset = "surprise";
  const auto evidence = host.look();
  CHECK_FALSE(evidence.readable);
  CHECK(evidence.trouble == "the ruleset is not the JSON that nft writes");
}

TEST_CASE("a long ruleset is walked and not kept, one beyond all bounds is neither") {
  Host host("workstation");
  host.serves("443/tcp");
  host.network.host.ruleset->append(300 * 1024, ' ');
  auto evidence = host.look();
  CHECK(evidence.readable);
  CHECK(evidence.ruleset.empty());
  REQUIRE(evidence.trouble);
  CHECK(evidence.trouble->find("too long to be kept") != std::string::npos);
  CHECK(evidence.walks.size() == 4);
  host.network.host.ruleset->append(9U << 20U, ' ');
  evidence = host.look();
  CHECK_FALSE(evidence.readable);
  CHECK(evidence.walks.empty());
}

TEST_CASE("the rules of iptables-legacy are read where the kernel lists tables of that kind, and kept") {
  Host host("workstation");
  host.serves("443/tcp");
  host.network.legacy = "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";
  auto evidence = host.look();   // not asked: the kernel names no table
  CHECK(evidence.legacy_read);
  CHECK_FALSE(evidence.legacy_ipv4);
  CHECK(evidence.walks[1].action == Action::accept);
  host.network.host.files["/proc/net/ip_tables_names"] = "filter\n";
  evidence = host.look();
  CHECK(evidence.legacy_read);
  CHECK(evidence.legacy_ipv4 == host.network.legacy);
  CHECK(evidence.walks[1].action == Action::drop);
  CHECK(evidence.walks[1].rule == "policy drop");
  CHECK(evidence.walks[1].kept_by == "iptables-legacy");
  CHECK(evidence.walks[3].action == Action::accept);
  host.network.legacy = "*filter\n:INPUT DROP [0:0]\n";
  evidence = host.look();
  CHECK_FALSE(evidence.legacy_read);
  CHECK(evidence.trouble == "the rules of iptables-legacy are not whole");
  CHECK(evidence.walks[1].action == Action::unknown);
}

TEST_CASE("the answer is walked wherever the knock may get in, and leaves by the interface that the kernel would take") {
  Host host("workstation");
  host.serves("443/tcp");
  host.serves("80/tcp");
  const auto evidence = host.look();
  std::vector<std::string> answers;
  for (const auto& walk : evidence.answers) answers.push_back(std::to_string(walk.port) + " " + std::string(to_string(walk.family)) + " " + std::string(to_string(walk.action)));
  CHECK(answers == std::vector<std::string>{"0 ipv4 accept", "443 ipv4 accept", "0 ipv6 accept", "443 ipv6 accept"});
}

TEST_CASE("tables of iptables-legacy that cannot be read make an accepted packet uncertain and a dropped one not") {
  Host host("workstation");
  host.serves("443/tcp");
  host.serves("80/tcp");
  host.network.host.files["/proc/net/ip_tables_names"] = "nat\nfilter\n";
  const auto evidence = host.look();
  REQUIRE(evidence.walks.size() == 6);
  CHECK(evidence.walks[1].action == Action::unknown);
  CHECK(evidence.walks[1].unclear == std::vector<std::string>{"iptables-legacy: table filter"});
  CHECK(evidence.walks[2].action == Action::drop);
  CHECK(evidence.walks[4].action == Action::accept);  // IPv6 has its own tables
  CHECK_FALSE(evidence.legacy_read);
}

TEST_CASE("where the names of iptables-legacy's tables may not be read, that is not the same as none") {
  Host host("workstation");
  host.serves("443/tcp");
  host.network.unreadable_names = Family::ipv4;
  auto evidence = host.look();
  REQUIRE(evidence.walks.size() == 4);
  CHECK(evidence.readable);
  CHECK_FALSE(evidence.legacy_read);
  CHECK(evidence.trouble == "this host has no program for it");
  CHECK(evidence.walks[1].action == Action::unknown);
  CHECK(evidence.walks[1].unclear == std::vector<std::string>{"iptables-legacy: table filter"});
  CHECK(evidence.walks[3].action == Action::accept);   // IPv6 has its own tables, and says that there is none
  // The program that reads the rules may be allowed more than this one.
  host.network.legacy = "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";
  evidence = host.look();
  CHECK(evidence.legacy_read);
  CHECK(evidence.walks[1].action == Action::drop);
  CHECK(evidence.walks[1].kept_by == "iptables-legacy");
}

TEST_CASE("visitors are walked from their own address through the rules as they are then") {
  Host host("empty");
  host.serves("443/tcp");
  auto evidence = host.look();
  const Visitor banned{Protocol::tcp, ip("185.10.20.30"), {ip("192.168.1.5"), 443}, "eth0"};
  host.network.host.ruleset = fixture_text("filter/bans.json");   // a program has written it since
  host.network.listing = fixture_text("filter/bans.txt");
  observe_visitors(host.plan, {banned}, {host.network, host.clock, host.random}, {host.clock.now() + host.within}, evidence);
  REQUIRE(evidence.visits.size() == 1);
  CHECK(evidence.visits[0].action == Action::reject);
  CHECK(evidence.visits[0].set == "addr-set-sshd");
  CHECK(evidence.visit_answers.empty());
  CHECK(evidence.walks[1].action == Action::accept);
  // Rules that cannot be read any more add nothing, and take nothing away.
  host.network.host.ruleset = failure(Errc::not_permitted, "list the nftables ruleset: needs CAP_NET_ADMIN");
  const auto before = evidence;
  observe_visitors(host.plan, {banned}, {host.network, host.clock, host.random}, {host.clock.now() + host.within}, evidence);
  CHECK(evidence == before);
}

TEST_CASE("a crowd of visitors is cut, and a family without a way is passed over") {
  Host host("bans");
  host.plan.legs.pop_back();
  std::vector<Visitor> crowd{{Protocol::tcp, ip("2a0b:1:2::30"), {ip("2001:db8::5"), 443}, "eth0"}};
  for (unsigned i = 1; i < 100; ++i) crowd.push_back({Protocol::udp, Address::v4(0xb90a1400U + i), {ip("192.168.1.5"), 53}, "eth0"});
  auto evidence = host.look();
  observe_visitors(host.plan, crowd, {host.network, host.clock, host.random}, {host.clock.now() + host.within}, evidence);
  CHECK(evidence.visits.size() == most_visits);
  CHECK(evidence.visits[0].family == Family::ipv4);
}

TEST_CASE("the reverse path is asked of the kernel's routes") {
  Host host("reverse-path");
  host.serves("443/tcp");
  CHECK(host.look().walks[1].action == Action::accept);
  host.network.host.default_ipv4 = RouteLookup{.interface = "wg0"};
  CHECK(host.look().walks[1].action == Action::drop);
  CHECK(host.network.sent.empty());
}

TEST_CASE("a published port of a container is followed to the container") {
  Host host("docker");
  host.serves("8080/tcp");
  const auto walk = host.look().walks[1];
  CHECK(walk.action == Action::accept);
  CHECK(walk.chain == "DOCKER");
}

TEST_CASE("the text of the rules may be missing") {
  Host host("workstation");
  host.serves("443/tcp");
  host.network.listing = failure(Errc::failed, "list the nftables ruleset");
  const auto walk = host.look().walks[1];
  CHECK(walk.action == Action::accept);
  CHECK(walk.rule == "rule 12");
  CHECK(walk.handle == 12U);
}

TEST_CASE("rules that are not read by the deadline are unknown") {
  Host host("workstation");
  host.serves("443/tcp");
  const auto start = host.clock.now();
  host.network.host.reading = std::chrono::minutes(1);
  const auto evidence = host.look();
  CHECK_FALSE(evidence.readable);
  CHECK(evidence.trouble == "list ruleset: not finished by the deadline");
  CHECK(evidence.walks.empty());
  CHECK(host.clock.now() == start + host.within);
}

TEST_CASE("services that were not walked by the deadline have no walk, and that is said") {
  Host host("workstation");
  host.serves("443/tcp");
  host.network.host.reading = std::chrono::seconds(6);  // the rules in time, their text not
  const auto evidence = host.look();
  CHECK(evidence.readable);
  CHECK(evidence.walks.empty());
  CHECK(evidence.trouble == "the deadline came before every service was walked through the rules");
}
