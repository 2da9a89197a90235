/// What closes a port that strangers reach although nobody named it: in the words of who lets them in, and where they really pass.
#include "advice.hpp"
#include "diagnosis/codes.hpp"
#include "support/catch.hpp"
#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;

namespace {

constexpr auto by_ipv4 = Family::ipv4;

/// A rule lets strangers in to 8080/tcp.
filter::Walk lets_in(const char* table, const char* chain, const char* kept_by, std::optional<unsigned> handle = 7, const char* hook = "input") {
  filter::Walk walk{.protocol = Protocol::tcp, .family = by_ipv4, .port = 8080, .action = filter::Action::accept, .table = table, .chain = chain, .hook = hook};
  if (*kept_by) walk.kept_by = kept_by;
  walk.rule = handle ? "accept" : "policy accept";
  walk.handle = handle;
  if (walk.table->starts_with("ip6 ")) walk.family = Family::ipv6;
  return walk;
}

filter::Walk passes_on(filter::Walk walk, const char* to) {
  walk.translated_to = at(to);
  return walk;
}

filter::Walk without_rules() { return {.protocol = Protocol::tcp, .family = by_ipv4, .port = 8080, .action = filter::Action::accept}; }

filter::Walk by_docker(const char* kept_by = "iptables") {
  return passes_on(lets_in("ip filter", "DOCKER", kept_by, 7, "forward"), "172.17.0.2:80");
}

Evidence open_host(std::vector<std::string> tools, const std::vector<filter::Walk>& walks) {
  auto e = plain_nat();
  native_ipv6(e);
  e.host->system.firewall_tools = std::move(tools);
  e.filter->walks = walks;
  for (const auto& walk : walks) {
    if (!walk.chain || *walk.chain != "DOCKER") continue;
    if (walk.kept_by == "iptables-legacy") e.filter->legacy_ipv4 = "*filter\n:FORWARD DROP [0:0]\n:DOCKER-USER - [0:0]\nCOMMIT\n";
    else e.filter->ruleset = R"({"nftables": [{"chain": {"family": "ip", "table": "filter", "name": "DOCKER-USER", "handle": 5}}]})";
  }
  return e;
}

void docker_proxy_listens(Evidence& e, const char* protocol = "tcp") {
  const auto kind = service((std::string("8080/") + protocol).c_str()).protocol;
  for (const auto* where : {"0.0.0.0:8080", "[::]:8080"})
    e.listeners->listeners.push_back({.protocol = kind, .local = at(where), .v6_only = true, .program = "docker-proxy"});
}

std::string closing(const Evidence& e, const char* wanted = "8080/tcp", Family family = by_ipv4) {
  const Subject subject{.service = service(wanted), .family = family, .name = {}};
  return in_words(remedies_for(diagnosis::finding("exposure.unexpected-service", Confidence::certain, "x", subject, {}), e));
}

}  // namespace

TEST_CASE("a port of this host is closed in the words of who lets strangers in, in front of what does") {
  struct Row {
    const char* what;
    std::vector<std::string> tools;
    filter::Walk walk;
    const char* commands;
  };
  const Row rows[] = {
      {"ufw", {"ufw"}, lets_in("ip filter", "ufw-user-input", "ufw"),
       "\nsudo ufw prepend deny 8080/tcp\nsudo ufw deny 8080/tcp\nsudo ufw status numbered\n"},
      {"a service or port of firewalld's zone", {"firewalld"}, lets_in("inet firewalld", "filter_IN_home_allow", "firewalld"),
       "\nsudo firewall-cmd --zone=home --list-all\nsudo firewall-cmd --permanent --zone=home --add-rich-rule 'rule priority=\"-32768\" port "
       "port=\"8080\" protocol=\"tcp\" drop'\nsudo firewall-cmd --reload\n"},
      {"firewalld, zone not seen", {"firewalld"}, lets_in("inet firewalld", "filter_INPUT", "firewalld"),
       "\nsudo firewall-cmd --list-all\nsudo firewall-cmd --permanent --add-rich-rule 'rule priority=\"-32768\" port port=\"8080\" protocol=\"tcp\" "
       "drop'\nsudo firewall-cmd --reload\n"},
      {"iptables over nftables", {}, lets_in("ip filter", "INPUT", "iptables"),
       "\nsudo iptables -I INPUT -i eth0 -p tcp --dport 8080 -m conntrack --ctstate NEW -j DROP\n"},
      {"the same for IPv6", {}, lets_in("ip6 filter", "INPUT", "iptables"),
       "\nsudo ip6tables -I INPUT -i eth0 -p tcp --dport 8080 -m conntrack --ctstate NEW -j DROP\n"},
      {"the old iptables", {"iptables-legacy"}, lets_in("ip filter", "INPUT", "iptables-legacy", std::nullopt),
       "\nsudo iptables-legacy -I INPUT -i eth0 -p tcp --dport 8080 -m conntrack --ctstate NEW -j DROP\n"},
      {"a rule of nftables", {}, lets_in("inet filter", "input", "nftables"),
       "\nsudo nft insert rule inet filter input position 7 iifname eth0 tcp dport 8080 ct state new drop\nsudo nft -a list chain inet filter input\n"},
      {"the policy of a chain of nftables", {}, lets_in("inet filter", "input", "nftables", std::nullopt),
       "\nsudo nft add rule inet filter input iifname eth0 tcp dport 8080 ct state new drop\n"},
      {"a chain for another hook alone", {}, lets_in("ip nat", "prerouting", "nftables", std::nullopt, "prerouting"),
       "\nsudo nft add chain inet closed_ports input '{ type filter hook input priority filter; }'\n"},
      {"no rules at all", {}, without_rules(),
       "\nsudo nft add table inet closed_ports\nsudo nft add chain inet closed_ports input '{ type filter hook input priority filter; }'\nsudo nft add rule "
       "inet closed_ports input iifname eth0 tcp dport 8080 ct state new drop\n"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto words = closing(open_host(row.tools, {row.walk}), "8080/tcp", row.walk.family);
    CHECK_THAT(words, Contains(row.commands) && Contains("\nsudo ss -ltnp 'sport = :8080'\n") && !Contains("ocker"));
  }
}

TEST_CASE("what keeps a rule of nftables' is written out as it loads from a file, and where it belongs there") {
  struct Row {
    const char* what;
    filter::Walk walk;
    const char* words;
  };
  const Row rows[] = {
      {"a rule of nftables", lets_in("inet filter", "input", "nftables"), "above the rule that lets visitors in.\niifname eth0 tcp dport 8080 ct state new drop\n"},
      {"the policy of a chain", lets_in("inet filter", "input", "nftables", std::nullopt),
       "at the end of the list of rules (the chain) input.\niifname eth0 tcp dport 8080 ct state new drop\n"},
      {"no rules at all", without_rules(),
       "at its end.\nadd table inet closed_ports\nadd chain inet closed_ports input { type filter hook input priority filter; }\nadd rule inet closed_ports input "
       "iifname eth0 tcp dport 8080 ct state new drop\n"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto e = open_host({}, {row.walk});
    CHECK_THAT(closing(e), Contains(row.words) && !Contains("command above"));
    const Subject subject{.service = service("8080/tcp"), .family = by_ipv4, .name = {}};
    const auto remedy = remedies_for(diagnosis::finding("exposure.unexpected-service", Confidence::certain, "x", subject, {}), e).front();
    const auto keeps = std::ranges::find_if(remedy.steps, [](const std::string& step) { return step.starts_with("That lasts until"); });
    const auto lists = std::ranges::find_if(remedy.steps, [](const std::string& step) { return step.starts_with("This command shows the list"); });
    CHECK((keeps != remedy.steps.end() && keeps < lists));
  }
}

TEST_CASE("what keeps the rules of several ports is one file, with the lines of each in it") {
  const auto e = open_host({}, {});
  std::vector<Finding> open;
  for (const auto* port : {"8080/tcp", "9090/tcp"})
    open.push_back(diagnosis::finding("exposure.unexpected-service", Confidence::certain, "x", {.service = service(port), .family = by_ipv4, .name = {}}, {}));
  const auto c = judged(e);
  const auto all = diagnosis::close_all(open, diagnosis::describe_system(c)).value();
  CHECK(std::ranges::count_if(all.steps, [](const std::string& step) { return step.starts_with("That lasts until"); }) == 1);
  CHECK_THAT(in_words({all}), Contains("input { type filter hook input priority filter; }\nadd rule inet closed_ports input iifname eth0 tcp dport 8080 ct state new drop\n"
                                       "add rule inet closed_ports input iifname eth0 tcp dport 9090 ct state new drop\n"));
}

TEST_CASE("firewalld's service is named as what may have to go, since taking out the port alone would change nothing") {
  CHECK_THAT(closing(open_host({"firewalld"}, {lets_in("inet firewalld", "filter_IN_public_allow", "firewalld")})),
             Contains("--permanent --remove-port=8080/tcp") && Contains("--permanent --remove-service=NAME") && !Contains("\nsudo firewall-cmd --permanent --remove"));
}

TEST_CASE("what is passed on to another machine is closed where it passes, and not where this host's own visitors do") {
  struct Row {
    const char* what;
    std::vector<std::string> tools;
    filter::Walk walk;
    const char* commands;
  };
  const auto kept_by_ufw = passes_on(lets_in("ip filter", "ufw-user-forward", "ufw", 7, "forward"), "172.17.0.2:80");
  const char* in_docker_user = "\nsudo iptables -I DOCKER-USER -i eth0 -p tcp -m conntrack --ctdir ORIGINAL --ctorigdstport 8080 -j DROP\n";
  const Row rows[] = {
      {"Docker", {"docker"}, by_docker(), in_docker_user},
      {"Docker past ufw", {"ufw", "docker"}, by_docker(), in_docker_user},
      {"Docker past firewalld", {"firewalld", "docker"}, by_docker(), in_docker_user},
      {"Docker over the old iptables", {"iptables-legacy", "docker"}, by_docker("iptables-legacy"),
       "\nsudo iptables-legacy -I DOCKER-USER -i eth0 -p tcp -m conntrack --ctdir ORIGINAL --ctorigdstport 8080 -j DROP\n"},
      {"a container beside ufw's own rules for it", {"ufw", "docker"}, kept_by_ufw,
       "\nsudo ufw route prepend deny proto tcp to 172.17.0.2 port 80\nsudo ufw status numbered\n"},
      {"Docker's own tables of nftables", {"docker"}, passes_on(lets_in("ip docker-bridges", "filter-forward-in__docker0", "nftables", 7, "forward"), "172.17.0.2:80"),
       "\nsudo nft add table inet closed_ports\nsudo nft add chain inet closed_ports prerouting '{ type filter hook prerouting priority mangle; }'\nsudo nft "
       "add rule inet closed_ports prerouting iifname eth0 tcp dport 8080 ct state new drop\n"},
      {"Docker over IPv6, which leaves the owner no chain there", {"docker"}, passes_on(lets_in("ip6 filter", "DOCKER", "iptables", 7, "forward"), "[fd00:d0c::2]:80"),
       "\nsudo ip6tables -t mangle -I PREROUTING -i eth0 -p tcp --dport 8080 -m conntrack --ctstate NEW -j DROP\n"},
      {"a virtual machine, by iptables", {}, passes_on(lets_in("ip filter", "LIBVIRT_FWI", "iptables", 7, "forward"), "192.168.122.5:80"),
       "\nsudo iptables -t mangle -I PREROUTING -i eth0 -p tcp --dport 8080 -m conntrack --ctstate NEW -j DROP\n"},
      {"another port of this host, by the old iptables", {"iptables-legacy"}, passes_on(lets_in("ip filter", "INPUT", "iptables-legacy"), "0.0.0.0:8443"),
       "\nsudo iptables-legacy -t mangle -I PREROUTING -i eth0 -p tcp --dport 8080 -m conntrack --ctstate NEW -j DROP\n"},
      {"a forward-port of firewalld's", {"firewalld"}, passes_on(lets_in("inet firewalld", "filter_FORWARD", "firewalld", 7, "forward"), "192.168.1.30:80"),
       "\nsudo firewall-cmd --list-forward-ports\nsudo firewall-cmd --permanent --remove-forward-port=port=8080:proto=tcp:toport=80:toaddr=192.168.1.30\nsudo "
       "firewall-cmd --reload\n"},
      {"the same to this host", {"firewalld"}, passes_on(lets_in("inet firewalld", "filter_INPUT", "firewalld"), "0.0.0.0:80"),
       "--remove-forward-port=port=8080:proto=tcp:toport=80\n"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK_THAT(closing(open_host(row.tools, {row.walk}), "8080/tcp", row.walk.family),
               Contains(row.commands) && !Contains("ufw prepend deny 8080") && !Contains("-I INPUT") && !Contains("hook input") && !Contains("add-rich-rule"));
  }
}

TEST_CASE("what Docker publishes is published on this host's own address instead, and a firewall that is passed by is named") {
  const auto words = closing(open_host({"ufw", "docker"}, {by_docker()}));
  CHECK_THAT(words, Contains("docker run -p 127.0.0.1:8080:80 …") && Contains("ports: \"127.0.0.1:8080:80\"") &&
                        Contains("\nsudo docker ps --filter publish=8080/tcp\n") && Contains("a rule of ufw's that denies the port would change nothing"));
  CHECK_THAT(closing(open_host({"firewalld", "docker"}, {by_docker()})), Contains("without asking firewalld"));
  CHECK_THAT(closing(open_host({"docker"}, {by_docker()})), !Contains("without asking"));
}

TEST_CASE("over IPv6 Docker's own program takes visitors on this host, so that its firewall is asked") {
  auto e = open_host({"ufw", "docker"}, {by_docker(), lets_in("ip6 filter", "ufw6-user-input", "ufw")});
  docker_proxy_listens(e);
  CHECK_THAT(closing(e, "8080/tcp", Family::ipv6),
             Contains("\nsudo ufw prepend deny 8080/tcp\n") && Contains("docker run -p 127.0.0.1:8080:80 …") && !Contains("DOCKER-USER"));
}

TEST_CASE("where Docker keeps rules for IPv6, a port is closed before they can pass visitors on, whether the walk saw that or not") {
  auto e = open_host({"ufw", "docker"}, {lets_in("ip6 nat", "PREROUTING", "iptables", std::nullopt, "prerouting")});
  docker_proxy_listens(e);
  e.filter->ruleset = R"({"nftables": [{"chain": {"family": "ip6", "table": "nat", "name": "DOCKER", "handle": 1}}]})";
  CHECK_THAT(closing(e, "8080/tcp", Family::ipv6),
             Contains("\nsudo ip6tables -t mangle -I PREROUTING -i eth0 -p tcp --dport 8080 -m conntrack --ctstate NEW -j DROP\n") &&
                 Contains("without asking ufw") && !Contains("\nsudo ufw"));
}

TEST_CASE("where Docker's rules were not seen, this host's own chains are not offered") {
  auto e = open_host({"ufw", "docker"}, {});
  docker_proxy_listens(e);
  for (const bool read : {true, false}) {
    if (read) e.filter->walks = {{.protocol = Protocol::tcp, .family = by_ipv4, .port = 8080, .action = filter::Action::unknown, .unclear = {"a rule"}}};
    else unreadable(e);
    CHECK_THAT(closing(e), Contains("\nsudo iptables -I DOCKER-USER -i eth0 ") && !Contains("\nsudo ufw"));
    CHECK_THAT(closing(e, "8080/tcp", Family::ipv6), Contains("127.0.0.1:8080:") && !Contains("\nsudo ufw") && !Contains("DOCKER-USER"));
  }
}

TEST_CASE("the chain that Docker leaves to the owner is offered where it was seen, or where the rules are too many to tell") {
  auto e = open_host({"docker"}, {by_docker()});
  e.filter->ruleset = R"({"nftables": [{"chain": {"family": "ip6", "table": "filter", "name": "DOCKER-USER", "handle": 5}}]})";
  CHECK_THAT(closing(e), !Contains("-I DOCKER-USER") && Contains("\nsudo iptables -t mangle -I PREROUTING "));
  e.filter->ruleset.clear();
  CHECK_THAT(closing(e), Contains("\nsudo iptables -I DOCKER-USER "));
  e.filter->walks[0].kept_by = "nftables";
  CHECK_THAT(closing(e), !Contains("-I DOCKER-USER"));
}

TEST_CASE("a datagram's port is closed as one, and on the card that the knock came by") {
  auto walk = by_docker();
  walk.protocol = Protocol::udp;
  auto e = open_host({"docker"}, {walk});
  docker_proxy_listens(e, "udp");
  auto came = arrived(on_port(by_ipv4, 8080), std::nullopt, Result::timeout);
  came.protocol = Protocol::udp;
  came.arrivals.front().interface = "wlan0";
  add(e, came);
  CHECK_THAT(closing(e, "8080/udp"), Contains("\nsudo docker ps --filter publish=8080/udp\nsudo iptables -I DOCKER-USER -i wlan0 -p udp -m conntrack --ctdir "
                                              "ORIGINAL --ctorigdstport 8080 -j DROP\n") && Contains("-p 127.0.0.1:8080:80/udp …"));
  walk = lets_in("inet filter", "input", "nftables");
  walk.protocol = Protocol::udp;
  CHECK_THAT(closing(open_host({}, {walk}), "8080/udp"),
             Contains("position 7 iifname eth0 udp dport 8080 ct state new drop\n") && Contains("\nsudo ss -lunp 'sport = :8080'\n"));
}

TEST_CASE("a finding about a container's port says where it is passed on to, and rests on the rule that does") {
  auto e = open_host({"docker"}, {by_docker()});
  docker_proxy_listens(e);
  add(e, connected(by_ipv4));
  add(e, arrived(on_port(by_ipv4, 8080), syn_ack_left(), Result::connected));
  const auto d = diagnose(e);
  const auto* exposure = found(d, "exposure.unexpected-service");
  REQUIRE(exposure);
  CHECK(exposure->detail == "Port 8080/tcp was not named and can be reached from the internet: a rule of this host passes it on to 172.17.0.2:80.");
  CHECK(std::ranges::find(exposure->evidence, "/evidence/filter/walks/0") != exposure->evidence.end());
  CHECK_THAT(in_words(exposure->remedies), Contains("-I DOCKER-USER"));
}
