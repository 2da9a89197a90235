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
  static constexpr std::size_t most_bytes = 128;

  Departures();
  ~Departures();
  /// At most datagrams_at_once until the next send(). `source`: for a socket that is bound to every address.
  void add(const SocketAddress& to, const std::optional<Address>& source, wire::ByteView bytes);
  /// What cannot be sent is lost, as anything over UDP may be.
  void send(const UniqueFd& fd);

 private:
  struct Slots;
  std::unique_ptr<Slots> slots_;
  std::size_t count_ = 0;
};

/// That the kernel tells where each datagram was sent to.
[[nodiscard]] Expected<void> tell_destination(const UniqueFd& fd, Family family);

}  // namespace ringback::vantage
