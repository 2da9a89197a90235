// stun-load SERVER PORT BASE COUNT|SECONDSs WINDOW SOCKETS: asks a STUN server on IPv4 from ever new source addresses of BASE/8, and
// counts the right answers. The network namespace has the whole of BASE/8 as its own (ip route add local BASE/8 dev lo).
// WINDOW requests of each socket are under way at a time; an answer that does not come in 100 ms is lost, and another is asked for.
// A WINDOW of 0 does not wait for answers at all: a flood. Prints "sent N answers N wrong N longer N seconds S".
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t batch = 64;
constexpr std::size_t request_size = 68;  // as ringback asks over IPv4: the size of the fullest answer
constexpr std::chrono::milliseconds lost_after{100};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

struct Message {
  std::array<std::uint8_t, 512> bytes{};
  sockaddr_in peer{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control{};
  iovec payload{};
};

struct Batch {
  std::array<Message, batch> messages;
  std::array<mmsghdr, batch> headers{};

  void prepare(std::size_t i, std::size_t size) {
    auto& m = messages[i];
    m.payload = {m.bytes.data(), size};
    headers[i] = {};
    auto& header = headers[i].msg_hdr;
    header.msg_name = &m.peer;
    header.msg_namelen = sizeof m.peer;
    header.msg_iov = &m.payload;
    header.msg_iovlen = 1;
    header.msg_control = m.control.data();
    header.msg_controllen = m.control.size();
  }
};

struct Counts {
  std::uint64_t sent = 0, answers = 0, wrong = 0, longer = 0;
};

struct Socket {
  int fd = -1;
  std::size_t under_way = 0;
  Clock::time_point heard = Clock::now();
};

int open_socket() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const int on = 1, room = 8 << 20;
  sockaddr_in any{};
  any.sin_family = AF_INET;
  if (fd < 0 || ::setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) != 0 ||
      ::bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any) != 0)
    fail("socket");
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  return fd;
}

void write_request(Message& m, std::uint64_t number, std::uint32_t source, const sockaddr_in& server) {
  auto* p = m.bytes.data();
  const std::array<std::uint8_t, 8> head{0, 1, 0, request_size - 20, 0x21, 0x12, 0xA4, 0x42};
  std::memcpy(p, head.data(), head.size());
  std::memcpy(p + 8, &number, sizeof number);
  std::memcpy(p + 16, &source, sizeof source);
  const std::array<std::uint8_t, 4> software{0x80, 0x22, 0, request_size - 24};
  std::memcpy(p + 20, software.data(), software.size());
  std::memset(p + 24, ' ', request_size - 24);
  m.peer = server;
  auto* c = reinterpret_cast<cmsghdr*>(m.control.data());
  c->cmsg_level = IPPROTO_IP;
  c->cmsg_type = IP_PKTINFO;
  c->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
  in_pktinfo info{};
  info.ipi_spec_dst.s_addr = htonl(source);
  std::memcpy(CMSG_DATA(c), &info, sizeof info);
}

/// A success whose XOR-MAPPED-ADDRESS is the address that the answer came to.
bool is_right(const Message& m, std::size_t size, std::uint32_t to) {
  const auto* p = m.bytes.data();
  const auto u16 = [&](std::size_t at) { return static_cast<std::size_t>(p[at] << 8 | p[at + 1]); };
  if (size < 20 || u16(0) != 0x0101 || u16(2) + 20 != size) return false;
  for (std::size_t at = 20; at + 4 <= size; at += 4 + ((u16(at + 2) + 3) & ~std::size_t{3})) {
    if (u16(at) != 0x0020 || at + 12 > size) continue;
    std::uint32_t address = 0;
    std::memcpy(&address, p + at + 8, 4);
    return (ntohl(address) ^ 0x2112A442) == to;
  }
  return false;
}

std::size_t send_some(Socket& socket, Batch& out, std::size_t count, std::uint32_t base, const sockaddr_in& server, Counts& counts) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = counts.sent + i;
    out.prepare(i, request_size);
    write_request(out.messages[i], number, base | (static_cast<std::uint32_t>(mix(number)) & 0xFFFFFF) | 1, server);
  }
  const int sent = ::sendmmsg(socket.fd, out.headers.data(), static_cast<unsigned>(count), 0);
  if (sent <= 0) return 0;
  counts.sent += static_cast<std::uint64_t>(sent);
  return static_cast<std::size_t>(sent);
}

std::size_t receive_some(Socket& socket, Batch& in, Counts& counts) {
  for (std::size_t i = 0; i < batch; ++i) in.prepare(i, in.messages[i].bytes.size());
  const int got = ::recvmmsg(socket.fd, in.headers.data(), batch, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < got; ++i) {
    const auto at = static_cast<std::size_t>(i);
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(reinterpret_cast<cmsghdr*>(in.messages[at].control.data())), sizeof info);
    const bool right = is_right(in.messages[at], in.headers[at].msg_len, ntohl(info.ipi_addr.s_addr));
    ++(right ? counts.answers : counts.wrong);
    if (in.headers[at].msg_len > request_size) ++counts.longer;
  }
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 7) {
    std::fprintf(stderr, "stun-load SERVER PORT BASE COUNT|SECONDSs WINDOW SOCKETS\n");
    return 64;
  }
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[2])));
  in_addr base{};
  if (::inet_pton(AF_INET, argv[1], &server.sin_addr) != 1 || ::inet_pton(AF_INET, argv[3], &base) != 1) return 64;
  const std::string much = argv[4];
  const bool by_time = much.ends_with('s');
  const auto amount = std::strtoull(much.c_str(), nullptr, 10);
  const auto window = static_cast<std::size_t>(std::strtoul(argv[5], nullptr, 10));
  std::vector<Socket> sockets(std::strtoul(argv[6], nullptr, 10));
  for (auto& socket : sockets) socket.fd = open_socket();

  const auto in = std::make_unique<Batch>(), out = std::make_unique<Batch>();
  Counts counts;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::seconds(by_time ? amount : 100000);
  const auto enough = [&] { return by_time ? Clock::now() >= end : counts.sent >= amount; };
  while (!enough())
    for (auto& socket : sockets) {
      const auto got = receive_some(socket, *in, counts);
      socket.under_way -= std::min(socket.under_way, got);
      if (got > 0) socket.heard = Clock::now();
      else if (socket.under_way == window && window > 0 && Clock::now() - socket.heard > lost_after)
        socket.under_way = 0, socket.heard = Clock::now();
      const auto room = std::min(batch, window == 0 ? batch : window - socket.under_way);
      if (room > 0) socket.under_way += send_some(socket, *out, room, ntohl(base.s_addr), server, counts);
    }
  const auto seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::printf("sent %llu answers %llu wrong %llu longer %llu seconds %.3f\n", static_cast<unsigned long long>(counts.sent),
              static_cast<unsigned long long>(counts.answers), static_cast<unsigned long long>(counts.wrong),
              static_cast<unsigned long long>(counts.longer), seconds);
  return 0;
}
