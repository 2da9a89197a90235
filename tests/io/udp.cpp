#include "support/private_network.hpp"
#include "io/real.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// A host, and a router that forwards: 10.0.1.2 and fd01::2 — 10.0.1.1 and fd01::1, with a far net behind it.
struct Household {
  Namespace host, router;
  Household() {
    host.run("ip link add eth0 type veth peer name lan netns " + router.path());
    host.run("ip addr add 10.0.1.2/24 dev eth0 && ip -6 addr add fd01::2/64 dev eth0 nodad && ip link set eth0 up");
    router.run("ip addr add 10.0.1.1/24 dev lan && ip -6 addr add fd01::1/64 dev lan nodad && ip link set lan up");
    router.run("ip link add wan type veth peer name isp && ip link set wan up && ip link set isp up");
    router.run("ip addr add 10.0.2.1/24 dev wan && ip -6 addr add fd02::1/64 dev wan nodad");
    router.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0");
    host.run("ip route add default via 10.0.1.1 && ip -6 route add default via fd01::1");
  }
};

io::Datagram datagram(Expected<std::optional<io::Received>> received) {
  auto got = value(std::move(received));
  REQUIRE(got);
  REQUIRE(std::holds_alternative<io::Datagram>(*got));
  return std::get<io::Datagram>(*got);
}

io::IcmpError icmp_error(Expected<std::optional<io::Received>> received) {
  auto got = value(std::move(received));
  REQUIRE(got);
  REQUIRE(std::holds_alternative<io::IcmpError>(*got));
  return std::get<io::IcmpError>(*got);
}

struct Row {
  Family family;
  const char* loopback;
  Endpoint closed;
  const char* router;
  const char* beyond;
  std::uint8_t unreachable_type, unreachable_port_code, expired_type, no_host_code;
};

const Row families[] = {
    {Family::ipv4, "127.0.0.1:0", at("127.0.0.1:9"), "10.0.1.1", "10.0.2.77:33434", 3, 3, 11, 1},
    {Family::ipv6, "[::1]:0", at("[::1]:9"), "fd01::1", "[fd02::77]:33434", 1, 4, 3, 3},
};

}  // namespace

TEST_CASE("a UDP datagram and its echo carry their endpoints") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  for (const auto& row : families) {
    auto server = value(real.network->open_udp({.family = row.family, .local = at(row.loopback)}));
    auto client = value(real.network->open_udp({.family = row.family, .local = at(row.loopback)}));
    REQUIRE(server->local().port != 0);
    REQUIRE(client->send(server->local(), bytes("hello"), std::nullopt));
    const auto question = datagram(server->receive(real.soon()));
    CHECK(question == io::Datagram{client->local(), bytes("hello")});
    REQUIRE(server->send(question.from, bytes(""), std::nullopt));
    CHECK(datagram(client->receive(real.soon())) == io::Datagram{server->local(), {}});
  }
}

TEST_CASE("the largest datagram arrives whole") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  auto server = value(real.network->open_udp({.local = at("127.0.0.1:0")}));
  auto client = value(real.network->open_udp({}));
  REQUIRE(client->send(server->local(), io::Bytes(65507, std::byte{7}), std::nullopt));
  CHECK(datagram(server->receive(real.soon())).payload.size() == 65507);
  CHECK_FALSE(client->send(server->local(), io::Bytes(65508), std::nullopt));
}

TEST_CASE("silence ends with the deadline, and a deadline that has passed still finds what is there") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  auto socket = value(real.network->open_udp({.local = at("127.0.0.1:0")}));
  CHECK_FALSE(value(socket->receive(real.in(milliseconds(5)))));
  CHECK_FALSE(value(socket->receive(real.in(-seconds(1)))));
  REQUIRE(socket->send(socket->local(), bytes("x"), std::nullopt));
  CHECK(datagram(socket->receive(real.in(-seconds(1)))).payload == bytes("x"));
}

TEST_CASE("a closed port comes back as port unreachable from the error queue") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  for (const auto& row : families) {
    auto socket = value(real.network->open_udp({.family = row.family}));
    REQUIRE(socket->send(row.closed, bytes("anybody?"), std::nullopt));
    const auto error = icmp_error(socket->receive(real.soon()));
    CHECK(error == io::IcmpError{row.closed.address, row.unreachable_type, row.unreachable_port_code, std::nullopt, row.closed, false});
  }
}

TEST_CASE("an error that an earlier datagram drew does not fail the next send or receive") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  for (const auto& row : families) {
    auto server = value(real.network->open_udp({.family = row.family, .local = at(row.loopback)}));
    auto client = value(real.network->open_udp({.family = row.family, .local = at(row.loopback)}));
    for (int i = 0; i < 3; ++i) REQUIRE(client->send(row.closed, bytes("closed"), std::nullopt));  // each draws its error at once on loopback
    REQUIRE(client->send(server->local(), bytes("open"), std::nullopt));
    REQUIRE(server->send(client->local(), bytes("answer"), std::nullopt));
    int errors = 0, answers = 0;
    while (const auto got = value(client->receive(real.in(milliseconds(20))))) std::holds_alternative<io::IcmpError>(*got) ? ++errors : ++answers;
    CHECK(errors == 3);
    CHECK(answers == 1);
    CHECK(datagram(server->receive(real.soon())).payload == bytes("open"));
  }
}

TEST_CASE("a hop limit of one expires at the router, which the offender names") {
  const Household home;
  const Inside inside(home.host);
  Real real;
  for (const auto& row : families) {
    auto socket = value(real.network->open_udp({.family = row.family}));
    REQUIRE(socket->send(at(row.beyond), bytes("probe"), Ttl{1}));
    const auto error = icmp_error(socket->receive(real.soon()));
    CHECK(error.offender == address(row.router));
    CHECK(error.type == row.expired_type);
    CHECK(error.code == 0);
    CHECK(error.destination == at(row.beyond));
    CHECK_FALSE(error.local);
    // The limit was of that datagram alone: the next one goes beyond the router, which then finds nobody there.
    REQUIRE(socket->send(Endpoint{address(row.router), 9}, bytes("near"), std::nullopt));
    CHECK(icmp_error(socket->receive(real.soon())).type == row.unreachable_type);
  }
}

TEST_CASE("a next hop that does not answer is this host's own error") {
  const Household home;
  home.host.run("sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=10 net.ipv6.neigh.eth0.retrans_time_ms=10");
  const Inside inside(home.host);
  Real real;
  for (const auto& [family, nobody] : {std::pair{Family::ipv4, "10.0.1.99:9"}, std::pair{Family::ipv6, "[fd01::99]:9"}}) {
    auto socket = value(real.network->open_udp({.family = family}));
    REQUIRE(socket->send(at(nobody), bytes("?"), std::nullopt));
    const auto error = icmp_error(socket->receive(real.soon()));
    CHECK(error.local);
    CHECK(error.destination == at(nobody));
    CHECK(error.offender == address(family == Family::ipv4 ? "10.0.1.2" : "fd01::2"));
  }
}

TEST_CASE("a packet too big for the path names the next hop's MTU") {
  const Household home;
  home.router.run("ip link set wan mtu 1400 && ip link set isp mtu 1400");
  const Inside inside(home.host);
  Real real;
  for (const auto& row : families) {
    auto socket = value(real.network->open_udp({.family = row.family, .dont_fragment = true}));
    REQUIRE(socket->send(at(row.beyond), io::Bytes(1440), std::nullopt));
    const auto error = icmp_error(socket->receive(real.soon()));
    CHECK(error.mtu == 1400U);
    CHECK(error.offender == address(row.router));
    CHECK_FALSE(error.local);
    // What the kernel has learned of the path is not applied to the next one (IP_PMTUDISC_PROBE).
    CHECK(socket->send(at(row.beyond), io::Bytes(1440), std::nullopt));
  }
}

TEST_CASE("a datagram larger than the interface is refused by this host, with the interface's MTU") {
  const Household home;
  const Inside inside(home.host);
  Real real;
  for (const auto& row : families) {
    auto socket = value(real.network->open_udp({.family = row.family, .dont_fragment = true}));
    const auto sent = socket->send(at(row.beyond), io::Bytes(1600), std::nullopt);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().what.find("Message too long") != std::string::npos);
    const auto error = icmp_error(socket->receive(real.soon()));
    CHECK(error.local);
    CHECK(error.mtu == 1500U);
    CHECK(error.destination.to_string() == row.beyond);
  }
}

TEST_CASE("no route is told apart from a failing call") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  for (const auto& [family, to] : {std::pair{Family::ipv4, "192.0.2.1:53"}, std::pair{Family::ipv6, "[2001:db8::1]:53"}}) {
    auto socket = value(real.network->open_udp({.family = family}));
    const auto sent = socket->send(at(to), bytes("x"), std::nullopt);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == Errc::no_route);
    CHECK(sent.error().what.find(to) != std::string::npos);
  }
}

TEST_CASE("a socket that cannot be made as wanted says why") {
  const Household home;
  const Inside inside(home.host);
  Real real;
  struct Wrong {
    io::UdpOptions options;
    std::string says;
  };
  const Wrong rows[] = {
      {{.interface = "nosuch0"}, "bind to interface nosuch0: No such device"},
      {{.local = at("192.0.2.9:0")}, "bind 192.0.2.9:0: Cannot assign requested address"},
      {{.family = Family::ipv6, .local = at("127.0.0.1:0")}, "other address family"},
      {{.family = Family::ipv6, .local = at("[fe80::1]:0")}, "bind [fe80::1]:0"},
  };
  for (const auto& row : rows) {
    const auto opened = real.network->open_udp(row.options);
    REQUIRE_FALSE(opened);
    CHECK_THAT(opened.error().what, Catch::Matchers::Contains(row.says));
  }
  auto socket = value(real.network->open_udp({}));
  CHECK(socket->send(at("[::1]:9"), bytes("x"), std::nullopt).error().code == Errc::invalid_input);
}

TEST_CASE("a socket bound to an interface leaves through it, whatever the routes say") {
  const Household home;
  home.host.run("ip link add tunnel type veth peer name away && ip link set tunnel up && ip link set away up");
  home.host.run("ip addr add 10.8.0.2/24 dev tunnel && ip route add 0.0.0.0/1 via 10.8.0.1 dev tunnel");
  const Inside inside(home.host);
  Real real;
  auto socket = value(real.network->open_udp({.interface = "eth0"}));
  REQUIRE(socket->send(at("10.0.2.77:33434"), bytes("probe"), Ttl{1}));
  CHECK(icmp_error(socket->receive(real.soon())).offender == address("10.0.1.1"));
}

TEST_CASE("a link-local destination is reached through the named interface") {
  const Household home;
  home.router.run("ip -6 addr add fe80::1/64 dev lan nodad");
  home.host.run("ip -6 addr add fe80::2/64 dev eth0 nodad");
  Real real;
  std::unique_ptr<io::UdpSocket> server;
  {
    const Inside inside(home.router);
    server = value(real.network->open_udp({.family = Family::ipv6, .local = at("[fe80::1]:5351"), .interface = "lan"}));
  }
  const Inside inside(home.host);
  auto client = value(real.network->open_udp({.family = Family::ipv6, .interface = "eth0"}));
  REQUIRE(client->send(at("[fe80::1]:5351"), bytes("pcp"), std::nullopt));
  const auto question = datagram(server->receive(real.soon()));
  REQUIRE(server->send(question.from, bytes("ok"), std::nullopt));
  CHECK(datagram(client->receive(real.soon())) == io::Datagram{at("[fe80::1]:5351"), bytes("ok")});
}

TEST_CASE("a multicast datagram leaves where its source address is") {
  const Household home;
  home.host.run("ip link add other type veth peer name gone && ip link set other up && ip addr add 10.9.0.2/24 dev other");
  home.host.run("ip route replace default via 10.9.0.1");
  Real real;
  std::unique_ptr<io::Capture> capture;
  {
    const Inside inside(home.router);
    capture = value(real.network->open_capture({.interface = "lan", .filter = "udp port 1900"}));
  }
  const Inside inside(home.host);
  auto socket = value(real.network->open_udp({.local = at("10.0.1.2:0")}));
  REQUIRE(socket->send(at("239.255.255.250:1900"), bytes("M-SEARCH"), std::nullopt));
  CHECK(value(capture->next(real.soon())));
}
