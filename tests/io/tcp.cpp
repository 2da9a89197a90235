#include <sys/socket.h>

#include "support/private_network.hpp"
#include "io/real.hpp"
#include "support/server.hpp"

using namespace ringback;
using namespace ringback::test;

TEST_CASE("a TCP stream carries bytes both ways until the peer closes") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  for (const auto* local : {"127.0.0.1:0", "[::1]:0"}) {
    const Server server(at(local), [](Peer& peer) {
      const auto line = peer.read_until("\n");
      peer.write("you said " + line);
    });
    auto stream = value(real.network->connect_tcp(server.endpoint(), {}, real.soon()));
    CHECK(stream->local().address == server.endpoint().address);
    REQUIRE(stream->send(bytes("hello\n"), real.soon()));
    std::string all;
    for (;;) {
      const auto piece = value(stream->receive(3, real.soon()));
      CHECK(piece.size() <= 3);
      if (piece.empty()) break;
      all += text(piece);
    }
    CHECK(all == "you said hello\n");
  }
}

TEST_CASE("a megabyte arrives although the peer reads slowly") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  std::size_t received = 0;
  {
    const Server server(at("127.0.0.1:0"), [&](Peer& peer) { received = peer.read_all().size(); });
    auto stream = value(real.network->connect_tcp(server.endpoint(), {}, real.soon()));
    REQUIRE(stream->send(io::Bytes(8U << 20U), real.soon()));
  }
  CHECK(received == 8U << 20U);
}

TEST_CASE("what can go wrong with a TCP connection has its own code") {
  const Namespace space;
  space.run("ip link add eth0 type veth peer name gone && ip link set eth0 up && ip link set gone up && ip addr add 10.1.0.1/24 dev eth0");
  space.run("ip neigh add 10.1.0.2 lladdr 02:00:00:00:00:99 dev eth0 nud permanent");  // nobody's card
  const Inside inside(space);
  Real real;
  struct Row {
    const char* to;
    io::TcpOptions options;
    Errc code;
    const char* says;
  };
  const Row rows[] = {
      {"127.0.0.1:9", {}, Errc::refused, "connect tcp 127.0.0.1:9: Connection refused"},
      {"[::1]:9", {}, Errc::refused, "connect tcp [::1]:9: Connection refused"},
      {"192.0.2.1:80", {}, Errc::no_route, "connect tcp 192.0.2.1:80: Network is unreachable"},
      {"[2001:db8::1]:80", {}, Errc::no_route, "[2001:db8::1]:80"},
      {"10.1.0.2:80", {}, Errc::timed_out, "no answer by the deadline"},
      {"127.0.0.1:9", {.interface = "nosuch0"}, Errc::failed, "nosuch0"},
      {"127.0.0.1:9", {.local = address("10.9.9.9")}, Errc::failed, "bind 10.9.9.9:0"},
      {"127.0.0.1:9", {.local = address("::1")}, Errc::invalid_input, "address family"},
  };
  for (const auto& row : rows) {
    INFO(row.says);
    const auto connected = real.network->connect_tcp(at(row.to), row.options, real.in(milliseconds(30)));
    REQUIRE_FALSE(connected);
    CHECK(connected.error().code == row.code);
    CHECK(connected.error().what.find(row.says) != std::string::npos);
  }
}

TEST_CASE("a connection whose first packets are all lost is opened by another attempt") {
  const Namespace space;
  // Whatever comes from the first source port vanishes for good: only a second socket can get through.
  space.run("nft 'table inet t { set lost { type inet_service; flags dynamic; }; chain in { type filter hook input priority 0; "
            "tcp flags & (syn | ack) == syn numgen inc mod 1000000 < 1 add @lost { tcp sport }; tcp sport @lost drop; }; }'");
  const Inside inside(space);
  Real real;
  const Server server(at("127.0.0.1:0"), [](Peer& peer) { peer.write("x"); });
  auto stream = value(real.network->connect_tcp(server.endpoint(), {}, real.soon()));
  CHECK(text(value(stream->receive(1, real.soon()))) == "x");
}

TEST_CASE("a peer that says nothing is left at the deadline, one that resets is told apart") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  const Server silent(at("127.0.0.1:0"), [](Peer& peer) { peer.read_all(); });
  auto stream = value(real.network->connect_tcp(silent.endpoint(), {}, real.soon()));
  CHECK(stream->receive(10, real.in(milliseconds(5))).error().code == Errc::timed_out);

  const Server rude(at("127.0.0.1:0"), [](Peer& peer) {
    peer.read_until("x");
    peer.reset();
  });
  auto cut = value(real.network->connect_tcp(rude.endpoint(), {}, real.soon()));
  REQUIRE(cut->send(bytes("x"), real.soon()));
  CHECK(cut->receive(10, real.soon()).error().code == Errc::refused);
}

TEST_CASE("a stream leaves from the address and interface it was told") {
  const Namespace space;
  space.run("ip addr add 127.0.0.5/8 dev lo");
  const Inside inside(space);
  Real real;
  const Server server(at("127.0.0.1:0"), [](Peer& peer) { peer.write("x"); });
  auto stream = value(real.network->connect_tcp(server.endpoint(), {.local = address("127.0.0.5"), .interface = "lo"}, real.soon()));
  CHECK(stream->local().address == address("127.0.0.5"));
}
