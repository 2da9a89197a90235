#include "io/tcp_loss.hpp"

// <netinet/tcp.h> has a shorter tcp_info, and the two do not go together.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "io/system.hpp"

namespace ringback::io {

Expected<bool> has_lost_packets(int socket, const std::string& what) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return system_failure(what + ": ask for TCP_INFO", errno);
  // The peer's losses show as packets that come out of order, or twice. Older kernels tell less: what they leave out stays zero.
  return info.tcpi_total_retrans != 0 || info.tcpi_rcv_ooopack != 0 || info.tcpi_dsack_dups != 0;
}

std::uint64_t received_bytes(int socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 ? info.tcpi_bytes_received : 0;
}

}  // namespace ringback::io
