// http-load SERVER PORT BASE COUNT|SECONDSs CONNECTIONS REQUESTS: GET /v1/address over HTTP/1.1 on IPv4, CONNECTIONS at a time, each
// from a new source address of BASE/8 (ip route add local BASE/8 dev lo) with REQUESTS one after the other.
// Prints "answers N other N broken N connections N seconds S": answers are those of status 200.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view request = "GET /v1/address HTTP/1.1\r\nHost: vantage\r\nUser-Agent: ringback\r\nAccept: */*\r\n\r\n";

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

std::uint32_t scattered(std::uint32_t number) { return (number * 2654435761U >> 8 | 1) & 0xFFFFFF; }

struct Counts {
  unsigned long long answers = 0, other = 0, broken = 0, connections = 0;
};

struct Connection {
  int fd = -1;
  unsigned asked = 0;
  std::size_t size = 0;
  std::array<char, 4096> buffer{};
};

struct Load {
  sockaddr_in server{};
  std::uint32_t base = 0;
  unsigned requests = 1;
  int epoll = -1;
  std::uint32_t next = 0;
  Counts counts;
};

void ask(Connection& c) {
  ++c.asked;
  c.size = 0;
  (void)!::send(c.fd, request.data(), request.size(), MSG_NOSIGNAL);
}

void open(Load& load, Connection& c) {
  if (c.fd >= 0) ::close(c.fd);
  c.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  c.asked = 0;
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(load.base | scattered(++load.next));
  const int on = 1;
  if (c.fd < 0 || ::setsockopt(c.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0 ||
      ::bind(c.fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
    fail("socket");
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP;
  event.data.ptr = &c;
  if (::connect(c.fd, reinterpret_cast<const sockaddr*>(&load.server), sizeof load.server) != 0 && errno != EINPROGRESS) fail("connect");
  if (::epoll_ctl(load.epoll, EPOLL_CTL_ADD, c.fd, &event) != 0) fail("epoll");
  ++load.counts.connections;
}

/// True: the whole answer is there.
bool complete(const Connection& c) {
  const std::string_view text(c.buffer.data(), c.size);
  const auto end = text.find("\r\n\r\n");
  const auto field = text.find("\r\nContent-Length: ");
  if (end == std::string_view::npos || field >= end) return false;
  return c.size >= end + 4 + std::strtoul(text.data() + field + 18, nullptr, 10);
}

void step(Load& load, Connection& c, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0 && c.asked == 0) ask(c);
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0) return;
  for (;;) {
    const auto got = ::recv(c.fd, c.buffer.data() + c.size, c.buffer.size() - c.size, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      if (c.size > 0 || c.asked <= 1) ++load.counts.broken;  // otherwise the server had no more to give on this connection
      return open(load, c);
    }
    c.size += static_cast<std::size_t>(got);
    if (!complete(c)) continue;
    const std::string_view text(c.buffer.data(), c.size);
    ++(text.starts_with("HTTP/1.1 200 ") ? load.counts.answers : load.counts.other);
    if (c.asked == load.requests || text.find("\r\nConnection: close\r\n") != std::string_view::npos) return open(load, c);
    ask(c);
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 7) {
    std::fprintf(stderr, "http-load SERVER PORT BASE COUNT|SECONDSs CONNECTIONS REQUESTS\n");
    return 64;
  }
  Load load;
  load.server.sin_family = AF_INET;
  load.server.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[2])));
  in_addr base{};
  if (::inet_pton(AF_INET, argv[1], &load.server.sin_addr) != 1 || ::inet_pton(AF_INET, argv[3], &base) != 1) return 64;
  load.base = ntohl(base.s_addr);
  const std::string much = argv[4];
  const bool by_time = much.ends_with('s');
  const auto amount = std::strtoull(much.c_str(), nullptr, 10);
  load.requests = static_cast<unsigned>(std::strtoul(argv[6], nullptr, 10));
  load.next = static_cast<std::uint32_t>(Clock::now().time_since_epoch().count() >> 10);  // callers that were not there the last time
  load.epoll = ::epoll_create1(0);
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::seconds(by_time ? amount : 100000);
  std::vector<Connection> connections(std::strtoul(argv[5], nullptr, 10));
  for (auto& connection : connections) open(load, connection);
  std::array<epoll_event, 256> events{};
  while (by_time ? Clock::now() < end : load.counts.answers + load.counts.other + load.counts.broken < amount) {
    const int count = ::epoll_wait(load.epoll, events.data(), events.size(), 1000);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      step(load, *static_cast<Connection*>(event.data.ptr), event.events);
    }
  }
  const auto seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto& c = load.counts;
  std::printf("answers %llu other %llu broken %llu connections %llu seconds %.3f\n", c.answers, c.other, c.broken, c.connections, seconds);
  return 0;
}
