#include "io/tcp_stream.hpp"

#include <netinet/tcp.h>
#include <poll.h>

#include "io/sockaddr.hpp"
#include "io/system.hpp"
#include "io/tcp_connect.hpp"

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

}  // namespace

Expected<std::unique_ptr<TcpStream>> open_tcp_stream(const Endpoint& to, const TcpOptions& options, Deadline deadline, const Clock& clock) {
  const auto what = "connect tcp " + to.to_string();
  auto fd = connect_tcp(to, options, deadline, clock, what);
  if (!fd) return tl::unexpected(fd.error());
  if (auto set = set_option(fd->get(), IPPROTO_TCP, TCP_NODELAY, 1, what); !set) return tl::unexpected(set.error());
  auto local = local_of(fd->get(), what);
  if (!local) return tl::unexpected(local.error());
  return std::make_unique<RealTcpStream>(std::move(*fd), *local, to, clock);
}

}  // namespace ringback::io
