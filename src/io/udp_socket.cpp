#include "io/udp_socket.hpp"

#include <linux/errqueue.h>
#include <poll.h>

#include <array>
#include <cstring>
#include <memory>

#include "io/netlink.hpp"
#include "io/sockaddr.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t largest_datagram = 65535;

/// Errors that the network may have left on the socket for an earlier datagram (ip(7), IP_RECVERR): they say nothing of this call.
bool may_be_of_an_earlier_datagram(int error) {
  return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH || error == EMSGSIZE || error == EACCES || error == EPROTO ||
         error == EOPNOTSUPP || error == ENOPROTOOPT || error == EHOSTDOWN || error == ENONET;
}

/// RFC 792 host unreachable, RFC 4443 §3.1 address unreachable. The kernel sends one to itself when the next hop does not answer ARP or
/// neighbour discovery, and then its offender is this host.
bool is_host_unreachable(const IcmpError& error) {
  return error.destination.address.is_v4() ? error.type == 3 && error.code == 1 : error.type == 1 && error.code == 3;
}

IcmpError icmp_error(const sock_extended_err& extended, const Endpoint& destination, const Address& own) {
  IcmpError error;
  error.destination = destination;
  error.type = extended.ee_type;
  error.code = extended.ee_code;
  error.local = extended.ee_origin == SO_EE_ORIGIN_LOCAL;
  error.offender = own;
  if (extended.ee_errno == EMSGSIZE && extended.ee_info != 0) error.mtu = extended.ee_info;
  if (error.local && extended.ee_errno == EMSGSIZE) {
    error.type = destination.address.is_v4() ? 3 : 2;  // RFC 792 fragmentation needed; RFC 4443 §3.2 packet too big
    error.code = destination.address.is_v4() ? 4 : 0;
  }
  return error;
}

class RealUdpSocket : public UdpSocket {
 public:
  RealUdpSocket(UniqueFd fd, Endpoint local, unsigned scope, const Clock& clock)
      : fd_(std::move(fd)), local_(local), scope_(scope), clock_(clock) {}

  Expected<void> send(const Endpoint& to, std::span<const std::byte> payload, std::optional<Ttl> hop_limit) override {
    if (to.address.family() != local_.address.family())
      return failure(Errc::invalid_input, "send udp " + to.to_string() + ": the socket is of the other address family");
    last_sent_to_ = to;
    int error = send_once(to, payload, hop_limit);
    if (may_be_of_an_earlier_datagram(error)) error = send_once(to, payload, hop_limit);  // reading an error clears it
    if (error == 0) return {};
    // Without any usable source address the kernel knows no way there either (RFC 6724 §5 found no candidate).
    if (error == EADDRNOTAVAIL) return failure(Errc::no_route, "send udp " + to.to_string() + ": no source address for it");
    return system_failure("send udp " + to.to_string(), error);
  }

  Expected<std::optional<Received>> receive(Deadline deadline) override {
    const auto what = "udp " + local_.to_string();
    for (;;) {
      const auto events = wait_for(fd_.get(), POLLIN, deadline, clock_, what);
      if (!events) return tl::unexpected(events.error());
      if (*events == 0) return std::optional<Received>{};
      if (*events & POLLERR) {
        auto error = take_error();
        if (!error) return tl::unexpected(error.error());
        if (*error) return std::optional<Received>(**error);
      }
      if (*events & POLLIN) {
        auto datagram = take_datagram();
        if (!datagram) return tl::unexpected(datagram.error());
        if (*datagram) return std::optional<Received>(std::move(**datagram));
      }
      if (*events & (POLLNVAL | POLLHUP)) return failure(Errc::failed, "receive on " + what + ": the socket is gone");
    }
  }

  [[nodiscard]] Endpoint local() const override { return local_; }
  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  /// 0 or the errno.
  int send_once(const Endpoint& to, std::span<const std::byte> payload, std::optional<Ttl> hop_limit) {
    clear_pending_error();
    auto address = to_sockaddr(to, scope_);
    iovec piece{const_cast<std::byte*>(payload.data()), payload.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_name = address.get();
    message.msg_namelen = address.length;
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (hop_limit) {
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = to.address.is_v4() ? IPPROTO_IP : IPPROTO_IPV6;
      header->cmsg_type = to.address.is_v4() ? IP_TTL : IPV6_HOPLIMIT;
      header->cmsg_len = CMSG_LEN(sizeof(int));
      const int value = *hop_limit;
      std::memcpy(CMSG_DATA(header), &value, sizeof value);
    }
    return retry([&] { return ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL); }) < 0 ? errno : 0;
  }

  /// The error queue keeps what it is about; this only takes it off the next call.
  void clear_pending_error() {
    int error = 0;
    socklen_t length = sizeof error;
    static_cast<void>(::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &length));
  }

  /// The oldest entry of the error queue; nullopt: it is empty, or the entry is none of ours.
  Expected<std::optional<IcmpError>> take_error() {
    SocketAddress destination;
    alignas(cmsghdr) std::array<char, 512> control{};
    std::array<std::byte, 1> ignored{};
    iovec piece{ignored.data(), ignored.size()};
    msghdr message{};
    message.msg_name = destination.get();
    message.msg_namelen = sizeof destination.storage;
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (retry([&] { return ::recvmsg(fd_.get(), &message, MSG_ERRQUEUE); }) < 0) {
      if (errno != EAGAIN) return system_failure("read the error queue of udp " + local_.to_string(), errno);
      clear_pending_error();
      return std::optional<IcmpError>{};
    }
    const auto to = from_sockaddr(destination.get());
    if (!to) return std::optional<IcmpError>{};
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
      const bool ours = (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR) ||
                        (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR);
      if (!ours || header->cmsg_len < CMSG_LEN(sizeof(sock_extended_err))) continue;
      return std::optional<IcmpError>(read_error(header, *to));
    }
    return std::optional<IcmpError>{};
  }

  IcmpError read_error(const cmsghdr* header, const Endpoint& to) {
    sock_extended_err extended{};
    std::memcpy(&extended, CMSG_DATA(header), sizeof extended);
    auto error = icmp_error(extended, to, local_.address);
    // For its own IPv4 errors the kernel fills in the port that the socket is connected to, and this one is not.
    if (error.local && to.port == 0 && to.address == last_sent_to_.address) error.destination.port = last_sent_to_.port;
    const std::size_t left = header->cmsg_len - CMSG_LEN(sizeof extended);
    if (left < sizeof(sockaddr_in)) return error;
    SocketAddress offender;  // SO_EE_OFFENDER: it follows the structure
    std::memcpy(&offender.storage, CMSG_DATA(header) + sizeof extended, std::min(left, sizeof(sockaddr_in6)));
    if (offender.storage.ss_family == AF_INET6 && left < sizeof(sockaddr_in6)) return error;
    const auto from = from_sockaddr(offender.get());
    if (!from) return error;
    error.offender = from->address;
    if (is_host_unreachable(error) && is_own_address(error.offender, clock_)) error.local = true;
    return error;
  }

  Expected<std::optional<Datagram>> take_datagram() {
    SocketAddress from;
    from.length = sizeof from.storage;
    std::array<std::byte, largest_datagram> buffer;   // not initialised, so that no more of it takes memory than a datagram came into
    const auto got = retry([&] { return ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0, from.get(), &from.length); });
    if (got < 0) {
      if (errno == EAGAIN || may_be_of_an_earlier_datagram(errno)) return std::optional<Datagram>{};
      return system_failure("receive on udp " + local_.to_string(), errno);
    }
    const auto sender = from_sockaddr(from.get());
    if (!sender) return std::optional<Datagram>{};
    return std::optional<Datagram>(Datagram{*sender, Bytes(buffer.begin(), buffer.begin() + got)});
  }

  UniqueFd fd_;
  Endpoint local_;
  unsigned scope_;
  const Clock& clock_;
  Endpoint last_sent_to_;
};

Expected<void> set_options(int fd, const UdpOptions& options, const std::string& what) {
  const bool v4 = options.family == Family::ipv4;
  const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  if (auto set = set_option(fd, level, v4 ? IP_RECVERR : IPV6_RECVERR, 1, what); !set) return set;
  if (options.dont_fragment) {
    // PROBE: no fragments, and what the kernel believes of the path MTU is not applied (ip(7)).
    if (auto set = set_option(fd, level, v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, v4 ? IP_PMTUDISC_PROBE : IPV6_PMTUDISC_PROBE, what); !set)
      return set;
    if (!v4)
      if (auto set = set_option(fd, level, IPV6_DONTFRAG, 1, what); !set) return set;
  }
  if (options.interface) return bind_to_interface(fd, *options.interface, what);
  return {};
}

/// Multicast leaves where the source address is, not where the default route points.
Expected<void> set_multicast_source(int fd, const Endpoint& local, const std::string& what) {
  if (local.address.is_v6() || local.address.is_unspecified()) return {};
  const in_addr source{htonl(local.address.v4_host_order())};
  if (::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &source, sizeof source) != 0)
    return system_failure(what + ": multicast from " + local.address.to_string(), errno);
  return {};
}

}  // namespace

Expected<std::unique_ptr<UdpSocket>> open_udp_socket(const UdpOptions& options, const Clock& clock) {
  const auto wanted = options.local.value_or(Endpoint{Address::any(options.family), 0});
  const auto what = "open udp " + wanted.to_string();
  if (wanted.address.family() != options.family) return failure(Errc::invalid_input, what + ": of the other address family");
  auto fd = open_socket(options.family, SOCK_DGRAM, what);
  if (!fd) return tl::unexpected(fd.error());
  if (auto set = set_options(fd->get(), options, what); !set) return tl::unexpected(set.error());
  const auto scope = index_of(options.interface);
  if (auto bound = bind_to(fd->get(), wanted, scope, what); !bound) return tl::unexpected(bound.error());
  if (auto set = set_multicast_source(fd->get(), wanted, what); !set) return tl::unexpected(set.error());
  if (options.to_everybody)
    if (auto set = set_option(fd->get(), SOL_SOCKET, SO_BROADCAST, 1, what); !set) return tl::unexpected(set.error());
  auto local = local_of(fd->get(), what);
  if (!local) return tl::unexpected(local.error());
  return std::make_unique<RealUdpSocket>(std::move(*fd), *local, scope, clock);
}

Expected<std::optional<std::size_t>> wait_for_any_socket(std::span<UdpSocket* const> sockets, std::size_t first, Deadline deadline, const Clock& clock) {
  std::vector<pollfd> entries;   // poll(2) passes over negative descriptors
  for (const auto* socket : sockets)
    entries.push_back({.fd = socket ? static_cast<const RealUdpSocket*>(socket)->descriptor() : -1, .events = POLLIN, .revents = 0});
  const auto any = wait_for(entries, deadline, clock, "one of several udp sockets");
  if (!any) return tl::unexpected(any.error());
  for (std::size_t i = 0; *any && i < entries.size(); ++i)
    if (const auto place = (first + i) % entries.size(); entries[place].revents != 0) return place;
  return std::nullopt;
}

}  // namespace ringback::io
