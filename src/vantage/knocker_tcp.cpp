#include <cerrno>

#include "vantage/knocker.hpp"
#include "vantage/socket.hpp"

namespace ringback::vantage {
namespace {

/// Several attempts close together, each from a port of its own: the kernel alone would send its second SYN after a second
/// (RFC 6298 §2.1), too late to tell silence from loss quickly.
constexpr std::array attempts{milliseconds{0}, milliseconds{150}, milliseconds{350}, milliseconds{650}, milliseconds{1000}};

/// nullopt: not an answer.
std::optional<Outcome> answer(int error, const std::optional<QueuedError>& icmp) {
  // An ICMP error is told as such even where connect(2) says "refused": a filter that rejects is not a closed port.
  if (icmp) return Outcome{Result::unreachable, icmp->icmp, {}};
  switch (error) {
    case ECONNREFUSED: return Outcome{Result::refused, {}, {}};
    case ECONNRESET: return Outcome{Result::reset, {}, {}};
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EPROTO: return Outcome{Result::unreachable, {}, {}};
    default: return std::nullopt;
  }
}

class TcpKnocker : public Knocker {
 public:
  TcpKnocker(Announcement announcement, std::vector<UniqueFd> fds) : announcement_(std::move(announcement)), fds_(std::move(fds)) {}

  [[nodiscard]] const Announcement& announcement() const override { return announcement_; }
  [[nodiscard]] std::span<const milliseconds> schedule() const override { return attempts; }
  [[nodiscard]] bool answers_by_write() const override { return true; }
  [[nodiscard]] std::vector<int> descriptors() const override {
    std::vector<int> result;
    for (const auto& fd : fds_) result.push_back(fd.get());
    return result;
  }

  std::optional<Outcome> attempt(std::size_t n) override {
    const Endpoint target{announcement_.target, announcement_.port};
    const auto address = to_socket(target);
    if (::connect(fds_[n].get(), address.get(), address.length) == 0) return Outcome{Result::connected, {}, {}};
    if (errno == EINPROGRESS) return std::nullopt;
    const int error = errno;
    if (auto decided = answer(error, next_icmp_error(fds_[n])); decided && decided->result != Result::unreachable) return decided;
    // What this host's kernel itself refuses says nothing about the target; an earlier attempt may still be answered.
    if (n > 0) return std::nullopt;
    return Outcome{Result::unavailable, {}, system_error("connect tcp " + target.to_string(), error).what};
  }

  std::optional<Outcome> look(std::size_t n) override {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fds_[n].get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return std::nullopt;
    const auto icmp = next_icmp_error(fds_[n]);
    if (error != 0 || icmp) return answer(error, icmp);
    SocketAddress peer;
    if (::getpeername(fds_[n].get(), peer.get(), &peer.length) != 0) return std::nullopt;
    return Outcome{Result::connected, {}, {}};
  }

 private:
  Announcement announcement_;
  std::vector<UniqueFd> fds_;
};

}  // namespace

Expected<std::unique_ptr<Knocker>> open_tcp_knocker(Announcement announcement) {
  std::vector<UniqueFd> fds;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    auto fd = open_socket(announcement.target.family(), SOCK_STREAM, IPPROTO_TCP);
    if (!fd) return tl::unexpected(fd.error());
    if (auto bound = bind_socket(*fd, {announcement.source, 0}); !bound) return tl::unexpected(bound.error());
    if (auto kept = keep_icmp_errors(*fd, announcement.target.family()); !kept) return tl::unexpected(kept.error());
    announcement.ports.push_back(local_endpoint(*fd).port);
    fds.push_back(std::move(*fd));
  }
  return std::make_unique<TcpKnocker>(std::move(announcement), std::move(fds));
}

}  // namespace ringback::vantage
