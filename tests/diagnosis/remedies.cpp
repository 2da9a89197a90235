#include "support/catch.hpp"

#include "advice.hpp"
#include "diagnosis/codes.hpp"

using namespace ringback;
using namespace ringback::build;
using Catch::Contains;
using diagnosis::Command;
using diagnosis::Identifier;

namespace {

using Change = std::function<void(Evidence&)>;

Evidence dual(Evidence e) {
  if (!e.host->ipv6) native_ipv6(e);
  name(e, {public_ipv4}, {stable});
  return e;
}

std::string advice(const char* code, const Evidence& e, Family family = Family::ipv4) {
  const Subject subject{.service = service("443/tcp"), .family = family, .name = "home.example.org"};
  return in_words(remedies_for(diagnosis::finding(code, Confidence::certain, "x", subject, {}), e));
}

filter::Walk drop(const char* table, const char* chain, std::optional<unsigned> handle, Family family = Family::ipv4) {
  return {.family = family, .port = 443, .action = filter::Action::drop, .table = table, .chain = chain, .rule = "drop", .handle = handle};
}

std::string shown(const Command& command) { return command.text().value_or("(none)"); }

/// What a shell would read as its own: the command without what stands in single quotes.
std::string unquoted(const std::string& command) {
  std::string result;
  bool inside = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    if (command[i] == '\\' && !inside) {
      ++i;
    } else if (command[i] == '\'') {
      inside = !inside;
    } else if (!inside) {
      result += command[i];
    }
  }
  return inside ? result + " UNCLOSED PWNED" : result;
}

void expect_no_command_of(const std::string& evil, host::Manager manager, const std::vector<std::string>& tools) {
  auto e = dual(plain_nat());
  e.host->system.manager = manager;
  e.host->system.firewall_tools = tools;
  eth0(e).name = evil;
  e.host->ipv4->interface = e.host->ipv6->interface = e.host->ipv4->default_interface = e.host->ipv6->default_interface = evil;
  const bool firewalld = tools == std::vector<std::string>{"firewalld"};
  for (auto& walk : e.filter->walks) {
    walk.action = filter::Action::drop, walk.handle = 7, walk.rule = evil;
    walk.table = "inet " + (firewalld ? "firewalld" : evil), walk.chain = (firewalld ? "filter_IN_" : "") + evil;
  }
  e.dns->names[0].name = evil;
  e.dns->names[0].zone = evil;
  for (const auto& code : diagnosis::codes())
    for (const auto family : {Family::ipv4, Family::ipv6}) {
      const Subject subject{.service = service("443/tcp"), .family = family, .name = evil};
      for (const auto& remedy : remedies_for(diagnosis::finding(code.code, Confidence::possible, "x", subject, {}), e)) {
        for (const auto& command : remedy.commands) {
          INFO(code.code << ": " << command);
          CHECK(unquoted(command).find("PWNED") == std::string::npos);
          CHECK(command.find('\n') == std::string::npos);
          if (command.starts_with("sudo nft")) CHECK(command.find("PWNED") == std::string::npos);
        }
        // Lines of configuration files are copied from the steps as well.
        for (const auto& step : remedy.steps) CHECK(step.find("PWNED") == std::string::npos);
      }
    }
}

}  // namespace

TEST_CASE("an operand is quoted for the shell, or the command is not written") {
  struct Row {
    const char* text;
    const char* command;
  };
  const Row rows[] = {
      {"eth0", "ip link show eth0"},
      {"enp3s0.100@eth1", "ip link show enp3s0.100@eth1"},
      {"fe80::1%eth0", "ip link show fe80::1%eth0"},
      {"sport = :443", "ip link show 'sport = :443'"},
      {"a;b", "ip link show 'a;b'"},
      {"$(reboot)", "ip link show '$(reboot)'"},
      {"it's", "ip link show 'it'\\''s'"},
      {"*", "ip link show '*'"},
      {"=ls", "ip link show '=ls'"},
      {"~", "ip link show '~'"},
      {"", "(none)"},
      {"a\nb", "(none)"},
      {"a\x1b[2K", "(none)"},
      {"b\xc3\xa4r", "(none)"},
      {"-rf", "(none)"},
      {"+trace", "(none)"},
      {"@192.0.2.1", "(none)"},
  };
  for (const auto& row : rows) CHECK(shown(Command{"ip link show {}", std::string(row.text)}) == row.command);
  CHECK(shown(Command{"ip link show {}", std::string(300, 'a')}) == "(none)");
  CHECK(shown(Command{"ufw allow {}/{}", 443U, std::string_view("tcp")}) == "ufw allow 443/tcp");
  CHECK(shown(Command{"nft list table {}", Identifier{"my-table.1"}}) == "nft list table my-table.1");
  // The shell's quotes do not help: nft reads its arguments joined.
  for (const auto* text : {"x; flush ruleset", "1x", "x{", "a b", ""}) CHECK(shown(Command{"nft list table {}", Identifier{text}}) == "(none)");
}

TEST_CASE("no string of a stranger's report becomes a command") {
  using enum host::Manager;
  for (const std::string evil :
       {"x; PWNED", "$(PWNED)", "`PWNED`", "x' ; PWNED ; '", "x\nPWNED", "x | PWNED", "x > PWNED", "\"; PWNED \"", "x && PWNED"}) {
    for (const auto manager : {unknown, network_manager, systemd_networkd, dhcpcd, ifupdown, netplan}) expect_no_command_of(evil, manager, {});
    for (const auto& tools : std::vector<std::vector<std::string>>{{"ufw"}, {"firewalld"}, {"iptables-legacy"}, {evil}}) expect_no_command_of(evil, unknown, tools);
  }
}

TEST_CASE("an A record is offered only with an address that is the household's own") {
  struct Row {
    const char* what;
    Evidence evidence;
    bool offered;
  };
  const Row rows[] = {
      {"one home router", plain_nat(), true},
      {"two home routers", double_nat(), true},
      {"carrier-grade NAT", cgnat(), false},
      {"DS-Lite", ds_lite(), false},
      {"nothing but how the internet sees it", with(home(), [](auto& e) { seen_as(e); }), false},
      {"nothing at all", Evidence{}, false},
      {"through a VPN", with(plain_nat(), [](auto& e) {
         e.host->ipv4->through_tunnel = true, e.host->ipv4->default_interface = "wg0";
         e.host->interfaces.push_back({.index = 3, .name = "wg0", .kind = "wireguard", .up = true, .tunnel = true,
                                       .addresses = {{.address = ip("10.9.0.2"), .prefix_length = 32}}});
         for (auto& o : e.stun->observations) o.local = at("10.9.0.2:50001"), o.mapped = at("93.184.77.77:40001");
         e.router->gateways.clear(), e.path->ipv4 = {};
       }), false},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    for (const auto* code : {"dns.a-wrong", "dns.a-missing", "dns.a-not-global", "dns.name-missing"}) {
      INFO(code);
      CHECK((advice(code, row.evidence).find("93.184.") != std::string::npos) == row.offered);
    }
  }
  // Where the carrier shares, the record is to go; where nobody knows, the signs of sharing are told.
  CHECK_THAT(advice("dns.a-wrong", cgnat()), Contains("Remove the A record"));
  CHECK_THAT(advice("dns.name-missing", dual(ds_lite())), Contains("Add no A record"));
  CHECK_THAT(advice("dns.a-wrong", with(home(), [](auto& e) { seen_as(e); })), Contains("100.64."));
}

TEST_CASE("an AAAA record is offered with an address that stays, best one that a knock reached") {
  const auto with_second = [](const char* second, const Change& change = [](auto&) {}) {
    return with(dual(plain_nat()), [&](auto& e) {
      eth0(e).addresses.push_back({.address = ip(second), .prefix_length = 64});
      change(e);
    });
  };
  const char* second = "2a02:8070:1:2::42";
  CHECK_THAT(advice("dns.aaaa-wrong", with_second(second)), Contains(stable));
  CHECK_THAT(advice("dns.aaaa-wrong", with_second(second, [&](auto& e) {
               auto k = arrived(knock(Family::ipv6), inbound::DepartureKind::syn_ack, inbound::Result::connected);
               k.target = k.local = ip(second);
               add(e, k);
             })),
             Contains(second) && !Contains(stable));
  const auto without_stable = with(dual(plain_nat()), [](auto& e) {
    std::erase_if(eth0(e).addresses, [](const auto& a) { return a.address == ip(stable); });
  });
  for (const auto* code :
       {"dns.aaaa-wrong", "dns.aaaa-missing", "dns.aaaa-temporary", "dns.aaaa-router", "dns.aaaa-old-prefix", "dns.name-missing"})
    CHECK_THAT(advice(code, without_stable), !Contains(temporary));
  CHECK_THAT(advice("dns.aaaa-wrong", without_stable), Contains("First give this host an IPv6 address that stays"));
  const auto six_to_four = with(without_stable, [](auto& e) {
    eth0(e).addresses.push_back({.address = ip("2002:5db8:141e::1"), .prefix_length = 64});
  });
  CHECK_THAT(advice("dns.aaaa-wrong", six_to_four), !Contains("2002:"));
}

TEST_CASE("the host's firewall is told in the words of who keeps it") {
  struct Row {
    const char* what;
    std::vector<std::string> tools;
    std::optional<filter::Walk> walk;
    const char* command;
  };
  const Row rows[] = {
      {"ufw", {"ufw"}, std::nullopt, "sudo ufw allow 443/tcp\n"},
      {"ufw's own chain", {"ufw", "nftables"}, drop("ip filter", "ufw-reject-input", 9), "sudo ufw allow 443/tcp\n"},
      {"ufw's policy", {"ufw"}, drop("ip filter", "INPUT", std::nullopt), "sudo ufw allow 443/tcp\n"},
      {"firewalld, a rule that denies", {"firewalld"}, drop("inet firewalld", "filter_IN_home_deny", 9),
       "sudo firewall-cmd --permanent --zone=home --add-rich-rule 'rule priority=\"-32768\" port port=\"443\" protocol=\"tcp\" accept'\n"},
      {"firewalld, zone seen", {"firewalld"}, drop("inet firewalld", "filter_IN_home", 9),
       "sudo firewall-cmd --permanent --zone=home --add-port=443/tcp\n"},
      {"firewalld, zone not seen", {"firewalld"}, drop("inet firewalld", "filter_INPUT", 9), "sudo firewall-cmd --permanent --add-port=443/tcp\n"},
      {"iptables over nftables", {"nftables"}, drop("ip filter", "INPUT", 9), "sudo iptables -I INPUT -p tcp --dport 443 -j ACCEPT\n"},
      {"the same for IPv6", {"nftables"}, drop("ip6 filter", "INPUT", 9, Family::ipv6), "sudo ip6tables -I INPUT -p tcp --dport 443 -j ACCEPT\n"},
      {"the old iptables", {"iptables-legacy"}, std::nullopt, "sudo iptables-legacy -I INPUT -p tcp --dport 443 -j ACCEPT\n"},
      {"a table of the user's own beside ufw", {"ufw"}, drop("inet mine", "in", 7),
       "sudo nft insert rule inet mine in position 7 tcp dport 443 accept\n"},
      {"the policy of a chain", {"nftables"}, drop("inet filter", "input", std::nullopt),
       "sudo nft add rule inet filter input tcp dport 443 accept\n"},
      {"rules that were not seen", {"nftables"}, std::nullopt, "sudo nft -a list ruleset\n"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    auto e = dual(plain_nat());
    e.host->system.firewall_tools = row.tools;
    e.filter->walks.clear();
    if (row.walk) e.filter->walks.push_back(*row.walk);
    CHECK_THAT(advice("inbound.host-firewall", e, row.walk ? row.walk->family : Family::ipv4), Contains(row.command));
  }
}

TEST_CASE("a rule of nftables' is kept where the rules come from: in the file that has the one that drops, or by the whole command in a script") {
  struct Row {
    std::optional<filter::Walk> walk;
    std::vector<const char*> says;   // in this order
  };
  constexpr auto not_loaded = "Do not load that file now: what you changed is in force already, and the words \"flush ruleset\"";
  constexpr auto otherwise = "If the file does not have that, it is not what made these rules: leave it as it is.";
  const Row rows[] = {
      {drop("inet filter", "input", std::nullopt),
       {"look whether its chain input has the words \"policy drop\". If so, write this line there, at the end of that chain:\ntcp dport 443 accept\n", not_loaded, otherwise,
        "write this command into it, at its end:\nnft add rule inet filter input tcp dport 443 accept\n"}},
      {drop("inet mine", "in", 7),
       {"look whether the rule that drops, which is quoted above, stands in its chain in. If so, write this line there, above that rule:\ntcp dport 443 accept\n", not_loaded,
        otherwise, "write this command into it, above the line for that rule:\nnft add rule inet mine in tcp dport 443 accept\n"}},
      {std::nullopt, {"look whether the rule that drops stands in it.", not_loaded, otherwise, "\nnft add rule FAMILY TABLE CHAIN tcp dport 443 accept\n"}},
  };
  for (const auto& row : rows) {
    auto e = dual(plain_nat());
    e.host->system.firewall_tools = {"nftables"};
    e.filter->walks.clear();
    if (row.walk) e.filter->walks.push_back(*row.walk);
    const auto text = advice("inbound.host-firewall", e);
    INFO(text);
    std::size_t behind = 0;
    for (const auto* words : row.says) {
      INFO(words);
      behind = text.find(words, behind);
      REQUIRE(behind != std::string::npos);
    }
  }
}

TEST_CASE("commands stay with their steps when another one is put before them") {
  using namespace diagnosis;
  auto remedy = advise_by_steps("x", {{"one", {{"a"}, {"b"}}}, {"two"}, {"three", {{"c"}, {"d {}", std::string("\n")}}}});
  CHECK(remedy.commands == std::vector<std::string>{"a", "b", "c"});   // what cannot be written is left out
  CHECK(remedy.command_steps == std::vector<std::size_t>{1, 1, 3});
  insert_step(remedy, 1, "new");
  CHECK(remedy.steps == std::vector<std::string>{"one", "new", "two", "three"});
  CHECK(remedy.command_steps == std::vector<std::size_t>{1, 1, 4});
  insert_step(remedy, 0, "first");
  CHECK(remedy.command_steps == std::vector<std::size_t>{2, 2, 5});
}

TEST_CASE("a step that is of its commands alone is left out where none of them can be written") {
  using namespace diagnosis;
  const auto remedy = advise_by_steps("x", {{"one"}, {"This command opens the file.", {{"sudoedit {}", std::string("\n")}}}, {"two", {{"a"}}}});
  CHECK(remedy.steps == std::vector<std::string>{"one", "two"});
  CHECK(remedy.command_steps == std::vector<std::size_t>{2});
}

TEST_CASE("the command that lists this host's addresses stays with its step, whatever goes before that") {
  for (const auto* code : {"inbound.no-ipv6-opening", "inbound.answered-elsewhere", "router.pinhole-forbidden"}) {
    INFO(code);
    const Subject subject{.service = service("443/tcp"), .family = Family::ipv6, .name = {}};
    const auto remedy = remedies_for(diagnosis::finding(code, Confidence::certain, "x", subject, {}), dual(plain_nat())).front();
    REQUIRE(remedy.command_steps.size() == 1);
    CHECK_THAT(remedy.steps.at(remedy.command_steps[0] - 1), Catch::StartsWith("This command lists the addresses"));
  }
}

TEST_CASE("a rule of ufw's is deleted by the number that it has behind the new one") {
  const auto words = with(dual(plain_nat()), [](auto& e) { e.host->system.firewall_tools = {"ufw"}, e.filter->walks.clear(); });
  const auto text = advice("inbound.host-firewall", words, Family::ipv4);
  const auto remedy = remedies_for(diagnosis::finding("inbound.host-firewall", Confidence::certain, "x", {.service = service("443/tcp"), .family = Family::ipv4, .name = {}}, {}), words).front();
  INFO(text);
  REQUIRE(remedy.commands.size() == 3);
  CHECK(remedy.commands[1] == "sudo ufw allow 443/tcp");
  CHECK(remedy.commands[2] == "sudo ufw status numbered");
  CHECK_THAT(remedy.steps.at(remedy.command_steps[2]), Contains("sudo ufw delete NUMBER"));   // the step behind that one
}

TEST_CASE("the home router's menu is told as it is") {
  const auto fritzbox = with(dual(plain_nat()), [](auto& e) { igd(e, public_ipv4).manufacturer = "AVM Berlin"; });
  CHECK_THAT(advice("inbound.no-ipv6-opening", fritzbox, Family::ipv6), Contains("http://fritz.box") && Contains("::5054:ff:fe12:3456"));
  CHECK_THAT(advice("inbound.no-ipv6-opening", dual(plain_nat()), Family::ipv6), Contains("http://192.168.1.1") && !Contains("FRITZ"));
  CHECK_THAT(advice("router.pinhole-forbidden", fritzbox, Family::ipv6), Contains("Permit independent port sharing"));
  CHECK_THAT(advice("inbound.answered-elsewhere", fritzbox, Family::ipv6), Contains("the port is opened, not forwarded"));
  CHECK_THAT(advice("inbound.provider-block", fritzbox, Family::ipv6), !Contains("Forward"));
}

TEST_CASE("commands hold for the family and for what is known of it") {
  CHECK_THAT(advice("inbound.reply-lost", dual(plain_nat()), Family::ipv6),
             Contains(fmt::format("sudo ip -6 rule add from {} table 100", stable)) && Contains("via fe80::1 dev eth0") && !Contains("rp_filter"));
  CHECK_THAT(advice("inbound.reply-lost", home(), Family::ipv6), Contains("from THIS-HOST table 100") && Contains("in place of THIS-HOST"));
  CHECK_THAT(advice("ipv6.broken", dual(plain_nat())), Contains("ping -6 -c 3 fe80::1%eth0"));
  CHECK_THAT(advice("dns.a-missing", dual(plain_nat())), Contains("Add the A record of home.example.org"));
  CHECK_THAT(advice("ipv4.cgnat", cgnat()), Contains("Ask for IPv6 as well"));
  CHECK_THAT(advice("ipv4.cgnat", dual(cgnat())), Contains("Let visitors come over IPv6"));
}

TEST_CASE("the advice for a shared address says what became of IPv6") {
  const auto advice = [](const std::function<void(Evidence&)>& change) {
    auto e = ds_lite();
    e.inbound->knocks.clear();
    change(e);
    const auto d = diagnose(e);
    REQUIRE(found(d, "ipv4.ds-lite"));
    return in_words(found(d, "ipv4.ds-lite")->remedies);
  };
  CHECK_THAT(advice([](auto& e) { add(e, connected(Family::ipv6)); }), Catch::Contains("443/tcp can be reached already"));
  CHECK_THAT(advice([](auto& e) { add(e, knock(Family::ipv6)); }), Catch::Contains("443/tcp cannot be reached yet"));
  CHECK_THAT(advice([](auto&) {}), Catch::Contains("if it is not open yet"));
}

TEST_CASE("of several names, each is told what it lacks for visitors over IPv6") {
  auto e = dual(cgnat());
  e.request.names = {"a.example.org", "b.example.org"};
  const auto c = judged(e);
  auto system = diagnosis::describe_system(c);
  system.told = {{"dns.aaaa-wrong", {.name = "a.example.org"}, Confidence::certain, "The AAAA record is wrong"}, {"dns.a-wrong", {.name = "a.example.org"}, Confidence::certain, "No"}};
  e.dns = dns::Evidence{.names = {{.name = "a.example.org"}, {.name = "b.example.org"}}};
  const auto words = in_words(diagnosis::remedies_for(diagnosis::finding("ipv4.cgnat", Confidence::certain, "x", {.family = Family::ipv4}, {}), system));
  CHECK_THAT(words, Contains("What the records of a.example.org have to say for that is told in this report under \"The AAAA record is wrong\".") && Contains("Give b.example.org an AAAA record"));
}

TEST_CASE("the advice for two routers in a row names both") {
  auto e = double_nat();
  add(e, knock(Family::ipv4));
  const auto d = diagnose(e);
  REQUIRE(found(d, "ipv4.double-nat"));
  const auto words = in_words(found(d, "ipv4.double-nat")->remedies);
  CHECK_THAT(words, Catch::Contains("The outer router is the box on the line, often the provider's (192.168.178.1). In its menu, forward port 443 (TCP) to 192.168.178.20"));
  CHECK_THAT(words, Catch::Contains("The inner router is the one that this host is connected to (192.168.1.1). In its menu, forward port 443 (TCP) to port 443 (TCP) of this host (192.168.1.10)"));
}
