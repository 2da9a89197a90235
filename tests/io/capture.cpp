#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cstring>

#include "support/private_network.hpp"
#include "io/real.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// eth0 (10.0.1.2, 02::2) in one namespace, its other end `lan` (10.0.1.1, 02::1) in another.
struct Cable {
  Namespace here, there;
  Cable() {
    here.run("ip link add eth0 address 02:00:00:00:00:02 type veth peer name lan address 02:00:00:00:00:01 netns " + there.path());
    here.run("ip addr add 10.0.1.2/24 dev eth0 && ip -6 addr add fd01::2/64 dev eth0 nodad && ip link set eth0 up");
    there.run("ip addr add 10.0.1.1/24 dev lan && ip -6 addr add fd01::1/64 dev lan nodad && ip link set lan up");
  }

  /// Puts a frame on the wire at the far end, as it is.
  void inject(const io::Bytes& frame) const {
    const Inside inside(there);
    const UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex("lan"));
    to.sll_halen = 6;
    REQUIRE(::sendto(fd.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) ==
            static_cast<ssize_t>(frame.size()));
  }
};

io::Bytes hex(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != ' ') digits += c;
  io::Bytes bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) bytes.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

const std::string ethernet = "02 00 00 00 00 02 02 00 00 00 00 01 ";
const std::string fd01_1 = "fd01 0000 0000 0000 0000 0000 0000 0001 ";
const std::string fd01_2 = "fd01 0000 0000 0000 0000 0000 0000 0002 ";
/// A TCP SYN from port 4660 to port 443.
const std::string syn = "1234 01bb 00000001 00000000 5002 ffff 0000 0000 ";

io::CapturedPacket packet(Expected<std::optional<io::CapturedPacket>> next) {
  auto got = value(std::move(next));
  REQUIRE(got);
  return std::move(*got);
}

void send_from(const Real& real, const Namespace& space, const char* to, std::string_view payload) {
  const Inside inside(space);
  const auto destination = at(to);
  auto socket = value(real.network->open_udp({.family = destination.address.family()}));
  REQUIRE(socket->send(destination, bytes(payload), std::nullopt));
}

}  // namespace

TEST_CASE("a capture sees what comes and what leaves, and says which is which") {
  const Cable cable;
  Real real;
  const Inside inside(cable.here);
  for (const std::string interface : {"eth0", "any"}) {
    INFO(interface);
    auto capture = value(real.network->open_capture({.interface = interface, .filter = "udp port 4000"}));
    const auto before = real.clock.now();
    send_from(real, cable.there, "10.0.1.2:4000", "in");
    const auto incoming = packet(capture->next(real.soon()));
    send_from(real, cable.here, "10.0.1.1:4000", "out");
    const auto outgoing = packet(capture->next(real.soon()));
    const auto after = real.clock.now();
    CHECK_FALSE(incoming.outgoing);
    CHECK(outgoing.outgoing);
    for (const auto& one : {incoming, outgoing}) {
      CHECK(std::to_integer<int>(one.bytes.at(0)) == 0x45);
      CHECK(one.interface == "eth0");
      // The two clocks are read one after the other: allow what a step of the wall clock's rate may cost.
      CHECK(one.at >= before - milliseconds(50));
      CHECK(one.at <= after);
    }
    CHECK(incoming.original_length == 20 + 8 + 2);
    CHECK(outgoing.original_length == 20 + 8 + 3);
    CHECK_FALSE(value(capture->next(real.in(milliseconds(5)))));
    CHECK(capture->counters().dropped == 0);
  }
}

TEST_CASE("an IPv6 packet with extension headers passes a filter that allows for them") {
  const Cable cable;
  Real real;
  const Inside inside(cable.here);
  auto capture = value(real.network->open_capture({.interface = "eth0", .filter = "ip6 and (tcp port 443 or ip6[6]==0 or ip6[6]==60)"}));
  // Destination options (60) with padding, then TCP.
  cable.inject(hex(ethernet + "86dd 6000 0000 001c 3c40 " + fd01_1 + fd01_2 + "0600 0104 0000 0000 " + syn));
  auto seen = packet(capture->next(real.soon()));
  // Reports of multicast listeners have an extension header too (RFC 3810 §5), and both ends of the cable send them.
  while (seen.bytes.size() < 24 || seen.bytes[8] != std::byte{0xfd}) seen = packet(capture->next(real.soon()));
  CHECK(seen.bytes == hex("6000 0000 001c 3c40 " + fd01_1 + fd01_2 + "0600 0104 0000 0000 " + syn));
}

TEST_CASE("a VLAN tag is taken off with the rest of the link layer") {
  const Cable cable;
  Real real;
  const Inside inside(cable.here);
  auto capture = value(real.network->open_capture({.interface = "eth0", .filter = ""}));
  const std::string ip = "6000 0000 0014 0640 " + fd01_1 + fd01_2 + syn;
  cable.inject(hex(ethernet + "8100 0007 86dd " + ip));
  for (;;) {
    const auto seen = packet(capture->next(real.soon()));
    if (seen.outgoing || seen.bytes.at(6) != std::byte{6}) continue;  // neighbour discovery of the links that just came up
    CHECK(seen.bytes == hex(ip));
    CHECK(seen.original_length == 60);
    break;
  }
}

TEST_CASE("the snap length cuts the packet, and the packet's own length is kept") {
  const Cable cable;
  Real real;
  const Inside inside(cable.here);
  auto capture = value(real.network->open_capture({.interface = "eth0", .filter = "udp port 4000", .snap_length = 64}));
  send_from(real, cable.there, "10.0.1.2:4000", std::string(500, 'x'));
  const auto seen = packet(capture->next(real.soon()));
  CHECK(seen.bytes.size() == 50);
  CHECK(seen.original_length == 528);
}

TEST_CASE("what a local filter drops is still seen arriving") {
  const Cable cable;
  cable.here.run("nft 'add table inet f; add chain inet f input { type filter hook prerouting priority raw; policy drop; }'");
  Real real;
  const Inside inside(cable.here);
  auto capture = value(real.network->open_capture({.interface = "eth0", .filter = "udp port 4000"}));
  cable.there.run("ip neigh replace 10.0.1.2 lladdr 02:00:00:00:00:02 dev lan nud permanent");
  send_from(real, cable.there, "10.0.1.2:4000", "knock");
  CHECK_FALSE(packet(capture->next(real.soon())).outgoing);
}

TEST_CASE("a tunnel without hardware addresses still tells directions apart") {
  const Namespace space;
  space.run("ip tuntap add dev tun0 mode tun && ip addr add 10.8.0.2/24 dev tun0 && ip link set tun0 up");
  const Inside inside(space);
  Real real;
  auto capture = value(real.network->open_capture({.interface = "tun0", .filter = "udp port 4000"}));
  CHECK_FALSE(value(capture->next(real.in(milliseconds(1)))));
}

TEST_CASE("packets of both directions come in the order of their time") {
  const Cable cable;
  Real real;
  const Inside inside(cable.here);
  auto capture = value(real.network->open_capture({.interface = "eth0", .filter = "icmp or udp port 4000"}));
  for (int i = 0; i < 3; ++i) send_from(real, cable.there, "10.0.1.2:4000", "knock");  // nobody listens: each draws a port unreachable
  std::vector<bool> directions;
  Instant last{};
  for (int i = 0; i < 6; ++i) {
    const auto seen = packet(capture->next(real.soon()));
    CHECK(seen.at >= last - milliseconds(1));
    last = seen.at;
    directions.push_back(seen.outgoing);
  }
  CHECK(directions == std::vector<bool>{false, true, false, true, false, true});
}

TEST_CASE("a capture that cannot be opened says why") {
  const Namespace space;
  const Inside inside(space);
  Real real;
  const auto missing = real.network->open_capture({.interface = "nosuch0", .filter = ""});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::unsupported);
  CHECK(missing.error().what.find("capture on nosuch0: ") == 0);
  const auto nonsense = real.network->open_capture({.interface = "lo", .filter = "port of call"});
  REQUIRE_FALSE(nonsense);
  CHECK(nonsense.error().code == Errc::invalid_input);
  CHECK(nonsense.error().what.find("filter \"port of call\"") != std::string::npos);
}

TEST_CASE("an interface that vanishes ends the capture with an error, not a hang") {
  const Cable cable;
  Real real;
  const Inside inside(cable.here);
  auto capture = value(real.network->open_capture({.interface = "eth0", .filter = "udp port 4000"}));
  cable.here.run("ip link del eth0");
  CHECK_FALSE(capture->next(real.soon()));
}
