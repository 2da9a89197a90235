#include "vantage/stun_server.hpp"

#include <netinet/in.h>

#include <cerrno>
#include <cstring>

#include "vantage/socket.hpp"
#include "vantage/stun_answer.hpp"
#include "vantage/watch.hpp"

namespace ringback::vantage {
namespace {

constexpr int set = 1;
constexpr unsigned datagrams_at_once = 64;  ///< then others get their turn

struct Arrived {
  SocketAddress from;
  std::optional<Address> to;   ///< as the kernel tells for this datagram; needed where the socket is bound to every address
  std::size_t size = 0;
};

Expected<UniqueFd> open_bound(const Endpoint& local) {
  auto fd = open_socket(local.address.family(), SOCK_DGRAM, IPPROTO_UDP);
  if (!fd) return fd;
  const int told = local.address.is_v4() ? ::setsockopt(fd->get(), IPPROTO_IP, IP_PKTINFO, &set, sizeof set)
                                         : ::setsockopt(fd->get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &set, sizeof set);
  if (told != 0) return tl::unexpected(system_error("set IP_PKTINFO", errno));
  if (const auto bound = bind_socket(*fd, local); !bound) return failure(bound.error().code, "listen stun: " + bound.error().what);
  return fd;
}

std::optional<Address> destination(msghdr& message) {
  for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    const auto bytes = [](const auto& in) { return std::span(reinterpret_cast<const std::uint8_t*>(&in), sizeof in); };
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO && c->cmsg_len >= CMSG_LEN(sizeof(in_pktinfo))) {
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(c), sizeof info);
      return Address::from_bytes(bytes(info.ipi_addr));
    }
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO && c->cmsg_len >= CMSG_LEN(sizeof(in6_pktinfo))) {
      in6_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(c), sizeof info);
      return Address::from_bytes(bytes(info.ipi6_addr));
    }
  }
  return std::nullopt;
}

/// nullopt: nothing there any more.
std::optional<Arrived> receive(int fd, std::span<std::byte> buffer) {
  Arrived arrived;
  alignas(cmsghdr) std::array<std::byte, 128> control{};
  iovec payload{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_name = arrived.from.get();
  message.msg_namelen = arrived.from.length;
  message.msg_iov = &payload;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto size = ::recvmsg(fd, &message, MSG_DONTWAIT);
  if (size < 0) return std::nullopt;
  arrived.from.length = message.msg_namelen;
  arrived.size = (message.msg_flags & MSG_TRUNC) != 0 ? 0 : static_cast<std::size_t>(size);  // longer than any request: no STUN
  arrived.to = destination(message);
  return arrived;
}

template <class Info>
void put_control(msghdr& message, int level, int type, const Info& info) {
  auto* c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = level;
  c->cmsg_type = type;
  c->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(c), &info, sizeof info);
  message.msg_controllen = CMSG_SPACE(sizeof info);
}

/// A UDP answer that cannot be sent is a lost one.
void send_from(int fd, const Address& source, SocketAddress& to, wire::Bytes& bytes) {
  alignas(cmsghdr) std::array<std::byte, 128> control{};
  iovec payload{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_name = to.get();
  message.msg_namelen = to.length;
  message.msg_iov = &payload;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (source.is_v4()) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.bytes().data(), 4);
    put_control(message, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, source.bytes().data(), 16);
    put_control(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
  (void)::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

struct StunServer::Socket {
  UniqueFd fd;
  Endpoint local;
  std::optional<Endpoint> other;
  Watch watch;  ///< after `fd`, so that it ends before
};

StunServer::StunServer(asio::io_context& io, bool open, const Limits& limits, const Clock& clock, std::uint64_t seed, Counters& counters,
                       Faults& faults)
    : io_(io),
      open_(open),
      clock_(clock),
      counters_(counters),
      faults_(faults),
      limiter_(limits.stun_rates, limits.callers_remembered, seed) {}

StunServer::~StunServer() = default;

void StunServer::add(UniqueFd fd, std::optional<Endpoint> other) {
  const int number = fd.get();
  const auto local = local_endpoint(fd);
  sockets_.push_back(std::make_shared<Socket>(Socket{std::move(fd), local, other, Watch(io_, number)}));
  wait(sockets_.back());
}

Expected<Endpoint> StunServer::listen(const Endpoint& local) {
  auto fd = open_bound(local);
  if (!fd) return tl::unexpected(fd.error());
  add(std::move(*fd), {});
  return sockets_.back()->local;
}

Expected<void> StunServer::listen_behaviour(const Endpoint& primary, const Endpoint& alternate) {
  struct Half {
    UniqueFd fd;
    Endpoint other;
  };
  std::vector<Half> opened;
  for (const auto& [address, other_address] :
       {std::pair(primary.address, alternate.address), std::pair(alternate.address, primary.address)})
    for (const auto& [port, other_port] : {std::pair(primary.port, alternate.port), std::pair(alternate.port, primary.port)}) {
      auto fd = open_bound({address, port});
      if (!fd) return tl::unexpected(fd.error());
      opened.push_back({std::move(*fd), {other_address, other_port}});
    }
  for (auto& half : opened) add(std::move(half.fd), half.other);
  return {};
}

void StunServer::stop() {
  for (const auto& socket : sockets_) socket->watch.cancel();
}

void StunServer::wait(const std::shared_ptr<Socket>& socket) {
  socket->watch.wait(Watch::readable, [this, socket](const boost::system::error_code& error) {
    if (error) return;
    try {
      for (unsigned i = 0; i < datagrams_at_once && read(*socket); ++i) {
      }
    } catch (...) {
      faults_.note();
    }
    wait(socket);
  });
}

void StunServer::resume() {
  // A socket that is waited for is held by its callback too.
  for (const auto& socket : sockets_)
    if (socket.use_count() == 1) wait(socket);
}

bool StunServer::read(Socket& socket) {
  std::array<std::byte, 1500> buffer;
  auto arrived = receive(socket.fd.get(), buffer);
  if (!arrived) return false;
  const auto from = to_endpoint(arrived->from);
  // Before anything of the datagram is looked at: a flood costs a table look-up for each.
  if (limiter_.refuse(from.address, clock_.now())) {
    counters_.stun(StunOutcome::limited);
    return true;
  }
  const Endpoint at{arrived->to.value_or(socket.local.address), socket.local.port};
  auto answer = stun_answer(std::span(buffer).first(arrived->size), {from, at, socket.other}, open_);
  counters_.stun(answer.outcome);
  if (answer.bytes.empty()) return true;
  const auto& way = answer.from == at ? socket : *find(answer.from);
  send_from(way.fd.get(), answer.from.address, arrived->from, answer.bytes);
  return true;
}

const StunServer::Socket* StunServer::find(const Endpoint& local) const {
  for (const auto& socket : sockets_)
    if (socket->local == local) return socket.get();
  return nullptr;
}

}  // namespace ringback::vantage
