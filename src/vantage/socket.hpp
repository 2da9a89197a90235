#pragma once
/// Thin, typed layer over the socket calls that the knocks and STUN need. Every descriptor is non-blocking and close-on-exec.
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <span>

#include "base/unique_fd.hpp"
#include "net/endpoint.hpp"
#include "vantage/protocol.hpp"

namespace ringback::vantage {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};
[[nodiscard]] SocketAddress to_socket(const Endpoint& endpoint);
/// Anything but AF_INET and AF_INET6 gives 0.0.0.0:0.
[[nodiscard]] Endpoint to_endpoint(const SocketAddress& address);

/// "connect tcp 192.0.2.1:443: Network is unreachable", with the code that the errno stands for.
[[nodiscard]] Error system_error(std::string what, int error);

/// `type` SOCK_STREAM, SOCK_DGRAM, SOCK_RAW; `protocol` as socket(2). IPv6 sockets are IPv6 only.
[[nodiscard]] Expected<UniqueFd> open_socket(Family family, int type, int protocol);
[[nodiscard]] Expected<void> bind_socket(const UniqueFd& fd, const Endpoint& local);
[[nodiscard]] Endpoint local_endpoint(const UniqueFd& fd);
/// ICMP errors are kept in the socket's error queue (ip(7), ipv6(7)).
[[nodiscard]] Expected<void> keep_icmp_errors(const UniqueFd& fd, Family family);

/// An ICMP error from the socket's error queue.
struct QueuedError {
  IcmpCode icmp;
  std::array<std::byte, 64> quoted{};  ///< the start of our own packet's payload, as far as the kernel gives it back
  std::size_t quoted_size = 0;
};
/// The next ICMP error that is not about path MTU; nullopt when the queue is empty. Entries that are no ICMP errors are dropped.
[[nodiscard]] std::optional<QueuedError> next_icmp_error(const UniqueFd& fd);

}  // namespace ringback::vantage
