#include "io/tcp_connect.hpp"

#include <poll.h>

#include <array>

#include "io/sockaddr.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::array attempt_times{milliseconds(0), milliseconds(300), milliseconds(800), milliseconds(1500), milliseconds(2500)};
constexpr milliseconds asking_interval{20};   // of still_wanted

Expected<void> bind_source(int fd, const Endpoint& to, const TcpOptions& options, const std::string& what) {
  if (options.interface)
    if (auto bound = bind_to_interface(fd, *options.interface, what); !bound) return bound;
  if (!options.local) return {};
  if (options.local->family() != to.address.family()) return failure(Errc::invalid_input, what + ": source is of the other address family");
  return bind_to(fd, {*options.local, 0}, index_of(options.interface), what);
}

class Attempts {
 public:
  Attempts(const Endpoint& to, const TcpOptions& options, Deadline deadline, const Clock& clock, const std::string& what)
      : to_(to), options_(options), deadline_(deadline), clock_(clock), what_(what), began_(clock.now()) {}

  Expected<UniqueFd> run(const std::function<bool()>& still_wanted) {
    for (;;) {
      if (due()) {
        auto made = begin();
        if (!made) return tl::unexpected(made.error());
        if (*made) return std::move(sockets_.back());
      }
      auto ready = wait(still_wanted ? asking_interval : milliseconds::max());
      if (!ready) return tl::unexpected(ready.error());
      if (*ready) return std::move(**ready);
      if (still_wanted && !still_wanted()) return UniqueFd{};
      if (deadline_.passed(clock_)) return failure(Errc::timed_out, what_ + ": no answer by the deadline");
    }
  }

 private:
  [[nodiscard]] bool due() const { return sockets_.size() < attempt_times.size() && clock_.now() >= began_ + attempt_times[sockets_.size()]; }

  /// True: connected at once, as on loopback.
  Expected<bool> begin() {
    auto fd = open_socket(to_.address.family(), SOCK_STREAM, what_);
    if (!fd) return tl::unexpected(fd.error());
    if (auto bound = bind_source(fd->get(), to_, options_, what_); !bound) return tl::unexpected(bound.error());
    const auto peer = to_sockaddr(to_, index_of(options_.interface));
    sockets_.push_back(std::move(*fd));
    // An interrupted connect goes on by itself (connect(2)): it is waited for like every other.
    if (::connect(sockets_.back().get(), peer.get(), peer.length) == 0) return true;
    if (errno == EADDRNOTAVAIL) return failure(Errc::no_route, what_ + ": no source address for it");
    if (errno != EINPROGRESS && errno != EINTR) return system_failure(what_, errno);
    return false;
  }

  /// The socket that is connected, if one is by the end of this turn.
  Expected<std::optional<UniqueFd>> wait(milliseconds longest) {
    auto left = std::min(longest, deadline_.left(clock_));
    if (sockets_.size() < attempt_times.size())
      left = std::min(left, std::chrono::ceil<milliseconds>(Deadline{began_ + attempt_times[sockets_.size()]}.left(clock_)));
    std::array<pollfd, attempt_times.size()> entries{};
    for (std::size_t i = 0; i < sockets_.size(); ++i) entries[i] = {sockets_[i].get(), POLLOUT, 0};
    const auto whole = std::chrono::duration_cast<seconds>(left);
    const timespec timeout{.tv_sec = whole.count(), .tv_nsec = std::chrono::nanoseconds(left - whole).count()};
    if (::ppoll(entries.data(), sockets_.size(), &timeout, nullptr) < 0 && errno != EINTR) return system_failure(what_, errno);
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
      if (entries[i].revents == 0) continue;
      int error = 0;
      socklen_t length = sizeof error;
      if (::getsockopt(sockets_[i].get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) return system_failure(what_, errno);
      if (error != 0) return system_failure(what_, error);
      return std::optional(std::move(sockets_[i]));
    }
    return std::optional<UniqueFd>{};
  }

  const Endpoint& to_;
  const TcpOptions& options_;
  Deadline deadline_;
  const Clock& clock_;
  const std::string& what_;
  Instant began_;
  std::vector<UniqueFd> sockets_;
};

}  // namespace

Expected<UniqueFd> connect_tcp(const Endpoint& to, const TcpOptions& options, Deadline deadline, const Clock& clock, const std::string& what,
                               const std::function<bool()>& still_wanted) {
  return Attempts(to, options, deadline, clock, what).run(still_wanted);
}

}  // namespace ringback::io
