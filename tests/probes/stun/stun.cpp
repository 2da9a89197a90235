#include "probes/stun/house.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::test;

TEST_CASE("every server is asked side by side from one socket, and the probe ends with the last answer") {
  House house;
  const auto evidence = house.observe().value();
  REQUIRE(evidence.observations.size() == 2);
  for (const auto& seen : evidence.observations) {
    CHECK(seen.mapped == mapped);
    CHECK(seen.round_trip == 20ms);
    CHECK(seen.sent == 1);
    CHECK(seen.local == Endpoint{address("192.168.1.2"), house.network.sent[0].from.port});
    CHECK_FALSE(seen.interface);
    CHECK_FALSE(seen.trouble);
    CHECK_FALSE(seen.alg_rewrote);
    CHECK(seen.rejected.empty());
  }
  CHECK(evidence.observations[0].server == one);
  CHECK(evidence.observations[1].server_name == "198.51.100.2");
  CHECK(house.network.opened.size() == 1);
  CHECK(house.network.sent[0].from == house.network.sent[1].from);
  CHECK(house.elapsed() <= 25ms);
}

TEST_CASE("a request is never shorter than the longest answer to it") {
  House house;
  REQUIRE(house.observe());
  CHECK(house.network.sent[0].payload.size() >= codec::full_answer_size(Family::ipv4));
}

TEST_CASE("a lost request is repeated soon, and its round trip is that of the repetition") {
  House house;
  house.network.udp(one, lossy(2, server()));
  const auto seen = house.observe().value().observations[0];
  CHECK(seen.mapped == mapped);
  CHECK(seen.sent == 3);
  CHECK(seen.round_trip == 20ms);
}

TEST_CASE("a dead server does not make a healthy run slow") {
  House house;
  house.network.udp(two, silent());
  const auto evidence = house.observe().value();
  CHECK(evidence.observations[0].mapped);
  CHECK_FALSE(evidence.observations[1].mapped);
  CHECK(evidence.observations[1].trouble == "no answer to 3 requests in 330 ms");
  CHECK(house.elapsed() == 20ms + 3 * 20ms + 250ms);
}

TEST_CASE("when nobody answers, silence is concluded within two seconds, after seven requests to each") {
  House house;
  house.network.udp(one, silent());
  house.network.udp(two, silent());
  const auto evidence = house.observe().value();
  CHECK(house.elapsed() == 1800ms);
  CHECK(evidence.observations[0].sent == 7);
  CHECK(evidence.observations[0].trouble == "no answer to 7 requests in 1800 ms");
}

TEST_CASE("the deadline ends it earlier") {
  House house;
  house.network.udp(one, silent());
  house.network.udp(two, silent());
  const auto evidence = house.observe(500ms).value();
  CHECK(house.elapsed() == 500ms);
  CHECK(evidence.observations[0].sent == 4);
}

TEST_CASE("a dead family does not shorten the other, and each has its own socket") {
  House house;
  house.plan.servers = {{"stun.example", 3478}};
  house.plan.legs.push_back({.family = Family::ipv6, .interface = "eth0", .source = address("2001:db8:1::2")});
  house.network.name("stun.example", {std::vector{address("2001:db8:9::1"), address("198.51.100.1")}});
  const auto evidence = house.observe().value();
  REQUIRE(evidence.observations.size() == 2);
  CHECK(evidence.observations[0].mapped == mapped);
  CHECK(evidence.observations[1].server == six);
  CHECK(evidence.observations[1].trouble);
  CHECK(evidence.observations[1].local.address == address("2001:db8:1::2"));
  CHECK(evidence.observations[1].sent == 5);
  CHECK(house.elapsed() <= 1005ms);   // the line works: a second of silence is enough
  CHECK(house.network.opened.size() == 2);
  CHECK(house.network.resolved.size() == 1);
}

TEST_CASE("a translator with a mapping for each destination shows itself") {
  House house;
  house.network.udp(two, server(endpoint("203.0.113.9:50001")));
  const auto seen = house.observe().value().observations;
  CHECK(seen[0].local == seen[1].local);
  CHECK(seen[0].mapped != seen[1].mapped);
}

TEST_CASE("an unreachable port is known at once") {
  House house;
  house.network.udp(one, [](const Sent& sent) { return std::vector{port_unreachable(sent)}; });
  house.network.udp(two, [](const Sent& sent) { return std::vector{icmp_error(sent, address("192.168.1.1"), 3, 13)}; });
  const auto seen = house.observe().value().observations;
  CHECK(seen[0].trouble == "port unreachable from 198.51.100.1");
  CHECK(seen[1].trouble == "ICMP type 3 code 13 from 192.168.1.1");
  CHECK(seen[0].sent == 1);
  CHECK(house.elapsed() < 50ms);
}

TEST_CASE("an ICMP error that says nothing of the server does not stop the asking") {
  House house;
  house.network.udp(one, [first = true](const Sent& sent) mutable {
    if (std::exchange(first, false)) return std::vector{icmp_error(sent, address("10.0.0.1"), 11, 0)};
    return server()(sent);
  });
  const auto seen = house.observe().value().observations[0];
  CHECK(seen.mapped == mapped);
  CHECK_FALSE(seen.trouble);
}

TEST_CASE("a kernel without a way there is a trouble of that server alone") {
  House house;
  house.network.host.unroutable = {Prefix::parse("198.51.100.2/32").value()};
  const auto seen = house.observe().value().observations;
  CHECK(seen[0].mapped);
  CHECK(seen[1].trouble == "send to 198.51.100.2:3478: Network is unreachable");
  CHECK(house.elapsed() <= 25ms);
}

TEST_CASE("a socket that cannot be opened is a trouble, not a crash") {
  House house;
  house.network.refuse_udp = [](const io::UdpOptions&) { return Error{Errc::failed, "open udp 192.168.1.2:0: Cannot assign requested address"}; };
  const auto seen = house.observe().value().observations;
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].trouble == "open udp 192.168.1.2:0: Cannot assign requested address");
  CHECK(seen[0].sent == 0);
}

TEST_CASE("where the default route leads elsewhere, the socket is bound to the interface and the evidence says so") {
  House house;
  house.plan.legs[0].bind = true;
  const auto seen = house.observe().value().observations[0];
  CHECK(house.network.opened[0].interface == "eth0");
  CHECK(seen.interface == "eth0");
}

TEST_CASE("without a known source, the kernel is asked which one it takes") {
  House house;
  house.plan.legs[0].source.reset();
  house.network.host.default_ipv4 = RouteLookup{.source = address("192.168.1.77"), .interface = "eth0"};
  const auto seen = house.observe().value().observations[0];
  CHECK_FALSE(house.network.opened[0].local);
  CHECK(seen.local.address == address("192.168.1.77"));
}

TEST_CASE("of a name with many addresses two are asked, and an address under two names once") {
  House house;
  house.plan.servers = {{"a.example", 3478}, {"b.example", 3478}, {"b.example", 19302}};
  house.network.name("a.example", {std::vector{one.address, two.address, address("198.51.100.3")}});
  house.network.name("b.example", {std::vector{two.address}});
  const auto seen = house.observe(1s).value().observations;
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].server == one);
  CHECK(seen[1].server == two);
  CHECK(seen[1].server_name == "a.example");
  CHECK(seen[2].server == Endpoint{two.address, 19302});
}

TEST_CASE("a name that nobody answers for holds the others up for little") {
  House house;
  house.plan.servers = {{"dead.example", 3478}, {"198.51.100.1", 3478}};
  house.network.name("dead.example", {std::vector{two.address}, 30s});
  const auto evidence = house.observe().value();
  CHECK(evidence.observations.size() == 1);
  REQUIRE(evidence.unresolved.size() == 1);
  CHECK(evidence.unresolved[0] == "dead.example: resolve dead.example: no answer by the deadline");
  CHECK(house.elapsed() <= 600ms + 25ms);
}

TEST_CASE("a slow resolver gets a second chance when no name is known yet, a name that does not exist does not") {
  House house;
  house.plan.servers = {{"slow.example", 3478}, {"nowhere.example", 3478}};
  house.network.name("slow.example", {std::vector{one.address}, 1100ms});
  const auto evidence = house.observe().value();
  REQUIRE(evidence.observations.size() == 1);
  CHECK(evidence.observations[0].mapped == mapped);
  CHECK(evidence.unresolved == std::vector<std::string>{"nowhere.example: resolve nowhere.example: Name or service not known"});
  CHECK(std::ranges::count(house.network.resolved, "nowhere.example") == 1);
}

TEST_CASE("when no name resolves, the probe says which and why, and asks nobody") {
  House house;
  house.plan.servers = {{"dead.example", 3478}};
  house.network.name("dead.example", {std::vector{one.address}, 30s});
  const auto evidence = house.observe().value();
  CHECK(evidence.observations.empty());
  CHECK(evidence.unresolved.size() == 1);
  CHECK(house.elapsed() <= 2s);
  CHECK(house.network.sent.empty());
}

TEST_CASE("without a server or a route the probe could not work") {
  House house;
  house.plan.legs.clear();
  CHECK(house.observe().error().code == Errc::no_route);
  house.plan.servers.clear();
  CHECK(house.observe().error().code == Errc::no_route);
}
