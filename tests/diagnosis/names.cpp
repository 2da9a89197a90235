#include "support/catch.hpp"

#include "build.hpp"

using namespace ringback;
using namespace ringback::build;

namespace {

Evidence reached_at_home() {
  auto e = plain_nat();
  native_ipv6(e);
  add(e, connected(Family::ipv4));
  add(e, connected(Family::ipv6));
  return e;
}

Diagnosis named(const std::vector<const char*>& a, const std::vector<const char*>& aaaa, const std::function<void(Evidence&)>& change = [](auto&) {}) {
  auto e = reached_at_home();
  name(e, a, aaaa);
  change(e);
  return diagnose(e);
}

std::string codes(const Diagnosis& d) { return fmt::format("{} {}", to_string(d.names.at(0).verdict), fmt::join(d.names.at(0).findings, " ")); }

}  // namespace

TEST_CASE("a name is judged by whose addresses it leads to") {
  CHECK(codes(named({public_ipv4}, {stable})) == "right ");
  CHECK(codes(named({other_ipv4}, {stable})) == "wrong dns.a-wrong");
  CHECK(codes(named({"192.168.1.10"}, {stable})) == "wrong dns.a-not-global");
  CHECK(codes(named({public_ipv4}, {"fd00::10"})) == "wrong dns.aaaa-not-global");
  CHECK(codes(named({public_ipv4}, {temporary})) == "wrong dns.aaaa-temporary");
  CHECK(codes(named({public_ipv4}, {"2a02:8070:9:9:5054:ff:fe12:3456"})) == "wrong dns.aaaa-old-prefix");
  CHECK(codes(named({public_ipv4}, {"2a01:4f8:7:7::1"})) == "wrong dns.aaaa-wrong");
  CHECK(codes(named({public_ipv4}, {})) == "right dns.aaaa-missing");
  CHECK(codes(named({}, {stable})) == "right dns.a-missing");
}

TEST_CASE("the router's address is told from the host's") {
  const char* lan = "2a02:8070:1:2::1";
  CHECK(codes(named({public_ipv4}, {lan}, [&](auto& e) {
          e.host->neighbours.push_back({.address = ip(lan), .interface = "eth0", .mac = mac("02:00:5e:10:00:01"), .router = true});
        })) == "wrong dns.aaaa-router");
  const char* wan = "2a02:8070:ffff:1::9";
  CHECK(codes(named({public_ipv4}, {wan}, [&](auto& e) { owned_at(e, 1, wan); })) == "wrong dns.aaaa-router");
  // On the own link every machine answers at the first hop: another host of the household is no router.
  const char* neighbour = "2a02:8070:1:2::77";
  CHECK(codes(named({public_ipv4}, {neighbour}, [&](auto& e) { owned_at(e, 1, neighbour); })) == "unknown dns.aaaa-another-host");
}

TEST_CASE("an address near the household's prefix may be another network of it") {
  CHECK(codes(named({public_ipv4}, {"2a02:8070:1:9::77"})) == "unknown ");
}

TEST_CASE("a small identifier under a foreign prefix is no old address of this host") {
  CHECK(codes(named({public_ipv4}, {"2a01:4f8:7:7::10"}, [](auto& e) {
          eth0(e).addresses.push_back({.address = ip("2a02:8070:1:2::10"), .prefix_length = 64});
        })) == "wrong dns.aaaa-wrong");
}

TEST_CASE("an A record helps nobody where no IPv4 connection can come in") {
  auto e = ds_lite();
  add(e, connected(Family::ipv6));
  name(e, {public_ipv4}, {stable});
  CHECK(codes(diagnose(e)) == "wrong dns.a-useless");
  name(e, {}, {stable});
  CHECK(codes(diagnose(e)) == "right ");
  // Where the line has no IPv4 of its own, a rented server elsewhere may pass visitors on.
  name(e, {other_ipv4}, {stable});
  CHECK(codes(diagnose(e)) == "unknown dns.a-wrong");
  CHECK(found(diagnose(e), "dns.a-wrong")->confidence == Confidence::possible);
  CHECK(found(diagnose(e), "dns.a-wrong")->severity == Severity::warning);
}

TEST_CASE("a name all of whose records lead elsewhere may lead to a rented server") {
  auto e = ds_lite();
  add(e, connected(Family::ipv6));
  name(e, {other_ipv4}, {"2a01:4f8:7:7::1"});
  const auto d = diagnose(e);
  CHECK(codes(d) == "unknown dns.a-wrong dns.aaaa-wrong");
  CHECK(found(d, "dns.aaaa-wrong")->confidence == Confidence::possible);
  CHECK_THAT(found(d, "dns.aaaa-wrong")->detail, Catch::Contains("rented server"));
  // Where the line has a public IPv4 address, nobody needs one.
  CHECK(codes(named({other_ipv4}, {"2a01:4f8:7:7::1"})) == "wrong dns.a-wrong dns.aaaa-wrong");
  CHECK(found(named({other_ipv4}, {"2a01:4f8:7:7::1"}), "dns.a-wrong")->confidence == Confidence::likely);
  CHECK(found(named({other_ipv4}, {stable}), "dns.a-wrong")->confidence == Confidence::certain);
}

TEST_CASE("a name that leads to a well-known proxy leads there on purpose") {
  const auto d = named({"104.21.32.10"}, {"2606:4700:3031::6815:200a"});
  CHECK(codes(d) == "unknown dns.proxied");
  CHECK(found(d, "dns.proxied")->severity == Severity::info);
  const auto other = named({"104.21.32.10"}, {}, [](auto& e) { e.request.services.push_back(service("51820/udp")); });
  REQUIRE(found(other, "dns.proxied"));
  CHECK(found(other, "dns.proxied")->severity == Severity::warning);
  CHECK_THAT(found(other, "dns.proxied")->detail, Catch::Contains("Nobody gets through to 51820/udp by this name."));
}

TEST_CASE("why each address counts as what it does is said") {
  const auto d = named({public_ipv4}, {stable});
  CHECK(d.names.at(0).because == std::vector<std::string>{std::string(public_ipv4) + ": It is how the internet sees this household.",
                                                          std::string(stable) + ": It is a stable address of this host."});
}

TEST_CASE("an own address that is of no use is no right one") {
  const auto with_stable = [](const std::function<void(InterfaceAddress&)>& change) {
    return named({public_ipv4}, {stable}, [&](auto& e) {
      for (auto& own : eth0(e).addresses)
        if (own.address == ip(stable)) change(own);
    });
  };
  CHECK(codes(with_stable([](auto& own) { own.dad_failed = true; })) == "wrong dns.aaaa-wrong");
  CHECK(codes(with_stable([](auto& own) { own.tentative = true; })) == "unknown ");
  CHECK(codes(with_stable([](auto& own) { own.deprecated = true, own.valid_left = std::chrono::seconds(600); })) == "wrong dns.aaaa-temporary");
  // One without an end is only never chosen for outgoing connections.
  CHECK(codes(with_stable([](auto& own) { own.deprecated = own.permanent = true; })) == "right ");
}

TEST_CASE("of a name's temporary address it is said what becomes of it") {
  CHECK_THAT(found(named({public_ipv4}, {temporary}), "dns.aaaa-temporary")->detail,
             Catch::Contains(fmt::format("{} is a temporary address of this host: it works today, and is gone within days", temporary)));
}

TEST_CASE("an AAAA record of a home without IPv6 cannot lead here") {
  auto e = plain_nat();
  add(e, connected(Family::ipv4));
  name(e, {public_ipv4}, {stable});
  CHECK(codes(diagnose(e)) == "unknown ");   // what routers advertise was not looked at
  e.link = link::Evidence{.interface = "eth0", .solicitations = 1};
  const auto d = diagnose(e);
  CHECK(codes(d) == "wrong dns.aaaa-wrong");
  REQUIRE_FALSE(found(d, "dns.aaaa-wrong")->remedies.empty());
  CHECK(found(d, "dns.aaaa-wrong")->remedies.front().title == "Remove the AAAA record of home.example.org");
}

TEST_CASE("a missing record is no more than a remark where nobody knows whether it would help") {
  auto e = plain_nat();
  native_ipv6(e);
  add(e, connected(Family::ipv4));
  name(e, {public_ipv4}, {});
  const auto d = diagnose(e);
  CHECK(codes(d) == "right dns.aaaa-missing");
  CHECK(found(d, "dns.aaaa-missing")->severity == Severity::info);
  CHECK_THAT(found(d, "dns.aaaa-missing")->detail, Catch::Contains("could not be tested"));
  CHECK_THAT(found(d, "dns.aaaa-missing")->remedies.front().steps.front(), Catch::StartsWith("Only once IPv6 connections come in here"));
}

TEST_CASE("what is wrong with an alias is put right at its end") {
  const auto alias = [](const char* end) {
    return [=](Evidence& e) {
      for (auto& a : e.dns->names[0].answers) a.names = {end};
    };
  };
  const auto d = named({other_ipv4}, {stable}, alias("abc.dyn.example."));
  CHECK(found(d, "dns.a-wrong")->remedies.back().title == "Correct the A record of abc.dyn.example");
  const auto gone = named({}, {}, [&](auto& e) {
    alias("abc.dyn.example.")(e);
    for (auto& a : e.dns->names[0].answers) a.rcode = "NXDOMAIN";
  });
  REQUIRE(found(gone, "dns.name-missing"));
  CHECK(found(gone, "dns.name-missing")->detail == "home.example.org is an alias of abc.dyn.example, which does not exist (NXDOMAIN).");
  CHECK(found(gone, "dns.name-missing")->remedies.front().title == "Give the alias an end");
}

TEST_CASE("addresses of this home are none that a DNS64 made up, whatever a resolver says of its prefix") {
  const auto d = named({public_ipv4}, {stable}, [](auto& e) { e.dns->nat64_prefixes = {Prefix::parse("2a02:8070::/32").value()}; });
  CHECK(codes(d) == "right ");
}

TEST_CASE("a record for a family over which every service stops is not missed") {
  auto e = plain_nat();
  native_ipv6(e);
  add(e, connected(Family::ipv4));
  add(e, knock(Family::ipv6));
  name(e, {public_ipv4}, {});
  CHECK(codes(diagnose(e)) == "right ");
}

TEST_CASE("a name that nobody could ask for is unknown") {
  auto e = reached_at_home();
  name(e, {public_ipv4}, {stable});
  for (auto& a : e.dns->names[0].answers) a.rcode.reset(), a.addresses.clear(), a.trouble = "timed out";
  CHECK(codes(diagnose(e)) == "unknown ");
  e.dns.reset();
  CHECK(codes(diagnose(e)) == "unknown ");
}

TEST_CASE("a private answer of the own resolver alone may be a view made for the inside") {
  const auto d = named({public_ipv4}, {stable}, [](auto& e) {
    std::erase_if(e.dns->names[0].answers, [](const auto& a) { return a.role != dns::Role::system; });
    for (auto& a : e.dns->names[0].answers)
      if (a.type == "A") a.addresses = {ip("192.168.1.10")};
  });
  CHECK(codes(d) == "unknown ");
}

TEST_CASE("servers that serve badly are named") {
  CHECK(codes(named({public_ipv4}, {stable}, [](auto& e) { e.dns->names[0].answers[0].addresses = {ip(other_ipv4)}; })) ==
        "wrong dns.a-wrong dns.servers-disagree");
  CHECK(codes(named({public_ipv4}, {stable}, [](auto& e) {
          for (auto& a : e.dns->names[0].answers)
            if (a.server.address == ip("195.20.2.2")) a.rcode = "REFUSED", a.authoritative = false, a.addresses.clear();
        })) == "right dns.lame-server");
  CHECK(codes(named({public_ipv4}, {stable}, [](auto& e) {
          for (auto& a : e.dns->names[0].answers) a.rcode = "NXDOMAIN", a.addresses.clear();
        })) == "wrong dns.name-missing");
  CHECK(codes(named({public_ipv4}, {stable}, [](auto& e) {
          for (auto& a : e.dns->names[0].answers)
            if (a.role == dns::Role::authoritative) a.ttl_s = 86400;
        })) == "right dns.ttl-long");
  const auto broken = named({public_ipv4}, {stable}, [](auto& e) {
    for (auto& a : e.dns->names[0].answers)
      if (a.role == dns::Role::system) a.rcode.reset(), a.addresses.clear(), a.trouble = "timed out";
  });
  CHECK(found(broken, "dns.resolver-broken"));
}

TEST_CASE("addresses that die are named") {
  auto e = reached_at_home();
  std::erase_if(eth0(e).addresses, [](const auto& a) { return a.address == ip(stable); });
  REQUIRE(found(diagnose(e), "address.no-stable-ipv6"));
  // Right after the start the address that stays is still being tried.
  eth0(e).addresses.push_back({.address = ip(stable), .prefix_length = 64, .tentative = true});
  CHECK_FALSE(found(diagnose(e), "address.no-stable-ipv6"));
  CHECK(found(diagnose(reached_at_home()), "address.temporary-preferred")->severity == Severity::info);
  CHECK(found(named({public_ipv4}, {temporary}), "address.temporary-preferred")->severity == Severity::warning);
}

TEST_CASE("each wrong record is named") {
  auto e = plain_nat();
  name(e, {other_ipv4, "185.99.1.1", public_ipv4}, {});
  const auto d = diagnose(e);
  REQUIRE(found(d, "dns.a-wrong"));
  CHECK_THAT(found(d, "dns.a-wrong")->detail, Catch::Contains(other_ipv4) && Catch::Contains("185.99.1.1"));
}

TEST_CASE("another machine's record under an old prefix is told by the neighbour table") {
  const char* hardware = "b8:27:eb:4c:19:d2";   // of which EUI-64 makes ba27:ebff:fe4c:19d2
  const char* made_of_it = "2a02:8071:9:9:ba27:ebff:fe4c:19d2";
  const auto beside = [](const char* address, const char* interface, std::optional<MacAddress> its) {
    return [=](Evidence& e) { e.host->neighbours.push_back({.address = ip(address), .interface = interface, .mac = its}); };
  };
  struct Row {
    const char* what;
    const char* aaaa;
    std::function<void(Evidence&)> change;
    const char* expected;
  };
  const Row rows[] = {
      {"by its hardware address", made_of_it, beside("192.168.1.66", "eth0", mac(hardware)), "wrong dns.aaaa-old-prefix"},
      {"seen by the same four groups today", "2a02:8071:9:9:7af3:1122:3344:5566", beside("2a02:8070:1:2:7af3:1122:3344:5566", "eth0", mac(hardware)),
       "wrong dns.aaaa-old-prefix"},
      {"nobody is known", made_of_it, [](Evidence&) {}, "wrong dns.aaaa-wrong"},
      {"on another link", made_of_it, beside("192.168.1.66", "docker0", mac(hardware)), "wrong dns.aaaa-wrong"},
      {"one that did not answer", "2a02:8071:9:9:7af3:1122:3344:5566", beside("2a02:8070:1:2:7af3:1122:3344:5566", "eth0", {}), "wrong dns.aaaa-wrong"},
      {"a number that many machines have", "2a02:8071:9:9::66", beside("2a02:8070:1:2::66", "eth0", mac(hardware)), "wrong dns.aaaa-wrong"},
      {"another card of this host", made_of_it, [&](Evidence& e) {
         beside("192.168.1.66", "eth0", mac(hardware))(e);
         e.host->interfaces.push_back({.index = 3, .name = "wlan0", .mac = mac(hardware), .up = true});
       }, "wrong dns.aaaa-wrong"},
      {"the home router", "2a02:8071:9:9:0:5eff:fe10:1", beside("192.168.1.1", "eth0", mac("02:00:5e:10:00:01")), "wrong dns.aaaa-router"},
      {"near the home's prefix: it may have an address there as well", "2a02:8070:1:9:ba27:ebff:fe4c:19d2", beside("192.168.1.66", "eth0", mac(hardware)),
       "unknown "},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(codes(named({public_ipv4}, {row.aaaa}, row.change)) == row.expected);
  }
  const auto d = named({public_ipv4}, {made_of_it}, rows[0].change);
  const auto* f = found(d, "dns.aaaa-old-prefix");
  REQUIRE(f);
  CHECK(f->confidence == Confidence::likely);
  CHECK(f->detail == "2a02:8071:9:9:ba27:ebff:fe4c:19d2 ends as the address 2a02:8070:1:2:ba27:ebff:fe4c:19d2 of another machine of this home does, under "
                     "another prefix.");
  CHECK(std::ranges::find(f->evidence, "/evidence/host/neighbours/0") != f->evidence.end());
  REQUIRE(f->remedies.size() == 1);
  const auto steps = fmt::format("{}", fmt::join(f->remedies[0].steps, "\n"));
  CHECK_THAT(steps, Catch::Contains("On that machine") && Catch::Contains("it should be 2a02:8070:1:2:ba27:ebff:fe4c:19d2"));
  CHECK_THAT(steps, Catch::Contains(fmt::format("If the name is meant for this host, set it to {} instead.", stable)));
}

TEST_CASE("an address in the network that the router has given up is no stranger's") {
  const auto given_up = [](Evidence& e) {
    eth0(e).addresses.push_back({.address = ip("2a02:8071:9:9:5054:ff:fe12:3456"), .prefix_length = 64, .valid_left = std::chrono::seconds(80000)});
    e.link = link::Evidence{.interface = "eth0", .solicitations = 1,
                            .advertisements = {{.router = ip("fe80::1"), .router_lifetime_s = 1800,
                                                .prefixes = {{.prefix = Prefix::parse("2a02:8070:1:2::/64").value(), .on_link = true, .autonomous = true,
                                                              .valid_s = 7200U, .preferred_s = 3600U}}}}};
  };
  const char* aaaa = "2a02:8071:9:9:77:88:99:aa";
  CHECK(codes(named({public_ipv4}, {aaaa})) == "wrong dns.aaaa-wrong");
  const auto d = named({public_ipv4}, {aaaa}, given_up);
  CHECK(codes(d) == "wrong dns.aaaa-old-prefix");
  REQUIRE(found(d, "dns.aaaa-old-prefix"));
  CHECK_THAT(found(d, "dns.aaaa-old-prefix")->detail, Catch::Contains("lies in 2a02:8071:9:9::/64, which the home router advertises no more"));
  CHECK_THAT(found(d, "dns.aaaa-old-prefix")->remedies.back().steps.front(), Catch::Contains("another machine of this home, correct it there"));
}

TEST_CASE("what a FRITZ!Box says of the delegated prefix tells its networks from strangers'") {
  const auto delegated = [](const char* prefix, unsigned length, std::optional<unsigned> valid = 7200U) {
    return [=](Evidence& e) { igd(e, public_ipv4).avm = router::AvmIpv6{.prefix = prefix, .prefix_length = length, .valid_s = valid}; };
  };
  const auto near = "2a02:8070:1:9::77", beyond = "2a02:8070:1:109::77";   // the latter is outside of the /56, and within the /48
  CHECK(codes(named({public_ipv4}, {near}, delegated("2a02:8070:1::", 56))) == "unknown dns.aaaa-another-host");
  CHECK(codes(named({public_ipv4}, {beyond}, delegated("2a02:8070:1::", 48))) == "unknown dns.aaaa-another-host");
  CHECK(codes(named({public_ipv4}, {beyond}, delegated("2a02:8070:1::", 56))) == "wrong dns.aaaa-wrong");
  CHECK(codes(named({public_ipv4}, {beyond})) == "unknown ");
  CHECK(codes(named({public_ipv4}, {beyond}, delegated("2a02:8070:1::", 56, 0U))) == "unknown ");   // its time is over
  CHECK(codes(named({public_ipv4}, {beyond}, delegated("2a02:8071::", 56))) == "unknown ");         // it is not of this home's networks
  const auto d = named({public_ipv4}, {beyond}, delegated("2a02:8070:1::", 56));
  REQUIRE(found(d, "dns.aaaa-wrong"));
  CHECK(found(d, "dns.aaaa-wrong")->confidence == Confidence::likely);
  CHECK_THAT(found(d, "dns.aaaa-wrong")->detail, Catch::Contains("nor in 2a02:8070:1::/56, which the provider delegated to the home router."));
  const auto& cited = found(d, "dns.aaaa-wrong")->evidence;
  CHECK(std::ranges::find(cited, "/evidence/router/gateways/0/igds/0/avm/prefix") != cited.end());
  // A machine of this home at an address outside of it.
  CHECK(codes(named({public_ipv4}, {"2a02:8070:1:109:ba27:ebff:fe4c:19d2"}, [&](Evidence& e) {
          delegated("2a02:8070:1::", 56)(e);
          e.host->neighbours.push_back({.address = ip("192.168.1.66"), .interface = "eth0", .mac = mac("b8:27:eb:4c:19:d2")});
        })) == "wrong dns.aaaa-old-prefix");
}

TEST_CASE("where this host has no IPv6, the box's prefix tells whether a record may lead into this home") {
  const auto without_ipv6 = [](const char* aaaa) {
    auto e = plain_nat();
    add(e, connected(Family::ipv4));
    igd(e, public_ipv4).avm = router::AvmIpv6{.prefix = "2a02:8070:1::", .prefix_length = 56U};
    name(e, {public_ipv4}, {aaaa});
    return diagnose(e);
  };
  CHECK(codes(without_ipv6("2a02:8070:1:2::77")) == "unknown ");
  CHECK(codes(without_ipv6("2a02:8070:2::77")) == "wrong dns.aaaa-wrong");
}

TEST_CASE("a long life of the records is told from six hours on") {
  const auto lives = [](unsigned seconds) {
    return codes(named({public_ipv4}, {stable}, [=](auto& e) {
      for (auto& a : e.dns->names[0].answers)
        if (a.role == dns::Role::authoritative) a.ttl_s = seconds;
    }));
  };
  CHECK(lives(6 * 3600 - 1) == "right ");
  CHECK(lives(6 * 3600) == "right dns.ttl-long");
}
