#include "io/tcp_stream.hpp"

#include <netinet/tcp.h>
#include <poll.h>

#include "io/sockaddr.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t largest_read = 1U << 20U;

class RealTcpStream : public TcpStream {
 public:
  RealTcpStream(UniqueFd fd, Endpoint local, Endpoint peer, const Clock& clock)
      : fd_(std::move(fd)), local_(local), peer_(peer.to_string()), clock_(clock) {}

  Expected<void> send(std::span<const std::byte> bytes, Deadline deadline) override {
    const auto what = "send tcp " + peer_;
    while (!bytes.empty()) {
      const auto sent = retry([&] { return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
      if (sent >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
        continue;
      }
      if (errno != EAGAIN) return system_failure(what, errno);
      if (auto ready = await(POLLOUT, deadline, what); !ready) return ready;
    }
    return {};
  }

  Expected<Bytes> receive(std::size_t limit, Deadline deadline) override {
    const auto what = "receive tcp " + peer_;
    Bytes bytes(std::min(limit, largest_read));
    for (;;) {
      const auto got = retry([&] { return ::recv(fd_.get(), bytes.data(), bytes.size(), 0); });
      if (got >= 0) {
        bytes.resize(static_cast<std::size_t>(got));
        return bytes;
      }
      if (errno != EAGAIN) return system_failure(what, errno);
      if (auto ready = await(POLLIN, deadline, what); !ready) return tl::unexpected(ready.error());
    }
  }

  [[nodiscard]] Endpoint local() const override { return local_; }

 private:
  Expected<void> await(short events, Deadline deadline, const std::string& what) {
    const auto came = wait_for(fd_.get(), events, deadline, clock_, what);
    if (!came) return tl::unexpected(came.error());
    if (*came == 0) return failure(Errc::timed_out, what + ": nothing by the deadline");
    return {};
  }

  UniqueFd fd_;
  Endpoint local_;
  std::string peer_;
  const Clock& clock_;
};

Expected<void> bind_source(int fd, const Endpoint& to, const TcpOptions& options, const std::string& what) {
  if (options.interface)
    if (auto bound = bind_to_interface(fd, *options.interface, what); !bound) return bound;
  if (!options.local) return {};
  if (options.local->family() != to.address.family()) return failure(Errc::invalid_input, what + ": source is of the other address family");
  return bind_to(fd, {*options.local, 0}, index_of(options.interface), what);
}

/// The three-way handshake, to its end or the deadline.
Expected<void> shake_hands(int fd, const SocketAddress& peer, Deadline deadline, const Clock& clock, const std::string& what) {
  // An interrupted connect goes on by itself (connect(2)): it is waited for like every other.
  if (::connect(fd, peer.get(), peer.length) == 0) return {};
  if (errno == EADDRNOTAVAIL) return failure(Errc::no_route, what + ": no source address for it");
  if (errno != EINPROGRESS && errno != EINTR) return system_failure(what, errno);
  const auto events = wait_for(fd, POLLOUT, deadline, clock, what);
  if (!events) return tl::unexpected(events.error());
  if (*events == 0) return failure(Errc::timed_out, what + ": no answer by the deadline");
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return system_failure(what, errno);
  if (error != 0) return system_failure(what, error);
  return {};
}

}  // namespace

Expected<std::unique_ptr<TcpStream>> open_tcp_stream(const Endpoint& to, const TcpOptions& options, Deadline deadline, const Clock& clock) {
  const auto what = "connect tcp " + to.to_string();
  auto fd = open_socket(to.address.family(), SOCK_STREAM, what);
  if (!fd) return tl::unexpected(fd.error());
  if (auto bound = bind_source(fd->get(), to, options, what); !bound) return tl::unexpected(bound.error());
  const auto peer = to_sockaddr(to, index_of(options.interface));
  if (auto connected = shake_hands(fd->get(), peer, deadline, clock, what); !connected) return tl::unexpected(connected.error());
  if (auto set = set_option(fd->get(), IPPROTO_TCP, TCP_NODELAY, 1, what); !set) return tl::unexpected(set.error());
  auto local = local_of(fd->get(), what);
  if (!local) return tl::unexpected(local.error());
  return std::make_unique<RealTcpStream>(std::move(*fd), *local, to, clock);
}

}  // namespace ringback::io
