#include "probes/filter/wire_stranger.hpp"

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "io/sockaddr.hpp"

namespace ringback::test {
namespace {

using Frame = std::vector<std::uint8_t>;

const std::array<std::uint8_t, 6> host_mac{2, 0, 0, 0, 0, 5}, far_mac{2, 0, 0, 0, 0, 9};
const Address stranger_v4 = Address::parse("45.67.89.10").value();
const Address stranger_v6 = Address::parse("2a02:1234::10").value();
constexpr std::uint16_t stranger_port = 40123;

void put16(Frame& frame, unsigned value) {
  frame.push_back(static_cast<std::uint8_t>(value >> 8U));
  frame.push_back(static_cast<std::uint8_t>(value & 0xffU));
}
template <class Bytes>
void put(Frame& frame, const Bytes& bytes) {
  frame.insert(frame.end(), bytes.begin(), bytes.end());
}

/// RFC 1071.
std::uint16_t checksum(const Frame& data) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < data.size(); i += 2) sum += static_cast<std::uint32_t>(data[i] << 8U) + (i + 1 < data.size() ? data[i + 1] : 0U);
  while (sum >> 16U) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

Frame transport(const filter::Packet& packet) {
  Frame body;
  if (packet.protocol == Protocol::icmp) {
    body = {static_cast<std::uint8_t>(packet.family == Family::ipv4 ? 8 : 128), 0, 0, 0, 0x12, 0x34, 0, 1};
    return body;
  }
  put16(body, stranger_port);
  put16(body, packet.port);
  if (packet.protocol == Protocol::udp) {
    put16(body, 12);
    put16(body, 0);
    put(body, std::array<std::uint8_t, 4>{'h', 'i', '!', '!'});
    return body;
  }
  put(body, std::array<std::uint8_t, 16>{0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0xff, 0xff, 0, 0, 0, 0});  // SYN
  return body;
}

std::size_t checksum_offset(Protocol protocol) { return protocol == Protocol::tcp ? 16 : protocol == Protocol::udp ? 6 : 2; }

std::uint8_t protocol_number(const filter::Packet& packet) {
  if (packet.protocol == Protocol::tcp) return 6;
  if (packet.protocol == Protocol::udp) return 17;
  return packet.family == Family::ipv4 ? 1 : 58;
}

Frame frame_of(const filter::Packet& packet) {
  const bool v4 = packet.family == Family::ipv4;
  const auto& from = v4 ? stranger_v4 : stranger_v6;
  const auto& to = packet.destinations.at(0);
  auto body = transport(packet);
  Frame pseudo;
  if (!v4 || packet.protocol != Protocol::icmp) {
    put(pseudo, from.bytes());
    put(pseudo, to.bytes());
    if (!v4) put16(pseudo, 0);
    put16(pseudo, static_cast<unsigned>(body.size()));
    if (!v4) put16(pseudo, 0);
    put16(pseudo, protocol_number(packet));
  }
  put(pseudo, body);
  const auto sum = checksum(pseudo);
  const auto at = checksum_offset(packet.protocol);
  body[at] = static_cast<std::uint8_t>(sum >> 8U);
  body[at + 1] = static_cast<std::uint8_t>(sum & 0xffU);

  Frame frame(host_mac.begin(), host_mac.end());
  put(frame, far_mac);
  put16(frame, v4 ? 0x0800 : 0x86dd);
  Frame ip;
  if (v4) {
    ip = {0x45, 0};
    put16(ip, static_cast<unsigned>(20 + body.size()));
    put(ip, std::array<std::uint8_t, 8>{0, 1, 0x40, 0, 60, protocol_number(packet), 0, 0});
    put(ip, from.bytes());
    put(ip, to.bytes());
    const auto header_sum = checksum(ip);
    ip[10] = static_cast<std::uint8_t>(header_sum >> 8U);
    ip[11] = static_cast<std::uint8_t>(header_sum & 0xffU);
  } else {
    ip = {0x60, 0, 0, 0};
    put16(ip, static_cast<unsigned>(body.size()));
    put(ip, std::array<std::uint8_t, 2>{protocol_number(packet), 60});
    put(ip, from.bytes());
    put(ip, to.bytes());
  }
  put(frame, ip);
  put(frame, body);
  return frame;
}

Frame arp_request() {
  Frame frame(6, 0xff);
  put(frame, far_mac);
  put16(frame, 0x0806);
  put(frame, std::array<std::uint8_t, 8>{0, 1, 8, 0, 6, 4, 0, 1});
  put(frame, far_mac);
  put(frame, std::array<std::uint8_t, 4>{192, 168, 1, 1});
  put(frame, std::array<std::uint8_t, 6>{});
  put(frame, std::array<std::uint8_t, 4>{192, 168, 1, 5});
  return frame;
}

bool is_arp_reply(const Frame& frame) { return frame.size() >= 42 && frame[12] == 8 && frame[13] == 6 && frame[21] == 2; }

/// What a frame of the host's says of the knock, if anything.
std::optional<Seen> judge(const Frame& frame, const filter::Packet& packet) {
  const bool v4 = packet.family == Family::ipv4;
  const std::size_t network = 14, header = v4 ? 20 : 40;
  const auto type = frame.size() > 14 ? frame[12] << 8U | frame[13] : 0;
  if (frame.size() < network + header + 8 || type != (v4 ? 0x0800 : 0x86dd)) return std::nullopt;
  const auto protocol = frame[network + (v4 ? 9 : 6)];
  const auto* body = &frame[network + header];
  if (protocol == 6 && packet.protocol == Protocol::tcp) return (body[13] & 0x04) != 0 ? Seen::refused : Seen::accepted;
  if (protocol == 1) return body[0] == 0 ? Seen::accepted : body[0] == 3 ? std::optional(Seen::refused) : std::nullopt;
  if (protocol == 58) return body[0] == 129 ? Seen::accepted : body[0] == 1 ? std::optional(Seen::refused) : std::nullopt;
  return std::nullopt;
}

UniqueFd bound(const filter::Packet& packet, int type) {
  UniqueFd fd = io::open_socket(packet.family, type, "listener").value();
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!io::bind_to(fd.get(), {Address::any(packet.family), packet.port}, 0, "listener")) throw std::runtime_error("cannot listen");
  if (type == SOCK_STREAM && ::listen(fd.get(), 4) != 0) throw std::runtime_error("cannot listen");
  return fd;
}

}  // namespace

struct KnockedHost::Far {
  Namespace space;
  UniqueFd card;

  void open() {
    const Inside inside(space);
    card = UniqueFd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)));
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(::if_nametoindex("far"));
    if (!card || ::bind(card.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("no packet socket");
  }
  void send(const Frame& frame) const {
    if (::send(card.get(), frame.data(), frame.size(), 0) != static_cast<ssize_t>(frame.size())) throw std::runtime_error("cannot send a frame");
  }
  [[nodiscard]] Frame receive() const {
    pollfd entry{card.get(), POLLIN, 0};
    if (::poll(&entry, 1, 20'000) != 1) throw std::runtime_error("the wire is dead");
    Frame frame(2048);
    const auto got = ::recv(card.get(), frame.data(), frame.size(), 0);
    frame.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return frame;
  }
};

KnockedHost::KnockedHost() : far_(std::make_unique<Far>()) {
  host.run("ip link add eth0 address 02:00:00:00:00:05 type veth peer name far address 02:00:00:00:00:09 netns " + far_->space.path());
  far_->space.run("ip link set far up");
  host.run("ip link set eth0 up && ip addr add 192.168.1.5/24 dev eth0 && ip -6 addr add 2001:db8::5/64 dev eth0 nodad");
  host.run("ip route add default via 192.168.1.1 && ip -6 route add default via 2001:db8::1");
  host.run("ip neigh add 192.168.1.1 lladdr 02:00:00:00:00:09 dev eth0 && ip -6 neigh add 2001:db8::1 lladdr 02:00:00:00:00:09 dev eth0");
  host.run("sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0");
  far_->open();
}

KnockedHost::~KnockedHost() = default;

Seen KnockedHost::knock(const filter::Packet& packet) {
  const Inside inside(host);
  UniqueFd listener;
  if (packet.protocol != Protocol::icmp) listener = bound(packet, packet.protocol == Protocol::tcp ? SOCK_STREAM : SOCK_DGRAM);
  far_->send(frame_of(packet));
  far_->send(arp_request());
  std::optional<Seen> seen;
  for (;;) {
    const auto frame = far_->receive();
    if (is_arp_reply(frame)) break;
    if (frame.size() > 12 && std::equal(far_mac.begin(), far_mac.end(), frame.begin()) && !seen) seen = judge(frame, packet);
  }
  char content = 0;
  if (packet.protocol == Protocol::udp && ::recv(listener.get(), &content, 1, MSG_DONTWAIT) == 1) return Seen::accepted;
  return seen.value_or(Seen::dropped);
}

}  // namespace ringback::test
