#pragma once
/// The path MTU, from datagrams that must not be fragmented (RFC 1191, RFC 8201).
#include <optional>

#include "io/network.hpp"

namespace ringback::path {

class MtuProbe {
 public:
  /// `mtu` is the interface's; the socket does not fragment. Uses the ports from `first_port` on, one for each size.
  MtuProbe(const Endpoint& first, unsigned mtu, io::UdpSocket& socket, const Clock& clock);

  void send();
  /// True where the error was about one of its datagrams.
  bool take(const io::IcmpError& error);
  bool take(const io::Datagram& datagram);
  /// When an answer is no longer worth waiting for; `slowest` is the longest round trip that the path has shown.
  [[nodiscard]] Instant waits_until(microseconds slowest) const;

  /// Learned from "too big", or proven by a full-size datagram that the destination answered. Absent: silence, which proves nothing.
  [[nodiscard]] std::optional<unsigned> learned() const { return learned_; }

 private:
  [[nodiscard]] bool is_ours(const Endpoint& endpoint) const;

  Endpoint first_;
  unsigned size_;
  io::UdpSocket& socket_;
  const Clock& clock_;
  unsigned sent_ = 0;
  Instant sent_at_;
  bool done_ = false;
  std::optional<unsigned> learned_;
};

}  // namespace ringback::path
