#include "support/catch.hpp"

#include "advice.hpp"
#include "visits.hpp"

using namespace ringback;
using namespace ringback::build;
using ringback::inbound::DepartureKind;
using ringback::inbound::Result;

TEST_CASE("the rule that drops is quoted") {
  const auto d = diagnose(v4(arrived(knock(Family::ipv4), std::nullopt, Result::timeout), [](auto& e) { drops(e, Family::ipv4); }));
  REQUIRE(found(d, "inbound.host-firewall"));
  CHECK_THAT(found(d, "inbound.host-firewall")->detail, Catch::Contains("\"policy drop\" in the chain input of the table inet filter"));
}

TEST_CASE("what is wrong on this host is told even where the way stops before it") {
  const auto d = diagnose(v4(knock(Family::ipv4), nobody_listens));
  CHECK(verdict(d, Family::ipv4).cause == "inbound.no-port-forward");
  REQUIRE(found(d, "inbound.no-listener"));
  CHECK(found(d, "inbound.no-listener")->severity == Severity::warning);
}

TEST_CASE("an answer from elsewhere is explained by the router's own list") {
  const auto d = diagnose(v4(with_result(knock(Family::ipv4), Result::connected), [](auto& e) {
    igd(e, public_ipv4).mappings = {{.external_port = 443, .internal_client = ip("192.168.1.77"), .internal_port = 443}};
  }));
  CHECK(shown(verdict(d, Family::ipv4)) == "no router router.forward-elsewhere certain");
  REQUIRE(found(d, "router.forward-elsewhere"));
  CHECK_THAT(found(d, "router.forward-elsewhere")->detail, Catch::Contains("192.168.1.77") && Catch::Contains("got an answer"));
  CHECK_FALSE(found(d, "inbound.answered-elsewhere"));
}

TEST_CASE("a box that answers on every port is not called the router") {
  auto e = v4(with_result(knock(Family::ipv4), Result::connected));
  auto other = with_result(knock(Family::ipv4, "61713/tcp"), Result::connected);
  other.purpose = inbound::Purpose::exposure;
  add(e, other);
  const auto d = diagnose(e);
  CHECK(shown(verdict(d, Family::ipv4)) == "no upstream inbound.answered-elsewhere certain");
  CHECK_THAT(found(d, "inbound.answered-elsewhere")->detail, Catch::Contains("Port 61713 is answered in the same way"));
}

TEST_CASE("a program that accepts and then hangs up can be reached") {
  auto k = arrived(knock(Family::ipv4), inbound::DepartureKind::syn_ack, Result::reset);
  CHECK(shown(verdict(diagnose(v4(k)), Family::ipv4)) == "unknown unknown - possible");   // somebody else's reset
  k.departures.push_back({.kind = inbound::DepartureKind::reset, .interface = "eth0"});
  CHECK(shown(verdict(diagnose(v4(k)), Family::ipv4)) == "yes none - certain");
}

TEST_CASE("an answer that would go by a gateway that is not there is lost, and no filter is accused") {
  auto k = arrived(knock(Family::ipv4), std::nullopt, Result::timeout);
  k.way_back = "eth0";
  k.way_back_by = ip("192.168.1.77");
  const auto dead = [](auto& e) { e.host->neighbours.push_back({.address = ip("192.168.1.77"), .interface = "eth0"}); };
  const auto d = diagnose(v4(k, dead));
  CHECK(shown(verdict(d, Family::ipv4)) == "no return-path inbound.reply-lost certain");
  CHECK_THAT(in_words(found(d, "inbound.reply-lost")->remedies), Catch::Contains("ip route get VISITOR from 192.168.1.10 ipproto tcp sport 443"));
  const auto alive = [&](auto& e) {
    dead(e);
    e.host->neighbours.back().mac = mac("52:54:00:99:99:99");
  };
  CHECK(verdict(diagnose(v4(k, alive)), Family::ipv4).cause != "inbound.reply-lost");
  CHECK(verdict(diagnose(v4(k)), Family::ipv4).cause != "inbound.reply-lost");   // not in the table: nobody knows
}

TEST_CASE("the stable address is the one that counts") {
  auto to_temporary = connected(Family::ipv6);
  to_temporary.target = ip(temporary);
  const auto d = diagnose(v6(knock(Family::ipv6), [&](auto& e) { add(e, to_temporary); }));
  CHECK(verdict(d, Family::ipv6).reachable == Reachable::no);
}

TEST_CASE("a healthy household is left in peace") {
  auto e = dual();
  add(e, connected(Family::ipv4));
  add(e, connected(Family::ipv6));
  name(e, {public_ipv4}, {stable});
  const auto d = diagnose(e);
  for (const auto& f : d.findings) {
    INFO(f.code);
    CHECK(f.severity == Severity::info);
  }
  CHECK(exit_status(d) == 0);
  CHECK(d.connection.type == ConnectionType::dual_stack);
  CHECK(d.names.at(0).verdict == NameState::right);

  auto four = plain_nat();
  add(four, connected(Family::ipv4));
  CHECK(exit_status(diagnose(four)) == 0);
}

TEST_CASE("the exit status says errors, then the undetermined, then warnings") {
  CHECK(exit_status(diagnose(with(ds_lite(), [](auto& e) { add(e, connected(Family::ipv6)); }))) == 2);
  CHECK(exit_status(diagnose(plain_nat())) == 3);
  CHECK(exit_status(diagnose(with(plain_nat(), [](auto& e) { e.request.services.clear(); }))) == 0);
  CHECK(exit_status(diagnose(with(home(), [](auto& e) { e.request.services.clear(); }))) == 3);
  CHECK(exit_status(diagnose(with(v4(connected(Family::ipv4)), [](auto& e) { knows_rules_for(e, 47123), add(e, arrived(on_port(Family::ipv4, 47123), std::nullopt, Result::timeout)); }))) == 1);
}

TEST_CASE("what gets through although nobody asked for it is reported, with how sure that is") {
  const auto listens = [](auto& e, Port port) { e.listeners->listeners.push_back({.protocol = Protocol::tcp, .local = {Address::any(Family::ipv4), port}, .program = "smbd"}); };
  const auto f4 = Family::ipv4;
  const auto open = with(v4(connected(f4)), [&](auto& e) { listens(e, 445), add(e, arrived(on_port(f4, 445), syn_ack_left(), Result::connected)); });
  const auto* found_open = found(diagnose(open), "exposure.unexpected-service");
  REQUIRE(found_open);
  CHECK(exit_status(diagnose(open)) == 1);
  // Nobody named a service: what serves the local network is still unexpected.
  CHECK(found(diagnose(with(open, [](auto& e) { e.request.services_named = false; })), "exposure.unexpected-service"));
  // It arrived, and this host's own filter keeps it out.
  CHECK_FALSE(found(diagnose(with(v4(connected(f4)), [&](auto& e) {
    listens(e, 445), knows_rules_for(e, 445), drops(e, f4), add(e, arrived(on_port(f4, 445), std::nullopt, Result::timeout));
  })), "exposure.unexpected-service"));
  // It never arrived, or the router itself answered.
  CHECK_FALSE(found(diagnose(with(v4(connected(f4)), [&](auto& e) { listens(e, 445), add(e, on_port(f4, 445)); })), "exposure.unexpected-service"));
  CHECK_FALSE(found(diagnose(with(v4(connected(f4)), [&](auto& e) { listens(e, 445), add(e, with_result(on_port(f4, 445), Result::connected)); })),
                    "exposure.unexpected-service"));

  const auto unopened = with(v4(connected(f4)), [&](auto& e) { knows_rules_for(e, 61713), add(e, arrived(on_port(f4, 61713), std::nullopt, Result::timeout)); });
  CHECK(found(diagnose(unopened), "exposure.exposed-host"));
  auto passing = arrived(on_port(f4, 61713), std::nullopt, Result::timeout);
  passing.arrivals.front().to.address = ip("192.168.1.77");   // a virtual machine's, seen on this host's card
  CHECK_FALSE(found(diagnose(with(v4(connected(f4)), [&](auto& e) { knows_rules_for(e, 61713), add(e, passing); })), "exposure.exposed-host"));
  // What is open beside that is named there, and closed by commands of its own.
  const auto both = diagnose(with(unopened, [&](auto& e) {
    for (const Port port : {Port{445}, Port{139}}) listens(e, port), knows_rules_for(e, port), add(e, arrived(on_port(f4, port), syn_ack_left(), Result::connected));
  }));
  CHECK_FALSE(found(both, "exposure.unexpected-service"));
  REQUIRE(found(both, "exposure.exposed-host"));
  REQUIRE(found(both, "exposure.exposed-host")->remedies.size() == 2);
  const auto& closing = found(both, "exposure.exposed-host")->remedies.back();
  CHECK_THAT(closing.steps.front(), Catch::StartsWith("Strangers reach 445/tcp, 139/tcp now."));
  const auto closes = [&](const std::string& port) {
    return std::ranges::count_if(closing.commands, [&](const std::string& command) { return command.find("tcp dport " + port + " ") != std::string::npos; });
  };
  CHECK(std::pair(closes("445"), closes("139")) == std::pair<std::ptrdiff_t, std::ptrdiff_t>(1, 1));
  CHECK(std::ranges::count(closing.commands, "sudo nft add table inet closed_ports") == 1);
  CHECK(found(diagnose(unopened), "exposure.exposed-host")->remedies.size() == 1);   // nothing is open: nothing is to be closed
  const auto shielded = diagnose(with(unopened, [](auto& e) { drops(e, Family::ipv4); }));
  REQUIRE(found(shielded, "exposure.exposed-host"));
  CHECK(found(shielded, "exposure.exposed-host")->severity == Severity::info);
}

TEST_CASE("a port checker announces nothing, so an unknown stranger's connection decides nothing") {
  const auto f4 = Family::ipv4;
  const auto unannounced = [&](inbound::Knock k, Result result) {
    k.vantage = "echoip+https://checker.example";
    k.source.reset();
    k.result = result;
    return k;
  };
  const auto asked = [&](const inbound::Knock& k) {
    return diagnose(with(v4(k), [](auto& e) {
      e.inbound->vantages = {{.url = "echoip+https://checker.example", .family = Family::ipv4, .server = at("185.10.20.99:443"), .knocked = true}};
    }));
  };
  CHECK(verdict(asked(unannounced(arrived(knock(f4), syn_ack_left(), Result::connected), Result::connected)), f4).reachable == Reachable::yes);
  const auto in_vain = unannounced(knock(f4), Result::failed);
  CHECK(verdict(asked(in_vain), f4).cause == "inbound.not-arriving");
  CHECK(verdict(asked(in_vain), f4).reachable == Reachable::unknown);
  // Answered, and yet "not reachable": whoever that was, it was not surely the checker.
  CHECK(verdict(asked(unannounced(arrived(knock(f4), syn_ack_left(), Result::timeout), Result::failed)), f4).cause != "inbound.reply-lost");
  auto from_server = unannounced(arrived(knock(f4), syn_ack_left(), Result::timeout), Result::failed);
  for (auto& arrival : from_server.arrivals) arrival.from.address = ip("185.10.20.99");
  CHECK(verdict(asked(from_server), f4).cause == "inbound.reply-lost");
}

TEST_CASE("a port checker that got nowhere proves nothing unless somebody agrees with it") {
  const auto by_checker = [](Family family) {
    auto k = with_result(knock(family), Result::failed);
    k.vantage = "echoip+https://checker.example";
    k.source.reset();
    return k;
  };
  const auto judged = [&](Evidence e, Family family) {
    e.request.vantages = {by_checker(family).vantage};
    return shown(verdict(diagnose(e), family));
  };
  struct Row {
    const char* what;
    Evidence evidence;
    Family family;
    const char* expected;
  };
  const auto f4 = Family::ipv4, f6 = Family::ipv6;
  const auto lists = [](Evidence& e) -> router::Igd& { return igd(e, public_ipv4); };
  auto other_port = arrived(on_port(f4, 8443), syn_ack_left(), Result::connected);
  other_port.vantage = by_checker(f4).vantage;
  other_port.source.reset();
  other_port.result = Result::connected;
  const Row rows[] = {
      {"it alone, IPv4", v4(by_checker(f4)), f4, "unknown unknown inbound.not-arriving possible"},
      {"it alone, IPv6", v6(by_checker(f6)), f6, "unknown unknown inbound.not-arriving possible"},
      {"nobody watched the card", v4(by_checker(f4), no_capture), f4, "unknown unknown measure.no-privilege possible"},
      {"the router's list has no such forward", v4(by_checker(f4), [&](auto& e) { lists(e); }), f4, "no router inbound.no-port-forward likely"},
      {"the list was not read whole", v4(by_checker(f4), [&](auto& e) { lists(e).troubles = {"timed out"}; }), f4, "unknown unknown inbound.not-arriving possible"},
      {"a vantage point agrees", with(v4(by_checker(f4)), [&](auto& e) { add(e, knock(f4)); }), f4, "no router inbound.no-port-forward likely"},
      {"another knock of its own got through",
       with(v4(by_checker(f4)), [&](auto& e) { add(e, other_port); }), f4,
       "no router inbound.no-port-forward likely"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(judged(row.evidence, row.family) == row.expected);
  }
}

TEST_CASE("services that merely happen to listen break nothing that was asked for") {
  const auto d = diagnose(with(v4(knock(Family::ipv4)), [](auto& e) { e.request.services_named = false; }));
  REQUIRE(found(d, "inbound.no-port-forward"));
  CHECK(found(d, "inbound.no-port-forward")->severity == Severity::info);
  CHECK_THAT(found(d, "inbound.no-port-forward")->remedies.front().steps.front(), Catch::StartsWith("Only if strangers on the internet shall reach 443/tcp"));
  CHECK(exit_status(d) == 0);
}

TEST_CASE("a vantage point without this family is not down, one that never knocks is") {
  auto e = dual();
  add(e, connected(Family::ipv4));
  e.inbound->vantages.push_back({.url = "http://vantage.example:8370", .family = Family::ipv6, .trouble = "no address of this family"});
  CHECK_FALSE(found(diagnose(e), "measure.vantage-down"));
  CHECK(verdict(diagnose(e), Family::ipv6).cause == "inbound.untested");
  CHECK(found(diagnose(e), "inbound.untested")->severity == Severity::info);
  e.request.vantages.push_back("http://[2a0b:1:2::30]:8370");
  e.inbound->vantages.push_back({.url = "http://[2a0b:1:2::30]:8370", .family = Family::ipv4, .trouble = "has no ipv4 address"});
  CHECK_FALSE(found(diagnose(e), "measure.vantage-down"));
  e.request.vantages.push_back("http://dead.example:8370");
  e.inbound->vantages.push_back({.url = "http://dead.example:8370", .family = Family::ipv4, .trouble = "connect: timed out"});
  CHECK(found(diagnose(e), "measure.vantage-down"));
  e.inbound->vantages.back().cut_short = true;   // this run's deadline came before its answer could
  CHECK_FALSE(found(diagnose(e), "measure.vantage-down"));
}
