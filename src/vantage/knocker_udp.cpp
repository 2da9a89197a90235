#include <cerrno>

#include "vantage/knocker.hpp"
#include "vantage/socket.hpp"

namespace ringback::vantage {
namespace {

bool is_port_unreachable(const IcmpCode& icmp, Family family) {
  return family == Family::ipv4 ? icmp == IcmpCode{3, 3} : icmp == IcmpCode{1, 4};  // RFC 792, RFC 4443 §3.1
}

/// A socket connected to the target, so that the kernel gives it the target's datagrams alone.
class UdpKnocker : public Knocker {
 public:
  UdpKnocker(Announcement announcement, UniqueFd fd)
      : announcement_(std::move(announcement)), payload_(knock_payload(announcement_.nonce)), fd_(std::move(fd)) {}

  [[nodiscard]] const Announcement& announcement() const override { return announcement_; }
  [[nodiscard]] std::span<const milliseconds> schedule() const override { return datagram_schedule; }
  [[nodiscard]] bool answers_by_write() const override { return false; }
  [[nodiscard]] std::vector<int> descriptors() const override { return {fd_.get()}; }

  std::optional<Outcome> attempt(std::size_t n) override {
    if (::send(fd_.get(), payload_.data(), payload_.size(), MSG_NOSIGNAL) >= 0) return std::nullopt;
    const int error = errno;
    if (auto decided = look(0)) return decided;
    if (n > 0 || error == EAGAIN) return std::nullopt;
    return Outcome{
        Result::unavailable, {}, system_error("send udp " + Endpoint{announcement_.target, announcement_.port}.to_string(), error).what};
  }

  std::optional<Outcome> look(std::size_t) override {
    if (const auto error = next_icmp_error(fd_)) {
      if (is_port_unreachable(error->icmp, announcement_.target.family())) return Outcome{Result::refused, {}, {}};
      return Outcome{Result::unreachable, error->icmp, {}};
    }
    std::byte any{};
    if (::recv(fd_.get(), &any, 1, MSG_DONTWAIT) >= 0) return Outcome{Result::replied, {}, {}};
    return std::nullopt;
  }

 private:
  Announcement announcement_;
  std::string payload_;
  UniqueFd fd_;
};

}  // namespace

Expected<std::unique_ptr<Knocker>> open_udp_knocker(Announcement announcement) {
  auto fd = open_socket(announcement.target.family(), SOCK_DGRAM, IPPROTO_UDP);
  if (!fd) return tl::unexpected(fd.error());
  if (auto bound = bind_socket(*fd, {announcement.source, 0}); !bound) return tl::unexpected(bound.error());
  if (auto kept = keep_icmp_errors(*fd, announcement.target.family()); !kept) return tl::unexpected(kept.error());
  const Endpoint target{announcement.target, announcement.port};
  const auto address = to_socket(target);
  if (::connect(fd->get(), address.get(), address.length) != 0)
    return tl::unexpected(system_error("connect udp " + target.to_string(), errno));
  announcement.ports = {local_endpoint(*fd).port};
  return std::make_unique<UdpKnocker>(std::move(announcement), std::move(*fd));
}

}  // namespace ringback::vantage
