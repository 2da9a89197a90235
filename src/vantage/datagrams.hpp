#pragma once
/// UDP datagrams by the batch: one system call for many, and room for them that is made once.
#include <array>
#include <memory>

#include "vantage/socket.hpp"
#include "wire/reader.hpp"

namespace ringback::vantage {

inline constexpr std::size_t datagrams_at_once = 64;

/// Datagrams of 1500 bytes and more come as empty ones.
class Arrivals {
 public:
  Arrivals();
  ~Arrivals();
  /// How many came, up to datagrams_at_once. They stay until the next call.
  std::size_t receive(const UniqueFd& fd);

  [[nodiscard]] const SocketAddress& from(std::size_t i) const;
  /// Where it was sent to, as the kernel tells where it was asked to (IP_PKTINFO).
  [[nodiscard]] std::optional<Address> to(std::size_t i) const;
  [[nodiscard]] wire::ByteView bytes(std::size_t i) const;

 private:
  struct Slots;
  std::unique_ptr<Slots> slots_;
};

class Departures {
 public:
  static constexpr std::size_t most_bytes = 1500;

  Departures();
  ~Departures();
  /// At most datagrams_at_once until the next send(). `source`: for a socket that is bound to every address.
  /// `filled_to`: a STUN message that PADDING makes so long; 0: as it is.
  void add(const SocketAddress& to, const std::optional<Address>& source, wire::ByteView bytes, std::size_t filled_to = 0);
  /// What cannot be sent is lost, as anything over UDP may be; what the way is known to be too small for goes without its filling.
  void send(const UniqueFd& fd);

 private:
  struct Slots;
  std::unique_ptr<Slots> slots_;
  std::size_t count_ = 0;
};

/// Nothing is fragmented, and what routers said of the way's MTU is kept to (ip(7), IP_PMTUDISC_DO).
[[nodiscard]] Expected<void> keep_whole(const UniqueFd& fd, Family family);
/// That the kernel tells where each datagram was sent to.
[[nodiscard]] Expected<void> tell_destination(const UniqueFd& fd, Family family);

}  // namespace ringback::vantage
